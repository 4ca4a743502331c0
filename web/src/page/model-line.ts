/** What the page says of its model, from the checkpoint's own metadata. */

import type { ModelFacts } from "../engine/protocol.ts";

export function modelLine({ name, hidden, normalised, data, terms, citation, score }: ModelFacts): string {
  const measured = score === null ? "" : ` ${score.natsPerPoint.toFixed(3)} nats a point on ${score.data}.`;
  const cells = `${hidden} cells${normalised ? " with layer normalisation" : ""}`;
  const parts = [
    `Model: ${name}, ${cells}.${measured}`,
    data && `Trained on ${data}.`,
    terms && `Terms: ${terms}.`,
    citation && `${citation}.`,
  ];
  return parts
    .filter(Boolean)
    .join(" ")
    .replace(/\.\.(?=\s|$)/g, ".");
}

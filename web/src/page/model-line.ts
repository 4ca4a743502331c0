/** What the page says of its model, from the checkpoint's own metadata. */

import type { ModelFacts } from "../engine/protocol.ts";

export function modelLine({ name, hidden, data, terms, citation, score }: ModelFacts): string {
  const measured = score === null ? "" : ` ${score.natsPerPoint.toFixed(3)} nats a point on ${score.data}.`;
  const parts = [
    `Model: ${name}, ${hidden} cells.${measured}`,
    data && `Trained on ${data}.`,
    terms && `Terms: ${terms}.`,
    citation && `${citation}.`,
  ];
  return parts
    .filter(Boolean)
    .join(" ")
    .replace(/\.\.(?=\s|$)/g, ".");
}

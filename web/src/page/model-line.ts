/** What the page says of its model, from the checkpoint's own metadata. */

import type { ModelFacts } from "../worker/protocol.ts";

export function modelLine({
  name,
  hidden,
  normalised,
  code,
  data,
  terms,
  citation,
  score,
}: ModelFacts): string {
  const measured = score === null ? "" : ` ${score.natsPerPoint.toFixed(3)} nats a point on ${score.data}.`;
  const changed = code > 0 ? ` that a code of ${code} numbers changes` : "";
  const cells = `${hidden} cells${normalised ? " with layer normalisation" : ""}${changed}`;
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

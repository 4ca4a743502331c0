/** What the page says of its model, from the checkpoint's own metadata. */

import type { Checkpoint } from "../engine/checkpoint.ts";

export function modelLine({ name, architecture, data, score }: Checkpoint): string {
  const { layers, hidden, normalised, code } = architecture;
  const nats = score?.nats_per_point;
  const measured =
    typeof nats === "number" ? ` ${nats.toFixed(3)} nats a point on ${text(score?.data)}.` : "";
  const changed = code > 0 ? ` that a code of ${code} numbers changes` : "";
  const several = layers > 1 ? `${layers} layers of ` : "";
  const cells = `${several}${hidden} cells${normalised ? " with layer normalisation" : ""}${changed}`;
  const [trained, terms, citation] = [data.name, data.terms, data.citation].map(text);
  const parts = [
    `Model: ${name}, ${cells}.${measured}`,
    trained && `Trained on ${trained}.`,
    terms && `Terms: ${terms}.`,
    citation && `${citation}.`,
  ];
  return parts
    .filter(Boolean)
    .join(" ")
    .replace(/\.\.(?=\s|$)/g, ".");
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

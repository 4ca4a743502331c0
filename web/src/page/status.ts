/** What the page says: above the paper, below it, of its model, and to screen readers. */

import { effect } from "@preact/signals-core";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { element } from "../frame/controls.ts";

/** Says something to screen readers. */
export function announce(text: string): void {
  element("announcement", HTMLElement).textContent = text;
}

/** The line above the paper: what is wrong, "" where nothing is, or else what is usually said there. */
export function showStatus(wrong: () => string, usual: () => string): void {
  const status = element("status", HTMLElement);
  effect(() => {
    const problem = wrong();
    status.classList.toggle("error", problem !== "");
    status.textContent = problem || usual();
  });
}

/** How the paper is moved, said while some of the ink is out of view. */
export function showHint(needed: () => boolean): void {
  const way = window.matchMedia("(pointer: coarse)").matches
    ? "Two fingers move the paper."
    : "Shift and arrow keys, or a sideways scroll, move the paper.";
  effect(() => {
    element("hint", HTMLElement).textContent = needed() ? way : "";
  });
}

/** What it says of its model, from the checkpoint's own metadata. */
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

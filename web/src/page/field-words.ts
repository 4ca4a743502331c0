/** What the field says in words: the step that is looked at, and the legend. */

import { type Path, surprise } from "../futures/field.ts";
import { Palette } from "../futures/scale.ts";
import { tellFacts } from "./facts.ts";

/** Writes what is known of a step, and returns it as one sentence for those who do not see it. */
export function facts(el: HTMLElement, path: Path, row: number): string {
  const { mixtures, branches, loglik, length } = path;
  const lift = percent(mixtures[row]?.lift ?? 0);
  const ways = waysOf(branches[row] ?? []);
  const rows: [string, string][] = [["Ways on", ways]];
  if (row < length) {
    const parts = `place ${nats(loglik[2 * row]!)}, pen ${nats(loglik[2 * row + 1]!)}`;
    rows.push(["Log-likelihood", `${nats(-surprise(path, row))} nats (${parts})`]);
  }
  rows.push(["The pen lifts", lift]);
  return tellFacts(el, `Step ${row} of ${length}`, rows);
}

function waysOf(weights: readonly number[]): string {
  if (weights.length === 0) return "none stands out";
  const shares = weights.map(percent);
  if (weights.length === 1) return `one, with ${shares[0]}`;
  return `a fork: ${shares.slice(0, -1).join(", ")} and ${shares.at(-1)}`;
}

/** With a true minus sign. */
function nats(value: number): string {
  const text = value.toFixed(2);
  return text === "-0.00" ? "0.00" : text.replace("-", "\u2212");
}

function percent(share: number): string {
  const value = 100 * share;
  return `${value >= 9.95 || value < 0.05 ? Math.round(value) : value.toFixed(1)} %`;
}

/** The scale of colours, and what a circle is. */
export function legend(): HTMLElement {
  const el = document.createElement("p");
  el.className = "field-legend";
  const bar = document.createElement("canvas");
  const scheme = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = (): void => {
    const { css } = new Palette(scheme.matches ? "dark" : "light");
    bar.width = css.length;
    bar.height = 1;
    const context = bar.getContext("2d");
    css.forEach((each, k) => {
      if (context === null) return;
      context.fillStyle = each;
      context.fillRect(k, 0, 1, 1);
    });
  };
  scheme.addEventListener("change", paint);
  paint();
  bar.ariaHidden = "true";
  const circle = document.createElement("span");
  circle.className = "circle";
  circle.ariaHidden = "true";
  el.append("left of the ink", bar, "right", circle, "the pen may lift");
  return el;
}

/** What the field says in words: the step that is looked at, and the legend. */

import { tellFacts } from "../../frame/facts.ts";
import { type Path, surprise } from "../../futures/field.ts";

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

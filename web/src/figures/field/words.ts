/** The words of the field of futures. */

import { tellFacts } from "../../frame/facts.ts";
import { type Field, type Path, surprise } from "../../futures/field.ts";

/** A strand that is looked at, and how many there are. */
interface Strand {
  readonly number: number;
  readonly count: number;
}

/** Writes what is known of a step, and returns it as one text for assistive technology. */
export function facts(el: HTMLElement, path: Path, row: number, strand: Strand | null): string {
  const { mixtures, branches, loglik, length } = path;
  const lift = percent(mixtures[row]?.lift ?? 0);
  const ways = waysOf(branches[row] ?? []);
  const rows: [string, string][] = [["Ways on", ways]];
  if (row < length) {
    const parts = `place ${nats(-loglik[2 * row]!)}, pen ${nats(-loglik[2 * row + 1]!)}`;
    rows.push(["Surprise", `${nats(surprise(path, row))} nats (${parts})`]);
  }
  rows.push(["The pen lifts", lift]);
  if (strand !== null) {
    rows.push(["Strand", `${strand.number + 1} of ${strand.count}; a click or Enter goes on along it`]);
  }
  return tellFacts(el, `Step ${row} of ${length}`, rows);
}

/** How much of a field is drawn. left: points that are left out; opened: the ink is of a file. */
export function progressText(field: Field, elapsed: number, left: number, opened: boolean): string {
  const { share, count, draws, known } = field;
  if (share < 1) return `Drawing possible futures: ${Math.round(100 * share)} %`;
  const total = (count * draws.steps * known.length).toLocaleString("en");
  const cut = left > 0 ? `; the last ${left.toLocaleString("en")} points of the ink are left out` : "";
  const outside = opened ? "; links do not include an opened ink" : "";
  return `${total} movements drawn in ${(elapsed / 1000).toFixed(1)} s${cut}${outside}`;
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

/** The words of the field of futures. */

import { finePercent, fixed } from "../../draw/words.ts";
import { tellFacts } from "../../frame/facts.ts";
import { type Field, type Path, surprise } from "../../futures/field.ts";
import { counted, letter, letterAt } from "../../ink/letter.ts";

/** Characters that are named of those that futures get to. */
const MOST_ENDS = 4;

/** A strand that is looked at, and how many there are. */
interface Strand {
  readonly number: number;
  readonly count: number;
}

/**
 * Writes what is known of a step, and returns it as one text for assistive technology. ends: the characters at the ends
 * of its futures.
 */
export function facts(
  el: HTMLElement,
  path: Path,
  row: number,
  ends: Int32Array,
  strand: Strand | null,
): string {
  const { mixtures, branches, loglik, length } = path;
  const lift = percent(mixtures[row]?.lift ?? 0);
  const ways = waysOf(branches[row] ?? []);
  const rows: [string, string][] = [["Ways on", ways + endsText(path, ends)]];
  if (row < length) {
    const parts = `place ${nats(-loglik[2 * row]!)}, pen ${nats(-loglik[2 * row + 1]!)}`;
    rows.push(["Surprise", `${nats(surprise(path, row))} nats (${parts})`]);
  }
  rows.push(["The pen lifts", lift]);
  if (strand !== null) {
    const end = path.text && ends[strand.number];
    const to = end === undefined ? "" : `, to ${end < 0 ? "the end" : letter(path.text!.words, end)}`;
    rows.push(["Strand", `${strand.number + 1} of ${strand.count}${to}; a click or Enter goes on along it`]);
  }
  const written = letterAt(path.text, row);
  return tellFacts(el, `Step ${row} of ${length}${written === null ? "" : `: ${written}`}`, rows);
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

/** The characters that futures get to, the commonest first, with the share of each; empty where it is one. */
function endsText({ text }: Path, ends: Int32Array): string {
  const found = counted(ends).slice(0, MOST_ENDS);
  if (text === undefined || found.length < 2) return "";
  const shares = found.map(
    ([place, count]) => `${letter(text.words, place)} ${percent(count / ends.length)}`,
  );
  return `; to ${shares.join(", ")}`;
}

function waysOf(weights: readonly number[]): string {
  if (weights.length === 0) return "none stands out";
  const shares = weights.map(percent);
  if (weights.length === 1) return `one, with ${shares[0]}`;
  return `a fork: ${shares.slice(0, -1).join(", ")} and ${shares.at(-1)}`;
}

function nats(value: number): string {
  return fixed(value, 2);
}

function percent(share: number): string {
  return share < 0.0005 ? "0 %" : finePercent(share);
}

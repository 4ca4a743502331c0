/**
 * What was measured over many pairs of lines: docs/patches.json, which `pentrace explain patches DATA --json` writes. It
 * is of one checkpoint and is shown with no other.
 */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import stored from "../../../../docs/patches.json" with { type: "json" };
import { make } from "../../draw/element.ts";
import { fixed } from "../../draw/words.ts";
import { TRAIT_NAMES } from "../../explain/patch.ts";
import { TITLES } from "./traits.ts";

interface Group {
  readonly cells: number;
  /** The cells, the best first; empty for random ones. */
  readonly numbers: readonly number[];
  /** By trait; in some groups also of the letter that the donor writes next. */
  readonly slopes: Readonly<Record<string, { readonly slope: number; readonly error: number }>>;
}
interface Measured {
  /** The checkpoint that was measured. */
  readonly checkpoint: { readonly name: string; readonly sha256: string };
  readonly pairs: number;
  readonly groups: Readonly<Record<string, Group>>;
}

const COLUMNS = [
  ...TRAIT_NAMES.map((trait) => [trait, TITLES[trait]] as const),
  ["letter", "Letter"] as const,
];
const ALL = "all cells";
const BEST = /tell hands apart best/;
/** How large the shown groups are, besides that of all cells and the directions. */
const SHOWN = 10;

/** What was measured of a checkpoint, by its file's SHA-256; null where nothing was. */
export function measuredOf(sha256: string | undefined): Measured | null {
  const measured: Measured = stored;
  return measured.checkpoint.sha256 === sha256 ? measured : null;
}

/** The cells that tell the hands of these lines apart best, the best first. */
export function bestCells({ groups }: Measured): readonly number[] {
  const lists = Object.entries(groups).filter(([name]) => BEST.test(name));
  return lists.map(([, { numbers }]) => numbers).sort((a, b) => b.length - a.length)[0] ?? [];
}

export function measuredTable(el: HTMLElement, measured: ReadonlySignal<Measured | null>): void {
  const heading = make("h3", "", "Measured over many pairs of hands");
  const words = make("p");
  const table = make("table", "swap-table");
  el.append(heading, words, table);
  effect(() => {
    const known = measured.value;
    words.textContent = known
      ? `How much of the difference between two hands comes along, in per cent, with standard errors: over ${known.pairs} pairs of lines that people wrote and the model never saw. The letter is the one that the donor has begun. docs/explain.md says more of it.`
      : "This has not been measured for this model. “pentrace explain patches LINES.parquet” measures it.";
    table.replaceChildren(...(known ? [head(), body(known)] : []));
  });
}

function head(): HTMLElement {
  const titles = ["What is taken", ...COLUMNS.map(([, title]) => title)];
  const cells = titles.map((title) => Object.assign(make("th", "", title), { scope: "col" }));
  return make("thead", "", make("tr", "", ...cells));
}

function body({ groups }: Measured): HTMLElement {
  const shown = Object.entries(groups).filter(
    ([name, { cells }]) => cells === SHOWN || cells === 0 || name === ALL,
  );
  const rows = shown.map(([name, { slopes }]) => {
    const title = Object.assign(make("th", "", name), { scope: "row" });
    const numbers = COLUMNS.map(([name]) => {
      const found = slopes[name];
      return make("td", "", found ? `${fixed(100 * found.slope, 0)} ± ${fixed(100 * found.error, 0)}` : "");
    });
    return make("tr", "", title, ...numbers);
  });
  return make("tbody", "", ...rows);
}

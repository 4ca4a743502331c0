/** A table of features: the cell that follows each best, how well, by chance, and all cells together. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { fixed, signed } from "../../draw/words.ts";
import type { FeatureRow } from "./following.ts";
import { scoreBar } from "./rank-list.ts";

interface FeatureTableData {
  readonly rows: readonly FeatureRow[];
  /** The column that it is sorted by. */
  readonly sort: string;
  /** The name of the feature that is chosen. */
  readonly chosen: string;
  /** What is shown where there are no rows. */
  readonly empty: string;
}

interface FeatureTableOptions {
  onSort(column: string): void;
  onFeature(name: string): void;
  onCell(cell: number, feature: string): void;
}

/** Sorting key, heading, and what it is. */
const COLUMNS: readonly (readonly [string, string, string])[] = [
  ["name", "What the pen does", "Sort by name"],
  ["cell", "Cell", "The single cell that follows it best"],
  ["alone", "Alone", "How well that cell follows it: from −1 to 1, with 0 for not at all"],
  [
    "above",
    "By chance",
    "The best score of any cell when the labels come from other lines. Sorts by how far the real score is above it",
  ],
  [
    "together",
    "All cells",
    "How well all cells together predict it: R², AUC or accuracy. In brackets, the same with labels from other lines",
  ],
];

export function featureTable(
  el: HTMLElement,
  data: ReadonlySignal<FeatureTableData>,
  options: FeatureTableOptions,
): void {
  const heads = COLUMNS.map(([key, label, title]) => {
    const sort = button(label, title, () => options.onSort(key));
    const head = make("th", "", sort);
    head.scope = "col";
    return head;
  });
  const [head, body] = [make("thead", "", make("tr", "", ...heads)), make("tbody")];
  el.append(
    make("table", "", make("caption", "unseen", "What the pen does, and which cell follows it"), head, body),
  );
  oneStop(head);
  oneStop(body);
  let rows: readonly FeatureRow[] | null = null;

  const line = (row: FeatureRow): HTMLTableRowElement => {
    const feature = button(row.name, row.what, () => options.onFeature(row.name));
    const name = make("th", "", feature);
    name.scope = "row";
    const cell = button(String(row.cell), `Colour the ink by cell ${row.cell}`, () =>
      options.onCell(row.cell, row.name),
    );
    return make(
      "tr",
      "",
      name,
      make("td", "", cell),
      make("td", "", scoreBar(row.score, row.chance), signed(row.score)),
      make("td", "", fixed(row.chance, 2)),
      make("td", "", known(row.together), make("span", "", ` (${known(row.control)})`)),
    );
  };
  /** Fills the table again; the focus returns to the same row if it is still there. */
  const fill = (next: readonly FeatureRow[], empty: string): void => {
    rows = next;
    const focused = document.activeElement?.closest("tr")?.querySelector("th")?.textContent;
    const inName = document.activeElement?.closest("th") !== null;
    body.replaceChildren(...rows.map(line));
    if (rows.length === 0) body.append(nothing(empty));
    const again = [...body.rows].find((line) => line.cells[0]!.textContent === focused);
    again?.cells[inName ? 0 : 1]?.querySelector("button")?.focus({ preventScroll: true });
  };

  effect(() => {
    const now = data.value;
    if (now.rows !== rows) fill(now.rows, now.empty);
    heads.forEach((head, k) => {
      head.ariaSort = COLUMNS[k]![0] === now.sort ? (k < 2 ? "ascending" : "descending") : "none";
    });
    now.rows.forEach(({ name }, k) => {
      const chosen = name === now.chosen;
      body.rows[k]!.classList.toggle("chosen", chosen);
      body.rows[k]!.querySelector("button")!.ariaPressed = String(chosen);
    });
  });
}

function button(label: string, title: string, press: () => void): HTMLButtonElement {
  return Object.assign(makeButton(press, "", label), { title });
}

function known(value: number | null): string {
  return value === null ? "?" : fixed(value, 2);
}

function nothing(text: string): HTMLTableRowElement {
  return make("tr", "", Object.assign(make("td", "", text), { colSpan: COLUMNS.length }));
}

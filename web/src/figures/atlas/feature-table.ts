/** A table of features: which cell follows each best, how well, beside chance; and how well all cells together do. */

import { scoreBar } from "./rank-list.ts";

export interface FeatureLine {
  readonly name: string;
  readonly what: string;
  readonly cell: number;
  readonly score: number;
  readonly chance: number;
  /** As they are said. */
  readonly alone: string;
  readonly luck: string;
  readonly together: string;
  readonly control: string;
}

export interface FeatureTableData {
  readonly rows: readonly FeatureLine[];
  /** The column that it is sorted by. */
  readonly sort: string;
  /** The name of the feature that is chosen. */
  readonly chosen: string;
  /** What is said where there are no rows. */
  readonly empty: string;
}

export interface FeatureTableOptions {
  readonly caption: string;
  onSort(column: string): void;
  onFeature(name: string): void;
  onCell(cell: number, feature: string): void;
}

export interface FeatureTable {
  update(data: FeatureTableData): void;
  destroy(): void;
}

/** Sorting key, heading, and what it is. */
const COLUMNS: readonly (readonly [string, string, string])[] = [
  ["name", "What the pen does", "Sort by name"],
  ["cell", "Cell", "The cell that follows it best, alone"],
  ["alone", "Alone", "How well: −1 to 1, 0 for not at all"],
  [
    "above",
    "Luck",
    "What the luckiest of all cells gets with the labels of other lines; sorts by how far the best is above it",
  ],
  [
    "together",
    "All cells",
    "All cells together, and in brackets with the labels of other lines: R², AUC or accuracy",
  ],
];

export function featureTable(
  el: HTMLElement,
  initial: FeatureTableData,
  options: FeatureTableOptions,
): FeatureTable {
  const table = document.createElement("table");
  const caption = document.createElement("caption");
  caption.className = "unseen";
  caption.textContent = options.caption;
  const heads = COLUMNS.map(([key, label, title]) => {
    const head = document.createElement("th");
    head.scope = "col";
    head.append(button(label, title, () => options.onSort(key)));
    return head;
  });
  const top = document.createElement("thead");
  top.append(document.createElement("tr"));
  top.firstElementChild!.append(...heads);
  const body = document.createElement("tbody");
  table.append(caption, top, body);
  el.append(table);
  let rows: readonly FeatureLine[] | null = null;

  const make = (row: FeatureLine): HTMLTableRowElement => {
    const line = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.append(button(row.name, row.what, () => options.onFeature(row.name)));
    const cell = button(String(row.cell), `Colour the ink by cell ${row.cell}`, () =>
      options.onCell(row.cell, row.name),
    );
    const alone = document.createElement("td");
    alone.append(scoreBar(row.score, row.chance), row.alone);
    line.append(name, data(cell), alone, data(row.luck), data(row.together, control(row.control)));
    return line;
  };

  const update = (now: FeatureTableData): void => {
    if (now.rows !== rows) {
      rows = now.rows;
      const focused = document.activeElement?.closest("tr")?.querySelector("th")?.textContent;
      const inName = document.activeElement?.closest("th") !== null;
      body.replaceChildren(...rows.map(make));
      if (rows.length === 0) body.append(nothing(now.empty));
      const again = [...body.rows].find((line) => line.cells[0]!.textContent === focused);
      again?.cells[inName ? 0 : 1]?.querySelector("button")?.focus({ preventScroll: true });
    }
    heads.forEach((head, k) => {
      head.ariaSort = COLUMNS[k]![0] === now.sort ? (k < 2 ? "ascending" : "descending") : "none";
    });
    rows.forEach(({ name }, k) => {
      const chosen = name === now.chosen;
      body.rows[k]!.classList.toggle("chosen", chosen);
      body.rows[k]!.querySelector("button")!.ariaPressed = String(chosen);
    });
  };

  update(initial);
  return { update, destroy: () => table.remove() };
}

function button(label: string, title: string, press: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.title = title;
  made.addEventListener("click", press);
  return made;
}

function control(text: string): HTMLElement {
  const made = document.createElement("span");
  made.textContent = ` (${text})`;
  return made;
}

function data(...parts: (string | Node)[]): HTMLTableCellElement {
  const made = document.createElement("td");
  made.append(...parts);
  return made;
}

function nothing(said: string): HTMLTableRowElement {
  const line = document.createElement("tr");
  const only = data(said);
  only.colSpan = COLUMNS.length;
  line.append(only);
  return line;
}

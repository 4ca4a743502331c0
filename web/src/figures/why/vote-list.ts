/** The cells with the greatest votes as bars to either side, and below them how all parts add up to their sum. */

import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { counted, signed } from "../../draw/words.ts";
import { addingUp, ofDensity, ranked, type Votes } from "../../explain/votes.ts";

/** What adds up. */
export interface Added {
  /** What each cell adds, [H]. */
  readonly cells: Float64Array;
  /** What it says of a cell besides. */
  about(cell: number): string;
  /** What is not of cells, by name. */
  readonly rest: readonly (readonly [name: string, value: number])[];
  readonly total: string;
}

/** The votes of weight, which make the log-odds; or those of weight and width, which with the rest make the density. */
export function addedUp(votes: Votes, density: boolean): Added {
  const { weight, width, bias, widthBias, correlation, others } = votes;
  if (!density) return { cells: weight, about: () => "", rest: [["Bias", bias]], total: "Log-odds" };
  return {
    cells: ofDensity(votes),
    about: (cell) => `Weight ${signed(weight[cell]!)}, width ${signed(width[cell]!)}`,
    rest: [
      ["Biases", bias + widthBias],
      ["Correlations", correlation],
      ["Other places", others],
    ],
    total: "Log density",
  };
}

export interface VoteListData {
  /** null until a step was looked at, as is what is told. */
  readonly shown: ReadonlySignal<Added | null>;
  /** The number of the first cell of the top layer. */
  readonly first: ReadonlySignal<number>;
  /** Cells that are silent in the changed prediction. */
  readonly silent: ReadonlySignal<ReadonlySet<number>>;
  /** The cell that is looked at. */
  readonly cell: ReadonlySignal<number>;
  /** What the engine predicts, to compare the sum with. */
  readonly told: ReadonlySignal<string | null>;
}

export interface VoteListOptions {
  /** A cell of the top layer is pointed at, or has the focus; null: none any more. */
  onLook(cell: number | null): void;
  onChoose(cell: number): void;
}

const SHOWN = 14;

export function voteList(
  el: HTMLElement,
  { shown, first, silent, cell: lookedAt, told }: VoteListData,
  { onLook, onChoose }: VoteListOptions,
): void {
  const list = make("div", "votes votes-cells");
  list.role = "group";
  list.ariaLabel = "Cells by their votes";
  const foot = make("div", "votes votes-foot");
  const text = make("p", "why-odds");
  el.append(make("h3", "", "Who votes for which way"), list, foot, text);
  oneStop(list);
  /** The button of each cell that is shown. */
  const rows = signal<ReadonlyMap<number, HTMLButtonElement>>(new Map());
  list.addEventListener("pointerleave", () => onLook(null));
  list.addEventListener("focusout", () => onLook(null));

  effect(() => {
    if (shown.value === null) return;
    const { cells, about, rest, total: name } = shown.value;
    const order = ranked(cells);
    const count = Math.min(SHOWN, order.length);
    const listed = order.slice(0, count);
    const others = order.slice(count).reduce((sum, cell) => sum + cells[cell]!, 0);
    const parts = [...listed.map((cell) => cells[cell]!), others, ...rest.map(([, value]) => value)];
    const sum = parts.reduce((all, part) => all + part, 0);
    const most = Math.max(...parts.map(Math.abs), Math.abs(sum));
    const printed = addingUp(parts, 2);
    const focused = [...list.children].indexOf(document.activeElement as Element);
    const buttons = listed.map((cell, k) => {
      const row = content(`Cell ${first.value + cell}`, parts[k]!, printed[k]!, most);
      const button = makeButton(() => onChoose(cell), "choice vote", ...row);
      button.title = about(cell);
      for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => onLook(cell));
      return button;
    });
    list.replaceChildren(...buttons);
    buttons[focused]?.focus({ preventScroll: true });
    rows.value = new Map(listed.map((cell, k) => [cell, buttons[k]!]));
    const total = printed.reduce((sum, part) => sum + part, 0);
    const below = [counted(order.length - count, "other cell"), ...rest.map(([what]) => what)];
    foot.replaceChildren(
      ...below.map((what, k) =>
        make("div", "vote", ...content(what, parts[count + k]!, printed[count + k]!, most)),
      ),
      make("div", "vote total", ...content(name, total, total, most)),
    );
  });
  effect(() => {
    if (told.value === null) return;
    text.textContent = told.value;
    for (const [cell, button] of rows.value) {
      button.ariaPressed = String(cell === lookedAt.value);
      button.classList.toggle("silent", silent.value.has(cell));
    }
  });
}

/** A name, a bar from the middle to the side of the way that is voted for, and the number. */
function content(name: string, value: number, printed: number, most: number): HTMLElement[] {
  const bar = make("span", "vote-bar");
  const fill = make("span", value < 0 ? "against" : "for");
  bar.ariaHidden = "true";
  fill.style.width = `${(50 * Math.abs(value)) / (most || 1)}%`;
  bar.append(fill);
  return [make("span", "vote-name clipped", name), bar, make("span", "vote-number", signed(printed))];
}

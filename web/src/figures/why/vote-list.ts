/** The cells with the greatest votes as bars to either side, and below them how all votes add up to the log-odds. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { addingUp, logOdds, ranked, type Votes } from "../../explain/votes.ts";
import { counted, signed } from "./words.ts";

export interface VoteListData {
  readonly votes: Votes;
  /** The number of the first cell of the top layer. */
  readonly first: number;
  /** Cells that are silent in the changed prediction. */
  readonly silent: ReadonlySet<number>;
  /** The cell that is looked at. */
  readonly cell: number;
  /** What the engine predicts, to compare the sum with. */
  readonly text: string;
}

export interface VoteListOptions {
  /** A cell of the top layer is pointed at, or has the focus; null: none any more. */
  onLook(cell: number | null): void;
  onChoose(cell: number): void;
}

const SHOWN = 14;

export function voteList(
  el: HTMLElement,
  data: ReadonlySignal<VoteListData | null>,
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

  const votes = computed(() => data.value?.votes ?? null);
  const first = computed(() => data.value?.first ?? 0);
  effect(() => {
    if (votes.value === null) return;
    const order = ranked(votes.value);
    const count = Math.min(SHOWN, order.length);
    const shown = order.slice(0, count);
    const { weight, bias } = votes.value;
    const rest = order.slice(count).reduce((sum, cell) => sum + weight[cell]!, 0);
    const parts = [...shown.map((cell) => weight[cell]!), rest, bias];
    const most = Math.max(...parts.map(Math.abs), Math.abs(logOdds(votes.value)));
    const printed = addingUp(parts, 2);
    const focused = [...list.children].indexOf(document.activeElement as Element);
    const buttons = shown.map((cell, k) => {
      const row = content(`Cell ${first.value + cell}`, parts[k]!, printed[k]!, most);
      const button = makeButton(() => onChoose(cell), "choice vote", ...row);
      for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => onLook(cell));
      return button;
    });
    list.replaceChildren(...buttons);
    buttons[focused]?.focus({ preventScroll: true });
    rows.value = new Map(shown.map((cell, k) => [cell, buttons[k]!]));
    const total = printed.reduce((sum, part) => sum + part, 0);
    foot.replaceChildren(
      make(
        "div",
        "vote",
        ...content(counted(order.length - count, "other cell"), rest, printed[count]!, most),
      ),
      make("div", "vote", ...content("Bias", bias, printed[count + 1]!, most)),
      make("div", "vote total", ...content("Log-odds", total, total, most)),
    );
  });
  effect(() => {
    const now = data.value;
    if (now === null) return;
    text.textContent = now.text;
    for (const [cell, button] of rows.value) {
      button.ariaPressed = String(cell === now.cell);
      button.classList.toggle("silent", now.silent.has(cell));
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

/** A list of things by their score: a bar for each, with a tick for chance. One can be chosen. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";

export interface Ranked {
  readonly key: string;
  readonly label: string;
  /** -1 to 1; the bar is its amount, the colour its sign. */
  readonly score: number;
  /** What chance gives; null where that is not known. */
  readonly chance: number | null;
  /** The text behind the bar. */
  readonly detail: string;
  readonly title: string;
}

interface RankData {
  readonly heading: string;
  readonly rows: readonly Ranked[];
  /** The key of what is chosen. */
  readonly chosen: string;
}

export function rankList(
  el: HTMLElement,
  data: ReadonlySignal<RankData>,
  choose: (key: string) => void,
): void {
  const heading = make("h3");
  const list = make("div", "ranks");
  list.role = "group";
  el.append(heading, list);
  oneStop(list);
  let rows: readonly Ranked[] = [];
  let buttons: HTMLButtonElement[] = [];

  const row = ({ key, label, score, chance, detail, title }: Ranked): HTMLButtonElement => {
    const parts = [
      make("span", "rank-label clipped", label),
      scoreBar(score, chance),
      make("span", "rank-detail clipped", detail),
    ];
    const button = makeButton(() => choose(key), "rank", ...parts);
    button.title = title;
    return button;
  };
  /** Fills the list again; the scroll position and the focus stay where they can. */
  const fill = (next: readonly Ranked[]): void => {
    const scrolled = rows.length === next.length ? list.scrollTop : 0;
    const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
    rows = next;
    buttons = rows.map(row);
    list.replaceChildren(...buttons);
    list.scrollTop = scrolled;
    buttons[focused]?.focus({ preventScroll: true });
  };

  effect(() => {
    const now = data.value;
    heading.textContent = now.heading;
    list.ariaLabel = now.heading;
    if (now.rows !== rows) fill(now.rows);
    buttons.forEach((button, k) => {
      button.ariaPressed = String(rows[k]!.key === now.chosen);
    });
  });
}

/** A bar from 0 to 1, coloured by the sign of the score, with a tick for chance. */
export function scoreBar(score: number, chance: number | null): HTMLElement {
  const bar = make("span", "score-bar");
  bar.ariaHidden = "true";
  bar.classList.toggle("low", score < 0);
  const fill = make("span", "score-fill");
  fill.style.width = `${100 * Math.min(Math.abs(score), 1)}%`;
  bar.append(fill);
  if (chance !== null) {
    const mark = make("span", "score-chance");
    mark.style.left = `${100 * Math.min(Math.max(chance, 0), 1)}%`;
    bar.append(mark);
  }
  return bar;
}

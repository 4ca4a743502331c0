/** The text, letter by letter: the one under the pen is marked, and pressing one puts the pointer there. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton, stepOf } from "../../draw/element.ts";

interface LettersData {
  /** Its lines; some between others may be empty. */
  readonly rows: readonly string[];
  /** The place in the text of the letter under the pen; null for none. */
  readonly now: number | null;
}

/** onChoose: gets a line, of those that are not empty, and the place of a letter in it. */
export function letters(
  el: HTMLElement,
  data: ReadonlySignal<LettersData>,
  onChoose: (line: number, place: number) => void,
): void {
  el.role = "group";
  el.ariaLabel = "Letters of the text: the one that is chosen is written next";
  let buttons: (HTMLButtonElement | null)[] = [];
  let shown: readonly string[] = [];
  let marked: HTMLButtonElement | null = null;
  const build = (rows: readonly string[]): void => {
    shown = rows;
    buttons = [];
    let lines = 0;
    const made = rows.map((row) => {
      const number = lines;
      if (row !== "") lines++;
      const characters = Array.from(row);
      const line = characters.map((character, place) => {
        const name = character === " " ? "space" : character;
        const button = makeButton(() => onChoose(number, place), "letter", character);
        button.tabIndex = -1;
        button.ariaLabel = `${name}, letter ${place + 1}`;
        return button;
      });
      buttons.push(...line, null);
      return make("span", "letters-line", ...wordsOf(line));
    });
    el.replaceChildren(...made);
    const first = buttons[0];
    if (first) first.tabIndex = 0;
  };
  effect(() => {
    const { rows, now } = data.value;
    if (rows.join("\n") !== shown.join("\n")) build(rows);
    const next = now === null ? null : (buttons[now] ?? null);
    if (next === marked) return;
    marked?.classList.remove("now");
    marked?.removeAttribute("aria-current");
    next?.classList.add("now");
    next?.setAttribute("aria-current", "true");
    marked = next;
  });
  // One stop of the Tab key; arrow keys go from letter to letter.
  el.addEventListener("focusin", ({ target }) => {
    for (const button of buttons) if (button) button.tabIndex = button === target ? 0 : -1;
  });
  el.addEventListener("keydown", (event) => {
    const all = buttons.filter((button) => button !== null);
    const at = all.indexOf(event.target as HTMLButtonElement);
    const by = stepOf(event, { ArrowLeft: -1, ArrowRight: 1, Home: -at, End: all.length - 1 - at });
    if (by !== undefined) all[at + by]?.focus();
  });
}

/** Letters of a word stay in one row. */
function wordsOf(all: readonly HTMLButtonElement[]): HTMLElement[] {
  const words: HTMLElement[] = [];
  all.forEach((button, k) => {
    if (k === 0 || all[k - 1]!.textContent === " ") words.push(make("span", "letters-word"));
    words.at(-1)!.append(button);
  });
  return words;
}

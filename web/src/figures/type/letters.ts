/** The text, letter by letter: the one under the pen is marked, and pressing one puts the pointer there. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { make, makeButton, stepOf } from "../../draw/element.ts";

interface LettersData {
  readonly lines: readonly string[];
  /** The place in the text of the letter under the pen; null for none. */
  readonly now: number | null;
}

/** onChoose: gets a line and the place of a letter in it. */
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
  const build = (lines: readonly string[]): void => {
    shown = lines;
    buttons = [];
    const rows = lines.map((line, number) => {
      const characters = Array.from(line);
      const made = characters.map((character, place) => {
        const name = character === " " ? "space" : character;
        const button = makeButton(() => onChoose(number, place), "letter", character);
        button.tabIndex = -1;
        button.ariaLabel = `${name}, letter ${place + 1}`;
        return button;
      });
      buttons.push(...made, null);
      return make("span", "letters-line", ...wordsOf(made));
    });
    el.replaceChildren(...rows);
    const first = buttons[0];
    if (first) first.tabIndex = 0;
  };
  effect(() => {
    const { lines, now } = data.value;
    if (lines.join("\n") !== shown.join("\n")) build(lines);
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
  for (const button of all) {
    if (words.length === 0 || words.at(-1)!.dataset.ends === "1") words.push(make("span", "letters-word"));
    const word = words.at(-1)!;
    word.append(button);
    if (button.textContent === " ") word.dataset.ends = "1";
  }
  return words;
}

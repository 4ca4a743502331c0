/** The hands that are offered: a word in each, one of them chosen. */

import { effect, type ReadonlySignal } from "@preact/signals-core";
import { makeButton, makeSvg, stepOf } from "../../draw/element.ts";
import { outline } from "../../ink/outline.ts";
import { extent, inkPath, trailsOf } from "../../ink/path.ts";
import { PathText } from "../../ink/path-text.ts";
import type { HandSample } from "./task.ts";

/** Sheet units around a sample; it is drawn with a broader nib, because it is small. */
const MARGIN = 8;
const NIB = 1.5;
/** A sample is shown at one size, whatever its letters are: sheet units of the picture. */
const [WIDTH, HEIGHT] = [190, 92];

/** data: numbers of hands. samples: by the number of the hand, as far as they are there. */
export function handsRow(
  el: HTMLElement,
  data: ReadonlySignal<{ readonly hands: readonly number[]; readonly chosen: number }>,
  samples: ReadonlySignal<ReadonlyMap<number, HandSample>>,
  choose: (hand: number) => void,
): void {
  el.role = "radiogroup";
  el.ariaLabel = "Hand";
  let buttons: HTMLButtonElement[] = [];
  let shown = "";
  const drawn = new Set<number>();
  effect(() => {
    const { hands, chosen } = data.value;
    if (hands.join() !== shown) {
      shown = hands.join();
      drawn.clear();
      buttons = hands.map((hand, k) => {
        const button = makeButton(() => choose(hand), "choice type-hand");
        button.role = "radio";
        button.ariaLabel = `Hand ${k + 1}`;
        button.dataset.hand = String(hand);
        return button;
      });
      el.replaceChildren(...buttons);
    }
    hands.forEach((hand, k) => {
      const button = buttons[k]!;
      button.ariaChecked = String(hand === chosen);
      button.tabIndex = hand === chosen || (k === 0 && !hands.includes(chosen)) ? 0 : -1;
      const sample = samples.value.get(hand);
      if (sample === undefined || drawn.has(hand)) return;
      drawn.add(hand);
      button.append(picture(sample));
    });
  });
  el.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const by = stepOf(event, { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 });
    if (by === undefined || at < 0) return;
    const next = buttons[(at + by + buttons.length) % buttons.length]!;
    next.focus();
    next.click();
  });
}

function picture({ offsets, scale }: HandSample): SVGElement {
  const path = inkPath({ offsets, firstLifted: false, origin: { x: 0, y: 0 }, scale });
  const text = new PathText();
  for (const trail of trailsOf(path)) outline(trail, text, NIB);
  const [left, right] = extent(path.x);
  const [top, bottom] = extent(path.y);
  const [width, height] = [Math.max(right - left, WIDTH), Math.max(bottom - top, HEIGHT)];
  const [x, y] = [(left + right - width) / 2, (top + bottom - height) / 2];
  const viewBox = `${x - MARGIN} ${y - MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`;
  return makeSvg("svg", { viewBox, "aria-hidden": "true" }, makeSvg("path", { d: text.toString() }));
}

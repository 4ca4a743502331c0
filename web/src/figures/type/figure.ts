/** Writing a typed text as a figure of the page: its field and controls. The rest is loaded when the reader comes near. */

import { batch, computed, effect, type Signal, signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { LONGEST_PRIME } from "../../engine/text/written.ts";
import type { Amounts } from "../../engine/traits.ts";
import { bindText, twoDigits } from "../../frame/controls.ts";
import { download, rasterised } from "../../frame/download.ts";
import { type Frame, figure, intersecting, type Shared } from "../../frame/figure.ts";
import { writtenToJson } from "../../ink/files.ts";
import type { Desk } from "../../views/writing-paper.ts";
import { amountsOf, LONGEST, controls as table } from "./controls.ts";
import { traitSliders } from "./trait-sliders.ts";
import { BEFORE, partsOf, type TypePage, type TypeWiring, type Working } from "./wiring.ts";
import "./type.css";

/** How much of the ink must be in the window for the model to be loaded. */
const WELL_SEEN = "-25% 0px";

export function typeFigure(shared: Shared, desk: Desk, page: TypePage): void {
  const frame = figure("type", table, shared);
  const { controls, state } = frame;
  const at = signal<Working | null>(null);
  const { entry, problem, hands } = entryOf(state.text);
  const { el, own } = ownHand(frame);
  const mineHint = make("p", "type-hint");
  mineHint.role = "status";
  const knows = signal(true);
  const amounts = computed(() => (knows.value ? amountsOf(state) : null));
  entry.append(traitSliders(frame, knows, amounts), mineHint, el);
  frame.stage.before(entry);
  const parts = partsOf(frame);

  controls.toggle("playing", { on: "Pause", off: "Play" });
  controls.button(
    "Another take",
    () => {
      state.seed.value = (state.seed.value % table.seed.greatest) + 1;
    },
    { main: true, title: "Write it again with other random numbers" },
  );
  const hold = controls.button("Hold the letter", () => at.value?.hold(), {
    title: "The pointer stays at the letter that the pen is writing",
  });
  const forget = controls.button(
    "As it was",
    () => {
      state.moves.value = "";
    },
    { title: "Without your moves of the pointer" },
  );
  const share = controls.slider(
    "mine",
    "My hand",
    (value) => `${Math.round(100 * value)} %`,
    "How much of your learned hand, in a mix with the hand that is chosen above",
  );
  // It is there while the reader's hand is.
  const mine = share.closest("label")!;
  mine.hidden = true;
  const neatness = "Less is neater, more is freer";
  controls.slider("variation", "Variation", twoDigits, neatness);
  controls.slider("speed", "Speed", (value) => `${value} ×`, "Times the usual speed of a pen");
  const takes = (value: number): string => (value === 1 ? "the first" : `best of ${value}`);
  controls.slider(
    "candidates",
    "Take",
    takes,
    "How often each line is written at least. The take that is easiest to read is shown",
  );
  const files = [
    controls.download("JSON", () => saveJson(frame, at.value, amounts.value), {
      title: "Download the ink as data",
    }),
    controls.quiet("Copy", () => void copy(frame, at.value), { title: "Copy the ink as a picture" }),
  ];
  const others = [
    ["field", "futures"],
    ["cells", "cells"],
    ["change", "changes"],
  ].map(([name, noun]) => {
    const button = controls.quiet(`Open in ${noun}`, () => openIn(page, at.value, name!), {
      title: "The model that knows text becomes the page’s model, and this ink goes on the paper",
    });
    effect(() => {
      const line = at.value?.line.value ?? null;
      button.textContent = line === null ? `Open in ${noun}` : `Open line ${line} in ${noun}`;
    });
    return button;
  });
  effect(() => {
    for (const each of [...files, ...others]) each.disabled = !at.value?.whole.value;
    hold.disabled = at.value === null;
    forget.disabled = state.moves.value === "";
  });

  frame.say(BEFORE);
  const wanted = wantedOf(frame, entry);
  const wiring: TypeWiring = {
    ...{ frame, desk, page, at, knows, amounts, wanted },
    parts: { ...parts, problem, own, mine, mineHint, hands, hold },
  };
  frame.start(async () => new (await import("./live.ts")).LiveType(wiring));
}

/** The field, what is wrong with the text, and the hands. */
function entryOf(text: Signal<string>) {
  const field = make("textarea");
  field.id = "type-text";
  field.rows = 2;
  field.maxLength = LONGEST;
  field.spellcheck = false;
  field.setAttribute("aria-describedby", "type-problem");
  const label = make("label", "", "Your text");
  label.htmlFor = field.id;
  const problem = make("p", "problem");
  problem.id = "type-problem";
  problem.role = "status";
  const hands = make("div", "type-hands");
  bindText(field, text);
  const entry = make("div", "type-entry column", label, field, problem, hands);
  return { entry, problem, hands };
}

/** The switch of the reader's own hand, and the field for what the line above says. */
function ownHand({ controls, state }: Frame<typeof table>): { el: HTMLElement; own: HTMLElement } {
  const { own, said } = state;
  const words = make("input");
  words.type = "text";
  words.id = "type-said";
  words.maxLength = LONGEST_PRIME;
  words.autocomplete = "off";
  const label = make("label", "type-said", "What your line says", words);
  const hint = make("p", "type-hint");
  hint.role = "status";
  bindText(words, said);
  effect(() => {
    label.hidden = hint.hidden = !own.value;
  });
  const choice = controls.check("own", "Your own hand").closest("label")!;
  return { el: make("div", "type-own", choice, label, hint), own: hint };
}

/** Whether the reader is here: the figure is well in view, or the field or a control has the focus. */
function wantedOf({ el, view }: Frame<typeof table>, entry: HTMLElement): Signal<boolean> {
  const wanted = signal(false);
  const well = intersecting(view, WELL_SEEN);
  effect(() => {
    wanted.value ||= well.value;
  });
  for (const each of [el, entry]) {
    each.addEventListener("focusin", () => {
      wanted.value = true;
    });
  }
  return wanted;
}

function saveJson({ state }: Frame<typeof table>, working: Working | null, traits: Amounts | null): void {
  const ink = working?.ink();
  if (!ink) return;
  const { hand, variation, candidates } = state;
  const settings = { hand: hand.value, variation: variation.value, candidates: candidates.value };
  const all = traits === null ? settings : { ...settings, traits };
  download("type.json", "application/json", writtenToJson(ink, all, state.seed.value));
}

/** The ink as a picture, for another program; where the browser allows no pictures, as the text of its drawing. */
async function copy({ announce }: Frame<typeof table>, working: Working | null): Promise<void> {
  const svg = working?.svg();
  if (!svg) return;
  const { clipboard } = navigator;
  const picture = clipboard?.write?.([new ClipboardItem({ "image/png": rasterised(svg) })]);
  const copied = await (picture ?? Promise.reject(new Error("no clipboard"))).then(
    () => true,
    () => false,
  );
  announce(copied ? "Copied." : "This browser does not let the page copy a picture; use PNG.");
}

function openIn(page: TypePage, working: Working | null, name: string): void {
  const opened = working?.opened();
  if (opened) batch(() => page.open(opened, name));
}

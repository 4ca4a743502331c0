/**
 * The article's text speaks of the checkpoint that is open. In index.html,
 *
 * - `data-fact="NAME"` holds a fact of it, such as `hidden`, or `score of direction` from its atlas;
 * - `data-when="NAME"` is there only where the condition of this name holds;
 * - `<a href="#FIGURE" data-cell="FEATURE">` names the cell that follows a feature best, and chooses it when clicked.
 *
 * What the file itself says there is true of the default checkpoint, so that nothing moves while that one loads.
 */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Atlas } from "../atlas/atlas.ts";
import { followAtlas } from "../atlas/fetch.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { scrollTo } from "../draw/element.ts";
import { lookAtCell } from "../frame/chosen.ts";
import { intersecting, type Shared } from "../frame/figure.ts";

export function followProse(shared: Pick<Shared, "loaded" | "chosen" | "still" | "announce">): void {
  const { loaded, still } = shared;
  const named = [...document.querySelectorAll<HTMLElement>("[data-cell]")];
  const near = anyNear(named.map((link) => link.closest("section")!));
  const { atlas, settled } = followAtlas(computed(() => (near.value ? loaded.value : null)));
  effect(() => {
    const checkpoint = loaded.value?.checkpoint;
    if (checkpoint === undefined) return;
    say(factsOf(checkpoint));
    when(conditionsOf(checkpoint));
  });
  effect(() => {
    if (loaded.value === null) return;
    const known = atlas.value;
    // Until it has come, the text stays as it is, unless there is none.
    const none = loaded.value.atlas === null || (settled.value && known === null);
    if (known === null && !none) return;
    for (const part of document.querySelectorAll<HTMLElement>('[data-when="atlas"]')) {
      part.hidden = known === null || !featuresIn(part).every((name) => known.scores(name) !== undefined);
    }
    if (known === null) return;
    say(atlasFacts(known));
    for (const link of named) nameCell(link, known.cellsFor(link.dataset.cell!, 1)[0]);
  });
  for (const link of named) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const cell = Number(/\d+/.exec(link.textContent ?? "")?.[0]);
      lookAtCell(shared, cell, link.getAttribute("href")!);
    });
  }
  goToNotes(still);
}

/** What `data-fact` may name of a checkpoint. */
export function factsOf({ architecture, tensors }: Pick<Checkpoint, "architecture" | "tensors">): Facts {
  const { layers, hidden, mixtures } = architecture;
  let weights = 0;
  // A row's scale belongs to how its weights are packed.
  for (const [name, values] of tensors) if (!name.endsWith("scale")) weights += values.length;
  return new Map([
    ["hidden", String(layers * hidden)],
    ["mixtures", String(mixtures)],
    ["weights", weights.toLocaleString("en")],
  ]);
}

/** Whether each condition that `data-when` may name holds; those of the atlas apart. */
export function conditionsOf({
  architecture,
  data,
}: Pick<Checkpoint, "architecture" | "data">): ReadonlyMap<string, boolean> {
  const iam = JSON.stringify(data).toLowerCase().includes("iam-ondb");
  const knowsText = architecture.text !== undefined;
  return new Map([
    ["text", knowsText],
    ["no text", !knowsText],
    ["IAM-OnDB", iam],
    ["no IAM-OnDB", !iam],
    ["normalised", architecture.normalised],
    ["code", architecture.code > 0],
  ]);
}

/** What `data-fact` may name of an atlas: how well the best cell follows a feature, and how well chance does. */
export function atlasFacts({ about }: Pick<Atlas, "about">): Facts {
  const two = (value: number): string => Math.abs(value).toFixed(2);
  return new Map(
    about.features.flatMap(({ name, best, chance }): [string, string][] => [
      [`score of ${name}`, two(best.c[1])],
      [`chance of ${name}`, two(chance.c)],
    ]),
  );
}

type Facts = ReadonlyMap<string, string>;

function say(facts: Facts): void {
  for (const el of document.querySelectorAll<HTMLElement>("[data-fact]")) {
    const fact = facts.get(el.dataset.fact!);
    if (fact !== undefined && el.textContent !== fact) el.textContent = fact;
  }
}

function when(conditions: ReadonlyMap<string, boolean>): void {
  for (const el of document.querySelectorAll<HTMLElement>("[data-when]")) {
    const holds = conditions.get(el.dataset.when!);
    if (holds !== undefined) el.hidden = !holds;
  }
}

/** The features that are spoken of in a part of the text. */
function featuresIn(part: HTMLElement): string[] {
  return [...part.querySelectorAll<HTMLElement>("[data-cell]")].map((link) => link.dataset.cell!);
}

/** A word at the beginning of a sentence keeps its capital. */
function nameCell(link: HTMLElement, cell: number | undefined): void {
  const text = link.textContent?.replace(/\d+/, String(cell));
  if (cell !== undefined && text !== undefined && link.textContent !== text) link.textContent = text;
}

/** Latches when one of the elements comes near the window. */
function anyNear(all: readonly HTMLElement[]): ReadonlySignal<boolean> {
  const near = signal(false);
  const inside = [...new Set(all)].map((each) => intersecting(each));
  effect(() => {
    near.value ||= inside.some(({ value }) => value);
  });
  return near;
}

/** To a note and back, without the address: that holds the reader's ink. */
function goToNotes(still: boolean): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>("section a[href^='#']:not([data-cell])")) {
    link.addEventListener("click", (event) => {
      const target = document.querySelector<HTMLElement>(link.getAttribute("href")!);
      if (target === null) return;
      event.preventDefault();
      scrollTo(target, still, "center");
      if (target.tagName !== "A") target.tabIndex = -1;
      target.focus({ preventScroll: true });
    });
  }
}

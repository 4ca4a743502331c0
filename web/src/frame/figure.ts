/**
 * The frame of a figure below the first: a place for the view, a row of controls, downloads, and a start that waits.
 *
 * index.html has `<figure id="NAME"><figcaption>...</figcaption></figure>` in a section with a heading; the frame puts
 * the view and the controls above the caption at once, at their final size, so that nothing moves later. What is heavy
 * (code, worker, checkpoint) comes when the first figure has its first future and this one comes near the window.
 */

import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Pool } from "../worker/pool.ts";
import type { Loaded } from "./checkpoints.ts";
import type { Chosen } from "./chosen.ts";
import { type Controls, figureState, type Signals, type StateOf } from "./control.ts";
import { ControlRow } from "./control-row.ts";
import { element } from "./controls.ts";
import { download } from "./download.ts";
import { rasterised } from "./raster.ts";

/** What all figures share. */
export interface Shared {
  /** The signals of all controls. */
  readonly state: Signals;
  /** The workers, which have the checkpoint that is loaded. */
  readonly pool: Pool;
  /** The checkpoint; another value when another one is chosen. */
  readonly loaded: ReadonlySignal<Loaded | null>;
  /** The cells, the step and the ink that the reader looks at. */
  readonly chosen: Chosen;
  /** Whether the first figure runs: until then the others wait. */
  readonly ready: ReadonlySignal<boolean>;
  /** The reader asked for less motion: nothing may move by itself. */
  readonly still: boolean;
  /** Tells those who do not see the page. */
  announce(text: string): void;
}

/** A figure that has started. */
export interface Running {
  /** What is shown now, as an SVG document with a width and a height. */
  svg(): string;
  destroy(): void;
}

export interface Frame<Table extends Controls> extends Omit<Shared, "state" | "ready"> {
  readonly name: string;
  readonly el: HTMLElement;
  /** Where the view draws. Its height is the style sheet's: `#NAME .view`. */
  readonly view: HTMLElement;
  readonly controls: ControlRow<Table>;
  /** The figure's own controls. */
  readonly state: StateOf<Table>;
  /** Whether any of it is in the window: what is not seen need not move. */
  readonly seen: ReadonlySignal<boolean>;
  /** Writes the line above the view. */
  say(text: string): void;
  /** Starts when it is time; called once. */
  start(begin: () => Promise<Running>): void;
}

/** How far from the window a figure starts. */
const NEAR = "500px 0px";

/** table: the figure's controls. */
export function figure<Table extends Controls>(name: string, table: Table, shared: Shared): Frame<Table> {
  const state = figureState(shared.state, name, table);
  const el = element(name, HTMLElement);
  const caption = el.querySelector("figcaption");
  const heading = el.closest("section")?.querySelector("h2");
  if (!caption || !heading)
    throw new Error(`index.html: #${name} needs a figcaption, and a section with an h2`);
  caption.id ||= `${name}-caption`;
  heading.id ||= `${name}-heading`;
  el.setAttribute("aria-labelledby", heading.id);
  el.setAttribute("aria-describedby", caption.id);

  const stage = div("stage");
  const view = div("view");
  const status = document.createElement("p");
  status.className = "status-line";
  const line = div("status column");
  line.append(status);
  stage.append(view, line);
  const controls = new ControlRow(name, table, state);
  const below = div("column");
  below.append(controls.el, caption);
  el.replaceChildren(stage, below);

  let running: Running | null = null;
  const say = (text: string, wrong = false): void => {
    status.classList.toggle("error", wrong);
    if (status.textContent !== text) status.textContent = text;
  };
  const downloads = [
    controls.quiet("PNG", () => void save("png"), { title: "Download what is shown as a picture" }),
    controls.quiet("SVG", () => void save("svg"), { title: "Download what is shown as a drawing" }),
  ];
  for (const each of downloads) each.disabled = true;

  const save = async (kind: "png" | "svg"): Promise<void> => {
    if (running === null) return;
    const svg = running.svg();
    if (kind === "svg") download(`${name}.svg`, "image/svg+xml", svg);
    else download(`${name}.png`, "image/png", await rasterised(svg));
  };

  const start = (begin: () => Promise<Running>): void => {
    const near = intersecting(el, NEAR);
    let begun = false;
    effect(() => {
      if (begun || !near.value || !shared.ready.value) return;
      begun = true;
      begin()
        .then((started) => {
          running = started;
          for (const each of downloads) each.disabled = false;
        })
        .catch((error: unknown) => {
          say("This figure could not be started; reload the page.", true);
          throw error;
        });
    });
  };

  const { pool, loaded, chosen, still, announce } = shared;
  const seen = intersecting(stage, "0px");
  return { name, el, view, controls, state, seen, say, start, pool, loaded, chosen, still, announce };
}

/** Whether an element is in the window, or as far from it as the margin says. */
function intersecting(el: HTMLElement, margin: string): ReadonlySignal<boolean> {
  const inside = signal(false);
  const observer = new IntersectionObserver(
    (entries) => {
      inside.value = entries.at(-1)?.isIntersecting ?? false;
    },
    { rootMargin: margin },
  );
  observer.observe(el);
  return inside;
}

function div(names: string): HTMLElement {
  const el = document.createElement("div");
  el.className = names;
  return el;
}

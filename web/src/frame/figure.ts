/**
 * The frame of a figure below the first: a place for the view, a row of controls, downloads, and a late start.
 *
 * index.html has `<figure id="NAME"><figcaption>...</figcaption></figure>` in a section with a heading. The frame puts
 * the view and the controls above the caption at once, at their final size, so that nothing moves later. What is heavy
 * (code, worker, checkpoint) is loaded when the first figure runs and this one comes near the window.
 */

import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { make, scrollTo } from "../draw/element.ts";
import { into, whenEnded } from "../draw/redraw.ts";
import type { Client, Pool } from "../worker/pool.ts";
import type { Task } from "../worker/task.ts";
import type { Loaded } from "./checkpoints.ts";
import type { Chosen } from "./chosen.ts";
import { type Controls, figureState, type Signals, type StateOf } from "./control.ts";
import { ControlRow } from "./control-row.ts";
import { element } from "./controls.ts";
import { downloadDrawing } from "./download.ts";
import { type CopyPython, copyPython } from "./python-button.ts";

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

/** A figure that has started: a model (`createModel`), whose effects end together. */
export interface Running extends Disposable {
  /**
   * The drawing that this figure makes, an SVG document: its download, in place of a picture of the figure. null where
   * there is none yet.
   */
  drawing?(kind: "png" | "svg"): string | null;
  /** The Python that gives what is shown (python.ts), or a sentence that says why there is none now. */
  readonly python: CopyPython;
}

export interface Frame<Table extends Controls> extends Omit<Shared, "state" | "ready"> {
  readonly name: string;
  readonly el: HTMLElement;
  /** The part that lies on paper: the view, and the line above it. */
  readonly stage: HTMLElement;
  /** Where the view draws. The style sheet sets its height: `#NAME .view`. */
  readonly view: HTMLElement;
  /** Parts of the page before the figure that belong to its picture. */
  readonly before: HTMLElement[];
  readonly controls: ControlRow<Table>;
  /** The figure's own controls. */
  readonly state: StateOf<Table>;
  /** Whether any of it is in the window: what nobody sees need not move. */
  readonly seen: ReadonlySignal<boolean>;
  /** Writes the line above the view. */
  say(text: string): void;
  /** Scrolls to another figure. */
  goTo(name: string): void;
  /** A line to the figure's task in the workers, while the model lasts in which it is called. */
  line<T extends Task>(task: string, priority?: number): Line<T>;
  /** Starts when it is time; called once. */
  start(begin: () => Promise<Running>): void;
}

export interface Line<T extends Task> {
  readonly client: Client<T>;
  /** What went wrong: a sentence for people; empty when all is well. */
  readonly failed: Signal<string>;
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

  const view = make("div", "view");
  const status = make("p", "status-line");
  const stage = make("div", "stage headroom", view, make("div", "status column", status));
  const before: HTMLElement[] = [];
  const controls = new ControlRow(name, table, state);
  el.replaceChildren(stage, make("div", "column", controls.el, caption));

  let running: Running | null = null;
  const say = (text: string, wrong = false): void => {
    status.classList.toggle("error", wrong);
    if (status.textContent !== text) status.textContent = text;
  };
  const downloads = [
    controls.download("PNG", () => void save("png"), { title: "Download the figure as an image" }),
    controls.download("SVG", () => void save("svg"), { title: "Download the figure as a vector drawing" }),
  ];
  for (const each of downloads) each.disabled = true;

  const copy = copyPython(controls, {
    code: () => running?.python() ?? "This figure has not started yet.",
    loaded: shared.loaded,
    announce: shared.announce,
  });

  const picture = async (): Promise<string> => {
    const { snapshot } = await import("./snapshot.ts");
    return snapshot(el, [...before, ...partsOf(el, controls.el)]);
  };
  const save = async (kind: "png" | "svg"): Promise<void> =>
    downloadDrawing(name, kind, running?.drawing?.(kind) ?? (await picture()));

  const start = (begin: () => Promise<Running>): void => {
    const near = intersecting(el);
    let begun = false;
    effect(() => {
      if (begun || !near.value || !shared.ready.value) return;
      begun = true;
      begin()
        .then((started) => {
          running = started;
          for (const each of [...downloads, copy]) each.disabled = false;
        })
        .catch((error: unknown) => {
          say("This figure could not be started; reload the page.", true);
          throw error;
        });
    });
  };

  const { pool, loaded, chosen, still, announce } = shared;
  const seen = intersecting(stage, "0px");
  const goTo = (other: string): void => scrollTo(document.getElementById(other), still, "start");
  const line = <T extends Task>(task: string, priority?: number): Line<T> => {
    const failed = signal("");
    const error = into(failed);
    const client = pool.client<T>(task, priority === undefined ? { error } : { error, priority });
    whenEnded(() => client.destroy());
    // Another model has not failed yet.
    emptied(shared.loaded, [], () => error(""));
    return { client, failed };
  };
  const own = { name, el, stage, view, before, controls, state, seen, say, goTo, line, start };
  return { ...own, pool, loaded, chosen, still, announce };
}

/** Empties signals, and forgets what else is to be forgotten, whenever another model is opened: it has said nothing yet. */
export function emptied(
  loaded: Shared["loaded"],
  answers: readonly Signal<unknown>[],
  forget: () => void = () => {},
): void {
  effect(() => {
    loaded.value;
    batch(() => {
      for (const answer of answers) answer.value = null;
      forget();
    });
  });
}

/** What a download shows: all parts of a figure but its controls and its caption. */
function partsOf(el: HTMLElement, controls: HTMLElement): HTMLElement[] {
  const children = (of: Element): HTMLElement[] =>
    [...of.children].filter((each) => each instanceof HTMLElement);
  return children(el)
    .flatMap((each) => (each.contains(controls) ? children(each) : [each]))
    .filter((each) => !each.matches("figcaption, .controls, .problem"));
}

/** Whether an element is in the window, or within a margin of it: so near that it starts, where none is given. */
export function intersecting(el: HTMLElement, margin = NEAR): ReadonlySignal<boolean> {
  const inside = signal(false);
  const observer = new IntersectionObserver(
    (entries) => {
      inside.value = entries.at(-1)?.isIntersecting ?? false;
    },
    { rootMargin: margin },
  );
  observer.observe(el);
  whenEnded(() => observer.disconnect());
  return inside;
}

/**
 * The frame of a figure below the first: a place for the view, a row of controls, downloads, and a late start.
 *
 * index.html has `<figure id="NAME"><figcaption>...</figcaption></figure>` in a section with a heading. The frame puts
 * the view and the controls above the caption at once, at their final size, so that nothing moves later. What is heavy
 * (code, worker, checkpoint) is loaded when the first figure runs and this one comes near the window.
 */

import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { pictured } from "../draw/drawing.ts";
import { make } from "../draw/element.ts";
import { whenEnded } from "../draw/redraw.ts";
import type { Client, Pool } from "../worker/pool.ts";
import type { Task } from "../worker/task.ts";
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

/** A figure that has started: a model (`createModel`), whose effects end together. */
export interface Running extends Disposable {
  /** What the canvases of the view show, where no view has told it (`pictured`): an SVG document. */
  svg?(): string;
  /** The drawing that this figure makes, an SVG document: its download, in place of a picture of the figure. */
  drawing?(kind: "png" | "svg"): string;
>>>>>>> type
    if (!running) return;
    const svg = running.drawing?.(kind) ?? (await picture());
    if (kind === "svg") download(`${name}.svg`, "image/svg+xml", svg);
    else download(`${name}.png`, "image/png", await rasterised(svg));
>>>>>>> type

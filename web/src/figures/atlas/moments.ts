/** Moments of the atlas: the reader's ink, and pieces of other lines, in the colours of the chosen cells. */

import { batch, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Atlas } from "../../atlas/atlas.ts";
import { colourLegend } from "../../cells/colour-legend.ts";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { ColourScale } from "../../cells/scale.ts";
import type { PathSource } from "../../engine/source.ts";
import type { Running } from "../../frame/figure.ts";
import { inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { momentsOf, usualReach } from "./following.ts";
import { inkSpan } from "./ink-span.ts";
import { type MomentTile, momentGrid } from "./moment-grid.ts";
import { atlasSvg } from "./svg.ts";
import type { AtlasTask, LookReply, Piece, SimilarReply } from "./task.ts";
import type { AtlasWiring } from "./wiring.ts";
import { cellWords, linesWords, momentLabel, similarLabel } from "./words.ts";

export const PLACES = 8;
const LEAST_SPAN = 5;
const MOST_SPAN = 60;

export interface Attention {
  readonly atlas: ReadonlySignal<Atlas | null>;
  readonly cells: ReadonlySignal<readonly number[]>;
  /** Whether the cell is low where the feature is there. */
  readonly falls: ReadonlySignal<boolean>;
  readonly problem: ReadonlySignal<string>;
}

export function startMoments(
  { frame, parts }: AtlasWiring,
  { atlas, cells, falls, problem }: Attention,
): Running {
  const { state, chosen } = frame;
  const looked = signal<LookReply | null>(null);
  const alike = signal<SimilarReply | null>(null);
  const failed = signal("");
  /** Model units in a sheet unit; 0 until it is known. */
  const scale = signal(0);
  /** Whether the worker traces all lines, or has. */
  let preparing = false;
  /** The atlas whose lines the worker knows. */
  const told = signal<Atlas | null>(null);
  const error = (message: string): void => {
    failed.value = message;
  };
  const client = frame.pool.client<AtlasTask>("atlas", { error });

  /** The colours of cells in the lines of the atlas: up to how far each usually goes. */
  const colouring = () => {
    const known = atlas.value!;
    return { cells: cells.value, limits: cells.value.map((cell) => usualReach(known, cell)) };
  };

  const lowest = (): boolean =>
    state.show.value === "lowest" || (state.show.value === "strongest" && falls.value);
  const strong = (known: Atlas) => momentsOf(known, cells.value.at(-1)!, lowest());

  const look = (): void => {
    if (atlas.value === null || cells.value.length === 0) return;
    const ink = chosen.ink.value;
    const moments = state.show.value === "similar" ? [] : strong(atlas.value);
    const [offsets, firstLifted] = [ink?.offsets ?? null, ink?.firstLifted ?? false];
    const request = { ink: offsets, firstLifted, moments, ...colouring() };
    client.askInTurn(
      "look",
      () => request,
      (reply) => {
        looked.value = reply;
      },
    );
  };

  /** Rows of the span that is picked in the ink; without one, where the cells are farthest from 0. */
  const span = (): { begin: number; end: number } | null => {
    const shares = looked.value?.ink?.shares;
    if (state.show.value !== "similar" || shares === undefined || shares.length < 2) return null;
    const rows = shares.length - 1;
    const long = Math.min(state.length.value, rows);
    const far = shares.reduce(
      (best, share, row) => (Math.abs(share) > Math.abs(shares[best]!) ? row : best),
      0,
    );
    const begin = state.from.value < 0 ? far - (long >> 1) : state.from.value;
    const from = Math.min(Math.max(begin, 0), rows - long);
    return { begin: from, end: from + long };
  };

  // The pictures.

  const inkView = inkSpan(parts.ink, {
    label: "Span of the ink, to look for others like it",
    least: LEAST_SPAN,
    most: MOST_SPAN,
    onPick: (begin, end) =>
      batch(() => {
        state.show.value = "similar";
        state.from.value = begin;
        state.length.value = end - begin;
      }),
  });
  const grid = momentGrid(parts.moments, { places: PLACES, onChoose: (place) => open(place) });
  let legend: ReturnType<typeof colourLegend> | null = null;
  let tiles: readonly MomentTile[] = [];
  let pieces: readonly Piece[] = [];

  const coloursOf = (): ColourScale => {
    const { limits } = colouring();
    const shared = limits.length === 1 ? limits[0]! : 1;
    return new ColourScale({ kind: "full", centre: 0, shared, each: null }, false);
  };
  const coloured = (piece: Piece, scaleOf: ColourScale): ColouredInk => {
    const path = inkPath({ ...piece, origin: { x: 0, y: 0 }, scale: scale.value });
    return { path, levels: Uint8Array.from(piece.shares, (share) => scaleOf.levelOf(share)) };
  };
  const tile = (piece: Piece, label: string, colours: ColourScale): MomentTile => ({
    ink: coloured(piece, colours),
    mark: { first: piece.begin - piece.from, last: piece.end - 1 - piece.from },
    label,
    title: piece.line === null ? "Look at this step of the ink" : "Read the cells along this line",
  });

  /** Reads the cells along the line of a moment, or looks at that step of the ink. */
  const open = (place: number): void => {
    const piece = pieces[place];
    if (piece === undefined || atlas.value === null) return;
    const step = (piece.begin + piece.end - 1) >> 1;
    if (piece.line !== null) chosen.opened.value = lineSource(atlas.value, piece.line);
    // Another ink begins without a step, so this comes after it.
    chosen.step.value = step;
    frame.announce(
      piece.line === null ? `Step ${step} of the ink.` : `Line ${piece.line + 1}, step ${step}.`,
    );
  };

  // In words.

  const headline = (): string => {
    if (atlas.value === null || looked.value === null) return "Loading what is known of the cells";
    const lines = linesWords(atlas.value);
    if (state.show.value !== "similar") {
      const end = lowest() ? "lowest" : "highest";
      return `Above, the ink by ${cellWords(cells.value)}; below, where cell ${cells.value.at(-1)} is ${end} in ${lines}`;
    }
    const picked = span();
    if (picked === null) return "Pick a span of the ink: drag along it";
    const { lines: read = 0, of = 1 } = alike.value ?? {};
    const where = read < of ? `${read} of ${lines}, so far,` : lines;
    const by = state.by.value === "all" ? "all cells" : cellWords(cells.value).replace("the mean of ", "");
    return `Steps ${picked.begin} to ${picked.end - 1}, and the moments at which ${by} were most like that, in ${where} and in this ink`;
  };

  const ticks = (): [string, string, string] => {
    const { limits } = colouring();
    if (limits.length > 1) return ["low", "0", "high"];
    const end = limits[0]!.toPrecision(2);
    return [`−${end}`, "0", end];
  };
  const numberText = (): string =>
    state.show.value === "similar"
      ? "The number is the distance from the span: root mean square, in standard deviations of each cell; 0 is the same."
      : "The ring is the moment, the number its cell state. Colours go to where nine in ten of its values lie.";
  const legendText = (): string =>
    state.show.value === "similar"
      ? `${numberText()} Drag along the upper ink for another span.`
      : `${numberText()} Drag along the upper ink to find moments like a part of it.`;

  const disposals = [
    effect(() => {
      frame.loaded.value;
      batch(() => {
        looked.value = null;
        alike.value = null;
        failed.value = "";
        scale.value = 0;
        told.value = null;
      });
      preparing = false;
    }),
    effect(() => {
      if (atlas.value === null) return;
      const { lines } = atlas.value.about;
      const deviation = (atlas.value.tensor("moments.c") as Float32Array).slice(atlas.value.cells);
      const offsets = lines.source === "data" ? (atlas.value.tensor("ink.offsets") as Float32Array) : null;
      client.ask("lines", { lines, deviation, offsets }, (reply) => {
        scale.value = reply.scale;
      });
      told.value = atlas.value;
    }),
    effect(() => {
      // Another ink, other cells, or others of their moments; what nobody sees is not asked for.
      for (const each of [cells, chosen.ink, state.show, falls]) each.value;
      if (told.value !== null && told.value === atlas.value && frame.seen.value) look();
    }),
    effect(() => {
      // All lines are traced while the reader looks, so that similar moments come at once; phones wait until asked.
      if (!window.matchMedia("(hover: hover)").matches) return;
      if (preparing || looked.value === null || !frame.seen.value) return;
      preparing = true;
      client.ask("prepare", null, () => {}, PRIORITY.background);
    }),
    effect(() => {
      const picked = span();
      if (picked === null || atlas.value === null || !frame.seen.value) return;
      const compared = state.by.value === "chosen" ? cells.value : null;
      client.ask("similar", { ...picked, compared, count: PLACES, ...colouring() }, (reply) => {
        alike.value = reply;
      });
    }),
    effect(() => {
      const known = atlas.value;
      const own = looked.value?.ink ?? null;
      if (known === null || looked.value === null) return;
      const colours = coloursOf();
      const picked = span();
      const text = picked === null ? "No span is picked" : `Steps ${picked.begin} to ${picked.end - 1}`;
      inkView.update({ ink: own === null ? null : coloured(own, colours), span: picked, text });
      if (state.show.value === "similar") {
        pieces = alike.value?.moments ?? [];
        tiles = (alike.value?.moments ?? []).map((each) => tile(each, similarLabel(each), colours));
      } else {
        pieces = looked.value.moments;
        const values = strong(known);
        tiles = pieces.map((each, k) => tile(each, momentLabel(values[k]!), colours));
      }
      grid.update(tiles);
      const data = { scale: colours, ticks: ticks(), text: legendText() };
      legend ??= colourLegend(parts.legend, data);
      legend.update(data);
    }),
    effect(() => frame.say(problem.value || failed.value || headline())),
  ];

  return {
    svg() {
      if (looked.value === null) throw new Error("nothing is shown");
      const own = looked.value.ink;
      const picked = span();
      const mark = picked === null ? null : { first: picked.begin, last: picked.end - 1 };
      const ink = own === null ? null : { ink: coloured(own, coloursOf()), mark };
      return atlasSvg(frame.view, {
        ink: ink === null ? null : { ...ink, label: "" },
        inkPlacing: inkView.placing(),
        tiles,
        placings: grid.placings(),
        text: `${headline()}. ${numberText()}`,
      });
    },
    destroy() {
      for (const dispose of disposals) dispose();
      inkView.destroy();
      grid.destroy();
      legend?.destroy();
      client.destroy();
    },
  };
}

/** A line of the atlas as a source of ink. */
function lineSource(atlas: Atlas, line: number): PathSource {
  const { lines } = atlas.about;
  if (lines.source === "samples") {
    return { kind: "sample", seed: lines.seed + line, steps: lines.steps, variation: lines.variation };
  }
  const begin = lines.lengths.slice(0, line).reduce((sum, length) => sum + length, 0);
  const all = atlas.tensor("ink.offsets") as Float32Array;
  return { kind: "offsets", offsets: all.slice(3 * begin, 3 * (begin + lines.lengths[line]!)) };
}

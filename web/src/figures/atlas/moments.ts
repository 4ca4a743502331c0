/** Moments of the atlas: the reader's ink, and pieces of other lines, in the colours of the chosen cells. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { type Atlas, lineNumbers, lineSource } from "../../atlas/atlas.ts";
import { colourLegend } from "../../cells/colour-legend.ts";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { ColourScale, farthest } from "../../cells/scale.ts";
import { into } from "../../draw/redraw.ts";
import { MOST_OFFSETS } from "../../engine/path-common.ts";
import { sheetSource } from "../../engine/source.ts";
import { inkAtRest } from "../../frame/chosen.ts";
import { emptied } from "../../frame/figure.ts";
import { type Code, inkCode, type Python } from "../../frame/python.ts";
import { inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import type { Attention } from "./attention.ts";
import { momentsOf, usualReach } from "./following.ts";
import { inkSpan } from "./ink-span.ts";
import type { LinesRequest } from "./line-traces.ts";
import { momentGrid, PLACES } from "./moment-grid.ts";
import { momentsCode, similarCode } from "./python.ts";
import type { Span } from "./similar.ts";
import type { AtlasTask, LookReply, Piece, SimilarReply } from "./task.ts";
import type { AtlasWiring } from "./wiring.ts";
import { headline, momentLabel, numberText, similarLabel, ticks } from "./words.ts";

/** Returns the figure as Python. */
export function moments(wiring: AtlasWiring, attention: Attention): () => Python | string {
  const { frame, parts } = wiring;
  const { state } = frame;
  const { atlas, cells, problem } = attention;
  const asked = questions(wiring, attention);
  const { limits, alike, lowest, strong, span, compared, looked, found, scale, failed } = asked;
  const shown = computed(() => {
    if (atlas.value === null || looked.value === null || limits.value.length === 0) return null;
    const colours = scaleOf(limits.value);
    const ink = looked.value.ink && coloured(looked.value.ink, colours, scale.value);
    const tile = (piece: Piece, label: string) => tileOf(piece, label, colours, scale.value);
    const tiles = alike.value
      ? (found.value?.moments ?? []).map((each) => tile(each, similarLabel(each)))
      : looked.value.moments.map((each, k) =>
          tile(each, strong.value[k] ? momentLabel(strong.value[k], each.writes) : ""),
        );
    return { colours, ink, tiles };
  });
  const said = computed(() => {
    const all = atlas.value;
    if (all === null || shown.value === null) return "Loading the atlas";
    const searched = found.value ?? { lines: 0, of: 1 };
    const search = { span: span.value, by: compared.value, searched };
    return headline(all, cells.value, alike.value ? search : lowest.value);
  });

  inkSpan(
    parts.ink,
    computed(() => ({ ink: shown.value?.ink ?? null, span: span.value })),
    ({ begin, end }) =>
      batch(() => {
        state.show.value = "similar";
        state.from.value = begin;
        state.length.value = end - begin;
      }),
  );
  const tiles = computed(() => shown.value?.tiles ?? []);
  momentGrid(parts.moments, tiles, (place) => {
    const piece = shown.value?.tiles[place]?.piece;
    if (piece !== undefined && atlas.value !== null) open(frame, atlas.value, piece);
  });
  colourLegend(
    parts.legend,
    computed(() => {
      if (shown.value === null) return null;
      const more = alike.value ? "pick another span" : "find moments like a part of it";
      const text = `${numberText(alike.value)} Drag along the upper ink to ${more}.`;
      return { scale: shown.value.colours, ticks: ticks(limits.value), text };
    }),
  );
  effect(() => frame.say(problem.value || failed.value || said.value));

  return () => {
    const loaded = frame.loaded.value;
    const { feature, cell } = attention;
    if (span.value === null) return momentsCode(loaded, feature.value, cell.value, lowest.value);
    const ink = lookedInk(wiring, atlas.value, looked.value);
    return similarCode(loaded, ink, span.value, compared.value, PLACES);
  };
}

/** The ink that is looked at: its code, or the number of the line of the atlas that stands for it. */
function lookedInk(
  { frame: { chosen, loaded }, ink, said }: AtlasWiring,
  atlas: Atlas | null,
  looked: LookReply | null,
): Code | number {
  const cut = looked?.ink?.offsets.length === 3 * MOST_OFFSETS ? MOST_OFFSETS : undefined;
  const text = loaded.value?.checkpoint.architecture.text !== undefined;
  if (chosen.yours.value) return inkCode(sheetSource(ink.value, said.value), cut, text);
  if (chosen.ink.value !== null) return inkCode(chosen.ink.value.source, cut, text);
  return atlas === null ? 0 : lineNumbers(atlas.about.lines)[0]!;
}

/**
 * What is wanted to be seen, and what the worker answered last. It is asked whenever something else comes into view;
 * nothing is requested that is out of view.
 */
function questions({ frame, ...desk }: AtlasWiring, { atlas, cells, falls }: Attention) {
  const { chosen, loaded, seen, state } = frame;
  const { client, failed } = frame.line<AtlasTask>("atlas");
  const looked = signal<LookReply | null>(null);
  const found = signal<SimilarReply | null>(null);
  /** Model units in a sheet unit; 0 until it is known. */
  const scale = signal(0);
  emptied(loaded, [looked, found], () => {
    scale.value = 0;
  });
  /** The limits of the chosen cells' colours: how far each usually goes. */
  const limits = computed(() =>
    atlas.value === null ? [] : cells.value.map((cell) => usualReach(atlas.value!, cell)),
  );
  const alike = computed(() => state.show.value === "similar");
  const lowest = computed(
    () => state.show.value === "lowest" || (state.show.value === "strongest" && falls.value),
  );
  const strong = computed(() =>
    atlas.value === null || cells.value.length === 0
      ? []
      : momentsOf(atlas.value, cells.value.at(-1)!, lowest.value),
  );
  const span = computed(() => (alike.value ? spanOf(looked.value?.ink ?? null, state) : null));
  /** The cells by which moments are alike; null for all. */
  const compared = computed(() => (state.by.value === "chosen" ? cells.value : null));
  const colouring = () => ({ cells: cells.value, limits: limits.value });
  const written = inkAtRest(desk);
  /** The atlas whose lines the worker knows. */
  const told = signal<Atlas | null>(null);
  effect(() => {
    told.value = atlas.value;
    if (atlas.value === null) return;
    client.ask("lines", linesOf(atlas.value), (reply) => {
      scale.value = reply.scale;
    });
  });
  effect(() => {
    if (told.value === null || !seen.value || cells.value.length === 0) return;
    // The reader's writing is the same as in the other figures, whether they have read it or not.
    const request = {
      ink: chosen.yours.value ? written.value : (chosen.ink.value?.source ?? null),
      moments: alike.value ? [] : strong.value,
      ...colouring(),
    };
    client.askInTurn("look", () => request, into(looked));
  });
  // All lines are traced in advance, so that similar moments come at once; phones wait until they are asked for.
  const ready = computed(() => looked.value !== null && seen.value);
  effect(() => {
    if (ready.value && window.matchMedia("(hover: hover)").matches)
      client.ask("prepare", null, () => {}, PRIORITY.background);
  });
  effect(() => {
    if (span.value === null || atlas.value === null || !seen.value) return;
    const request = { ...span.value, compared: compared.value, count: PLACES, ...colouring() };
    client.ask("similar", request, into(found));
  });
  return { limits, alike, lowest, strong, span, compared, looked, found, scale, failed };
}

/** The span that is picked in the ink; without one, the rows about the point where the cells are farthest from 0. */
function spanOf(ink: Piece | null, { from, length }: AtlasWiring["frame"]["state"]): Span | null {
  if (ink === null || ink.shares.length < 2) return null;
  const { shares } = ink;
  const rows = shares.length - 1;
  const long = Math.min(length.value, rows);
  const begin = from.value < 0 ? farthest(shares) - (long >> 1) : from.value;
  const first = Math.min(Math.max(begin, 0), rows - long);
  return { begin: first, end: first + long };
}

/** Of one cell up to its limit; of several, up to 1, as their shares of their limits are averaged. */
function scaleOf(limits: readonly number[]): ColourScale {
  const shared = limits.length === 1 ? limits[0]! : 1;
  return new ColourScale({ kind: "full", centre: 0, shared, each: null }, false);
}

function coloured(piece: Piece, colours: ColourScale, scale: number): ColouredInk {
  const path = inkPath({ ...piece, origin: { x: 0, y: 0 }, scale });
  return { path, levels: Uint8Array.from(piece.shares, (share) => colours.levelOf(share)) };
}

function tileOf(piece: Piece, label: string, colours: ColourScale, scale: number) {
  return {
    piece,
    ink: coloured(piece, colours, scale),
    mark: { begin: piece.begin - piece.from, end: piece.end - piece.from },
    label,
    title: piece.line === null ? "Look at this step of the ink" : "Read the cells along this line",
  };
}

/** Reads the cells along the line of a moment, or looks at that step of the ink. */
function open({ chosen, announce }: AtlasWiring["frame"], atlas: Atlas, piece: Piece): void {
  const step = (piece.begin + piece.end - 1) >> 1;
  if (piece.line !== null) chosen.opened.value = lineSource(linesOf(atlas), piece.line);
  // Opening an ink forgets the step, so the step is set afterwards.
  chosen.step.value = step;
  announce(piece.line === null ? `Step ${step} of the ink.` : `Line ${piece.line + 1}, step ${step}.`);
}

function linesOf(atlas: Atlas): LinesRequest {
  const { lines } = atlas.about;
  const deviation = (atlas.tensor("moments.c") as Float32Array).slice(atlas.cells);
  const offsets = lines.source === "data" ? (atlas.tensor("ink.offsets") as Float32Array) : null;
  return { lines, deviation, offsets };
}

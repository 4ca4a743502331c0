/** Moments of the atlas: the reader's ink, and pieces of other lines, in the colours of the chosen cells. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { type Atlas, sampleOfLine } from "../../atlas/atlas.ts";
import { colourLegend } from "../../cells/colour-legend.ts";
import type { ColouredInk } from "../../cells/ink-painter.ts";
import { ColourScale } from "../../cells/scale.ts";
import { into } from "../../draw/redraw.ts";
import { MOST_OFFSETS } from "../../engine/path-common.ts";
import { type PathSource, sheetSource } from "../../engine/source.ts";
import { inkAtRest } from "../../frame/chosen.ts";
import { emptied, type Line } from "../../frame/figure.ts";
import { type Code, inkCode, type Python } from "../../frame/python.ts";
import { inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import type { Attention } from "./attention.ts";
import { momentsOf, usualReach } from "./following.ts";
import { inkSpan, type Span } from "./ink-span.ts";
import { type MomentTile, momentGrid } from "./moment-grid.ts";
import { momentsCode, similarCode } from "./python.ts";
import type { AtlasTask, LookReply, Piece, SimilarReply } from "./task.ts";
import type { AtlasWiring } from "./wiring.ts";
import { headline, momentLabel, numberText, similarLabel, spanText, ticks } from "./words.ts";

const PLACES = 8;
const LEAST_SPAN = 5;
const MOST_SPAN = 60;

/** What is shown, once there is something. */
interface Shown {
  readonly colours: ColourScale;
  readonly ink: ColouredInk | null;
  readonly pieces: readonly Piece[];
  readonly tiles: readonly MomentTile[];
}

/** Returns the figure as Python. */
export function moments(wiring: AtlasWiring, attention: Attention): () => Python | string {
  const { frame, parts } = wiring;
  const { state } = frame;
  const { atlas, cells, falls, problem } = attention;
  const answers = answersOf(frame);
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
  const span = computed(() => (alike.value ? spanOf(answers.looked.value?.ink ?? null, state) : null));
  const shown = computed((): Shown | null => {
    const looked = answers.looked.value;
    if (atlas.value === null || looked === null || limits.value.length === 0) return null;
    const colours = scaleOf(limits.value);
    const ink = looked.ink && coloured(looked.ink, colours, answers.scale.value);
    const found = answers.alike.value?.moments ?? [];
    const tile = (piece: Piece, label: string) => tileOf(piece, label, colours, answers.scale.value);
    return alike.value
      ? { colours, ink, pieces: found, tiles: found.map((each) => tile(each, similarLabel(each))) }
      : {
          colours,
          ink,
          pieces: looked.moments,
          tiles: looked.moments.map((each, k) =>
            tile(each, strong.value[k] ? momentLabel(strong.value[k], each.writes) : ""),
          ),
        };
  });
  const said = computed(() => {
    const all = atlas.value;
    if (all === null || shown.value === null) return "Loading the atlas";
    const searched = answers.alike.value ?? { lines: 0, of: 1 };
    const by = state.by.value === "all" ? null : cells.value;
    return headline(all, cells.value, alike.value ? { span: span.value, by, searched } : lowest.value);
  });

  ask(wiring, attention, answers, { limits, alike, strong, span });

  inkSpan(
    parts.ink,
    computed(() => ({ ink: shown.value?.ink ?? null, span: span.value, text: spanText(span.value) })),
    {
      label: "Span of the ink, to find others like it",
      least: LEAST_SPAN,
      most: MOST_SPAN,
      onPick: ({ begin, end }) =>
        batch(() => {
          state.show.value = "similar";
          state.from.value = begin;
          state.length.value = end - begin;
        }),
    },
  );
  const tiles = computed(() => shown.value?.tiles ?? []);
  momentGrid(parts.moments, tiles, PLACES, (place) => {
    const piece = shown.value?.pieces[place];
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
  effect(() => frame.say(problem.value || answers.failed.value || said.value));

  return () => {
    const loaded = frame.loaded.value;
    const feature = attention.feature.value;
    const looked = { loaded, feature, cell: attention.cell.value, lowest: lowest.value };
    if (span.value === null) return momentsCode(looked);
    const compared = state.by.value === "chosen" ? cells.value : null;
    const ink = lookedInk(wiring, atlas.value, answers.looked.value);
    return similarCode(loaded, { ink, span: span.value, cells: compared, count: PLACES });
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
  const lines = atlas?.about.lines;
  const collapsed = lines?.source === "samples" ? (lines.collapsed ?? []) : [];
  let first = 0;
  while (collapsed.includes(first)) first++;
  return first;
}

/** What the worker answered last. */
interface Answers extends Line<AtlasTask> {
  readonly looked: Signal<LookReply | null>;
  readonly alike: Signal<SimilarReply | null>;
  /** Model units in a sheet unit; 0 until it is known. */
  readonly scale: Signal<number>;
}

function answersOf({ loaded, line }: AtlasWiring["frame"]): Answers {
  const { client, failed } = line<AtlasTask>("atlas");
  const looked = signal<LookReply | null>(null);
  const alike = signal<SimilarReply | null>(null);
  const scale = signal(0);
  emptied(loaded, [looked, alike], () => {
    scale.value = 0;
  });
  return { client, looked, alike, scale, failed };
}

interface Questions {
  readonly limits: ReadonlySignal<readonly number[]>;
  readonly alike: ReadonlySignal<boolean>;
  readonly strong: ReadonlySignal<ReturnType<typeof momentsOf>>;
  readonly span: ReadonlySignal<Span | null>;
}

/** Asks the worker whenever something else comes into view. Nothing is requested that is out of view. */
function ask(
  { frame, ...desk }: AtlasWiring,
  { atlas, cells }: Attention,
  { client, looked, alike: found, scale }: Answers,
  { limits, alike, strong, span }: Questions,
): void {
  const { chosen, seen, state } = frame;
  const colouring = () => ({ cells: cells.value, limits: limits.value });
  const written = inkAtRest(desk);
  /** The atlas whose lines the worker knows. */
  const told = signal<Atlas | null>(null);
  effect(() => {
    told.value = atlas.value;
    if (atlas.value === null) return;
    const { lines } = atlas.value.about;
    const deviation = (atlas.value.tensor("moments.c") as Float32Array).slice(atlas.value.cells);
    const offsets = lines.source === "data" ? (atlas.value.tensor("ink.offsets") as Float32Array) : null;
    client.ask("lines", { lines, deviation, offsets }, (reply) => {
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
    const compared = state.by.value === "chosen" ? cells.value : null;
    client.ask("similar", { ...span.value, compared, count: PLACES, ...colouring() }, into(found));
  });
}

/** The span that is picked in the ink; without one, the rows about the point where the cells are farthest from 0. */
function spanOf(ink: Piece | null, { from, length }: AtlasWiring["frame"]["state"]): Span | null {
  if (ink === null || ink.shares.length < 2) return null;
  const { shares } = ink;
  const rows = shares.length - 1;
  const long = Math.min(length.value, rows);
  const far = shares.reduce(
    (best, share, row) => (Math.abs(share) > Math.abs(shares[best]!) ? row : best),
    0,
  );
  const begin = from.value < 0 ? far - (long >> 1) : from.value;
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

function tileOf(piece: Piece, label: string, colours: ColourScale, scale: number): MomentTile {
  return {
    ink: coloured(piece, colours, scale),
    mark: { first: piece.begin - piece.from, last: piece.end - 1 - piece.from },
    label,
    title: piece.line === null ? "Look at this step of the ink" : "Read the cells along this line",
  };
}

/** Reads the cells along the line of a moment, or looks at that step of the ink. */
function open({ chosen, announce }: AtlasWiring["frame"], atlas: Atlas, piece: Piece): void {
  const step = (piece.begin + piece.end - 1) >> 1;
  if (piece.line !== null) chosen.opened.value = lineSource(atlas, piece.line);
  // Opening an ink forgets the step, so the step is set afterwards.
  chosen.step.value = step;
  announce(piece.line === null ? `Step ${step} of the ink.` : `Line ${piece.line + 1}, step ${step}.`);
}

/** A line of the atlas as a source of ink. */
function lineSource(atlas: Atlas, line: number): PathSource {
  const { lines } = atlas.about;
  if (lines.source === "samples") return sampleOfLine(lines, line);
  const begin = lines.lengths.slice(0, line).reduce((sum, length) => sum + length, 0);
  const all = atlas.tensor("ink.offsets") as Float32Array;
  return { kind: "offsets", offsets: all.slice(3 * begin, 3 * (begin + lines.lengths[line]!)) };
}

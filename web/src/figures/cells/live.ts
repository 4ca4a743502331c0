/** The figure of cells at work: from the controls to rows of numbers, and on to the pictures. */

import { batch, effect, signal, untracked } from "@preact/signals-core";
import { colourLegend } from "../../cells/colour-legend.ts";
import { type ColourScale, centreOf, clippedShare, type Summary, summarise } from "../../cells/scale.ts";
import type { Quantity } from "../../engine/cell-trace.ts";
import type { PathSource } from "../../engine/source.ts";
import { packed } from "../../engine/source.ts";
import type { ShownInk } from "../../frame/chosen.ts";
import type { Running } from "../../frame/figure.ts";
import { inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { cellHeatmap } from "./cell-heatmap.ts";
import { cellPicker } from "./cell-picker.ts";
import { cellTrack } from "./cell-track.ts";
import { CellsInk } from "./ink.ts";
import { listenToCellKeys } from "./keys.ts";
import { byStrength, CellMatrix } from "./matrix.ts";
import { added, brushed } from "./order.ts";
import { Orders } from "./orders.ts";
import { type Read, Seeing, type Seen } from "./seen.ts";
import { type Multiple, smallMultiples } from "./small-multiples.ts";
import { holding, panned, type Span, zoomed } from "./span.ts";
import { cellsSvg } from "./svg.ts";
import type { CellsReply, CellsTask } from "./task.ts";
import type { CellsWiring } from "./wiring.ts";
import { cellsName, clippingText, nameOf, number, tell, ticksOf } from "./words.ts";

/** Ink has stopped growing when the pen has rested for so long. */
const REST_MS = 1200;
/** While ink grows: how often what takes a while is worked out anew. */
const SLOW_MS = 300;
const MOST_MULTIPLES = 12;

export async function startCells(wiring: CellsWiring): Promise<Running> {
  const { frame, parts, zoom, ink, isExample, writing } = wiring;
  const { state, chosen } = frame;
  // An ink of a file is in no address.
  if (state.ink.peek() === "opened" && chosen.opened.peek() === null) state.ink.value = "sample";
  /** The cell that is pointed at. */
  const pointed = signal<number | null>(null);
  const orders = new Orders(parts.order, state.order);
  const growing = signal(false);
  const seeing = new Seeing(state, { pointed, growing, orders: orders.all });
  let read: Read | null = null;
  let clipped: { summary: Summary | null; scale: ColourScale | null; text: string } = {
    summary: null,
    scale: null,
    text: "",
  };
  /** The number of the last reply. */
  let after = 0;
  let resting = 0;
  let slow = 0;
  /** What the other figures get when it has stopped growing. */
  let latest: ShownInk | null = null;

  // The worker.

  const client = frame.pool.client<CellsTask>("cells", { error: frame.say, priority: PRIORITY.pen });

  const source = (): PathSource => {
    const name = state.ink.value;
    if (name === "opened" && chosen.opened.value !== null) return chosen.opened.value;
    if (name === "yours") return { kind: "sheet", strokes: ink.value.map(packed) };
    return {
      kind: "sample",
      seed: state.seed.value,
      steps: state.length.value,
      variation: state.variation.value,
    };
  };

  const ask = (): void => {
    const wanted = { source: source(), what: state.what.value as Quantity };
    const request = () => ({ ...wanted, after });
    const taken = (reply: CellsReply): void => take(reply, wanted.source);
    if (growing.peek()) client.askInTurn("cells", request, taken);
    else client.ask("cells", request(), taken);
  };

  const take = (reply: CellsReply, source: PathSource): void => {
    const before = read?.matrix.what === reply.what && reply.from > 0 ? read : null;
    const matrix = before?.matrix ?? new CellMatrix(reply.cells, reply.what);
    matrix.take(reply);
    after = reply.number;
    const path = inkPath(reply);
    const { left } = reply;
    if (growing.peek() && before !== null) {
      read = { ...before, path, left };
      if (slow === 0) slow = window.setTimeout(settle, SLOW_MS);
    } else {
      read = { matrix, path, left, summary: summaryOf(matrix) };
      seeing.restart();
      slowly(read);
    }
    refresh(reply.from);
    const { offsets, firstLifted } = reply;
    latest = { source, offsets, firstLifted };
    if (!growing.peek()) chosen.ink.value = latest;
  };

  /** What takes a while: limits, what varies most, the small multiples. */
  const settle = (): void => {
    window.clearTimeout(slow);
    slow = 0;
    if (read === null) return;
    read.summary = summaryOf(read.matrix);
    refresh();
    if (!writing.peek()) slowly(read);
  };

  // The pictures.

  let views: ReturnType<typeof makeViews> | null = null;
  const inkPart = new CellsInk(wiring, (row) => look(row, null));
  /** By what the ink was coloured last. */
  let coloured: readonly unknown[] = [];

  const makeViews = (now: Seen) => {
    const heatmap = cellHeatmap(
      parts.map,
      { ...now, label: "" },
      {
        onLook: (at) => {
          if (at === null) pointed.value = null;
          else look(at.row, at.cell);
        },
        onBrush: brush,
        onZoom: (about, factor) => zoomTo(about, factor),
        onPan: (by) => panBy(by),
      },
    );
    const picker = cellPicker(parts.picker, now, {
      onLook: (cell) => {
        pointed.value = cell;
      },
      onBrush: brush,
    });
    const multiples = smallMultiples(
      parts.multiples,
      { all: [], cell: now.cell },
      { onChoose: (cell) => choose([cell]) },
    );
    const legend = colourLegend(parts.legend, { scale: now.scale, ticks: ticksOf(now.scale), text: "" });
    const track = cellTrack(parts.track, trackOf(now), { onLook: (row) => look(row, null) });
    listenToCellKeys(heatmap.surface, picker.surface, keyActions);
    return { heatmap, picker, multiples, legend, track };
  };

  /** changed: rows from there on are not what they were. */
  const refresh = (changed = Number.POSITIVE_INFINITY): void => {
    if (read === null) return;
    const now = seeing.of(read);
    views ??= makeViews(now);
    const { matrix, row, cell } = now;
    const label =
      pointed.value === null ? "" : `Cell ${cell} · step ${row} · ${number(matrix.value(row, cell))}`;
    views.heatmap.update({ ...now, label }, changed);
    const by = [matrix, now.scale, ...now.chosen];
    const same = by.length === coloured.length && by.every((each, k) => each === coloured[k]);
    coloured = by;
    inkPart.update({ ...now, growing: growing.value }, same ? changed : 0);
    views.picker.update(now);
    // While the pen writes, words and curves are for later.
    if (growing.peek() && slow !== 0) return;
    views.track.update(trackOf(now));
    describe(now);
  };

  const describe = (now: Seen): void => {
    if (read === null || views === null) return;
    const { matrix, row, scale: colours } = now;
    const byItself = state.chosen.value.length === 0;
    const cells = pointed.value === null ? now.chosen : [pointed.value];
    const values = matrix.means(cells);
    const own = byItself && pointed.value === null;
    const text = tell(parts.facts, { row, length: matrix.rows - 1, cells, values, byItself: own });
    for (const surface of [views.heatmap.surface, views.picker.surface]) surface.ariaValueText = text;
    views.heatmap.surface.ariaValueMax = String(matrix.rows - 1);
    views.heatmap.surface.ariaValueNow = String(row);
    views.picker.surface.ariaValueMax = String(matrix.cells - 1);
    views.picker.surface.ariaValueNow = String(now.order.rows[now.cell]);
    views.legend.update({ scale: colours, ticks: ticksOf(colours), text: clipping(read, colours) });
    frame.say(inkWords(read));
  };

  /** What lies beyond the colours: counted when the numbers or the limits have changed. */
  const clipping = ({ matrix, summary }: Read, colours: ColourScale): string => {
    if (clipped.summary !== summary || clipped.scale !== colours) {
      const share = clippedShare(matrix.values, colours.limits);
      clipped = { summary, scale: colours, text: clippingText(colours, summary, share) };
    }
    return clipped.text;
  };

  const inkWords = ({ matrix, left }: Read): string => {
    if (state.ink.value === "yours" && isExample.value)
      return "Write on the line: the cells follow your pen.";
    const size = `${matrix.cells} cells over ${matrix.rows - 1} steps`;
    const cut = left > 0 ? `; the last ${left.toLocaleString("en")} are left out` : "";
    const seed = `sample ${state.seed.value}, variation ${state.variation.value.toFixed(2)}`;
    const name =
      { sample: seed, yours: "your writing" }[state.ink.value] ?? "an opened ink, which no link holds";
    return `${nameOf(matrix.what)}: ${size}, ${name}${cut}`;
  };

  /** The small multiples: of the cells that are chosen, or of those that vary most. */
  const slowly = (current: Read): void => {
    if (views === null) refresh(0);
    const { matrix, path } = current;
    const colours = seeing.scale(current);
    const some = state.chosen.value.filter((cell) => cell < matrix.cells);
    const all = some.length > 1 ? some : Array.from({ length: matrix.cells }, (_, cell) => cell);
    const multiples = byStrength(all, seeing.spread(current))
      .slice(0, MOST_MULTIPLES)
      .map((cell): Multiple => {
        const levels = Uint8Array.from(matrix.shares([cell], colours.limits), (each) =>
          colours.levelOf(each),
        );
        return { cell, ink: { path, levels }, label: cellsName([cell]) };
      });
    views?.multiples.update({ all: multiples, cell: some.length > 1 ? -1 : seeing.cells(current)[0]! });
  };

  // What the reader does.

  const look = (row: number, cell: number | null): void =>
    batch(() => {
      // While the pen writes, the newest step is looked at.
      if (!growing.peek()) state.step.value = row;
      pointed.value = cell;
    });

  const choose = (cells: readonly number[]): void => {
    if (cells.join() !== state.chosen.value.join()) state.chosen.value = cells;
  };

  const brush = (from: number, to: number, more: boolean): void => {
    if (read === null) return;
    const { cells, rows } = seeing.order(read.matrix.cells);
    const some = brushed({ cells, rows }, rows[from]!, rows[to]!);
    choose(more ? added(state.chosen.value, some) : some);
  };

  const show = ({ from, length }: Span): void =>
    batch(() => {
      const whole = read === null || length >= read.matrix.rows;
      state.from.value = whole ? 0 : from;
      state.span.value = whole ? 0 : length;
    });

  const zoomTo = (about: number, factor: number): void => {
    if (read === null) return;
    show(
      factor === 0
        ? { from: 0, length: read.matrix.rows }
        : zoomed(seeing.span(read), about, factor, read.matrix.rows),
    );
  };
  zoom.by = (factor) => read !== null && zoomTo(seeing.of(read).row, factor);

  const panBy = (by: number): void => {
    if (read !== null && state.span.value > 0) show(panned(seeing.span(read), by, read.matrix.rows));
  };

  const keyActions = {
    now: () => (read === null ? null : seeing.of(read)),
    step(row: number) {
      if (read === null) return;
      look(row, pointed.peek());
      if (state.span.value > 0) show(holding(seeing.span(read), row, read.matrix.rows));
    },
    choose(cell: number, more: boolean) {
      pointed.value = null;
      choose(more ? added(state.chosen.value, [cell]) : [cell]);
    },
    zoom: (factor: number) => zoom.by(factor),
    forget() {
      pointed.value = null;
      choose([]);
    },
  };

  const disposals = [
    effect(() => {
      if (frame.loaded.value === null) return;
      void orders.load(frame.loaded.value);
      // Another model has read nothing yet.
      read = null;
      after = 0;
    }),
    effect(() => {
      const pen = state.ink.value === "yours" && writing.value;
      window.clearTimeout(resting);
      if (pen) growing.value = true;
      else if (growing.peek()) {
        resting = window.setTimeout(() => {
          growing.value = false;
          settle();
          chosen.ink.value = latest;
        }, REST_MS);
      }
    }),
    effect(() => {
      // Another ink was chosen or written, or another quantity.
      if (frame.loaded.value === null) return;
      // What nobody sees is not asked for at every point that is written.
      if (state.ink.value === "yours" && !frame.seen.value) return;
      ask();
    }),
    effect(() => {
      // Also those that are not asked for as long as nothing was read.
      const { limits, scale: how, order: which, chosen: some, step, from, span } = state;
      for (const each of [limits, how, which, some, step, from, span, pointed, orders.all]) each.value;
      untracked(refresh);
    }),
    effect(() => {
      for (const each of [state.chosen, state.limits, state.scale]) each.value;
      untracked(() => read !== null && slowly(read));
    }),
  ];

  return {
    svg() {
      if (read === null || views === null) throw new Error("no cells have been read");
      const now = seeing.of(read);
      const { heatmap } = views;
      return cellsSvg(frame.view, {
        ...now,
        heatmap,
        placing: inkPart.placing(),
        clipping: clipping(read, now.scale),
      });
    },
    destroy() {
      for (const dispose of disposals) dispose();
      for (const view of Object.values(views ?? {})) view.destroy();
      inkPart.destroy();
      client.destroy();
    },
  };
}

function trackOf({ matrix, chosen, ink, scale, span, row }: Seen) {
  return { values: matrix.means(chosen), levels: ink.levels, scale, span, row };
}

function summaryOf({ values, cells, what }: CellMatrix): Summary {
  return summarise(values, cells, centreOf(what));
}

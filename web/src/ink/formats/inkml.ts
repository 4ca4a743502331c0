/** InkML, as pentrace/ink/formats/inkml.py: traces as strokes, with time and pressure where they are given. */

import { build, type FileInk } from "./columns.ts";
import { type Channel, Contexts, readNumber, type TraceFormat } from "./inkml-context.ts";
import { rows } from "./inkml-values.ts";
import { InkFileError, MAX_POINTS, Notes, things } from "./notes.ts";
import type { Pair } from "./path-data.ts";
import { type Element, walk } from "./xml-tree.ts";

/** Largest coordinate that is taken for one. */
const MAX_NUMBER = 1e30;

/** A trace: its numbers [points, channels], and what they mean. */
interface Stroke {
  table: number[][];
  readonly format: TraceFormat;
}

/** The ink of a document, or of several within another element. Throws InkFileError where there is none. */
export function readInkml(root: Element): FileInk {
  const notes = new Notes();
  const contexts = new Contexts(root, notes);
  const strokes = known(onPaper(strokesOf(inks(root), contexts)), notes);
  if (strokes.length === 0) {
    const why = ["expected at least one <trace> with points, found none", ...notes.all()];
    throw new InkFileError(why.join("; "));
  }
  const { points, unitMm } = placed(strokes, notes);
  return build(points, notes, { unitMm, time: timeOf(strokes, notes), pressure: pressureOf(strokes, notes) });
}

/** Every <ink> that lies in no other. */
function inks(root: Element): Element[] {
  return root.name === "ink" ? [root] : root.children.flatMap(inks);
}

type Trace = readonly [Element, TraceFormat];

/**
 * The traces of an <ink>, each with its format. Definitions are drawn where a <traceView> shows them, and all of them
 * where nothing else is there.
 */
function traces(ink: Element, contexts: Contexts): Trace[] {
  const found = tracesIn(ink, contexts, false);
  return found.length > 0 ? found : tracesIn(ink, contexts, true);
}

function tracesIn(ink: Element, contexts: Contexts, inDefinitions: boolean): Trace[] {
  let current: Element | null = null;
  const found: Trace[] = [];
  const defined = new Set(ink.children.filter(({ name }) => name === "definitions").flatMap(walk));
  const stack: [Element, Element | null][] = [];
  const push = (children: readonly Element[], own: Element | null): void => {
    for (let k = children.length - 1; k >= 0; k--) stack.push([children[k]!, own]);
  };
  push(ink.children, null);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [element, inherited] = next;
    const { name, attributes } = element;
    const reference = attributes.get("contextRef");
    const refers = reference !== undefined && (name === "trace" || name === "traceGroup");
    const own = refers ? contexts.named(reference) : inherited;
    if (name === "trace") found.push([element, contexts.of(own ?? current)]);
    else if ((name === "context" || name === "traceFormat") && !inDefinitions) current = element;
    else if (name === "traceView") {
      const shown = contexts.get(attributes.get("traceDataRef") ?? "");
      push(element.children, own);
      // Each is drawn once, so that views cannot run in a circle.
      if (shown !== undefined && defined.delete(shown)) push([shown], own);
    } else if (name === "traceGroup" || (inDefinitions && name === "definitions")) {
      push(element.children, own);
    }
  }
  return found;
}

/** The numbers of each pen-down trace; a trace that continues another is joined to it. */
function strokesOf(documents: readonly Element[], contexts: Contexts): Stroke[] {
  const strokes: Stroke[] = [];
  const byName = new Map<string, number>();
  let left = MAX_POINTS;
  documents
    .flatMap((ink) => traces(ink, contexts))
    .forEach(([{ attributes, text }, format], k) => {
      if (attributes.get("type") === "penUp") return;
      const table = rows(text, format.required, format.channels.length, k + 1, left);
      if (table.length === 0) return;
      left -= table.length;
      addOffset(table, format, attributes.get("timeOffset"));
      let at = strokes.length;
      if (["middle", "end"].includes(attributes.get("continuation") ?? "") && at > 0) {
        at = byName.get((attributes.get("priorRef") ?? "").replace(/^#/, "")) ?? at - 1;
        if (strokes[at]!.format.key !== format.key) at = strokes.length;
      }
      if (at < strokes.length) strokes[at]!.table.push(...table);
      else strokes.push({ table, format });
      const name = attributes.get("xml:id");
      if (name !== undefined) byName.set(name, at);
    });
  return strokes;
}

/** Adds when a trace began (milliseconds) to its times, where they count from its beginning. */
function addOffset(table: readonly number[][], format: TraceFormat, text: string | undefined): void {
  const [column, size, offset] = [format.column("T"), format.get("T")?.size ?? 0, readNumber(text)];
  if (size === 0 || offset === null || !(table[0]![column]! * size < offset)) return;
  for (const row of table) row[column]! += offset / size;
}

/** The strokes cut where the tip is off the paper, as a channel S (tip switch) says. */
function onPaper(strokes: readonly Stroke[]): Stroke[] {
  return strokes.flatMap((stroke) => {
    const { table, format } = stroke;
    if (format.get("S") === null) return [stroke];
    const k = format.column("S");
    const parts: number[][][] = [[]];
    for (const row of table) {
      if (row[k] !== 0) parts.at(-1)!.push(row);
      else if (parts.at(-1)!.length > 0) parts.push([]);
    }
    return parts.filter((part) => part.length > 0).map((part) => ({ table: part, format }));
  });
}

/** The strokes without points whose place is not known, which is noted. */
function known(strokes: readonly Stroke[], notes: Notes): Stroke[] {
  let lost = 0;
  for (const stroke of strokes) {
    const place = [stroke.format.column("X"), stroke.format.column("Y")];
    const kept = stroke.table.filter((row) => place.every((k) => Math.abs(row[k]!) <= MAX_NUMBER));
    lost += stroke.table.length - kept.length;
    stroke.table = kept;
  }
  if (lost > 0) notes.add(`${things(lost, "point")} without a place: left out`);
  return strokes.filter(({ table }) => table.length > 0);
}

/** Whether a coordinate is above its channel's maximum. */
function isBeyondRange({ table, format }: Stroke): boolean {
  return ["X", "Y"].some((name) => {
    const [k, high] = [format.column(name), format.get(name)!.high];
    return high !== null && table.some((row) => row[k]! > high);
  });
}

/** Points in the first stroke's unit, x to the right and y down, and that unit in millimetres. */
function placed(strokes: readonly Stroke[], notes: Notes): { points: Pair[][]; unitMm: number | null } {
  const units = new Map(strokes.map(({ format }) => [format.key, format.unitMm()]));
  for (const stroke of strokes) {
    if (units.get(stroke.format.key)![0] === null || !isBeyondRange(stroke)) continue;
    // Office writes the range and resolution of the device, but coordinates of the page.
    units.set(stroke.format.key, [null, 1]);
    notes.add(
      "coordinates beyond the range of their channel: its unit is not used; correct the channel's max",
    );
  }
  const first = units.get(strokes[0]!.format.key)![0];
  const points = strokes.map(({ table, format }) => {
    const [unit, ratio] = units.get(format.key)!;
    const factor = unit === null || first === null ? 1 : unit / first;
    const [column, line] = [format.column("X"), format.column("Y")];
    const sideX = format.get("X")!.turned ? -factor : factor;
    const sideY = (format.get("Y")!.turned ? -factor : factor) * ratio;
    // + 0: no -0
    return table.map((row): Pair => [row[column]! * sideX + 0, row[line]! * sideY + 0]);
  });
  const all = [...units.values()].every(([unit]) => unit !== null);
  return { points, unitMm: all ? first : null };
}

/** Milliseconds of every point, NaN where it is not known; null where no stroke has times. */
function timeOf(strokes: readonly Stroke[], notes: Notes): number[] | null {
  let found = false;
  const all = strokes.flatMap(({ table, format }) => {
    const channel = format.get("T");
    const size = channel?.size ?? null;
    if (size !== null) found = true;
    else if (channel !== null) {
      notes.add("channel T: expected units s, ms, us or ns, found others: times are left out");
    }
    return table.map((row) => (size === null ? Number.NaN : row[format.column("T")]! * size));
  });
  return found ? all : null;
}

/** Pressure of every point by its channel's range, NaN where it is not known; null where no stroke has any. */
function pressureOf(strokes: readonly Stroke[], notes: Notes): number[] | null {
  if (strokes.every(({ format }) => format.get("F") === null)) return null;
  const tops = new Map<string, number>();
  for (const { table, format } of strokes) {
    const k = format.column("F");
    let top = tops.get(format.key) ?? 1;
    for (const row of table) if (row[k]! > top) top = row[k]!;
    tops.set(format.key, top);
  }
  let wrong = 0;
  const all = strokes.flatMap(({ table, format }) => {
    const channel = format.get("F");
    return table.map((row) => {
      if (channel === null) return Number.NaN;
      const part = scaled(row[format.column("F")]!, channel, tops.get(format.key)!);
      if (Number.isNaN(part) || (part >= 0 && part <= 1)) return part;
      wrong++;
      return Number.NaN;
    });
  });
  if (wrong > 0) {
    notes.add(
      `channel F: ${things(wrong, "value")} outside its range: the pressure there is not known; correct the channel's range`,
    );
  }
  return all;
}

function scaled(value: number, { low, high, turned }: Channel, top: number): number {
  const [from, to] = [low ?? 0, high ?? top];
  const part = (value - from) / (to > from ? to - from : 1);
  return turned ? 1 - part : part;
}

/**
 * One cell in one step: its memory as a curve over the last movements, and what the gates make of it. All values of the
 * memory have one scale, so what is kept, added and shown can be compared by eye.
 */

import type { Drawing } from "../../draw/drawing.ts";
import type { At } from "../../draw/marks.ts";
import type { Size } from "../../draw/redraw.ts";
import { extent } from "../../ink/path.ts";
import { arc, type Colours, disc, line, mix, reveal, signed, text } from "./marks.ts";
import type { Step } from "./step.ts";
import { three } from "./words.ts";

/** Movements of the past that are shown, where there is much room and where there is little. */
const [LONG, SHORT] = [80, 36];
/** What is not there yet is seen so faintly. */
const FAINT = 0.22;
/** Pieces of a curve between two values. */
const PIECES = 24;
/** From which stage on each part is there. */
const [GATES, FORGET, INPUT, OUTPUT] = [1, 2, 3, 4];
/** From here on it stays as it is. */
export const COMPLETE = OUTPUT + 1;
const NARROW = 560;
/** Where the past begins. */
const LEFT = 26;

interface Diagram {
  readonly on: Drawing;
  readonly step: Step;
  readonly at: number;
  readonly css: Colours;
  readonly font: number;
  /** Of a dial. */
  readonly radius: number;
  /** Movements of the past that are shown. */
  readonly past: number;
  /** From left to right, and how high they are. */
  readonly dials: readonly Dial[];
  readonly level: number;
  /** How high that is from which they are computed. */
  readonly bus: number;
  /** Where the memory before the step is, what stays of it, the new memory, that squeezed, and what is shown. */
  readonly stations: readonly [number, number, number, number, number];
  y(value: number): number;
}

/** at: the stage, and between two stages how much of the next one is there. */
export function cellDiagram(on: Drawing, step: Step, at: number, size: Size, css: Colours): void {
  const diagram: Diagram = { on, step, at, css, ...layout(step, size) };
  zero(diagram, size.width);
  past(diagram);
  gates(diagram);
  memory(diagram);
  inputs(diagram);
}

function layout(step: Step, { width, height }: Size): Omit<Diagram, "on" | "step" | "at" | "css"> {
  const narrow = width < NARROW;
  const [font, radius] = narrow ? [11.5, 17] : [13.5, 22];
  const bus = height - 34;
  const level = bus - 34 - radius;
  const [top, bottom] = [44, level - radius - 34];
  const { history, before, kept, after, squashed, shown } = step;
  const past = narrow ? SHORT : LONG;
  const recent = history.subarray(-past - 1);
  const [least, greatest] = extent([...recent, before, kept, after, squashed, shown, 0]);
  const span = Math.max(greatest - least, 0.2);
  const shares = narrow ? [0.2, 0.4, 0.63, 0.79, 0.93] : [0.33, 0.5, 0.67, 0.81, 0.94];
  const stations = shares.map((share) => share * width) as unknown as Diagram["stations"];
  return {
    ...{ font, radius, past, level, bus, stations },
    dials: dialsOf(step, stations, radius),
    y: (value) => bottom - ((value - least) / span) * (bottom - top),
  };
}

function zero({ on, css, y, font }: Diagram, width: number): void {
  const level = y(0);
  const from: At = [LEFT, level];
  line(on, [from, [width - 8, level]], { stroke: css.rule, width: 1, dashes: [2, 4] });
  text(on, 12, level + 4, "0", { size: font, fill: css.muted });
}

/** The memory after each of the last movements, up to the one before this. */
function past({ on, step: { history, cell }, css, y, stations, font, past: most }: Diagram): void {
  const before = Array.from(history.subarray(0, -1)).slice(-most);
  const end = stations[0];
  const points = before.map(
    (value, k): At => [
      before.length === 1 ? end : LEFT + ((end - LEFT) * (k + most - before.length)) / (most - 1),
      y(value),
    ],
  );
  line(on, points, { stroke: css.muted, width: 1.75 });
  text(on, LEFT, 20, `Memory of cell ${cell}`, { size: font, fill: css.ink, align: "left" });
}

/** The curve from the memory before the step to what the cell shows, as far as the stage has come. */
function memory({ on, step, at, css, y, stations, font }: Diagram): void {
  const { before, kept, after, squashed, shown } = step;
  const values = [before, kept, after, squashed, shown];
  const out = reveal(at, OUTPUT);
  const there = [1, reveal(at, FORGET), reveal(at, INPUT), Math.min(2 * out, 1), Math.max(2 * out - 1, 0)];
  const names = ["", "kept", "new", "squeezed", "shown"];
  for (const k of [1, 2, 3, 4]) {
    if (there[k]! === 0) continue;
    const [from, to] = [values[k - 1]!, values[k]!];
    const points = Array.from({ length: PIECES + 1 }, (_, piece): At => {
      const share = (piece / PIECES) * there[k]!;
      const eased = share * share * (3 - 2 * share);
      return [mix(stations[k - 1]!, stations[k]!, share), y(mix(from, to, eased))];
    });
    line(on, points, { stroke: css.ink, width: 2.5 });
  }
  values.forEach((value, k) => {
    const x = stations[k]!;
    const seen = there[k]!;
    text(on, x, 20, names[k]!, { size: font, fill: css.muted, opacity: Math.max(seen, FAINT) });
    if (seen < 1) return;
    const colour = signed(value, css);
    const end: At = [x, y(value)];
    line(on, [[x, y(0)], end], { stroke: colour, width: 5, opacity: 0.35 });
    disc(on, end, 5, { fill: colour, stroke: css.paper, width: 1.5 });
    text(on, k === 0 ? x + 9 : x, y(value) + (value >= 0 ? -11 : 20), three(value), {
      size: font,
      fill: css.ink,
      align: k === 0 ? "left" : "center",
    });
  });
}

interface Dial {
  readonly name: string;
  readonly x: number;
  readonly value: number;
  /** The stage at which it acts. */
  readonly acts: number;
}

function dialsOf({ gates }: Step, stations: Diagram["stations"], radius: number): Dial[] {
  const between = (k: number): number => (stations[k]! + stations[k + 1]!) / 2;
  const apart = radius + (radius < 20 ? 4 : 12);
  return [
    { name: "forget", x: between(0), value: gates.forget, acts: FORGET },
    { name: "input", x: between(1) - apart, value: gates.input, acts: INPUT },
    { name: "candidate", x: between(1) + apart, value: gates.candidate, acts: INPUT },
    { name: "output", x: between(3), value: gates.output, acts: OUTPUT },
  ];
}

/** The four dials, and what each of them acts on. */
function gates(diagram: Diagram): void {
  const { on, step, at, css, radius, dials, level, y } = diagram;
  const [forgets, input, candidate, shows] = dials.map(({ x }) => x) as [number, number, number, number];
  const takes = (input + candidate) / 2;
  const top = level - radius;
  const opacity = (stage: number): number => Math.max(reveal(at, stage), FAINT);
  const link = (points: readonly At[], stage: number): void =>
    line(on, points, { stroke: css.muted, width: 1.25, opacity: opacity(stage), dashes: [1, 4] });
  const sign = ([x, to]: At, mark: string, stage: number): void => {
    disc(on, [x, to], 9, { fill: css.paper, stroke: css.muted, width: 1.25, opacity: opacity(stage) });
    text(on, x, to + 5, mark, { size: 15, fill: css.ink, opacity: opacity(stage) });
  };
  const middle = (a: number, b: number): number => y((a + b) / 2);
  const { before, kept, after, squashed, shown } = step;
  const atForget: At = [forgets, middle(before, kept)];
  const atInput: At = [takes, middle(kept, after)];
  const atOutput: At = [shows, middle(squashed, shown)];
  const joint: At = [takes, top - 12];
  link([[forgets, top], atForget], FORGET);
  link([[input, top], joint, atInput], INPUT);
  link([[candidate, top], joint], INPUT);
  link([[shows, top], atOutput], OUTPUT);
  sign(atForget, "×", FORGET);
  sign(atInput, "+", INPUT);
  sign(joint, "×", INPUT);
  sign(atOutput, "×", OUTPUT);
  for (const dial of dials) dialOf(diagram, dial);
}

/** A gate is a share of a circle; the candidate goes either way from the top, half the circle at most. */
function dialOf({ on, at, css, level: y, radius, font }: Diagram, { name, x, value, acts }: Dial): void {
  const seen = reveal(at, GATES);
  const now = Math.round(at) === acts || Math.round(at) === GATES;
  const isCandidate = name === "candidate";
  const stroke = isCandidate ? signed(value, css) : css.ink;
  const share = (isCandidate ? value / 2 : value) * seen;
  disc(on, [x, y], radius, { fill: css.paper, stroke: css.rule, width: 4 });
  arc(on, [x, y], radius, share, { stroke, width: 4, opacity: seen * (now ? 1 : 0.6) });
  const number = { size: font - (radius < 20 ? 2 : 1), fill: css.ink, opacity: seen };
  text(on, x, y + font / 3, three(value), number);
  const label = { size: font - (radius < 20 ? 1 : 0), fill: css.muted, opacity: Math.max(seen, 0.6) };
  text(on, x, y + radius + 16, name, label);
}

/** What all four are computed from. */
function inputs({ on, at, css, bus, dials, level, radius, font }: Diagram): void {
  const seen = reveal(at, GATES);
  const way = (from: At, to: At): void =>
    line(on, [from, to], { stroke: css.future, width: 1.5, opacity: 0.7 * seen });
  way([LEFT, bus], [mix(LEFT, dials.at(-1)!.x, seen), bus]);
  for (const { x } of dials) way([x, bus], [x, mix(bus, level + radius + 22, seen)]);
  const words = "Computed from the movement, and from what all cells showed before it";
  text(on, LEFT, bus + 18, words, {
    size: font - 1,
    fill: css.muted,
    align: "left",
    opacity: Math.max(seen, FAINT),
  });
}

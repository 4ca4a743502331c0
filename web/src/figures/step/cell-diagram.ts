/**
 * One cell in one step: its memory as a curve over the last movements, and what the gates make of it. All values of the
 * memory have one scale, so what is kept, added and shown can be compared by eye.
 */

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
const NARROW = 560;
/** Where the past begins. */
const LEFT = 26;

interface Layout {
  readonly font: number;
  readonly radius: number;
  /** Movements of the past that are shown. */
  readonly past: number;
  readonly dials: number;
  readonly bus: number;
  /** Where the memory before the step is, what stays of it, the new memory, that squeezed, and what is shown. */
  readonly stations: readonly [number, number, number, number, number];
  y(value: number): number;
}

/** at: the stage, and between two stages how much of the next one is there. */
export function cellDiagram(step: Step, at: number, size: Size, css: Colours): string {
  const place = layout(step, size);
  return [
    zero(place, size, css),
    past(step, place, css),
    gates(step, at, place, css),
    memory(step, at, place, css),
    inputs(step, at, place, css),
  ].join("");
}

function layout(step: Step, { width, height }: Size): Layout {
  const narrow = width < NARROW;
  const [font, radius] = narrow ? [11.5, 17] : [13.5, 22];
  const bus = height - 34;
  const dials = bus - 34 - radius;
  const [top, bottom] = [44, dials - radius - 34];
  const { history, before, kept, after, squashed, shown } = step;
  const past = narrow ? SHORT : LONG;
  const recent = history.subarray(-past - 1);
  const [least, greatest] = extent([...recent, before, kept, after, squashed, shown, 0]);
  const span = Math.max(greatest - least, 0.2);
  const shares = narrow ? [0.2, 0.4, 0.63, 0.79, 0.93] : [0.33, 0.5, 0.67, 0.81, 0.94];
  return {
    font,
    radius,
    past,
    dials,
    bus,
    stations: shares.map((share) => share * width) as unknown as Layout["stations"],
    y: (value) => bottom - ((value - least) / span) * (bottom - top),
  };
}

function zero({ y, font }: Layout, { width }: Size, css: Colours): string {
  const level = y(0);
  const look = { stroke: css.rule, width: 1, dashes: "2 4" };
  return (
    line(
      [
        [LEFT, level],
        [width - 8, level],
      ],
      look,
    ) + text(12, level + 4, "0", { size: font, fill: css.muted })
  );
}

/** The memory after each of the last movements, up to the one before this. */
function past({ history, cell }: Step, { y, stations, font, past: most }: Layout, css: Colours): string {
  const before = Array.from(history.subarray(0, -1)).slice(-most);
  const end = stations[0];
  const points = before.map((value, k): [number, number] => [
    before.length === 1 ? end : LEFT + ((end - LEFT) * (k + most - before.length)) / (most - 1),
    y(value),
  ]);
  return (
    line(points, { stroke: css.muted, width: 1.75 }) +
    text(LEFT, 20, `Memory of cell ${cell}`, { size: font, fill: css.ink, anchor: "start" })
  );
}

/** The curve from the memory before the step to what the cell shows, as far as the stage has come. */
function memory(step: Step, at: number, { y, stations, font }: Layout, css: Colours): string {
  const { before, kept, after, squashed, shown } = step;
  const values = [before, kept, after, squashed, shown];
  const out = reveal(at, OUTPUT);
  const there = [
    1,
    reveal(at, FORGET),
    reveal(at, INPUT),
    Math.min(2 * out, 1),
    Math.max(2 * out - 1, 0),
  ] as const;
  const names = ["", "kept", "new", "squeezed", "shown"];
  const curves = [1, 2, 3, 4].map((k) => {
    const [from, to] = [values[k - 1]!, values[k]!];
    const points = Array.from({ length: PIECES + 1 }, (_, piece): [number, number] => {
      const share = (piece / PIECES) * there[k]!;
      const eased = share * share * (3 - 2 * share);
      return [mix(stations[k - 1]!, stations[k]!, share), y(mix(from, to, eased))];
    });
    return there[k]! > 0 ? line(points, { stroke: css.ink, width: 2.5 }) : "";
  });
  const marks = values.map((value, k) => {
    const x = stations[k]!;
    const seen = there[k]!;
    const high = value >= 0;
    const caption = text(x, 20, names[k]!, {
      size: font,
      fill: css.muted,
      opacity: Math.max(seen, FAINT),
    });
    if (seen < 1) return caption;
    const colour = signed(value, css);
    return [
      caption,
      line(
        [
          [x, y(0)],
          [x, y(value)],
        ],
        { stroke: colour, width: 5, opacity: 0.35 },
      ),
      disc(x, y(value), 5, { fill: colour, stroke: css.paper, width: 1.5 }),
      text(k === 0 ? x + 9 : x, y(value) + (high ? -11 : 20), three(value), {
        size: font,
        fill: css.ink,
        anchor: k === 0 ? "start" : "middle",
      }),
    ].join("");
  });
  return curves.join("") + marks.join("");
}

interface Dial {
  readonly name: string;
  readonly x: number;
  readonly value: number;
  /** The stage at which it acts. */
  readonly acts: number;
}

/** The four dials, from left to right. */
function dialsOf({ gates }: Step, { stations, radius }: Layout): Dial[] {
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
function gates(step: Step, at: number, place: Layout, css: Colours): string {
  const { radius, dials: level, y, font } = place;
  const all = dialsOf(step, place);
  const [forgets, input, candidate, shows] = all.map(({ x }) => x) as [number, number, number, number];
  const takes = (input + candidate) / 2;
  const top = level - radius;
  const opacity = (stage: number): number => Math.max(reveal(at, stage), FAINT);
  const link = (points: readonly (readonly [number, number])[], stage: number): string =>
    line(points, { stroke: css.muted, width: 1.25, opacity: opacity(stage), dashes: "1 4" });
  const sign = (x: number, to: number, mark: string, stage: number): string =>
    disc(x, to, 9, { fill: css.paper, stroke: css.muted, width: 1.25, opacity: opacity(stage) }) +
    text(x, to + 5, mark, { size: 15, fill: css.ink, opacity: opacity(stage) });
  const middle = (a: number, b: number): number => y((a + b) / 2);
  const { before, kept, after, squashed, shown } = step;
  const [atForget, atInput, atOutput] = [middle(before, kept), middle(kept, after), middle(squashed, shown)];
  const joint: [number, number] = [takes, top - 12];
  return [
    link(
      [
        [forgets, top],
        [forgets, atForget],
      ],
      FORGET,
    ),
    link([[input, top], joint, [takes, atInput]], INPUT),
    link([[candidate, top], joint], INPUT),
    link(
      [
        [shows, top],
        [shows, atOutput],
      ],
      OUTPUT,
    ),
    sign(forgets, atForget, "×", FORGET),
    sign(takes, atInput, "+", INPUT),
    sign(...joint, "×", INPUT),
    sign(shows, atOutput, "×", OUTPUT),
    ...all.map((dial) => dialOf(dial, at, level, radius, font, css)),
  ].join("");
}

/** A gate is a share of a circle; the candidate goes either way from the top, half the circle at most. */
function dialOf(dial: Dial, at: number, y: number, radius: number, font: number, css: Colours): string {
  const { name, x, value, acts } = dial;
  const seen = reveal(at, GATES);
  const now = Math.round(at) === acts || Math.round(at) === GATES;
  const isCandidate = name === "candidate";
  const colour = isCandidate ? signed(value, css) : css.ink;
  const share = (isCandidate ? value / 2 : value) * seen;
  return [
    disc(x, y, radius, { fill: css.paper, stroke: css.rule, width: 4 }),
    arc(x, y, radius, share, { stroke: colour, width: 4, opacity: seen * (now ? 1 : 0.6) }),
    text(x, y + font / 3, three(value), {
      size: font - (radius < 20 ? 2 : 1),
      fill: css.ink,
      opacity: seen,
    }),
    text(x, y + radius + 16, name, {
      size: font - (radius < 20 ? 1 : 0),
      fill: css.muted,
      opacity: Math.max(seen, 0.6),
    }),
  ].join("");
}

/** What all four are computed from. */
function inputs(step: Step, at: number, place: Layout, css: Colours): string {
  const { bus, dials, radius, font } = place;
  const seen = reveal(at, GATES);
  const all = dialsOf(step, place);
  const look = { stroke: css.future, width: 1.5, opacity: 0.7 * seen };
  const stems = all.map(({ x }) =>
    line(
      [
        [x, bus],
        [x, mix(bus, dials + radius + 22, seen)],
      ],
      look,
    ),
  );
  const words = "Computed from the movement, and from what all cells showed before it";
  return [
    line(
      [
        [LEFT, bus],
        [mix(LEFT, all.at(-1)!.x, seen), bus],
      ],
      look,
    ),
    ...stems,
    text(LEFT, bus + 18, words, {
      size: font - 1,
      fill: css.muted,
      anchor: "start",
      opacity: Math.max(seen, FAINT),
    }),
  ].join("");
}

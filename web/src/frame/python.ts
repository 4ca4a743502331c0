/**
 * "Copy as Python": the lines that give, bit for bit, the numbers that a figure shows.
 *
 * A figure gives the lines that are its own. What all have in common is here: imports, checkpoint, ink.
 */

import type { InkStroke, PathSource } from "../engine/source.ts";
import { encodeInk } from "../ink/encode.ts";
import { MODEL_MS, type Stroke } from "../ink/stroke.ts";
import type { Loaded } from "./checkpoints.ts";

/** Names by the modules that they are imported from. */
export type Imports = Readonly<Record<string, readonly string[]>>;

export interface Code {
  /** What the lines need besides `Writer`; `{ numpy: [] }` is `import numpy as np`. */
  readonly imports?: Imports;
  readonly lines: readonly string[];
}

/** What a figure gives: `writer` is there before its lines, and the last line is an expression, what the figure shows. */
export interface Python extends Code {
  /** What the value is: axes and units. A comment before the last line. */
  readonly value: string;
  /** The checkpoint, where it is not the page's. */
  readonly loaded?: Loaded;
}

/** The file that the figure about your hand saves. */
export const HAND_FILE = "mine.hand.safetensors";

/** A text to be pasted into a notebook. */
export function pythonText({ imports = {}, lines, value }: Python, loaded: Loaded): string {
  const writer = writerCode(loaded);
  const all = merged({ pentrace: ["Writer"] }, writer.imports ?? {}, imports);
  const [before, last] = [lines.slice(0, -1), lines.slice(-1)];
  return `${[...importLines(all), "", ...writer.lines, ...before, `# ${value}`, ...last].join("\n")}\n`;
}

/** A text as Python writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Numbers as a list. */
export function listed(numbers: Iterable<number>): string {
  return `[${[...numbers].join(", ")}]`;
}

export function merged(...all: readonly Imports[]): Imports {
  const result: Record<string, string[]> = {};
  for (const [module, names] of all.flatMap((each) => Object.entries(each))) {
    result[module] = [...new Set([...(result[module] ?? []), ...names])].sort();
  }
  return result;
}

function importLines(imports: Imports): string[] {
  const modules = Object.keys(imports).sort();
  const others = modules.filter((module) => !module.startsWith("pentrace"));
  const own = modules.filter((module) => module.startsWith("pentrace"));
  const line = (module: string): string =>
    module === "numpy" ? "import numpy as np" : `from ${module} import ${imports[module]!.join(", ")}`;
  return [...others.map(line), ...(others.length > 0 ? [""] : []), ...own.map(line)];
}

function writerCode({ included, name, inHand }: Loaded): Code {
  const file = included === "text" ? "TEXT_CHECKPOINT" : quoted(name);
  const settings = [
    ...(included === "default" ? [] : [file]),
    ...(inHand ? [`hand=${quoted(HAND_FILE)}`] : []),
  ];
  const notes = [
    ...(included === undefined ? ["# The checkpoint that this page was started with."] : []),
    ...(inHand ? ["# Your hand, as the figure that learned it downloads it."] : []),
  ];
  return {
    imports: included === "text" ? { "pentrace.engine.writer": ["TEXT_CHECKPOINT"] } : {},
    lines: [...notes, `writer = Writer(${settings.join(", ")})`],
  };
}

/** Lines after which `ink` is what the model reads. most: how many of its offsets are read at most. */
export function inkCode(source: PathSource, most?: number): Code {
  const { imports = {}, lines } = wholeInk(source);
  if (most === undefined) return { imports, lines };
  return { imports, lines: [...lines, `ink = writer.read(ink.offsets[:${most}])`] };
}

function wholeInk(source: PathSource): Code {
  switch (source.kind) {
    case "sample": {
      const { steps, seed, variation } = source;
      const draws = `${steps}, seed=${seed}, variation=${variation}`;
      return { lines: [`ink = writer.read(writer.engine.sample(writer.engine.start(), ${draws}))`] };
    }
    case "sheet":
      return {
        imports: { "pentrace.link": ["read_link"] },
        lines: [`ink = writer.read(read_link(${linkCode(strokesOf(source.strokes))}))`],
      };
    case "offsets":
      return {
        imports: DATA,
        lines: [`ink = writer.read(${arrayCode(source.offsets, "f4")}.reshape(-1, 3))`],
      };
    case "ink": {
      const { points, penUp, scale } = source;
      return {
        imports: merged(DATA, { pentrace: ["Ink"] }),
        lines: [
          `points = ${arrayCode(points, "f4")}.reshape(-1, 2)`,
          `pen_up = ${arrayCode(penUp, "u1")}`,
          `ink = writer.read(Ink(points, pen_up, scale=${scale ?? "None"}))`,
        ],
      };
    }
  }
}

/** An ink of the page, to be read with `read_link`. */
export function linkCode(strokes: readonly Stroke[]): string {
  return quoted(`#ink=${encodeInk(strokes)}`);
}

/** Why a line cannot be read as the page reads it; empty where it can. */
export function textProblem(source: PathSource, loaded: Loaded | null): string {
  const withText = source.kind === "offsets" && source.text !== undefined;
  if (!withText || loaded?.checkpoint.architecture.text === undefined) return "";
  return "Here the model reads the line together with its text, and for that Python has no short way yet.";
}

/** The model does not ask when a point was written, so the code need not say it. */
function strokesOf(strokes: readonly InkStroke[]): Stroke[] {
  let points = 0;
  return strokes.map(({ writer, points: xy, lifted }) => {
    const x = Array.from({ length: xy.length / 2 }, (_, k) => xy[2 * k]!);
    const y = x.map((_, k) => xy[2 * k + 1]!);
    return { writer, x, y, time: x.map(() => points++ * MODEL_MS), pressure: null, lifted };
  });
}

const DATA: Imports = { base64: ["b64decode"], numpy: [] };

function arrayCode(values: Float32Array | Uint8Array, type: string): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `np.frombuffer(b64decode("${text}"), "<${type}")`;
}

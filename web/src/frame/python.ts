/**
 * "Copy as Python": the lines that give, bit for bit, the numbers that a figure shows.
 *
 * A figure gives the lines that are its own. What all have in common is here: imports, checkpoint, ink.
 */

import type { InkStroke, PathSource, SourceText } from "../engine/source.ts";
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

/** Code, and more code after it. */
export function joinedCode(...parts: readonly Code[]): Required<Code> {
  return {
    imports: merged(...parts.map(({ imports = {} }) => imports)),
    lines: parts.flatMap(({ lines }) => lines),
  };
}

function importLines(imports: Imports): string[] {
  const modules = Object.keys(imports).sort();
  const others = modules.filter((module) => !module.startsWith("pentrace"));
  const own = modules.filter((module) => module.startsWith("pentrace"));
  const line = (module: string): string =>
    module === "numpy" ? "import numpy as np" : `from ${module} import ${imports[module]!.join(", ")}`;
  return [...others.map(line), ...(others.length > 0 ? [""] : []), ...own.map(line)];
}

function writerCode({ included, name, hand }: Loaded): Code {
  const file = included === "text" ? "TEXT_CHECKPOINT" : quoted(name);
  const settings = [
    ...(included === "default" ? [] : [file]),
    ...(hand === null ? [] : [`hand=${quoted(hand.file)}`]),
  ];
  const notes = [
    ...(included === undefined ? ["# The checkpoint that this page was started with."] : []),
    ...(hand === null ? [] : ["# Your hand, as the figure that learned it downloads it."]),
  ];
  const imports: Imports = included === "text" ? { pentrace: ["TEXT_CHECKPOINT"] } : {};
  const lines = [...notes, `writer = Writer(${settings.join(", ")})`];
  if (hand === null || hand.share === 1) return { imports, lines };
  return {
    imports: merged(imports, { pentrace: ["mix"] }),
    lines: [...lines, `writer = ${shareCode("writer.base", "writer.hand", hand.share)}`],
  };
}

/** A writer in a share of a hand. All three are Python. */
export function shareCode(base: string, hand: string, share: number): string {
  return `Writer(${base}, hand=mix(${base}, [${hand}], [${share}]))`;
}

/**
 * Lines after which `ink` is what the model reads. most: how many of its offsets are read at most. text: whether it is
 * read along with what it says, where that is known.
 */
export function inkCode(source: PathSource, most?: number, text = false): Required<Code> {
  const read = joinedCode(wholeInk(source), {
    lines: most === undefined ? [] : [`ink = writer.read(ink.offsets[:${most}])`],
  });
  if (!text || source.kind === "ink" || source.kind === "sample" || source.text === undefined) return read;
  return joinedCode(read, withText(source.text, most ?? source.text.pointers.length));
}

function wholeInk(source: PathSource): Code {
  switch (source.kind) {
    case "sample": {
      const { steps, seed, variation, text } = source;
      if (text !== undefined) {
        const { start, imports } = startCode(text);
        const draws = `${steps}, cap=${text.cap}, seed=${seed}, variation=${variation}`;
        return {
          imports: merged(imports, { "pentrace.engine.text.read_text": ["Reading"] }),
          lines: [
            `line = writer.engine.write(writer.${start}, ${draws})`,
            `ink = Reading(line.offsets, ${quoted(text.words)}, line.pointers, ${handCode(text.hand).code})`,
          ],
        };
      }
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

/** The line after which `atlas` is that of the checkpoint; null where it has none. */
export function atlasCode(loaded: Loaded | null): string | null {
  if (loaded === null || loaded.atlas === null) return null;
  return `atlas = ${loaded.included === "default" ? "Atlas.default()" : `Atlas.load(${quoted(loaded.atlas)})`}`;
}

/** What follows `writer.` where it is to begin a text. */
export function startCode({ words, hand }: Omit<SourceText, "pointers">): {
  start: string;
  imports: Imports;
} {
  const { code, imports } = handCode(hand);
  return { start: `engine.start(${quoted(words)}${code === "None" ? "" : `, ${code}`})`, imports };
}

function handCode(hand: SourceText["hand"]): { code: string; imports: Imports } {
  if (hand instanceof Float32Array) return { code: arrayCode(hand, "f4"), imports: DATA };
  return { code: hand === null ? "None" : String(hand), imports: {} };
}

/** Lines after which `ink` has its text; before them it is what the model reads without one. */
function withText({ words, hand, pointers }: SourceText, n: number): Code {
  const own = handCode(hand);
  const places = arrayCode(pointers.subarray(0, n), "i4");
  return {
    imports: merged(DATA, own.imports, { "pentrace.engine.text.read_text": ["Reading"] }),
    lines: [
      `ink = Reading(ink.offsets, ${quoted(words)}, ${places}, ${own.code}, first_lifted=ink.first_lifted)`,
    ],
  };
}

/** Whether a model reads an ink along with a text. */
export function readsText(source: PathSource, loaded: Loaded | null): boolean {
  const text = source.kind !== "ink" && source.text !== undefined;
  return text && loaded?.checkpoint.architecture.text !== undefined;
}

/** An ink of the page, to be read with `read_link`. */
export function linkCode(strokes: readonly Stroke[]): string {
  return quoted(`#ink=${encodeInk(strokes)}`);
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

function arrayCode(values: Float32Array | Int32Array | Uint8Array, type: string): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `np.frombuffer(b64decode("${text}"), "<${type}")`;
}

/** What the numbers of an InkML trace mean, as pentrace/ink/formats/_inkml_context.py: the channels of its context. */

import { InkFileError, type Notes } from "./notes.ts";
import { type Element, walk } from "./xml-tree.ts";

const MILLISECONDS: ReadonlyMap<string, number> = new Map([
  ["s", 1000],
  ["ms", 1],
  ["us", 0.001],
  ["µs", 0.001],
  ["ns", 1e-6],
  ["", 1],
]);
const MILLIMETRES: ReadonlyMap<string, number> = new Map([
  ["m", 1000],
  ["cm", 10],
  ["mm", 1],
  ["in", 25.4],
  ["inch", 25.4],
  ["pt", 25.4 / 72],
  ["pc", 25.4 / 6],
  ["himetric", 0.01],
  ["emu", 25.4 / 914400],
]);
/** X and Y whose units differ by no more than this part are taken to have one unit. */
const ALIKE = 0.01;

/** A channel of a trace format. */
export interface Channel {
  readonly name: string;
  readonly optional: boolean;
  readonly low: number | null;
  readonly high: number | null;
  readonly turned: boolean;
  /** Milliseconds or millimetres in one of its units, where it says so. */
  readonly size: number | null;
}

/** The channels of a point, those that may be left out last. */
export class TraceFormat {
  readonly channels: readonly Channel[];

  constructor(channels: readonly Channel[]) {
    this.channels = channels;
  }

  /** Values that every point has. */
  get required(): number {
    return this.channels.filter(({ optional }) => !optional).length;
  }

  /** Where a channel stands; -1 where there is none of that name. */
  column(name: string): number {
    return this.channels.findIndex((channel) => channel.name === name);
  }

  get(name: string): Channel | null {
    return this.channels[this.column(name)] ?? null;
  }

  /** Millimetres in a unit of X, where it is known, and units of X in one of Y. */
  unitMm(): readonly [number | null, number] {
    const [x, y] = [this.get("X")!.size, this.get("Y")!.size];
    if (x === null || y === null) return [null, 1];
    return [x, Math.abs(y - x) <= ALIKE * x ? 1 : y / x];
  }

  /** What tells two formats apart. */
  get key(): string {
    return JSON.stringify(this.channels);
  }
}

const X_AND_Y: Element = {
  name: "traceFormat",
  attributes: new Map(),
  text: "",
  children: ["X", "Y"].map((name) => ({
    name: "channel",
    attributes: new Map([["name", name]]),
    text: "",
    children: [],
  })),
};

/** The contexts and trace formats of a document, by their names. */
export class Contexts {
  readonly #notes: Notes;
  readonly #ids = new Map<string, Element>();
  readonly #read = new Map<Element, TraceFormat>();
  readonly #parents = new Map<Element, Element>();

  constructor(root: Element, notes: Notes) {
    this.#notes = notes;
    for (const element of walk(root)) {
      const name = element.attributes.get("xml:id") ?? element.attributes.get("id");
      if (name !== undefined && !this.#ids.has(name)) this.#ids.set(name, element);
      for (const child of element.children) {
        if (child.name === "traceFormat") this.#parents.set(child, element);
      }
      if (element.name === "canvasTransform" && element.children.length > 0) {
        notes.add("canvasTransform: not applied; export without one");
      }
    }
  }

  /** The trace format of a context; without one, the document's only format, or X and Y. */
  of(context: Element | null): TraceFormat {
    const element = this.#traceFormat(context, new Set());
    if (element !== null) return this.#channels(element);
    const formats = [...this.#parents.keys()].map((one) => this.#channels(one));
    const distinct = new Map(formats.map((one) => [one.key, one]));
    return distinct.size === 1 ? formats[0]! : this.#channels(X_AND_Y);
  }

  /** The element of a name, which may begin with #. */
  get(name: string): Element | undefined {
    return this.#ids.get(name.replace(/^#/, ""));
  }

  /** The element that a reference names; X and Y, which is noted, where this document has none. */
  named(reference: string): Element {
    const element = reference.startsWith("#") ? this.#ids.get(reference.slice(1)) : undefined;
    if (element === undefined && reference !== "#DefaultContext") {
      this.#notes.add(
        `'${reference.slice(0, 40)}' is not in this file: X and Y are assumed; add it if the channels are others`,
      );
    }
    return element ?? X_AND_Y;
  }

  /** The <traceFormat> of a context: its own, its source's, or that of the context it refers to. */
  #traceFormat(context: Element | null, seen: Set<Element>): Element | null {
    if (context === null || seen.has(context)) return null;
    seen.add(context);
    if (context.name === "traceFormat") return context;
    for (const child of context.children) {
      if (child.name !== "traceFormat" && child.name !== "inkSource") continue;
      const found = this.#traceFormat(child, seen);
      if (found !== null) return found;
    }
    for (const key of ["traceFormatRef", "inkSourceRef", "contextRef"]) {
      const reference = context.attributes.get(key);
      const found = reference === undefined ? null : this.#traceFormat(this.named(reference), seen);
      if (found !== null) return found;
    }
    return null;
  }

  #channels(element: Element): TraceFormat {
    const known = this.#read.get(element);
    if (known !== undefined) return known;
    const parent = this.#parents.get(element);
    const format = readFormat(element, parent === undefined ? new Map() : resolutions(parent));
    this.#read.set(element, format);
    return format;
  }
}

type Resolutions = ReadonlyMap<string, readonly [number, string]>;

/** The channels of a <traceFormat>. Throws InkFileError where X or Y is missing. */
function readFormat(element: Element, known: Resolutions): TraceFormat {
  const required: Channel[] = [];
  const optional: Channel[] = [];
  for (const child of element.children) {
    if (child.name === "channel") required.push(readChannel(child, known, false));
    if (child.name === "intermittentChannels") {
      const inside = walk(child).filter(({ name }) => name === "channel");
      optional.push(...inside.map((one) => readChannel(one, known, true)));
    }
  }
  const format = new TraceFormat([...required, ...optional]);
  if (["X", "Y"].some((name) => format.get(name)?.optional !== false)) {
    const names = format.channels.map(({ name }) => name).join(", ");
    throw new InkFileError(
      `traceFormat: expected channels X and Y, found ${names === "" ? "none" : names.slice(0, 80)}`,
    );
  }
  return format;
}

function readChannel({ attributes }: Element, known: Resolutions, optional: boolean): Channel {
  const name = attributes.get("name") ?? "";
  const sizes = name === "T" ? MILLISECONDS : MILLIMETRES;
  // So many of the channel's units in one of these: what the numbers mean, whatever `units` says.
  const [steps, unit] = known.get(name) ?? [0, ""];
  const whole = sizes.get(unit);
  const size = known.has(name) && whole !== undefined && steps > 0 ? whole / steps : null;
  return {
    name,
    optional,
    low: readNumber(attributes.get("min")),
    high: readNumber(attributes.get("max")),
    turned: attributes.get("orientation") === "-ve",
    size: size ?? sizes.get((attributes.get("units") ?? "").toLowerCase()) ?? null,
  };
}

/** By channel: how many steps it has in a unit, such as 1000 in "cm". */
function resolutions(source: Element): Resolutions {
  const found = new Map<string, readonly [number, string]>();
  for (const { name, attributes } of walk(source)) {
    if (name !== "channelProperty" || attributes.get("name") !== "resolution") continue;
    const value = readNumber(attributes.get("value"));
    const units = (attributes.get("units") ?? "").toLowerCase();
    if (value !== null && units.startsWith("1/")) {
      found.set(attributes.get("channel") ?? "", [value, units.slice(2)]);
    }
  }
  return found;
}

const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

/** The number that an attribute is, null where it is not one. */
export function readNumber(text: string | undefined): number | null {
  const value = NUMBER.test(text?.trim() ?? "") ? Number(text) : Number.NaN;
  return Math.abs(value) < 1e300 ? value : null;
}

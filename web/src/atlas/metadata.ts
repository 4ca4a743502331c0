/**
 * What an atlas says about itself, checked once, when it is read (spec/atlas.md): the twin of
 * src/pentrace/atlas/metadata.py, which says the same words (spec/golden/atlas.json).
 */

import SCHEMA from "../../../src/pentrace/atlas/metadata.schema.json" with { type: "json" };

export interface AtlasOrder {
  readonly name: string;
  readonly what: string;
  /** Mean correlation of neighbours on held-out lines. */
  readonly merit: number;
}

export interface AtlasFeature {
  readonly name: string;
  readonly what: string;
  readonly unit: string;
  readonly kind: "linear" | "circular" | "binary" | "classes";
  readonly lags: boolean;
  readonly rows: number;
  /** [cell, score] of the best single cell at lag 0. */
  readonly best: { readonly c: readonly [number, number]; readonly h: readonly [number, number] };
  /** What the best of all cells reaches by chance. */
  readonly chance: { readonly c: number; readonly h: number };
  /** All cells together. */
  readonly probe: {
    readonly metric: string;
    readonly value: number | null;
    readonly control: number | null;
  };
}

export interface AtlasCluster {
  readonly size: number;
  readonly feature: string | null;
  readonly score: number;
}

export type AtlasLines =
  | {
      readonly source: "samples";
      readonly seed: number;
      readonly count: number;
      readonly steps: number;
      readonly variation: number;
      /** Lines in which the model stopped writing: no moments are looked for there. */
      readonly collapsed?: readonly number[];
      /** What they say, where the model wrote texts: line j has text j and hand j, from the first again at the end. */
      readonly text?: {
        readonly lines: readonly string[];
        readonly hands: readonly number[];
        readonly cap: number;
      };
    }
  | { readonly source: "data"; readonly lengths: readonly number[]; readonly terms: string };

/** The metadata, by the names that it has in the file. */
export interface AtlasAbout {
  readonly checkpoint: {
    readonly name: string;
    readonly sha256: string;
    readonly layers: number;
    readonly hidden: number;
  };
  readonly data: {
    readonly fit: { readonly lines: number };
    readonly held_out: { readonly lines: number };
    readonly terms: string;
  };
  /** The best first, "none" last. */
  readonly orders: readonly AtlasOrder[];
  readonly features: readonly AtlasFeature[];
  readonly lags: readonly number[];
  readonly clusters: readonly AtlasCluster[];
  readonly lines: AtlasLines;
  /** spec/interventions.md */
  readonly effects: readonly unknown[];
}

interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly type?: Kind | readonly Kind[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  /** The key whose value names one of several shapes. */
  readonly by?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
}

const KINDS = {
  object: ["an object", isObject],
  array: ["a list", Array.isArray],
  string: ["text without control characters", isText],
  number: ["a number", isNumber],
  integer: ["a whole number", Number.isSafeInteger],
  boolean: ["true or false", (value: unknown) => typeof value === "boolean"],
  null: ["null", (value: unknown) => value === null],
} as const satisfies Record<string, readonly [string, (value: unknown) => boolean]>;
type Kind = keyof typeof KINDS;

const NOTHING = Symbol();

/** The first thing that is wrong with the metadata of an atlas: where, what was expected, what was found. */
export function problem(about: unknown): string | null {
  for (const wrong of shape(about, SCHEMA as Schema, "")) return wrong;
  for (const wrong of agreement(about as AtlasAbout)) return wrong;
  return null;
}

/** What is wrong with a value by its schema. */
function* shape(value: unknown, named: Schema, at: string): Generator<string> {
  const schema = named.$ref ? (SCHEMA.$defs as Record<string, Schema>)[named.$ref]! : named;
  const choices = "const" in schema ? [schema.const] : schema.enum;
  if (choices) {
    if (!choices.includes(value))
      yield wrong(at, choices.map((choice) => JSON.stringify(choice)).join(" or "), value);
    return;
  }
  const kinds = [schema.type!].flat() as Kind[];
  if (!kinds.some((kind) => KINDS[kind][1](value))) {
    yield wrong(at, kinds.map((kind) => KINDS[kind][0]).join(" or "), value);
  } else if (Array.isArray(value)) {
    yield* size(value.length, schema.minItems, schema.maxItems, " entries", at);
    for (const [k, item] of value.entries()) yield* shape(item, schema.items!, `${at}[${k}]`);
  } else if (isObject(value)) {
    yield* object(value, schema, at);
  } else if (typeof value === "string") {
    yield* size([...value].length, schema.minLength, undefined, " characters", at);
  } else if (typeof value === "number") {
    const { minimum = -Infinity, maximum = Infinity } = schema;
    if (!(minimum <= value && value <= maximum))
      yield wrong(at, `a number ${range(minimum, maximum)}`, value);
  }
}

function* object(value: Record<string, unknown>, schema: Schema, at: string): Generator<string> {
  const path = (key: string) => (at ? `${at}.${key}` : key);
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(value, key)) yield wrong(path(key), "a value", NOTHING);
  }
  for (const [key, item] of Object.entries(value)) {
    const properties = schema.properties ?? {};
    const part = Object.hasOwn(properties, key) ? properties[key] : schema.additionalProperties;
    if (part) yield* shape(item, part, path(key));
  }
  if (schema.by) {
    yield* shape(value, (schema as Record<string, unknown>)[String(value[schema.by])] as Schema, at);
  }
}

function* size(found: number, least = 0, most = Infinity, unit: string, at: string): Generator<string> {
  if (!(least <= found && found <= most))
    yield `${at}: expected ${range(least, most)}${unit}, found ${found}`;
}

function range(least: number, most: number): string {
  if (least === most) return `${least}`;
  if (most === Infinity) return `of at least ${least}`;
  return least === -Infinity ? `of at most ${most}` : `from ${least} to ${most}`;
}

/** What parts of the metadata say of each other. Looked at only where the shape is right. */
function* agreement(about: AtlasAbout): Generator<string> {
  const cells = about.checkpoint.layers * about.checkpoint.hidden;
  const effects = about.effects as readonly Effect[];
  for (const [what, entries] of [
    ["orders", about.orders],
    ["features", about.features],
    ["effects", effects],
  ] as const) {
    const names = entries.map(({ name }) => name);
    for (const [k, name] of names.entries()) {
      if (names.indexOf(name) < k) {
        yield `${what}[${k}].name: expected another name than those before it, found ${JSON.stringify(name)}`;
      }
    }
  }
  for (const [k, { best }] of about.features.entries()) {
    for (const part of ["c", "h"] as const)
      yield* cellNumbers([best[part][0]], cells, `features[${k}].best.${part}[0]`);
  }
  const features = about.features.map(({ name }) => name);
  for (const [k, { feature }] of about.clusters.entries()) {
    if (feature !== null && !features.includes(feature)) {
      yield `clusters[${k}].feature: expected the name of a feature, found ${JSON.stringify(feature)}`;
    }
  }
  for (const [k, effect] of effects.entries()) yield* effectAgreement(effect, cells, `effects[${k}]`);
  if (about.lines.source === "samples") {
    const { collapsed = [], count } = about.lines;
    for (const number of collapsed) {
      if (number >= count) yield `lines.collapsed: expected numbers below ${count}, found ${number}`;
    }
  }
}

interface Change {
  readonly cells: readonly number[];
  readonly shift: readonly number[];
}
interface Effect extends Change {
  readonly name: string;
  readonly measure: string;
  readonly random: readonly Change[];
  readonly figures: Readonly<Record<string, { readonly random: readonly unknown[] }>>;
}

function* effectAgreement(effect: Effect, cells: number, at: string): Generator<string> {
  if (!Object.hasOwn(effect.figures, effect.measure)) {
    yield `${at}.figures: expected one for ${JSON.stringify(effect.measure)}, found none`;
  }
  const draws = effect.random.length;
  for (const [name, { random }] of Object.entries(effect.figures)) {
    if (random.length !== draws) {
      yield `${at}.figures.${name}.random: expected ${draws} entries, found ${random.length}`;
    }
  }
  const changes = [[at, effect], ...effect.random.map((other, i) => [`${at}.random[${i}]`, other])] as [
    string,
    Change,
  ][];
  for (const [where, change] of changes) {
    yield* cellNumbers(change.cells, cells, `${where}.cells`);
    if (change.shift.length !== change.cells.length) {
      yield `${where}.shift: expected ${change.cells.length} entries, found ${change.shift.length}`;
    }
  }
}

function* cellNumbers(numbers: readonly number[], count: number, at: string): Generator<string> {
  for (const number of numbers) {
    if (!(Number.isInteger(number) && 0 <= number && number < count)) {
      yield `${at}: expected cells from 0 to ${count - 1}, found ${shown(number)}`;
    }
  }
  if (new Set(numbers).size < numbers.length) yield `${at}: expected every cell once, found one twice`;
}

function wrong(at: string, expected: string, found: unknown): string {
  return `${at || "metadata"}: expected ${expected}, found ${shown(found)}`;
}

/** A value in an error: as JSON where it is short, else what kind of value it is. */
function shown(value: unknown): string {
  if (value === NOTHING) return "nothing";
  if (typeof value === "boolean" || value === null) return `${value}`;
  if (typeof value === "number") return Number.isSafeInteger(value) ? `${value}` : "another number";
  if (typeof value === "string")
    return [...value].length <= 40 && isText(value) ? JSON.stringify(value) : "other text";
  return Array.isArray(value) ? "a list" : "an object";
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && !/[\p{Cc}\p{Cs}]/u.test(value);
}

/** Larger numbers overflow in sums. */
function isNumber(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= 1e300;
}

/** From values of cells to colours: limits, and what lies beyond them (spec/cells.md). */

import { LEVELS } from "../draw/palette.ts";
import type { Quantity } from "../engine/cell-trace.ts";

export type LimitsKind = "robust" | "full" | "own";

/** The share of all values that robust limits take in, before they are rounded up. */
const ROBUST = 0.95;
/** Own limits stay while an ink grows, until a larger share of the cells has gone beyond them. */
const HELD_BEYOND = 0.05;
const BINS = 4096;
/** Of a logarithmic scale: a value of limit / LOG is half-way between linear and logarithmic. */
const LOG = 50;
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Where a quantity's colours have their middle: gates lie between 0 and 1. */
export function centreOf(what: Quantity): number {
  return what === "i" || what === "f" || what === "o" ? 0.5 : 0;
}

/** What is known of the values [rows, C] of an ink. */
export interface Summary {
  readonly least: number;
  readonly greatest: number;
  /** The distance from the middle within which 95 % of the values lie. */
  readonly robust: number;
  /** [C]: each cell's largest distance from the middle. */
  readonly reach: Float32Array;
}

export function summarise(values: Float32Array, cells: number, centre: number): Summary {
  const reach = new Float32Array(cells);
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0, cell = 0; at < values.length; at++, cell = cell + 1 === cells ? 0 : cell + 1) {
    const value = values[at]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    const distance = Math.abs(value - centre);
    if (distance > reach[cell]!) reach[cell] = distance;
  }
  const most = reach.reduce((a, b) => Math.max(a, b), 0);
  const robust = quantile(values, centre, most, ROBUST);
  return { least, greatest, robust, reach };
}

/** The distance from the middle within which a share of the values lies, to one part in BINS of the largest. */
function quantile(values: Float32Array, centre: number, most: number, share: number): number {
  if (most === 0) return 0;
  const histogram = new Uint32Array(BINS);
  const perBin = (BINS - 1) / most;
  for (const value of values) histogram[(Math.abs(value - centre) * perBin) | 0]!++;
  let inside = 0;
  let bin = 0;
  while (bin < BINS - 1 && inside + histogram[bin]! < share * values.length) inside += histogram[bin++]!;
  return Math.min((bin + 1) / perBin, most);
}

/** The share of the values that lie farther from the middle than limits that all cells share. */
export function clippedShare(values: Float32Array, { centre, shared, each }: Limits): number {
  if (each !== null || values.length === 0) return 0;
  // As the values are: float32.
  const limit = Math.fround(shared);
  let count = 0;
  for (const value of values) if (Math.abs(value - centre) > limit) count++;
  return count / values.length;
}

/** The next rounder number that is not smaller. */
export function roundedUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(3));
}

/** A limit for all cells alike, or one for each. */
export interface Limits {
  readonly kind: LimitsKind;
  readonly centre: number;
  /** Of all cells: the largest distance from the middle that has a colour of its own. */
  readonly shared: number;
  /** [C]; null where all have the shared one. */
  readonly each: Float32Array | null;
}

/** before: limits that stay while an ink grows, as long as they are about right. */
export function limitsOf(
  summary: Summary,
  kind: LimitsKind,
  centre: number,
  before: Limits | null = null,
): Limits {
  const { least, greatest, reach, robust } = summary;
  const full = Math.max(greatest - centre, centre - least);
  if (kind === "own") {
    if (before?.each?.length === reach.length && beyond(reach, before.each) <= HELD_BEYOND) return before;
    const each = reach.map((value) => value || 1);
    return { kind, centre, shared: full || 1, each };
  }
  const wanted = kind === "full" ? full : robust;
  const held = before !== null && before.kind === kind && before.centre === centre && before.shared;
  if (held && wanted <= held && wanted > 0.4 * held) return before;
  // All of it has to be inside; and a gate never goes beyond 0 and 1.
  const shared = kind === "full" ? full || 1 : roundedUp(robust);
  return { kind, centre, shared: centre > 0 ? Math.min(shared, centre) : shared, each: null };
}

/** The share of cells that have gone beyond their limits. */
function beyond(reach: Float32Array, each: Float32Array): number {
  return reach.reduce((count, value, cell) => count + Number(value > each[cell]!), 0) / reach.length;
}

export function limitOf(limits: Limits, cell: number): number {
  return limits.each?.[cell] ?? limits.shared;
}

/** The row of the share that is farthest from 0, the first of equals. */
export function farthest(shares: Float32Array): number {
  return shares.reduce((best, share, row) => (Math.abs(share) > Math.abs(shares[best]!) ? row : best), 0);
}

/** Colours by share of the limit, in BINS steps from -1 to 1. */
export class ColourScale {
  readonly limits: Limits;
  readonly log: boolean;
  /** Level of each bin. */
  readonly table: Uint8Array;

  constructor(limits: Limits, log: boolean) {
    this.limits = limits;
    this.log = log;
    this.table = Uint8Array.from({ length: BINS }, (_, bin) => {
      const share = (2 * bin) / (BINS - 1) - 1;
      return Math.round(((log ? logarithmic(share) : share) * 0.5 + 0.5) * (LEVELS - 1));
    });
  }

  /** The level of a share of the limit; what lies beyond has the last colour. */
  levelOf(share: number): number {
    const clipped = Math.max(-1, Math.min(share, 1));
    return this.table[((clipped + 1) * 0.5 * (BINS - 1) + 0.5) | 0]!;
  }

  level(value: number, cell: number): number {
    return this.levelOf((value - this.limits.centre) / limitOf(this.limits, cell));
  }
}

/** Sign and ln(1 + LOG |share|) / ln(1 + LOG): linear about 0, logarithmic far from it. */
export function logarithmic(share: number): number {
  return (Math.sign(share) * Math.log1p(LOG * Math.abs(share))) / Math.log1p(LOG);
}

/**
 * What an intervention does to writing, measured beside the same change of random cells (spec/interventions.md): the
 * twin of src/pentrace/measure/effects.py. No DOM: for workers and for Node.
 *
 * Letter key: N samples, n steps of each, C cells of all layers.
 */

import { joined } from "../../checkpoint/joined.ts";
import type { Engine } from "../../engine/engine.ts";
import { type Change, type Changed, type Intervention, intervene } from "../../engine/interventions.ts";
import { MEASURES, type Measure, mean, measured, standardError } from "../../engine/measures.ts";
import { using } from "../../explain/reading.ts";
import type { Figure, Figures } from "./effect.ts";

/** Which samples are drawn, before and after alike. */
export interface Setup {
  readonly samples: number;
  readonly steps: number;
  readonly variation: number;
  readonly seed: number;
}

export const SETUP: Setup = { samples: 200, steps: 160, variation: 1, seed: 0 };

/** Samples that are read for their surprise, and for what cells usually do. */
const INKS = 20;
/** Samples that are drawn at once. */
const AT_ONCE = 20;
/** A random cell is drawn from this many cells that vary most nearly as much. */
const NEIGHBOURS = 40;

/** [N] of each measure; of the surprise, one for each ink. */
type Values = Record<Measure, number[]>;

/** Mean and standard deviation of a quantity, [C]. */
interface Usual {
  readonly mean: Float64Array;
  readonly spread: Float64Array;
}

export class Laboratory {
  readonly #engine: Engine;
  readonly #setup: Setup;
  readonly #inks: readonly Float32Array[];
  readonly #usual: Record<Changed, Usual>;
  /** Measured when it is first asked for. */
  #before: Values | null = null;

  /** The engine is the laboratory's own. */
  constructor(engine: Engine, setup: Setup = SETUP) {
    this.#engine = engine;
    this.#setup = setup;
    this.#inks = this.#samples(Math.min(INKS, setup.samples));
    this.#usual = this.#usually();
  }

  /** The figures after the intervention and after each of `random`, as they come; undefined in between. */
  *measure(
    intervention: Intervention,
    random: readonly Intervention[],
  ): Generator<Figures | undefined, void> {
    this.#before ??= yield* this.#run([]);
    const before = this.#before;
    const after = yield* this.#run(intervention);
    const others: Values[] = [];
    yield figuresOf(before, after, others);
    for (const other of random) {
      others.push(yield* this.#run(other));
      yield figuresOf(before, after, others);
    }
  }

  /**
   * The same intervention on as many random cells, none of them its own: others of the layer that vary about as much.
   * A change with a shift moves the other cell's mean by as many of its standard deviations, to a side that is drawn.
   */
  like(intervention: Intervention, draw: number): Intervention {
    const { hidden } = this.#engine.architecture;
    const sorted = [...intervention].sort((a, b) => a.cell - b.cell || (a.of < b.of ? -1 : 1));
    const own = new Map(sorted.map(({ cell, of }) => [cell, of]));
    const numbers = this.#engine.random(3 * own.size, { seed: this.#setup.seed, stream: draw }).values();
    const random = (): number => numbers.next().value ?? Number.NaN;
    const taken = new Set(own.keys());
    const others = new Map<number, { cell: number; side: number }>();
    for (const [cell, of] of shuffled([...own], random)) {
      const { spread } = this.#usual[of];
      const from = hidden * Math.floor(cell / hidden);
      const near = Array.from({ length: hidden }, (_, k) => from + k)
        .filter((other) => !taken.has(other))
        .sort((a, b) => Math.abs(spread[a]! - spread[cell]!) - Math.abs(spread[b]! - spread[cell]!))
        .slice(0, NEIGHBOURS);
      const other = near[Math.floor(random() * near.length)];
      // More cells than there are others: there is nothing to compare with.
      if (other === undefined) return [];
      taken.add(other);
      others.set(cell, { cell: other, side: random() < 0.5 ? -1 : 1 });
    }
    return intervention.map((change) => this.#moved(change, others.get(change.cell)!));
  }

  #moved({ cell, of, scale, shift }: Change, other: { cell: number; side: number }): Change {
    if (shift === 0) return { cell: other.cell, of, scale, shift };
    const { mean: usual, spread } = this.#usual[of];
    const by = (scale * usual[cell]! + shift - usual[cell]!) / Math.max(spread[cell]!, 1e-12);
    const moved = usual[other.cell]! * (1 - scale) + other.side * by * spread[other.cell]!;
    return { cell: other.cell, of, scale, shift: Number(moved.toPrecision(6)) };
  }

  *#run(intervention: Intervention): Generator<undefined, Values> {
    const { samples } = this.#setup;
    const all: Float32Array[] = [];
    intervene(this.#engine, intervention);
    for (let first = 0; first < samples; first += AT_ONCE) {
      all.push(...this.#samples(Math.min(AT_ONCE, samples - first), first));
      yield;
    }
    return this.#measured(all);
  }

  #samples(count: number, first = 0): Float32Array[] {
    const { steps, seed, variation } = this.#setup;
    const lines = using(this.#engine.start(), (start) =>
      this.#engine.lines(start, count, steps, { seed, variation, first }),
    );
    return lines.map(({ offsets }) => offsets);
  }

  #measured(samples: readonly Float32Array[]): Values {
    const all = samples.map(measured);
    const values = MEASURES.map((name) => [name, all.map((found) => found[name])]);
    const surprise = this.#inks.map((ink) => this.#surprise(ink));
    return { ...(Object.fromEntries(values) as Values), surprise };
  }

  /** Nats a point, in raw units. */
  #surprise(ink: Float32Array): number {
    const { loglik } = using(this.#engine.start(), (state) =>
      this.#engine.trace(state, ink, { c: false, h: false }),
    );
    const toRaw = 2 * Math.log(this.#engine.unitsPerRawUnit);
    return -loglik!.reduce((sum, value) => sum + value, 0) / (loglik!.length / 2) - toRaw;
  }

  #usually(): Record<Changed, Usual> {
    const traces = this.#inks.map((ink) =>
      using(this.#engine.start(), (state) => this.#engine.trace(state, ink, { loglik: false })),
    );
    const { layers, hidden } = this.#engine.architecture;
    const of = (quantity: Changed): Usual =>
      usual(joined(traces.map((trace) => trace[quantity]!)), layers * hidden);
    return { c: of("c"), h: of("h") };
  }
}

/** Of a quantity along all inks, [n, C]. */
function usual(values: Float32Array, cells: number): Usual {
  const [sum, squares] = [new Float64Array(cells), new Float64Array(cells)];
  values.forEach((value, k) => {
    sum[k % cells] = sum[k % cells]! + value;
    squares[k % cells] = squares[k % cells]! + value * value;
  });
  const rows = values.length / cells;
  const means = sum.map((each) => each / rows);
  const spread = squares.map((each, k) => Math.sqrt(Math.max(each / rows - means[k]! ** 2, 0)));
  return { mean: means, spread };
}

function figuresOf(before: Values, after: Values, others: readonly Values[]): Figures {
  const names = [...MEASURES, "surprise"] as const;
  const figure = (name: Measure): Figure => ({
    before: known(mean(before[name])),
    after: known(mean(after[name])),
    error: known(standardError(after[name].map((value, k) => value - before[name][k]!))),
    random: others.map((values) => known(mean(values[name]))),
  });
  return Object.fromEntries(names.map((name) => [name, figure(name)]));
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Fisher and Yates's shuffle, in place. */
function shuffled<T>(values: T[], random: () => number): T[] {
  for (let k = values.length - 1; k > 0; k--) {
    const other = Math.floor(random() * (k + 1));
    [values[k], values[other]] = [values[other]!, values[k]!];
  }
  return values;
}

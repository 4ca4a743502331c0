/**
 * Interventions: changes made to cells after every step (spec/interventions.md), the twin of
 * src/pentrace/engine/interventions.py. Cells are numbered layer after layer: cell i of layer l is number l H + i.
 */

import type { Architecture } from "../checkpoint/architecture.ts";
import { EngineError } from "./arguments.ts";
import type { Engine } from "./engine.ts";

export type Changed = "c" | "h";

/** After each step, `of` of one cell becomes itself times `scale` plus `shift`. */
export interface Change {
  readonly cell: number;
  readonly of: Changed;
  readonly scale: number;
  readonly shift: number;
}

/** Changes that are made one after the other. */
export type Intervention = readonly Change[];

/** The same change for several cells, or with a shift of each cell's own. */
export function change(
  cells: readonly number[],
  of: Changed,
  scale: number,
  shift: number | readonly number[],
): Intervention {
  return cells.map((cell, k) => ({
    cell,
    of,
    scale,
    shift: typeof shift === "number" ? shift : shift[k]!,
  }));
}

/** A part of the change: 0 is none of it, 1 all of it. */
export function atStrength(whole: Intervention, strength: number): Intervention {
  return whole.map(({ cell, of, scale, shift }) => ({
    cell,
    of,
    scale: 1 + strength * (scale - 1),
    shift: strength * shift,
  }));
}

/** What Engine.intervene takes, for each layer: [5, H] or nothing. */
export function settingsOf(
  whole: Intervention,
  { layers, hidden }: Pick<Architecture, "layers" | "hidden">,
): (Float32Array<ArrayBuffer> | null)[] {
  const tables = new Array<Float64Array | null>(layers).fill(null);
  for (const { cell, of, scale, shift } of whole) {
    const layer = Math.floor(cell / hidden);
    if (!(Number.isInteger(cell) && cell >= 0 && layer < layers)) {
      throw new EngineError(`cell ${cell}: expected 0 to ${layers * hidden - 1}, as this model has`);
    }
    tables[layer] ??= unchanged(hidden);
    const table = tables[layer];
    const at = (of === "c" ? hidden : 3 * hidden) + (cell % hidden);
    table[cell % hidden] = 1;
    table[at] = table[at]! * scale;
    table[at + hidden] = table[at + hidden]! * scale + shift;
  }
  return tables.map((table) => table && Float32Array.from(table));
}

/** Runs an engine under an intervention from now on, and under no other. */
export function intervene(engine: Engine, whole: Intervention): void {
  settingsOf(whole, engine.architecture).forEach((settings, layer) => {
    engine.intervene(layer, settings);
  });
}

/** Scales of 1 and shifts of 0, for no cell. */
function unchanged(hidden: number): Float64Array {
  return new Float64Array(5 * hidden).fill(1, hidden, 2 * hidden).fill(1, 3 * hidden, 4 * hidden);
}

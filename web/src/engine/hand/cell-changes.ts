/** Which cells do something else in a hand: the twin of cell_changes.py. */

import type { Weights } from "../../checkpoint/checkpoint.ts";
import { Engine } from "../engine.ts";
import { Model } from "../model.ts";
import { pointersOf } from "../text/recogniser.ts";
import { Wasm } from "../wasm.ts";
import type { Line } from "./learn-group.ts";
import { freed } from "./learned-numbers.ts";

/** Offsets of a line that are read. */
const READ = 600;

/**
 * How much of what each cell says is new in a hand: the root mean square of the change of its hidden state while both
 * checkpoints read a line, along its text where that is known. module: engine.wasm. Gives it for one hand after another,
 * in one instance: another one for each would stay in memory until it is collected.
 */
export function cellChanges(
  module: WebAssembly.Module,
  before: Weights,
  line: Line,
): (after: Weights) => Float32Array<ArrayBuffer> {
  const wasm = new Wasm(module);
  const read = (checkpoint: Weights) => hiddenOf(new Engine(new Model(module, checkpoint, wasm)), line);
  const old = read(before);
  return (after) => {
    const now = read(after);
    const { hidden } = before.architecture;
    const total = new Float64Array(hidden);
    now.forEach((value, k) => {
      total[k % hidden]! += (value - old[k]!) ** 2;
    });
    freed(now);
    return Float32Array.from(total, (sum) => Math.sqrt(sum / (old.length / hidden)));
  };
}

/** The hidden states along a line [m, H], before each of its offsets. */
function hiddenOf(engine: Engine, { offsets, script }: Line): Float32Array {
  const known = engine.architecture.text;
  const text = script && known ? Array.from(script.codes, (code) => known.alphabet[code - 1]!).join("") : "";
  const some = offsets.subarray(0, 3 * READ);
  const options = { c: false, loglik: false };
  if (!script || !known) return engine.trace(engine.start(), some, options).h!;
  const pointers = pointersOf(script.first, some.length / 3);
  return engine.trace(engine.start(text), some, { ...options, pointers }).h!;
}

/** The future that is shown as Python. */

import { packed } from "../../engine/source.ts";
import type { StateOf } from "../../frame/control.ts";
import type { Python } from "../../frame/python.ts";
import type { Stroke } from "../../ink/stroke.ts";
import type { controls } from "./controls.ts";

export async function pythonOf(state: StateOf<typeof controls>, strokes: readonly Stroke[]): Promise<Python> {
  const { inkCode, joinedCode } = await import("../../frame/python.ts");
  const read = inkCode({ kind: "sheet", strokes: strokes.map(packed) });
  const { seed, shown, variation, length } = state;
  const settings = `seed=${seed.value}, stream=${shown.value}, variation=${variation.value}`;
  const last = `writer.engine.sample(writer.state(ink), ${length.value}, ${settings}, origin=len(ink.offsets))`;
  return {
    value: "The future that is shown: [step, (dx, dy, pen lift)] in model units",
    ...joinedCode(read, { lines: [last] }),
  };
}

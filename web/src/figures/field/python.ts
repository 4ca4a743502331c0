/** The field of futures as Python. */

import { LEAST_AFTER_FORK, MOST_OFFSETS } from "../../engine/path-common.ts";
import type { PathSource } from "../../engine/source.ts";
import { inkCode, merged, NO_SHORT_WAY, type Python, readsText } from "../../frame/python.ts";
import { forksOf } from "./forks.ts";
import type { FieldWiring } from "./wiring.ts";

/** cut: whether the ink is longer than a path may be. */
export function pythonOf(
  { state, loaded }: FieldWiring["frame"],
  source: PathSource,
  cut: boolean,
): Python | string {
  const text = readsText(source, loaded.value);
  const { imports = {}, lines } = inkCode(source, cut ? MOST_OFFSETS : undefined, text);
  const { count, steps, seed, variation } = state;
  const last = `writer.futures(ink, ${count.value}, ${steps.value}, seed=${seed.value}, variation=${variation.value})`;
  const value = "Futures: [step of the ink, future, point, (dx, dy, pen lift)] in model units";
  const forks = forksOf(state.forks.value);
  if (forks.length === 0) return { value, imports, lines: [...lines, last] };
  if (text) return NO_SHORT_WAY;
  const taken = forks.map(({ row, future, seed, variation }) => `(${row}, ${future}, ${seed}, ${variation})`);
  return {
    value,
    imports: merged(imports, { numpy: [] }),
    lines: [
      ...lines,
      `for step, future, seed, variation in [${taken.join(", ")}]:  # futures that were taken`,
      "    begun = ink.offsets[:step]",
      `    rest = max(len(ink.offsets) - len(begun), ${LEAST_AFTER_FORK})`,
      '    draws = {"seed": seed, "stream": future, "origin": len(begun), "variation": variation}',
      "    drawn = writer.engine.sample(writer.state(begun), rest, **draws)",
      "    ink = writer.read(np.concatenate([begun, drawn]))",
      last,
    ],
  };
}

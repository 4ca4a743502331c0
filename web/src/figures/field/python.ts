/** The field of futures as Python. */

import { LEAST_AFTER_FORK, MOST_OFFSETS } from "../../engine/path-common.ts";
import type { PathSource } from "../../engine/source.ts";
import { inkCode, joinedCode, type Python, readsText } from "../../frame/python.ts";
import { forksOf } from "./forks.ts";
import type { FieldWiring } from "./wiring.ts";

/** cut: whether the ink is longer than a path may be. */
export function pythonOf({ state, loaded }: FieldWiring["frame"], source: PathSource, cut: boolean): Python {
  const text = readsText(source, loaded.value);
  const read = inkCode(source, cut ? MOST_OFFSETS : undefined, text);
  const { count, steps, seed, variation } = state;
  const last = [
    `writer.futures(ink, ${count.value}, ${steps.value}, seed=${seed.value}, variation=${variation.value})`,
  ];
  const value = "Futures: [step of the ink, future, point, (dx, dy, pen lift)] in model units";
  const forks = forksOf(state.forks.value);
  if (forks.length === 0) return { value, ...joinedCode(read, { lines: last }) };
  const taken = forks.map(({ row, future, seed, variation }) => `(${row}, ${future}, ${seed}, ${variation})`);
  const draw = text ? AFTER_TEXT : AFTER_INK;
  return {
    value,
    ...joinedCode(read, {
      imports: { numpy: [] },
      lines: [
        `for step, future, seed, variation in [${taken.join(", ")}]:  # futures that were taken`,
        ...draw.map((line) => `    ${line}`),
        ...last,
      ],
    }),
  };
}

/** Lines that cut the ink at a step and draw on as a future does. */
const AFTER_INK = [
  "begun = ink.offsets[:step]",
  `rest = max(len(ink.offsets) - len(begun), ${LEAST_AFTER_FORK})`,
  'draws = {"seed": seed, "stream": future, "origin": len(begun), "variation": variation}',
  "drawn = writer.engine.sample(writer.state(begun), rest, **draws)",
  "ink = writer.read(np.concatenate([begun, drawn]))",
];

/** The same for an ink with its text: the pointer goes on as well. */
const AFTER_TEXT = [
  "begun = ink._replace(offsets=ink.offsets[:step], pointers=ink.pointers[:step])",
  `rest = max(len(ink.offsets) - len(begun.offsets), ${LEAST_AFTER_FORK})`,
  'draws = {"seed": seed, "stream": future, "origin": len(begun.offsets), "variation": variation}',
  "drawn = writer.engine.write(writer.state(begun), rest, cap=0, **draws)",
  "offsets = np.concatenate([begun.offsets, drawn.offsets])",
  "ink = begun._replace(offsets=offsets, pointers=np.concatenate([begun.pointers, drawn.pointers]))",
];

/** Cells over time as Python. */

import type { Quantity } from "../../engine/cell-trace.ts";
import type { PathSource } from "../../engine/source.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import { inkCode, merged, type Python, readsText } from "../../frame/python.ts";
import type { Read } from "./reading.ts";

/** Where a trace has each quantity. */
const PARTS: Readonly<Record<Quantity, string>> = {
  c: "c",
  h: "h",
  i: "gates[:, :, 0]",
  f: "gates[:, :, 1]",
  g: "gates[:, :, 2]",
  o: "gates[:, :, 3]",
};

export function pythonOf(read: Read | null, source: PathSource, loaded: Loaded | null): Python | string {
  if (read === null) return "No ink has been read yet.";
  const text = readsText(source, loaded);
  const { matrix, left } = read;
  const { imports = {}, lines } = inkCode(source, left > 0 ? matrix.rows - 1 : undefined, text);
  return {
    value: `${matrix.what}: [step, cell]`,
    imports: merged(imports, { numpy: [] }),
    lines: [
      ...lines,
      "steps = np.concatenate([ink.offsets, np.zeros((1, 3), np.float32)])  # a row for the state after the ink",
      ...(text ? ["longer = np.append(ink.pointers, ink.pointers[-1])"] : []),
      `trace = writer.trace(${text ? "ink._replace(offsets=steps, pointers=longer)" : "steps"}, gates=True)`,
      `trace.${PARTS[matrix.what]}.reshape(len(steps), -1)`,
    ],
  };
}

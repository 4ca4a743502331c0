/** What it remembers, as Python. */

import { MOST_OFFSETS } from "../../engine/path-common.ts";
import type { PathSource } from "../../engine/source.ts";
import { inkCode, merged, type Python, quoted } from "../../frame/python.ts";
import type { InkReply } from "./task.ts";

export function pythonOf(source: PathSource, { step, left, text }: InkReply, change: string): Python {
  const { imports = {}, lines } = inkCode(source, left > 0 ? MOST_OFFSETS : undefined, text !== undefined);
  return {
    imports: merged(imports, { "pentrace.explain.memory": ["memory"] }),
    lines: [...lines, `memory(writer, ink, ${step}, changes=[${quoted(change)}])`],
    value: "Of each earlier stroke: its points, the divergence in nats, and the hand 50 steps later",
  };
}

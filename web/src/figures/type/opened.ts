/** A written line, for the figures that read one. */

import { joinedLines, shifted } from "../../engine/text/written.ts";
import { pointsOf } from "../../ink/path.ts";
import { X_HEIGHT } from "../../ink/stroke.ts";
import type { ScriptLine } from "./script.ts";
import type { WriteRequest } from "./task.ts";
import type { OpenedText } from "./wiring.ts";

/**
 * On the sheet it begins where a line does, or goes on from the reader's own line. Read from the beginning of that line,
 * the model is in the same states as when it wrote.
 */
export function openedOf(
  { written, text }: ScriptLine,
  { prime, hand, lines }: Pick<WriteRequest, "prime" | "hand" | "lines">,
  checkpoint: string,
): OpenedText {
  const line = lines.length > 1 ? `Line ${written.line + 1} of ${lines.length}` : "The line";
  const { offsets, pointers, lead, scale } = written;
  if (prime === null || prime.end === null) {
    const placed = { offsets, firstLifted: false, origin: { x: X_HEIGHT / 2, y: 0 }, scale };
    const said = { words: text.join(""), hand: hand ?? null, pointers };
    const source = { kind: "offsets", offsets, text: said } as const;
    return { source, primed: false, continuation: pointsOf(placed, 0), line, checkpoint };
  }
  const before = { offsets: prime.offsets, pointers: prime.pointers.subarray(0, -1) };
  const after = joinedLines([lead, shifted(written, Array.from(prime.text).length + 1)]);
  const all = joinedLines([before, after]);
  const said = { words: `${prime.text} ${text.join("")}`, hand: hand ?? null, pointers: all.pointers };
  const source = { kind: "offsets", offsets: all.offsets, text: said } as const;
  const placed = { offsets: after.offsets, firstLifted: false, origin: prime.end, scale: prime.scale };
  return { source, primed: true, continuation: pointsOf(placed, 1), line, checkpoint };
}

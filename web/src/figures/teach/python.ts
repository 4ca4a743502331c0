/** A learned hand as Python. */

import type { Hand } from "../../checkpoint/hand.ts";
import type { Base } from "../../frame/checkpoints.ts";
import { linkCode, merged, type Python, quoted, shareCode } from "../../frame/python.ts";
import type { Stroke } from "../../ink/stroke.ts";
import type { Run } from "./words.ts";

export interface WrittenLine {
  readonly strokes: readonly Stroke[];
  /** What it says. */
  readonly text: string;
}

interface Learned {
  readonly run: Run | null;
  readonly hand: Hand | null;
  /** The file that it is downloaded as. */
  readonly file: string;
  /** How much of the hand the sample has. */
  readonly share: number;
  readonly base: Base | null;
  /** Those that were learned. */
  readonly lines: readonly WrittenLine[];
}

/** What the sample is drawn with. */
interface Sample {
  readonly seed: number;
  readonly variation: number;
  readonly steps: number;
}

/** The sample in the learned hand; of the model where there is none. */
export function pythonOf(
  { seed, variation, steps }: Sample,
  { run, hand, file, share, base, lines }: Learned,
): Python | string {
  if (base === null) return "The model has not come yet.";
  const last = run?.passes.at(-1);
  if (run?.going) return "It is still learning.";
  if (run !== null && last?.number !== last?.of) {
    return "Learning was stopped, and Python cannot stop at the same step. Learn again to the end.";
  }
  const loaded = { ...base, hand: null };
  const sample = (of: string): string =>
    `${of}.engine.sample(${of}.engine.start(), ${steps}, seed=${seed}, variation=${variation})`;
  if (hand === null) {
    return {
      loaded,
      value: "A sample of the model: [step, (dx, dy, pen lift)] in model units",
      lines: [sample("writer")],
    };
  }
  const known = base.checkpoint.architecture.text !== undefined;
  const made =
    run === null
      ? [`hand = Writer(writer.base, hand=${quoted(file)}).hand  # “Hand” below this figure downloads it`]
      : [
          `lines = [${lines.map(({ strokes }) => linkCode(strokes)).join(", ")}]`,
          ...(known ? [`texts = [${lines.map(({ text }) => quoted(text)).join(", ")}]`] : []),
          `hand = learn([read_link(line).ink() for line in lines], ${known ? "texts, " : ""}checkpoint=writer.base)`,
        ];
  const mine = share === 1 ? "Writer(writer.base, hand=hand)" : shareCode("writer.base", "hand", share);
  return {
    loaded,
    value: "A sample in the learned hand: [step, (dx, dy, pen lift)] in model units",
    imports: merged(
      run === null ? {} : { pentrace: ["learn"], "pentrace.link": ["read_link"] },
      share === 1 ? {} : { pentrace: ["mix"] },
    ),
    lines: [...made, `mine = ${mine}`, sample("mine")],
  };
}

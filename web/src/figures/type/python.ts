/** A written text as Python. */

import { packed } from "../../engine/source.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import { inkCode, listed, type Python, quoted } from "../../frame/python.ts";
import type { TypeWiring } from "./wiring.ts";
import type { Plan } from "./writing.ts";

export function pythonOf({ desk }: TypeWiring, plan: Plan | null, loaded: Loaded | null): Python | string {
  if (plan === null || loaded === null) return "The model that knows text has not come yet.";
  if (plan.lines.length === 0) return "Type something first.";
  if (plan.moves.length > 0) {
    return "You have moved the pointer, which Python cannot do yet. Choose “As it was” to copy the text without the moves.";
  }
  const { rows, hand, prime, seed, variation, candidates } = plan;
  const text = `text = ${quoted(rows.join("\n"))}`;
  const settings = `seed=${seed}, variation=${variation}, candidates=${candidates}`;
  const shared = {
    value: "The text as ink, with the character of each point",
    loaded,
  };
  if (prime === null) {
    const chosen = hand === undefined ? "" : `, hand=${typeof hand === "number" ? hand : listed(hand)}`;
    return {
      ...shared,
      lines: [text, `writer.write_text(text${chosen}, ${settings})`],
    };
  }
  const { imports = {}, lines } = inkCode({ kind: "sheet", strokes: desk.ink.value.map(packed) });
  const own = `prime=ink, prime_text=${quoted(prime.text)}`;
  return {
    ...shared,
    imports,
    lines: [...lines, text, `writer.write_text(text, ${own}, ${settings})`],
  };
}

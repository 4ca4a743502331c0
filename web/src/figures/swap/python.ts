/** One hand's state in another's as Python. */

import type { PathSource } from "../../engine/source.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import {
  atlasCode,
  type Code,
  inkCode,
  listed,
  merged,
  type Python,
  quoted,
  readsText,
} from "../../frame/python.ts";
import type { Answer, MeasuredReply, WriteRequest } from "./task.ts";

/** futures: that show a hand. */
export function pythonOf(
  loaded: Loaded | null,
  answer: Answer | null,
  measured: MeasuredReply | null,
  withLetters: boolean,
  futures: number,
): Python | string {
  if (answer === null || answer.written === null || answer.pending) return "Nothing is written yet.";
  const { request, donor, written, inks } = answer;
  const receiver = donor === 0 ? 1 : 0;
  const code = (source: PathSource): Code => inkCode(source, undefined, readsText(source, loaded));
  const [a, b] = [code(request.inks[donor]), code(request.inks[receiver])];
  const [there, here] = [inks[donor].step, inks[receiver].step];
  const { seed, variation, count, steps } = request;
  const draws = measured === null ? "" : `, draws=${measured.of}`;
  const reader = withLetters ? ", recogniser=Recogniser.load()" : "";
  const taken = takenCode(loaded, request, written.cells);
  return {
    value: `Samples after the receiver as it was and with what is taken from the donor: [sample, step, (dx, dy, pen lift)] in model units; traits`,
    imports: merged(a.imports ?? {}, b.imports ?? {}, taken.imports, {
      ...(withLetters ? { "pentrace.engine.text.recogniser": ["Recogniser"] } : {}),
      "pentrace.explain.patch": ["patch", "patched"],
      // An ink with its text is a Reading too, of another module.
      "pentrace.explain": ["reading"],
    }),
    lines: [
      ...a.lines,
      "a = ink",
      ...b.lines,
      "b = ink",
      "donor, receiver = reading.Reading(writer, a), reading.Reading(writer, b)",
      ...taken.lines,
      `both = patched(receiver, receiver.state(${here - 1}), donor.state(${there}), taken, ${here})`,
      `states = [receiver.state(${here}), both]`,
      `samples = [writer.engine.futures(state, ${count}, ${steps}, seed=${seed}, variation=${variation}) for state in states]`,
      `traits = patch(writer, a, b, taken, at=(${there}, ${here})${draws}, futures=${futures}, seed=${seed}${reader})`,
      "samples, traits",
    ],
  };
}

/** What is taken from the donor. */
function takenCode(
  loaded: Loaded | null,
  { wanted }: WriteRequest,
  cells: readonly number[],
): Required<Code> {
  if (wanted.kind !== "direction") return { imports: {}, lines: [`taken = ${listed(cells)}`] };
  if (wanted.of === "hand")
    return {
      imports: { "pentrace.explain.directions": ["stored_directions"] },
      lines: [`taken = stored_directions(writer.checkpoint.sha256)[${quoted(wanted.name)}]`],
    };
  return {
    imports: { pentrace: ["Atlas"], "pentrace.explain.directions": ["feature_direction"] },
    lines: [atlasCode(loaded) ?? "", `taken = feature_direction(atlas, ${quoted(wanted.name)})`],
  };
}

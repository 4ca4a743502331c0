/** One hand's state in another's as Python. */

import { inkCode, listed, merged, type Python } from "../../frame/python.ts";
import type { Answer, MeasuredReply } from "./task.ts";

/** futures: that show a hand. */
export function pythonOf(
  answer: Answer | null,
  measured: MeasuredReply | null,
  futures: number,
): Python | string {
  if (answer === null || answer.written === null || answer.pending) return "Nothing is written yet.";
  const { request, donor, written, inks } = answer;
  const receiver = donor === 0 ? 1 : 0;
  const [a, b] = [inkCode(request.inks[donor]), inkCode(request.inks[receiver])];
  const [there, here] = [inks[donor].step, inks[receiver].step];
  const { seed, variation, count, steps } = request;
  const draws = measured === null ? "" : `, draws=${measured.of}`;
  return {
    value: `Samples after the receiver as it was and with the donor's cells: [sample, step, (dx, dy, pen lift)] in model units; traits`,
    imports: merged(a.imports ?? {}, b.imports ?? {}, {
      "pentrace.explain.patch": ["patch", "patched"],
      "pentrace.explain.reading": ["Reading"],
    }),
    lines: [
      ...a.lines,
      "a = ink",
      ...b.lines,
      "b = ink",
      "donor, receiver = Reading(writer, a), Reading(writer, b)",
      `cells = ${listed(written.cells)}`,
      `both = patched(receiver, receiver.state(${here - 1}), donor.state(${there}), cells, ${here})`,
      `states = [receiver.state(${here}), both]`,
      `samples = [writer.engine.futures(state, ${count}, ${steps}, seed=${seed}, variation=${variation}) for state in states]`,
      `traits = patch(writer, a, b, cells, at=(${there}, ${here})${draws}, futures=${futures}, seed=${seed})`,
      "samples, traits",
    ],
  };
}

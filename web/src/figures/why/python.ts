/** Votes and silent cells as Python. */

import { type Imports, inkCode, merged, type Python, quoted } from "../../frame/python.ts";
import type { Known } from "./reading.ts";
import type { WhyWiring } from "./wiring.ts";

export function pythonOf({ frame: { state } }: WhyWiring, known: Known): Python | string {
  const looked = known.looked.value;
  if (looked === null) return "No ink has been read yet.";
  const { step, votes, branches, inputs, ink } = looked;
  const most = ink.left > 0 ? ink.path.length : undefined;
  const { imports = {}, lines } = inkCode(known.source.value, most, ink.withText);
  // At a fork, the two likeliest ways are compared unless others are named.
  const pair = branches.length > 1 ? "" : `, ${votes.a}, ${votes.b}`;
  const [said, all] =
    state.sum.value === "density"
      ? [
          "What all cells add in nats, by weight and by width; the log density",
          "found.weight, found.width, found.log_density",
        ]
      : ["Votes of all cells in nats, the bias", "found.weight, found.weight_bias"];
  const code = (more: Imports, value = "", change = ""): Python => ({
    value: said + value,
    imports: merged(imports, { "pentrace.explain.votes": ["votes"] }, more),
    lines: [...lines, `found = votes(writer, ink, ${step}${pair})`, all + change],
  });
  const without = state.without.value;
  if (inputs.some((input) => input.name === without && input.without !== null))
    return code(
      { "pentrace.explain.inputs": ["without"] },
      ", and the prediction without an input: divergence in nats, share of the likeliest way",
      `, without(writer, ink, ${step})[${quoted(without)}]`,
    );
  const silent = known.silent.value;
  if (silent === 0) return code({});
  const other = known.side.value === 1 ? ", other=True" : "";
  return code(
    { "pentrace.explain.votes": ["silence"] },
    ", and the share of the likelier way with cells silent",
    `, silence(writer, ink, found, ${silent}${other}, seed=${state.seed.value})`,
  );
}

/** Votes and silent cells as Python. */

import type { PathSource } from "../../engine/source.ts";
import { type Imports, inkCode, merged, type Python, quoted } from "../../frame/python.ts";
import type { Looked } from "./reading.ts";

/** What is shown of a step. */
export interface Shown {
  readonly source: PathSource;
  readonly looked: Looked | null;
  readonly silent: number;
  /** Whether the silent cells vote for the other way. */
  readonly other: boolean;
  /** Whether weights and widths are added up. */
  readonly density: boolean;
  /** The input that is away; empty for none. */
  readonly without: string;
  readonly seed: number;
}

export function pythonOf({ source, looked, silent, other, density, without, seed }: Shown): Python | string {
  if (looked === null) return "No ink has been read yet.";
  const { step, votes, branches, ink } = looked;
  const { imports = {}, lines } = inkCode(source, ink.left > 0 ? ink.path.length : undefined, ink.withText);
  // At a fork, the two likeliest ways are compared unless others are named.
  const pair = branches.length > 1 ? "" : `, ${votes.a}, ${votes.b}`;
  const [said, all] = density
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
  if (without !== "")
    return code(
      { "pentrace.explain.inputs": ["without"] },
      ", and the prediction without an input: divergence in nats, share of the likeliest way",
      `, without(writer, ink, ${step})[${quoted(without)}]`,
    );
  if (silent === 0) return code({});
  return code(
    { "pentrace.explain.votes": ["silence"] },
    ", and the share of the likelier way with cells silent",
    `, silence(writer, ink, found, ${silent}${other ? ", other=True" : ""}, seed=${seed})`,
  );
}

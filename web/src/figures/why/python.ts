/** Votes and silent cells as Python. */

import type { PathSource } from "../../engine/source.ts";
import { inkCode, merged, type Python, quoted } from "../../frame/python.ts";
import type { Read } from "./reading.ts";
import type { LookReply } from "./task.ts";

/** What is shown of a step. */
export interface Shown {
  readonly source: PathSource;
  readonly read: Read | null;
  readonly looked: LookReply | null;
  readonly silent: number;
  /** Whether the silent cells vote for the other way. */
  readonly other: boolean;
  /** Whether weights and widths are added up. */
  readonly density: boolean;
  /** The input that is away; empty for none. */
  readonly without: string;
  readonly seed: number;
}

export function pythonOf({
  source,
  read,
  looked,
  silent,
  other,
  density,
  without,
  seed,
}: Shown): Python | string {
  if (read === null || looked === null) return "No ink has been read yet.";
  const { path, left, withText } = read;
  const { imports = {}, lines } = inkCode(source, left > 0 ? path.length : undefined, withText);
  const { step, votes, branches } = looked;
  // At a fork, the two likeliest ways are compared unless others are named.
  const pair = branches.length > 1 ? "" : `, ${votes.a}, ${votes.b}`;
  const begun = [...lines, `found = votes(writer, ink, ${step}${pair})`];
  const [said, all] = density
    ? [
        "What all cells add in nats, by weight and by width; the log density",
        "found.weight, found.width, found.log_density",
      ]
    : ["Votes of all cells in nats, the bias", "found.weight, found.weight_bias"];
  if (without !== "") {
    const names = { "pentrace.explain.votes": ["votes"], "pentrace.explain.inputs": ["without"] };
    return {
      value: `${said}, and the prediction without an input: divergence in nats, share of the likeliest way`,
      imports: merged(imports, names),
      lines: [...begun, `${all}, without(writer, ink, ${step})[${quoted(without)}]`],
    };
  }
  if (silent === 0) {
    const names = { "pentrace.explain.votes": ["votes"] };
    return {
      value: said,
      imports: merged(imports, names),
      lines: [...begun, all],
    };
  }
  return {
    value: `${said}, and the share of the likelier way with cells silent`,
    imports: merged(imports, { "pentrace.explain.votes": ["silence", "votes"] }),
    lines: [
      ...begun,
      `${all}, silence(writer, ink, found, ${silent}${other ? ", other=True" : ""}, seed=${seed})`,
    ],
  };
}

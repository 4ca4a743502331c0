/** A written text as Python. */

import { packed } from "../../engine/source.ts";
import type { Amounts } from "../../engine/traits.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import { type Code, inkCode, listed, merged, type Python, quoted } from "../../frame/python.ts";
import type { Move } from "./moves.ts";
import type { Prime } from "./prime.ts";
import type { TypeWiring } from "./wiring.ts";
import type { Plan } from "./writing.ts";

export function pythonOf({ desk }: TypeWiring, plan: Plan | null, loaded: Loaded | null): Python | string {
  if (plan === null || loaded === null) return "The model that knows text has not come yet.";
  if (plan.lines.length === 0) return "Type something first.";
  const { rows, chosen, traits, prime, seed, variation, candidates, moves } = plan;
  const { imports = {}, lines, args } = prime === null ? handCode(chosen) : primeCode(prime, desk, loaded);
  const settings = [
    "text",
    ...args,
    ...(traits === null ? [] : [`traits=${traitsCode(traits)}`]),
    ...[`seed=${seed}`, `variation=${variation}`, `candidates=${candidates}`],
    ...(moves.length === 0 ? [] : [`moves=[${moves.map(moveCode).join(", ")}]`]),
  ];
  return {
    value: "The text as ink, with the character of each point",
    loaded,
    imports,
    lines: [...lines, `text = ${quoted(rows.join("\n"))}`, `writer.write_text(${settings.join(", ")})`],
  };
}

/** What `write_text` is given besides the text, and the lines before it. */
interface Given extends Code {
  readonly args: readonly string[];
}

function handCode(hand: Plan["chosen"]): Given {
  if (hand === undefined) return { lines: [], args: [] };
  return { lines: [], args: [`hand=${typeof hand === "number" ? hand : listed(hand)}`] };
}

/** The ink that is read first, and its text. */
function primeCode(prime: Prime, desk: TypeWiring["desk"], { hand }: Loaded): Given {
  if (prime.end !== null) {
    const own = inkCode({ kind: "sheet", strokes: desk.ink.value.map(packed) });
    return { ...own, args: ["prime=ink", `prime_text=${quoted(prime.text)}`] };
  }
  const taught = hand?.taught()?.lines ?? [];
  const read = prime.read.flatMap((k) => taught[k] ?? []);
  const inks = read.map((line) => inkCode({ kind: "ink", ...line }));
  return {
    imports: merged(...inks.map(({ imports = {} }) => imports)),
    lines: ["lines = []", ...inks.flatMap(({ lines }) => [...lines, "lines.append(ink)"])],
    args: ["prime=lines", `prime_text=[${read.map(({ text }) => quoted(text ?? "")).join(", ")}]`],
  };
}

function traitsCode(traits: Amounts): string {
  const entries = Object.entries(traits).map(([name, amount]) => `"${name}": ${amount}`);
  return `{${entries.join(", ")}}`;
}

/** A move of the pointer as a tuple. */
function moveCode({ line, at, to, hold }: Move): string {
  return `(${line}, ${at}, ${to}, ${hold})`;
}

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
  const text = `text = ${quoted(rows.join("\n"))}`;
  const draws = `seed=${seed}, variation=${variation}, candidates=${candidates}${movesCode(moves)}`;
  const settings = traits === null ? draws : `traits=${traitsCode(traits)}, ${draws}`;
  const shared = {
    value: "The text as ink, with the character of each point",
    loaded,
  };
  if (prime === null) {
    const hand = typeof chosen === "object" ? listed(chosen) : chosen;
    return {
      ...shared,
      lines: [text, `writer.write_text(text${hand === undefined ? "" : `, hand=${hand}`}, ${settings})`],
    };
  }
  const { imports = {}, lines, code } = primeCode(prime, desk, loaded);
  return {
    ...shared,
    imports,
    lines: [...lines, text, `writer.write_text(text, ${code}, ${settings})`],
  };
}

/** Lines after which there is what is read first, and what of it is given. */
function primeCode(
  prime: Prime,
  desk: TypeWiring["desk"],
  { hand }: Loaded,
): Code & { readonly code: string } {
  if (prime.end !== null) {
    const own = inkCode({ kind: "sheet", strokes: desk.ink.value.map(packed) });
    return { ...own, code: `prime=ink, prime_text=${quoted(prime.text)}` };
  }
  const taught = hand?.taught()?.lines ?? [];
  const read = prime.read.flatMap((k) => taught[k] ?? []);
  const inks = read.map((line) => inkCode({ kind: "ink", ...line }));
  return {
    imports: merged(...inks.map(({ imports = {} }) => imports)),
    lines: ["lines = []", ...inks.flatMap(({ lines }) => [...lines, "lines.append(ink)"])],
    code: `prime=lines, prime_text=[${read.map(({ text }) => quoted(text ?? "")).join(", ")}]`,
  };
}

function traitsCode(traits: Amounts): string {
  const entries = Object.entries(traits).map(([name, amount]) => `"${name}": ${amount}`);
  return `{${entries.join(", ")}}`;
}

/** The reader's moves of the pointer, as tuples. */
function movesCode(moves: readonly Move[]): string {
  const tuples = moves.map(({ line, at, to, hold }) => `(${line}, ${at}, ${to}, ${hold})`);
  return tuples.length === 0 ? "" : `, moves=[${tuples.join(", ")}]`;
}

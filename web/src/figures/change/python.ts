/** Writing under a change as Python. */

import type { Change, Intervention } from "../../engine/interventions.ts";
import { packed } from "../../engine/source.ts";
import { type Code, inkCode, listed, merged, type Python, startCode } from "../../frame/python.ts";
import { COUNT, STEPS, textSteps, type Written } from "./reading.ts";
import type { ChangeWiring } from "./wiring.ts";

export function pythonOf({ frame, primed, ink }: ChangeWiring, written: Written | null): Python | string {
  const hidden = frame.loaded.value?.checkpoint.architecture.hidden;
  if (written === null || hidden === undefined) return "Nothing is written yet.";
  const { seed, variation } = frame.state;
  const settings = `seed=${seed.value}, variation=${variation.value}`;
  const code = (value: string, before: Code, samples: string): Python => ({
    value,
    imports: merged(before.imports ?? {}, { pentrace: ["Intervention"] }),
    lines: [
      ...before.lines,
      ...interventionLines(written.intervention, hidden),
      "changed = writer.with_intervention(change)",
      `[by.engine.${samples} for by in (writer, changed)]`,
    ],
  });
  if (written.text !== null) {
    const { start, imports } = startCode(written.text);
    const steps = textSteps(written.text.words);
    return code(
      "Samples of the text without and with the change: offsets, and the character of each (-1 after the end)",
      { imports, lines: [] },
      `text_futures(by.${start}, ${COUNT}, ${steps}, ${settings})`,
    );
  }
  const read = primed.value ? inkCode({ kind: "sheet", strokes: ink.value.map(packed) }) : { lines: [] };
  const state = primed.value ? "by.state(ink)" : "by.engine.start()";
  const origin = primed.value ? ", origin=len(ink.offsets)" : "";
  return code(
    "Samples without and with the change: [sample, step, (dx, dy, pen lift)] in model units",
    read,
    `futures(${state}, ${COUNT}, ${STEPS}, ${settings}${origin})`,
  );
}

/** Lines after which `change` is an intervention. */
function interventionLines(intervention: Intervention, hidden: number): string[] {
  const groups = new Map<string, Change[]>();
  for (const change of intervention) {
    const key = [Math.floor(change.cell / hidden), change.of, change.scale].join();
    groups.set(key, [...(groups.get(key) ?? []), change]);
  }
  const parts = [...groups.values()].map((group) => partOf(group, hidden));
  if (parts.length === 0) return ["change = Intervention()"];
  return [`change = ${parts[0]}`, ...parts.slice(1).map((part) => `change = change.then(${part})`)];
}

/** Changes of one quantity of some cells of a layer, with one scale. */
function partOf(group: Intervention, hidden: number): string {
  const { cell, of, scale } = group[0]!;
  const cells = listed(group.map((change) => change.cell % hidden));
  const layer = Math.floor(cell / hidden);
  const more = `, of="${of}"${layer > 0 ? `, layer=${layer}` : ""}`;
  const shifts = group.map(({ shift }) => shift);
  const even = shifts.every((shift) => shift === shifts[0]);
  const by = even ? String(shifts[0]) : listed(shifts);
  if (scale === 0) return `Intervention.clamp(${cells}, ${by}${more})`;
  if (scale === 1) return `Intervention.shift(${cells}, ${by}${more})`;
  const scaled = `Intervention.scale(${cells}, ${scale}${more})`;
  return even && shifts[0] === 0 ? scaled : `${scaled}.then(Intervention.shift(${cells}, ${by}${more}))`;
}

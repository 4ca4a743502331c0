/** One step as Python. */

import { sheetSource } from "../../engine/source.ts";
import { inkCode, merged, type Python, readsText } from "../../frame/python.ts";
import type { Step } from "./step.ts";
import type { StepWiring } from "./wiring.ts";

export function pythonOf({ frame, ink, said }: StepWiring, step: Step | null): Python | string {
  const loaded = frame.loaded.value;
  if (step === null || loaded === null) return "There is no step to copy yet.";
  const source = sheetSource(ink.value, said.value);
  const text = readsText(source, loaded);
  const { imports = {}, lines } = inkCode(source, undefined, text);
  const { hidden } = loaded.checkpoint.architecture;
  const { seed, drawn } = frame.state;
  const [layer, cell] = [Math.floor(step.cell / hidden), step.cell % hidden];
  const draws = `${drawn.value + 1}, seed=${seed.value}, origin=len(offsets), variation=1`;
  const more = text
    ? [
        "state = ink.start(writer.engine)",
        `before = writer.engine.trace(state, offsets, pointers=ink.pointers[:${step.own + 1}])`,
        `drawn = writer.engine.sample(state.copy(), ${draws})`,
        "after = writer.engine.trace(state, drawn, gates=True, mixture=True)",
        `memory = np.concatenate([before["c"], after["c"]])[:, ${layer}, ${cell}]`,
        `gates = after["gates"][-1, ${layer}, :, ${cell}]`,
        'memory, gates, after["h"][-1], after["mixture"][-1], drawn[-1]',
      ]
    : [
        `drawn = writer.engine.sample(writer.state(offsets), ${draws})`,
        "trace = writer.trace(np.concatenate([offsets, drawn]), gates=True, mixture=True)",
        `memory, gates = trace.c[:, ${layer}, ${cell}], trace.gates[-1, ${layer}, :, ${cell}]`,
        "memory, gates, trace.h[-1], trace.mixture[-1], drawn[-1]",
      ];
  return {
    value: `Cell ${step.cell}: its memory after each step and its gates (i f g o) in the last; h of all cells, the mixture, and the offset that is drawn`,
    imports: merged(imports, { numpy: [] }),
    lines: [...lines, `offsets = ink.offsets[:${step.own}]`, ...more],
  };
}

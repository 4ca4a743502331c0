/** Neatening at work: two papers that share one sheet, and a worker that follows the pen. */

import { batch, computed, createModel, effect, signal } from "@preact/signals-core";
import { make } from "../../draw/element.ts";
import { packed } from "../../engine/source.ts";
import { inkCode, joinedCode, type Python } from "../../frame/python.ts";
import { writtenOn } from "../../ink/stroke.ts";
import { type Paper, type PaperData, paper } from "../../views/paper.ts";
import { NOTHING_BESIDE, writingPaper } from "../../views/writing-paper.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { MOST_OFFSETS } from "./controls.ts";
import type { NeatenReply, NeatenTask } from "./task.ts";
import type { NeatenWiring } from "./wiring.ts";

export const LiveNeaten = createModel((wiring: NeatenWiring) => {
  const { frame, ink, isExample, writing, neat } = wiring;
  const { state, seen, still } = frame;
  const nats = signal<NeatenReply["nats"]>(null);
  const { client, failed } = frame.line<NeatenTask>("neaten", PRIORITY.pen);

  effect(() => {
    const share = state.share.value / 100;
    const strokes = ink.value;
    if (frame.loaded.value === null || !seen.value) return;
    frame.view.ariaBusy = "true";
    client.ask("neaten", { strokes: strokes.map(packed), share }, (reply) => {
      batch(() => {
        frame.view.ariaBusy = "false";
        failed.value = "";
        neat.value = reply.neat;
        if (reply.nats !== null) nats.value = reply.nats;
      });
    });
  });

  // The papers.

  const neatened = computed(() => (neat.value === null ? [] : writtenOn([], neat.value)));
  const rows = [row(frame.view, "Yours"), row(frame.view, "Neatened")] as const;
  const shown = (): PaperData => ({
    ink: neatened.value,
    faint: isExample.value,
    writing: writing.value,
    ...NOTHING_BESIDE,
  });
  const other = paper(rows[1], shown(), { still });
  const label = "Paper to write on, to be neatened";
  const own = writingPaper(rows[0], wiring, { label, still, companion: other });
  other.surface.ariaLabel = "The neatened ink";
  other.surface.role = "img";
  other.surface.classList.add("unwritten");

  const follow = (from: Paper, to: Paper): void =>
    from.surface.addEventListener("scroll", () => {
      to.surface.scrollLeft = from.surface.scrollLeft;
    });
  follow(own, other);
  follow(other, own);

  effect(() => other.update(shown()));

  effect(() => {
    if (failed.value !== "") frame.say(failed.value);
    else if (isExample.value) frame.say("Write on the upper line; below it is neatened as you write.");
    else if (nats.value !== null) frame.say(surprise(nats.value));
  });
  return { python: () => pythonOf(wiring) };
});

function pythonOf({ frame, ink }: NeatenWiring): Python {
  const own = `ink.offsets[:${MOST_OFFSETS}]`;
  return {
    value: "The neatened ink: [step, (dx, dy, pen lift)] in model units",
    ...joinedCode(inkCode({ kind: "sheet", strokes: ink.value.map(packed) }), {
      imports: { "pentrace.engine.neaten": ["neatened"] },
      lines: [`neatened(writer.engine, ${own}, ${frame.state.share.value / 100}, ink.first_lifted)`],
    }),
  };
}

function surprise({ own, neat }: { readonly own: number; readonly neat: number }): string {
  const less = own - neat;
  const change = `${Math.abs(less).toFixed(2)} nats ${less < 0 ? "more" : "less"}`;
  return `Your movements surprise the model by ${own.toFixed(2)} nats a point; neatened, by ${change}.`;
}

function row(view: HTMLElement, label: string): HTMLElement {
  const el = make("div", "paper", make("span", "row-label column", label));
  view.append(el);
  return el;
}

/** What the worker answers: the forks of the ink, the step that is looked at, and what changes there. */

import { batch, computed, effect, signal } from "@preact/signals-core";
import { into } from "../../draw/redraw.ts";
import type { PathSource } from "../../engine/source.ts";
import { inkAtRest } from "../../frame/chosen.ts";
import { emptied, intersecting } from "../../frame/figure.ts";
import { type InkPath, inkPath } from "../../ink/path.ts";
import { PRIORITY } from "../../worker/pool.ts";
import type {
  AlwaysReply,
  CurveReply,
  Fork,
  LookReply,
  Prediction,
  ReadReply,
  WhyTask,
  WriteRequest,
} from "./task.ts";
import type { WhyWiring } from "./wiring.ts";

export interface Read extends ReadReply {
  readonly path: InkPath;
}

/** A step of an ink. */
export interface Looked extends LookReply {
  readonly ink: Read;
}

/** The change whose prediction is shown beside the one as it is. */
export interface Changed {
  readonly prediction: Prediction;
  /** Cells that are silent, or the input that is away. */
  readonly silent: number;
  readonly without: string;
}

export type Known = ReturnType<typeof reading>;

/** The fork whose two ways part most clearly, before the end of the ink, where it is not known which was taken. */
export function clearest(forks: readonly Fork[], length: number): Fork | undefined {
  return forks.filter(({ step }) => step < length).sort((a, b) => b.parting - a.parting)[0];
}

export function reading({ frame, ...desk }: WhyWiring) {
  const { state, chosen, loaded } = frame;
  // The paper may be out of view while the rest of the figure is in it.
  const seen = intersecting(frame.el, "0px");
  const { client, failed } = frame.line<WhyTask>("why");
  /** Which way the silent cells vote for: 0 the likelier, 1 the other. */
  const side = computed((): 0 | 1 => (state.side.value === "other" ? 1 : 0));
  const read = signal<Read | null>(null);
  const looked = signal<Looked | null>(null);
  const changed = signal<Changed | null>(null);
  const curve = signal<CurveReply | null>(null);
  const always = signal<AlwaysReply | null>(null);

  const written = inkAtRest(desk);
  /** The ink that is wanted. */
  const source = computed((): PathSource => (chosen.yours.value ? written.value : chosen.source.value));
  /** What was asked for last: an ink that nobody sees is read when it comes into view, and once. */
  let asked: readonly unknown[] = [];
  effect(() => {
    const now = [loaded.value, source.value];
    if (loaded.value === null || !seen.value || now.every((each, k) => each === asked[k])) return;
    const another = asked.length > 0 && asked[1] !== now[1];
    asked = now;
    client.ask("read", { source: source.value }, (reply) =>
      batch(() => {
        failed.value = "";
        // A link names a step of the first ink.
        if (another) state.step.value = -1;
        looked.value = changed.value = null;
        read.value = { ...reply, path: inkPath(reply) };
      }),
    );
  });
  emptied(loaded, [read, looked, changed]);
  /** The step that is looked at; null until an ink was read, and where it has no movement. */
  const step = computed(() => {
    if (read.value === null || read.value.path.length === 0) return null;
    const { forks, path } = read.value;
    const wanted =
      state.step.value > 0 ? state.step.value : (clearest(forks, path.length)?.step ?? path.length);
    return Math.min(wanted, path.length);
  });
  effect(() => {
    const ink = read.value;
    if (ink === null || step.value === null) return;
    client.ask("look", { step: step.value }, (reply) => {
      looked.value = { ...reply, ink };
    });
  });
  /** Cells that may be silent, those that vote most first, and how many of them are. */
  const voters = computed(() => looked.value?.supporters[side.value] ?? []);
  const silent = computed(() => Math.min(state.silent.value, voters.value.length));
  effect(() => {
    if (looked.value === null) return;
    const request = { silent: state.silent.value, side: side.value, without: state.without.value };
    client.askInTurn(
      "change",
      () => request,
      (prediction) => {
        changed.value = { prediction, ...request };
      },
    );
  });
  effect(() => {
    curve.value = null;
    if (looked.value === null) return;
    client.ask("curve", { seed: state.seed.value, side: side.value }, into(curve), PRIORITY.background);
  });
  effect(() => {
    always.value = null;
    if (looked.value === null || state.silent.value === 0) return;
    const request = { silent: state.silent.value, side: side.value, seed: state.seed.value };
    client.ask("always", request, into(always), PRIORITY.background);
  });
  return {
    ...{ side, voters, silent, source, read, step, looked, changed, curve, always, failed },
    /** Has a line written from a text. */
    write: (request: WriteRequest, take: (source: PathSource) => void): void =>
      client.ask("write", request, take),
  };
}

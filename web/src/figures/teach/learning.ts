/** The learning: first on the page's model, then on the one that knows text, in workers of its own. */

import { batch, effect, type Signal, signal, untracked } from "@preact/signals-core";
import { HandError } from "../../checkpoint/hand-changes.ts";
import { whenEnded } from "../../draw/redraw.ts";
import type { Pass } from "../../engine/hand/learn.ts";
import { type Base, FetchError, loadLearner, loadRecogniser } from "../../frame/checkpoints.ts";
import { type Learning, learnIn } from "../../hands/learners.ts";
import type { LearnLine } from "../../hands/task.ts";
import type { TeachPage } from "./wiring.ts";
import type { Run } from "./words.ts";

export const NO_CHECKSUM =
  "A hand belongs to one model, known by its checksum. Browsers compute that only on https or localhost: open the page there.";

interface Lesson {
  /** The lines that are written now. */
  lines(): readonly LearnLine[];
  /** The model of the typed text, where it is another than the page's; null where there is none. */
  textModel(of: Base): Promise<Base | null>;
  /** Takes the passes that were made, whether all of them or not. */
  finish(run: Run, model: Base, lines: readonly LearnLine[]): void;
  readonly problem: Signal<string>;
}

/** What learns now. */
interface Begun extends Learning {
  readonly model: Base;
  readonly lines: readonly LearnLine[];
}

export function learningOf({ base, pool }: Pick<TeachPage, "base" | "pool">, lesson: Lesson) {
  const run = signal<Run | null>(null);
  /** Of the newest learning: they stay while other lines are written. */
  const newestPasses = signal<readonly Pass[]>([]);
  effect(() => {
    if (run.value !== null) newestPasses.value = run.value.passes;
  });
  /** How much each cell of the page's model does otherwise in the hand that is learned. */
  const changes = signal<Float32Array | null>(null);
  let begun: Begun | null = null;
  const end = (): void => {
    begun?.stop();
    begun = null;
  };
  const clear = (): void =>
    batch(() => {
      run.value = null;
      newestPasses.value = [];
      changes.value = null;
    });
  const refuse = (message: string): void =>
    batch(() => {
      end();
      clear();
      lesson.problem.value = message;
    });

  /** Whether all passes were made. */
  const learnOn = async (model: Base, lines: readonly LearnLine[], cells: boolean): Promise<boolean> => {
    const { checkpoint, module: engine, sha256 } = model;
    const now = run.value;
    const [module, recogniser] = await Promise.all([
      loadLearner(),
      checkpoint.architecture.text ? readerOf() : null,
    ]);
    // It may be stopped by now.
    if (run.value !== now) return false;
    const request = { module, engine, checkpoint, base: sha256!, lines, recogniser, changes: cells };
    const mine = { ...learnIn(pool(), navigator.hardwareConcurrency, request, refuse), model, lines };
    begun = mine;
    for await (const { pass, changes: found } of mine.passes) {
      if (begun !== mine) return false;
      if (run.value === null) {
        end();
        return false;
      }
      const { passes } = run.value;
      batch(() => {
        const before = passes.filter(({ number }) => number < pass.number);
        run.value = { ...run.value!, passes: [...before, pass] };
        if (found !== null) changes.value = found;
      });
    }
    end();
    lesson.finish(run.value!, model, lines);
    return true;
  };

  const learnBoth = async (of: Base): Promise<void> => {
    run.value = { going: true, forText: false, passes: [] };
    changes.value = null;
    const lines = lesson.lines();
    if (!(await learnOn(of, lines, true))) return;
    const ofModel = run.value;
    const text = await lesson.textModel(of);
    if (run.value !== ofModel) return;
    if (text !== null) {
      run.value = { going: true, forText: true, passes: [] };
      if (!(await learnOn(text, lines, false))) return;
    }
    run.value = { ...ofModel, going: false };
  };

  // Another model: what is learned now, or shown, is of the one before.
  let before: Base | null = null;
  effect(() => {
    const now = base.value;
    if (before !== null && now !== before)
      untracked(() => (run.value?.going ? refuse("Another model was opened; learn again.") : clear()));
    before = now;
  });
  whenEnded(end);

  return {
    ...{ run, newestPasses, changes, clear },
    learn(of: Base): void {
      lesson.problem.value = "";
      if (of.sha256 === null) refuse(NO_CHECKSUM);
      else
        learnBoth(of).catch((error: unknown) => {
          if (error instanceof HandError) refuse(`${error.message}.`);
          else if (error instanceof FetchError) refuse(error.message);
          else {
            refuse("Learning failed; reload the page and learn again.");
            throw error;
          }
        });
    },
    /** The best so far is kept. */
    stop(): void {
      const now = run.value;
      const stopped = begun;
      if (now === null) return;
      end();
      batch(() => {
        run.value = { ...now, going: false };
        if (stopped !== null) lesson.finish(now, stopped.model, stopped.lines);
      });
    },
  };
}

/** The recogniser; null where it does not come: the lines are then learned without their texts. */
async function readerOf(): Promise<Awaited<ReturnType<typeof loadRecogniser>> | null> {
  return loadRecogniser().catch((error: unknown) => {
    if (error instanceof FetchError) return null;
    throw error;
  });
}

/** The model that knows text: loaded into workers of the figure's own, and there in the reader's learned hand. */

import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { CheckpointError, handCode } from "../../checkpoint/checkpoint.ts";
import { into, settled, whenEnded } from "../../draw/redraw.ts";
import type { Hand } from "../../engine/host.ts";
import type { RecogniserFiles } from "../../engine/text/recogniser.ts";
import { knowsTraits } from "../../engine/traits.ts";
import { type Base, FetchError, type Loaded, loadRecogniser, loadText } from "../../frame/checkpoints.ts";
import type { Pool } from "../../worker/pool.ts";
import type { Clients } from "./takes.ts";
import type { TypeTask } from "./task.ts";
import type { TypeWiring } from "./wiring.ts";

/** Milliseconds after which a slider counts as moved: the workers then take another model. */
const MOVED_MS = 200;

export type TextModel = ReturnType<typeof modelOf>;

/** Loads the model that knows text when it is wanted, into workers of the figure's own. */
export function modelOf({ frame, page, wanted, knows }: TypeWiring) {
  const base = signal<Base | null>(null);
  /** It in the reader's learned hand, or as it is. */
  const text = signal<Loaded | null>(null);
  /** How much of that hand there is; null where the model is without it. */
  const mine = signal<number | null>(null);
  const recognises = signal(false);
  const progress = signal<number | null>(null);
  const problem = signal("");
  const error = into(problem);
  let pool: Pool | null = null;
  let clients: Clients | null = null;
  /** The workers' code comes while the model does. */
  const start = (): void => {
    if (pool !== null) return;
    pool = page.pool();
    const made = pool;
    const all = Array.from({ length: pool.size }, (_, worker) =>
      made.client<TypeTask>("type", { error, worker }),
    );
    clients = { first: all[0]!, best: all[1]!, all };
  };
  const weights = signal<RecogniserFiles | null>(null);
  const settledMine = settled(frame.state.mine, MOVED_MS);
  const opened = computed(() => {
    if (base.value === null) return null;
    const part = settledMine.value;
    const inMyHand = page.worn.value?.(base.value, part) ?? null;
    return { of: base.value, inMyHand, part: inMyHand === null ? null : part };
  });
  // Workers that open a model know nothing of what they had before.
  effect(() => {
    const now = opened.value;
    if (now === null) return;
    untracked(() =>
      batch(() => {
        recognises.value = false;
        const { checkpoint, hand } = now.inMyHand ?? now.of;
        pool!.open({ module: now.of.module, checkpoint });
        text.value = { ...now.of, checkpoint, hand };
        mine.value = now.part;
      }),
    );
  });
  effect(() => {
    if (text.value === null || weights.value === null) return;
    for (const client of clients!.all) client.ask("recogniser", weights.value, () => {});
    recognises.value = true;
  });
  /** Where the browser gives no checksum of the file, its host says which one it is. */
  effect(() => {
    if (base.value === null) return;
    const { sha256, included } = base.value;
    knows.value = sha256 === null ? included === "text" : knowsTraits(sha256);
  });
  let newest = 0;
  effect(() => {
    const own = page.base.value;
    const offers = page.offers.value;
    if (!wanted.value || own === null || base.peek()?.name === own.name) return;
    // The text model stays when the page opens one that knows no text.
    if (base.peek() !== null && own.checkpoint.architecture.text === undefined) return;
    const request = ++newest;
    start();
    progress.value = 0;
    const share = into(progress);
    const open = async (): Promise<void> => {
      const recogniser = loadRecogniser();
      // Whether it fails is asked below, when the text model is there.
      recogniser.catch(() => {});
      const loaded = await loadText(own, offers, share);
      if (request !== newest) return;
      if (loaded === null) {
        problem.value =
          "No checkpoint that knows text is offered here. Start the page with one: pentrace serve -c FILE -c TEXT.safetensors.";
        return;
      }
      base.value = loaded;
      performance.mark("type-ready");
      // The pen begins without it.
      weights.value = await recogniser;
    };
    open().catch((error: unknown) => {
      if (error instanceof FetchError) problem.value = error.message;
      else if (error instanceof CheckpointError) {
        problem.value = `The checkpoint that knows text cannot be used: ${error.message}.`;
      } else throw error;
    });
  });
  whenEnded(() => {
    for (const client of clients?.all ?? []) client.destroy();
  });
  return { text, mine, recognises, progress, problem, clients: (): Clients => clients! };
}

/** The hand that is asked for: one of the checkpoint's, less as there is more of the reader's own in the model. */
export function mixOf(
  { text, mine }: Pick<TextModel, "text" | "mine">,
  hands: ReadonlySignal<{ readonly chosen: number }>,
): ReadonlySignal<Hand | undefined> {
  return computed(() => {
    const { chosen } = hands.value;
    if (chosen < 0 || mine.value === 1) return undefined;
    if (mine.value === null || text.value === null) return chosen;
    const part = 1 - mine.value;
    return handCode(text.value.checkpoint, chosen).map((number) => part * number);
  });
}

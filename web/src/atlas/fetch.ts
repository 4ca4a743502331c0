/** The atlas of the checkpoint that is loaded: fetched when a figure first asks for it, once for all of them. */

import { batch, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { type Atlas, AtlasError, decodeAtlas } from "./atlas.ts";

/** A checkpoint that is loaded, and the file of its atlas. */
interface HasAtlas {
  readonly atlas: string | null;
}

export interface FollowedAtlas {
  /** null while it is being fetched, and where there is none. */
  readonly atlas: ReadonlySignal<Atlas | null>;
  /** Whether fetching has ended, with an atlas or without one. */
  readonly settled: ReadonlySignal<boolean>;
  /** Why the atlas that there should be is not there: a sentence for people. */
  readonly problem: ReadonlySignal<string>;
}

/** The atlas of whichever checkpoint is loaded. */
export function followAtlas(loaded: ReadonlySignal<HasAtlas | null>): FollowedAtlas {
  const atlas = signal<Atlas | null>(null);
  const settled = signal(false);
  const problem = signal("");
  const take = (found: Atlas | null, ended: boolean, message = ""): void =>
    batch(() => {
      atlas.value = found;
      settled.value = ended;
      problem.value = message;
    });
  effect(() => {
    const now = loaded.value;
    if (now === null) return;
    let newest = true;
    take(null, false);
    atlasOf(now).then(
      (found) => newest && take(found, true),
      (error: unknown) => {
        if (!(error instanceof AtlasError)) throw error;
        if (newest) take(null, true, error.message);
      },
    );
    return () => {
      newest = false;
    };
  });
  return { atlas, settled, problem };
}

const known = new WeakMap<HasAtlas, Promise<Atlas | null>>();

/** null where the checkpoint has no atlas. Rejects with AtlasError where it cannot be fetched or read. */
function atlasOf(loaded: HasAtlas): Promise<Atlas | null> {
  const fetched = known.get(loaded) ?? fetchAtlas(loaded);
  known.set(loaded, fetched);
  return fetched;
}

async function fetchAtlas({ atlas }: HasAtlas): Promise<Atlas | null> {
  if (atlas === null) return null;
  const address = new URL(`checkpoints/${encodeURIComponent(atlas)}`, document.baseURI);
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new AtlasError("The atlas of this checkpoint could not be loaded.");
  return decodeAtlas(new Uint8Array(await response.arrayBuffer()));
}

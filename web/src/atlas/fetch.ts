/** The atlas of the checkpoint that is loaded: fetched when a figure first asks for it, once for all of them. */

import { type Atlas, AtlasError, decodeAtlas } from "./atlas.ts";

/** A checkpoint that is loaded, and the file of its atlas. */
interface HasAtlas {
  readonly atlas: string | null;
}

const known = new WeakMap<HasAtlas, Promise<Atlas | null>>();

/** null where the checkpoint has no atlas. Rejects with AtlasError where it cannot be fetched or read. */
export function atlasOf(loaded: HasAtlas): Promise<Atlas | null> {
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

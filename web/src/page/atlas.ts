/** The atlas of the checkpoint that is loaded: fetched when a figure first asks for it, once for all of them. */

import { type Atlas, AtlasError, decodeAtlas } from "../atlas/atlas.ts";
import type { Loaded } from "./checkpoints.ts";

const known = new WeakMap<Loaded, Promise<Atlas | null>>();

/** null where the checkpoint has no atlas. Rejects with AtlasError where it cannot be fetched or read. */
export function atlasOf(loaded: Loaded): Promise<Atlas | null> {
  const fetched = known.get(loaded) ?? fetchAtlas(loaded);
  known.set(loaded, fetched);
  return fetched;
}

async function fetchAtlas({ atlas }: Loaded): Promise<Atlas | null> {
  if (atlas === null) return null;
  const address = new URL(`checkpoints/${encodeURIComponent(atlas)}`, document.baseURI);
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw new AtlasError("The atlas of this checkpoint could not be loaded.");
  return decodeAtlas(new Uint8Array(await response.arrayBuffer()));
}

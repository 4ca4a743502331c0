/** The forks that were taken: in the address, and as a tree of what was tried. */

import { commonOffsets } from "../../engine/path-common.ts";
import type { Fork } from "../../engine/source.ts";
import type { Path } from "../../futures/field.ts";
import type { TreeData, Tried } from "./fork-tree.ts";

/** Rows, futures, seeds and variations: `45.3.1.0-6~80.12.1.0-6`. */
const NAME = /^(\d{1,4})\.(\d{1,3})\.(\d{1,10})\.(\d(?:-\d{1,3})?)$/;
const MOST_FORKS = 40;
const MOST_TRIED = 24;

/** The forks of an address; anything else is left out. */
export function forksOf(text: string): Fork[] {
  return text
    .split("~")
    .slice(0, MOST_FORKS)
    .flatMap((name) => {
      const [, row, future, seed, variation] = NAME.exec(name) ?? [];
      if (row === undefined) return [];
      return [
        {
          row: Number(row),
          future: Number(future),
          seed: Math.min(Number(seed), 2 ** 32 - 1),
          variation: Number(variation!.replace("-", ".")),
        },
      ];
    });
}

/** The address with one more fork. */
export function addFork(text: string, { row, future, seed, variation }: Fork): string {
  const name = `${row}.${future}.${seed}.${String(variation).replace(".", "-")}`;
  return text === "" ? name : `${text}~${name}`;
}

/** What was tried of one ink. */
export interface Tries extends TreeData {
  readonly source: string;
}

/** With a path that came: of another ink, of a fork that was taken, or of one that was tried before. */
export function withPath(tries: Tries, path: Path, source: string, forks: string): Tries {
  const before = tries.source === source ? tries.all : [];
  const known = before.find((tried) => tried.forks === forks);
  if (known !== undefined) {
    const { length, offsets } = known.path;
    const same = length === path.length && commonOffsets(offsets, path.offsets) === length;
    const all = same ? before : before.map((tried) => (tried === known ? { ...tried, path } : tried));
    return { source, all, current: known.id };
  }
  const parent = before.find((tried) => tried.forks === forks.slice(0, Math.max(forks.lastIndexOf("~"), 0)));
  const id = (before.at(-1)?.id ?? 0) + 1;
  const row = parent === undefined ? 0 : commonOffsets(parent.path.offsets, path.offsets);
  const all = [...before, { id, parent: parent?.id ?? null, row, path, forks }];
  return { source, all: all.length > MOST_TRIED ? withoutOldLeaf(all) : all, current: id };
}

/** Drops the oldest that nothing parts from. */
function withoutOldLeaf(all: readonly Tried[]): readonly Tried[] {
  const leaf = all.findIndex(({ id }, k) => k > 0 && all.every(({ parent }) => parent !== id));
  return all.filter((_, k) => k !== leaf);
}

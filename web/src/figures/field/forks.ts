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

interface Entry extends Tried {
  readonly forks: string;
}

/** What was tried of one ink. */
export class Tries implements TreeData {
  all: readonly Entry[] = [];
  current = 0;
  #source = "";

  /** A path came: of another ink, of a fork that was taken, or of one that was tried before. */
  take(path: Path, source: string, forks: string): void {
    if (source !== this.#source) this.all = [];
    this.#source = source;
    const known = this.all.find((tried) => tried.forks === forks);
    if (known !== undefined) {
      this.current = known.id;
      const { length, offsets } = known.path;
      const same = length === path.length && commonOffsets(offsets, path.offsets) === length;
      if (!same) this.all = this.all.map((tried) => (tried === known ? { ...tried, path } : tried));
      return;
    }
    const before = forks.includes("~") ? forks.slice(0, forks.lastIndexOf("~")) : "";
    const parent = this.all.find((tried) => tried.forks === before);
    const id = (this.all.at(-1)?.id ?? 0) + 1;
    const row = parent === undefined ? 0 : commonOffsets(parent.path.offsets, path.offsets);
    const all = [...this.all, { id, parent: parent?.id ?? null, row, path, forks }];
    this.all = all.length > MOST_TRIED ? withoutOldLeaf(all) : all;
    this.current = id;
  }

  /** The forks of an ink that was tried. */
  forks(id: number): string {
    return this.all.find((tried) => tried.id === id)?.forks ?? "";
  }
}

/** Drops the oldest that nothing parts from. */
function withoutOldLeaf(all: readonly Entry[]): readonly Entry[] {
  const leaf = all.findIndex(({ id }, k) => k > 0 && all.every(({ parent }) => parent !== id));
  return all.filter((_, k) => k !== leaf);
}

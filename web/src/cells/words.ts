/** Cells in words, as in Python and on the command line (spec/interventions.md): `12,40-60`. */

/** More than any model has: 4 layers of 2048. */
const MOST_CELL = 8192;
const PART = /^(\d{1,5})(?:-(\d{1,5}))?$/;

/** The cells of a text in the order given, each once; undefined where the text names none. */
export function cellsOf(text: string): readonly number[] | undefined {
  const found = new Set<number>();
  for (const part of text.split(",")) {
    const [, from, to] = PART.exec(part.trim()) ?? [];
    if (from === undefined) return undefined;
    const [first, last] = [Number(from), Number(to ?? from)];
    if (first > last || last >= MOST_CELL) return undefined;
    for (let cell = first; cell <= last; cell++) found.add(cell);
  }
  return [...found];
}

/** Runs of rising numbers become ranges; `cellsOf` gives the same cells back, in the same order. */
export function cellsInWords(cells: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const cell of cells) {
    const run = runs.at(-1);
    if (run !== undefined && cell === run.last + 1) run.last = cell;
    else runs.push({ first: cell, last: cell });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

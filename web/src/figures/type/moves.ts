/** Where the reader put the pointer while a text was written, as text: "0.120.3.0~0.300.7.240". */

/** After `at` points of a line the pointer is put at a character, and held there for so many points. */
export interface Move {
  readonly line: number;
  readonly at: number;
  readonly to: number;
  /** 0: it moves on by itself at once. */
  readonly hold: number;
}

/** The longest that a letter is held, in points: five times what the longest letters take. */
export const LONGEST_HOLD = 240;
/** More moves of a text would take too long to compute again. */
const MOST = 20;

export function movesOf(text: string): Move[] {
  const moves = text.split("~").flatMap((word) => {
    const found = /^(\d{1,3})\.(\d{1,5})\.(\d{1,3})\.(\d{1,3})$/.exec(word);
    if (found === null) return [];
    const [line, at, to, hold] = found.slice(1).map(Number) as [number, number, number, number];
    return [{ line, at, to, hold: Math.min(hold, LONGEST_HOLD) }];
  });
  return moves.slice(0, MOST);
}

export function movesText(moves: readonly Move[]): string {
  return moves.map(({ line, at, to, hold }) => [line, at, to, hold].join(".")).join("~");
}

/** The moves with one more. It takes the place of those that come later in its line; null where there are too many. */
export function withMove(moves: readonly Move[], move: Move): Move[] | null {
  const kept = moves.filter(({ line, at }) => line !== move.line || at < move.at);
  return kept.length < MOST ? [...kept, move] : null;
}

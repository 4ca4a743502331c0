/** What a reader has to say about a file, as pentrace/ink/formats/_notes.py: each sentence once, in order. */

/** One sentence that says why a file cannot be read. */
export class InkFileError extends Error {}

/** Points that the page reads; the command line reads more. */
export const MAX_POINTS = 50_000;

export function tooManyPoints(): InkFileError {
  return new InkFileError(
    `the page opens at most ${counted(MAX_POINTS)} points, found more; \`pentrace futures\` reads up to 1,000,000`,
  );
}

/** Notes that are given; a file with more says how many. */
const MOST = 8;

export class Notes {
  readonly #counts = new Map<string, { readonly noun: string; readonly rest: string; readonly n: number }>();
  readonly #texts: string[] = [];

  /** A note of its own. */
  add(text: string): void {
    if (!this.#texts.slice(0, MOST).includes(text)) this.#texts.push(text);
  }

  /** Adds to the count of a sentence that says how many of something there are, and then the rest. */
  count(noun: string, rest: string, n = 1): void {
    const before = this.#counts.get(noun + rest)?.n ?? 0;
    if (n > 0) this.#counts.set(noun + rest, { noun, rest, n: before + n });
  }

  /** Every note, those that were counted last. */
  all(): string[] {
    const texts = this.#texts.slice(0, MOST);
    if (this.#texts.length > MOST) texts.push(`${counted(this.#texts.length - MOST)} more of this kind`);
    return [...texts, ...Array.from(this.#counts.values(), ({ noun, rest, n }) => things(n, noun) + rest)];
  }
}

export function counted(n: number): string {
  return n.toLocaleString("en-US");
}

/** A number of things, such as 1 path and 1,438 paths. */
export function things(n: number, noun: string): string {
  return `${counted(n)} ${noun}${n === 1 ? "" : "s"}`;
}

/** The words of a text, between blanks. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

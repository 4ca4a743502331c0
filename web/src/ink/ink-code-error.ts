/** What the code of an ink must not be, whichever its version. */

/** What is wrong with a code, for the end of a sentence. */
export class InkCodeError extends Error {}

/** Anyone can write a link, so its cost is bounded before it is read. */
export const MAX_POINTS = 50_000;
/** Sheet units. */
export const MAX_COORDINATE = 1e6;

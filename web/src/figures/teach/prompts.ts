/** The card: lines to copy, which together have all letters, digits and usual punctuation. The first have most letters. */

export const PROMPTS = [
  "The quick brown fox jumps",
  "over a lazy dog.",
  "Bring Zoe five dozen jugs",
  "Where is Ivy, in Xanten?",
  "Quito, Lima, Cape Verde",
  "Dear Mr Young: good news!",
  "Anna & Otto (from Paris)",
  "“Hello,” said Uncle Karl.",
  "Gate 27; room 8-10, at 3.45",
  "Nine came on 6 June 1999",
  "Frau Ebert’s red kite",
  "Rain and sun: See you soon!",
] as const;

/** How many lines are enough to begin. */
export const ENOUGH = 3;

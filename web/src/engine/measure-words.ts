/** What measures are called, and their values in words. */

import type { Measure } from "./measures.ts";

interface Words {
  /** What is measured: the beginning of a row. */
  readonly name: string;
  readonly unit: string;
  /** What it is that cells control. */
  readonly control: string;
}

/** What each measure is called. */
export const MEASURE_WORDS: Readonly<Record<Measure, Words>> = {
  "pen lifts": { name: "Pen lifts", unit: "lifts in 100 points", control: "how often the pen lifts" },
  advance: { name: "Movement to the right", unit: "units a step", control: "how fast the pen moves right" },
  drift: { name: "Movement down", unit: "units a step", control: "whether the line sinks or climbs" },
  "direction spread": {
    name: "Spread of directions",
    unit: "of 1",
    control: "how much the directions differ",
  },
  "step length": { name: "Length of a step", unit: "units", control: "how long the steps are" },
  turn: { name: "Turn to the right", unit: "degrees a step", control: "which way strokes turn" },
  "stroke length": { name: "Length of a stroke", unit: "units", control: "how long strokes are" },
  "stroke height": { name: "Height of a stroke", unit: "units", control: "how tall strokes are" },
  straightness: { name: "Straightness of strokes", unit: "of 1", control: "how straight strokes are" },
  slant: { name: "Slant to the right", unit: "degrees", control: "the slant" },
  collapse: { name: "Samples that collapse", unit: "%", control: "whether it writes at all" },
  surprise: { name: "Surprise by ink", unit: "nats a point", control: "how surprising ink is" },
};

/** From the least to the greatest of the values that are known. */
export function range(values: readonly (number | null)[], text: (value: number) => string = short): string {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  return known.length === 0 ? "–" : `${text(Math.min(...known))} to ${text(Math.max(...known))}`;
}

/** Two or three digits, with a true minus sign. */
export function short(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  const text = value.toFixed(size >= 99.5 ? 0 : size >= 9.95 ? 1 : size >= 0.0095 ? 2 : 3);
  return Number(text) === 0 ? "0" : text.replace("-", "\u2212");
}

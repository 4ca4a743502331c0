/** How far each trait comes along with the cells (spec/explain.md). */

import { percent as wholePercent } from "../../draw/words.ts";
import { MEASURE_WORDS, range, short } from "../../engine/measure-words.ts";
import { type Figure, TRAIT_NAMES, TRAITS, type Trait } from "../../explain/patch.ts";
import { DRAWS } from "../../explain/silence.ts";
import type { LettersReply, MeasuredReply } from "./task.ts";

export interface TraitRow {
  readonly trait: Trait | "letter";
  readonly title: string;
  /** The numbers as text. */
  readonly detail: string;
  /** What comes along of the difference, in words. */
  readonly share: string;
  /** Whether more comes along than with any of the random choices. */
  readonly beats: boolean;
  /** Means. */
  readonly receiver: number;
  readonly both: number;
  readonly donor: number;
  readonly random: readonly number[];
}

export const TITLES: Readonly<Record<Trait, string>> = {
  slant: "Slant",
  size: "Size",
  spacing: "Spacing",
  "pen rhythm": "Pen rhythm",
};
/** Hands differ in a trait where their means are so many standard errors apart. */
const APART = 3;
/** So many for the letter, which is read in fewer futures. */
const LETTERS_APART = 2;

export function traitRows(measured: MeasuredReply): TraitRow[] {
  return TRAIT_NAMES.map((trait) => {
    const [receiver, both, donor] = [measured.receiver, measured.both, measured.donor].map(
      (traits) => traits[trait].mean,
    ) as [number, number, number];
    const random = measured.random.map((traits) => traits[trait].mean);
    const apart = areApart(measured.receiver[trait], measured.donor[trait]);
    const known = Number.isFinite(receiver) && Number.isFinite(donor);
    const part = (mean: number): number => (mean - receiver) / (donor - receiver);
    const { unit } = MEASURE_WORDS[TRAITS[trait]];
    const others = random.length > 0 ? `; at random ${range(random)}` : "";
    const shares = random.length > 0 ? ` (at random ${range(random.map(part), percent)})` : "";
    return {
      trait,
      title: TITLES[trait],
      detail: `${short(receiver)} → ${short(both)} ${unit}; donor ${short(donor)}${others}`,
      share: apart
        ? `${percent(part(both))} of the difference${shares}`
        : known
          ? "The two hands hardly differ in it."
          : "Too little is written on to measure it.",
      beats: apart && random.length >= DRAWS && random.every((mean) => part(mean) < part(both)),
      receiver,
      both,
      donor,
      random,
    };
  });
}

/** The letter that the donor writes next, as a row: how often it comes. None where no letter is read. */
export function letterRow({ letter, donor, receiver, both, random, futures }: LettersReply): TraitRow[] {
  if (letter === "") return [];
  const figure = (mean: number): Figure => ({ mean, error: Math.sqrt((mean * (1 - mean)) / futures) });
  const apart = areApart(figure(donor), figure(receiver), LETTERS_APART);
  const part = (share: number): number => (share - receiver) / (donor - receiver);
  const others = random.length > 0 ? `; at random ${range(random, percent)}` : "";
  return [
    {
      ...{ trait: "letter", title: `Letter “${letter}”`, receiver, both, donor, random },
      detail: `${percent(receiver)} → ${percent(both)} of the futures; donor ${percent(donor)}${others}`,
      share: apart
        ? `${percent(part(both))} of the difference`
        : `Over ${futures} futures, the two can hardly be told apart.`,
      beats: apart && random.length >= DRAWS && random.every((share) => part(share) < part(both)),
    },
  ];
}

/** What can be said of all traits together. cells: 0 where a direction is taken. */
export function verdict(rows: readonly TraitRow[], { random, of }: MeasuredReply, cells: number): string {
  if (of === 0) return "There are not as many other cells, so nothing can be compared with random ones.";
  if (random.length < of)
    return cells === 0
      ? `Measuring along random directions: ${random.length} of ${of}.`
      : `Measuring with random cells: ${random.length} of ${of} choices of as many others.`;
  const come = rows.filter(({ beats }) => beats).map(({ title }) => title.toLowerCase());
  const many = `choices of ${cells === 1 ? "one cell" : `${cells} cells`}`;
  const choices = `any of ${of} random ${cells === 0 ? "directions" : many}`;
  if (come.length === 0) return `Nothing comes along further than with ${choices}.`;
  const list = come.length > 1 ? `${come.slice(0, -1).join(", ")} and ${come.at(-1)}` : come[0]!;
  const verb = come.length > 1 ? "come" : "comes";
  return `${list[0]!.toUpperCase()}${list.slice(1)} ${verb} along further than with ${choices}.`;
}

function areApart(a: Figure, b: Figure, errors = APART): boolean {
  return Math.abs(a.mean - b.mean) > errors * Math.hypot(a.error, b.error);
}

function percent(share: number): string {
  return Number.isFinite(share) ? wholePercent(share) : "–";
}

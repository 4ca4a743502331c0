/** The texts of votes. */

import { counted, signed } from "../../draw/words.ts";
import { logDensity, logOdds, type Votes } from "../../explain/votes.ts";
import type { Looked } from "./reading.ts";
import type { AlwaysReply, Fork } from "./task.ts";

/** What the two ways are called. */
export const WAYS = ["the likelier way", "the other way"] as const;

export function percent(share: number): string {
  return `${Math.round(100 * share)}\u00a0%`;
}

/** The line above the figure. */
export function headline({ step, branches, ink: { path, forks, left } }: Looked): string {
  const where = `Step ${step} of ${path.length}`;
  const cut = left > 0 ? ` ${left} more steps are left out.` : "";
  const all = `This ink has ${counted(forks.length, "fork")}.${cut}`;
  if (branches.length > 1) return `${where}: two ways on. ${all}`;
  return `${where}: only one way on. The two most probable places on it are compared. ${all}`;
}

type Odds = Pick<Votes, "a" | "b" | "weight" | "bias">;

/** Below the sum of votes: what the engine predicts, a mixture. */
export function oddsText(votes: Odds, mixture: Float32Array): string {
  const [one, other] = [mixture[1 + votes.a]!, mixture[1 + votes.b]!];
  const odds = logOdds(votes);
  const twice = Math.exp(Math.abs(odds));
  const more = odds < 0 ? WAYS[1] : WAYS[0];
  const spread = odds < 0 ? " The likelier way is likelier only because it has several such places." : "";
  return `The network gives ${percent(one)} to the most probable place of the likelier way, and ${percent(other)} to that of the other way. The logarithm of their ratio is ${signed(odds)} too: ${twice.toFixed(1)} to 1 for ${more}.${spread}`;
}

/** Below the sum of weights and widths: how much denser the middle of the likelier way is. */
export function densityText(votes: Votes): string {
  const sum = logDensity(votes);
  const total = (all: Float64Array): number => all.reduce((a, b) => a + b, 0);
  const where = sum < 0 ? "less" : "more";
  return `In the middle of the likelier way the next position is ${Math.exp(Math.abs(sum)).toFixed(1)} times ${where} dense than in the middle of the other. All votes of weight make ${signed(total(votes.weight))} of its logarithm. All votes of width make ${signed(total(votes.width))}: a narrow place is denser than a broad one. The rest comes from how the two places are slanted, and from other places that overlap them.`;
}

/** Where the prediction is shown with a change. */
export function changeTitle(silent: number, without: string, character: string | null): string {
  if (without !== "") return `Without ${inputName(without, character)}`;
  return silent === 0 ? "With no cell silent" : `With ${counted(silent, "cell")} silent`;
}

/** An input in words; character: the one that is there. */
export function inputName(name: string, character: string | null): string {
  const shown = character === null ? "" : ` “${character}”`;
  const place = Number(name.replace("character", "")) || 0;
  if (!name.startsWith("character")) return NAMES[name] ?? name;
  if (place === 0) return `the character at the pointer,${shown || " none"}`;
  const where = place < 0 ? "before" : "after";
  return `the character ${Math.abs(place)} ${where},${shown || " none"}`;
}

const NAMES: Readonly<Record<string, string>> = {
  pen: "the pen’s last movement",
  memory: "what all cells showed before",
  standing: "how long the pointer has stood",
  hand: "the hand",
  bias: "bias, the same at every step",
};

/** What is known of silent cells. */
export interface Silence {
  /** For which way they vote: 0 for the likelier, 1 for the other. */
  readonly side: 0 | 1;
  /** The share of the likelier way when they are silent at this step alone. */
  readonly atStep: number | undefined;
  readonly always: AlwaysReply | null;
}

/** What silence does, in sentences. share: of the likelier way, as it is. */
export function toldSilence(share: number, silent: number, { side, atStep, always }: Silence): string {
  if (silent === 0) return "Move “Silence the top”, and see how many cells it takes to turn this step.";
  const cells = counted(silent, "cell");
  const first =
    atStep === undefined
      ? ""
      : `With ${cells} silent in this step alone, the likelier way goes from ${percent(share)} to ${percent(atStep)} of both. That had to be so: exactly their votes are missing. `;
  if (always === null) return `${first}Now they are silent from the first step on …`;
  const [least, most] = [Math.min(...always.random), Math.max(...always.random)];
  const beats = side === 0 ? always.top < least : always.top > most;
  const verdict = beats
    ? "further than any of these"
    : "not further than all of these, so that says little about these cells";
  return `${first}Silent from the first step on, which gives all other cells time to make up for them: ${percent(always.top)}. With as many random cells, ${always.random.length} times: ${percent(least)} to ${percent(most)}. So it is ${verdict}.`;
}

/** Votes below are 0.00 in print. */
const LEAST = 0.005;

/** What a cell votes here: by weight, or by weight and width. */
export function cellText(cell: number, weight: number, width?: number): string {
  const vote = weight + (width ?? 0);
  if (Math.abs(vote) < LEAST) return `Cell ${cell} says next to nothing here.`;
  const way = vote > 0 ? WAYS[0] : WAYS[1];
  const parts = width === undefined ? "" : `: ${signed(weight)} by weight and ${signed(width)} by width`;
  return `Cell ${cell} votes ${signed(vote)} here, for ${way}${parts}.`;
}

/** The other forks at which a cell votes most, the strongest first. cell: its number in the top layer. */
export function strongestElsewhere(
  forks: readonly Fork[],
  cell: number,
  step: number,
  most: number,
): { readonly step: number; readonly vote: number }[] {
  return forks
    .filter((fork) => fork.step !== step)
    .map((fork) => ({ step: fork.step, vote: fork.votes[cell]! }))
    .filter(({ vote }) => Math.abs(vote) >= LEAST)
    .sort((a, b) => Math.abs(b.vote) - Math.abs(a.vote))
    .slice(0, most);
}

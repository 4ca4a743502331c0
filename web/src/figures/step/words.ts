/** The words of one step. */

import { finePercent, fixed } from "../../draw/words.ts";
import type { Movement, Step } from "./step.ts";

export interface Stage {
  readonly title: string;
  /** True of every step. */
  readonly text: string;
}

/** In their order; each is a card beside the drawing. */
export const STAGES: readonly Stage[] = [
  {
    title: "The pen has moved",
    text: "The network reads writing as a row of short movements. Each says how far the pen went to the right and down, and whether it then left the paper. Marked on the paper is the last one.",
  },
  {
    title: "Three gates and a candidate",
    text: "Every cell gets this movement, and also what all the cells showed one step before. From these it computes four numbers. Three of them are gates, from 0, shut, to 1, open. The fourth is the candidate, a new value for its memory, from −1 to 1.",
  },
  {
    title: "It forgets",
    text: "The memory of a cell is one number. The forget gate says which part of it stays. At 1 all of it stays; at 0 the cell forgets everything.",
  },
  {
    title: "It takes in",
    text: "The input gate says which part of the candidate is added. What stayed and what is added make the new memory.",
  },
  {
    title: "It shows",
    text: "The memory stays inside the cell. The others see only what the cell shows. For that, the memory is squeezed between −1 and 1, and the output gate says which part of it is let out.",
  },
  {
    title: "All cells do the same",
    text: "Each cell has learned weights of its own, so each makes something else of the same movement. What they show together is all that the model knows of the writing so far. Choose a square to look into another cell.",
  },
  {
    title: "What may come next",
    text: "From what the cells show, the model computes where the pen may go now. Each ellipse stands for a hill of probability, a Gaussian. The stronger its colour, the more probable it is that the pen goes there. All of them together are called a mixture.",
  },
  {
    title: "One place is drawn",
    text: "Chance picks one of the hills, a probable one more often, and then a place on it. The pen goes there. Now this movement is the last one. It is read like yours, and everything begins again.",
  },
];

/** Components of a lesser weight are not counted. */
const COUNTED = 0.05;

/** The numbers of this step at a stage, in a sentence or two. normalised: its cells are normalised (spec/engine.md). */
export function numbersOf(step: Step, stage: number, normalised: boolean): string {
  const { gates, before, kept, added, after, squashed, shown, cell, hidden, mixture, next } = step;
  const { input, forget, candidate, output } = gates;
  switch (stage) {
    case 0:
      return step.movement === null
        ? "The pen has not moved yet."
        : `${who(step)}: ${movementText(step.movement)}.`;
    case 1:
      return `In cell ${cell}: forget gate ${three(forget)}, input gate ${three(input)}, output gate ${three(output)}, candidate ${three(candidate)}.`;
    case 2:
      return `${three(forget)} × ${three(before)} = ${three(kept)}`;
    case 3:
      return `${three(input)} × ${three(candidate)} = ${three(added)}, and ${three(kept)} ${added < 0 ? "−" : "+"} ${three(Math.abs(added))} = ${three(after)}`;
    case 4: {
      const first = normalised
        ? "In this model, it is first set against the memory of the other cells. "
        : "";
      return `${first}Squeezed, ${three(after)} becomes ${three(squashed)}, and ${three(output)} × ${three(squashed)} = ${three(shown)}.`;
    }
    case 5:
      return `${hidden.length} squares for ${hidden.length} cells: blue is above 0, orange below. The one with the frame is cell ${cell}.`;
    case 6: {
      const weights = mixture.components.map(({ weight }) => weight);
      const heavy = weights.filter((weight) => weight >= COUNTED).length;
      return `${weights.length} hills, ${heavy} of them with a probability of 5 % or more; the most probable has ${finePercent(Math.max(...weights))}. The pen lifts after this movement with a probability of ${finePercent(mixture.lift)}.`;
    }
    default:
      return `Drawn: ${movementText(next)}.`;
  }
}

/** The line above the drawing. */
export function headline({ path, own, whole, letter }: Step, isExample: boolean): string {
  const whose = isExample ? "the example" : letter === null ? "your ink" : "the text";
  const pointer = letter === null ? "" : `. The pointer stands at ${letter}`;
  if (path.length > own) {
    return `Movement ${path.length - own} that the model has drawn after movement ${own} of ${whose}${pointer}`;
  }
  const which = own === whole ? `Movement ${own}, the last of` : `Movement ${own} of ${whole} in`;
  return `${which} ${whose}${pointer}`;
}

function who({ own, path }: Step): string {
  return path.length > own ? "The model’s own movement" : "The movement";
}

export function movementText({ dx, dy, lifts }: Movement): string {
  const across = `${three(Math.abs(dx))} to the ${dx < 0 ? "left" : "right"}`;
  const upright = `${three(Math.abs(dy))} ${dy < 0 ? "up" : "down"}`;
  return `${across}, ${upright}, and the pen ${lifts ? "lifts" : "stays on the paper"}`;
}

/** Three digits after the point. */
export function three(value: number): string {
  return fixed(value, 3);
}

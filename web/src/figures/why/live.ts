/** Votes at work: from the fork that is looked at to the cells that decide it, and from silent cells back to the fork. */

import { batch, computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { gridOf, stateGrid } from "../../cells/state-grid.ts";
import { asSlider, make, makeButton, stepOf } from "../../draw/element.ts";
import { oneStop } from "../../draw/one-stop.ts";
import { into } from "../../draw/redraw.ts";
import { signed } from "../../draw/words.ts";
import { ranked } from "../../explain/votes.ts";
import { forkInk } from "./fork-ink.ts";
import { inputTable } from "./input-table.ts";
import { pythonOf } from "./python.ts";
import { type Known, reading } from "./reading.ts";
import { silenceChart, silenceKey } from "./silence-chart.ts";
import { type Added, addedUp, voteList } from "./vote-list.ts";
import { waysPaper } from "./ways-paper.ts";
import type { WhyWiring } from "./wiring.ts";
import {
  cellText,
  changeTitle,
  densityText,
  headline,
  oddsText,
  strongestElsewhere,
  toldSilence,
} from "./words.ts";

/** Other forks that are named of a cell. */
const ELSEWHERE = 6;
/** What is written for readers of a model that knows text. */
const TEXT = { words: "little by little", hand: 20, seed: 3, variation: 0.4 };

export const LiveWhy = createModel((wiring: WhyWiring) => {
  const { frame, parts, forks } = wiring;
  const { state } = frame;
  const known = reading(wiring);
  const { read, step, looked } = known;
  const cell = cellOf(wiring, known);

  const goTo = into(state.step);
  forks.by = (count) => {
    const steps = read.value?.forks.map((fork) => fork.step) ?? [];
    const now = step.value ?? 0;
    const to = count > 0 ? steps.find((each) => each > now) : steps.findLast((each) => each < now);
    if (to === undefined) frame.announce(`There is no fork ${count > 0 ? "after" : "before"} this step.`);
    else goTo(to);
  };

  forkInk(
    parts.ink,
    computed(() => {
      if (read.value === null || step.value === null) return null;
      const { path } = read.value;
      const marks = read.value.forks.map((fork) => ({
        step: fork.step,
        vote: fork.votes[cell.at.value] ?? 0,
      }));
      return { path, forks: marks, step: step.value };
    }),
    { onStep: goTo, onFork: (by) => forks.by(by) },
  );
  papers(wiring, known);
  const silent = computed(
    () => new Set(state.without.value === "" ? known.voters.value.slice(0, known.silent.value) : []),
  );
  const density = computed(() => state.sum.value === "density");
  const shown = computed(() => looked.value && addedUp(looked.value.votes, density.value));
  const told = computed(() => {
    if (looked.value === null) return null;
    const { votes, now } = looked.value;
    return density.value ? densityText(votes) : oddsText(votes, now.mixture);
  });
  voteList(
    parts.list,
    { shown, silent, told, cell: cell.at, first: cell.first },
    { onLook: cell.point, onChoose: cell.choose },
  );
  allCells(wiring, known, { cell, silent, shown });
  silence(wiring, known);
  inputTable(
    parts.inputs,
    computed(() => looked.value && { rows: looked.value.inputs, without: state.without.value }),
    (name) => {
      state.without.value = name;
      frame.announce(name === "" ? "It is there again." : "It is taken away.");
    },
  );
  offerText(wiring, known);

  effect(() => {
    const now = looked.value;
    if (known.failed.value !== "") frame.say(known.failed.value);
    else if (read.value !== null && step.value === null) frame.say("The ink has no movement yet.");
    else if (now !== null) {
      const text = headline(now);
      frame.say(text);
      parts.ink.ariaValueMax = String(now.ink.path.length);
      parts.ink.ariaValueNow = String(now.step);
      parts.ink.ariaValueText = text;
    }
  });
  return { python: () => pythonOf(wiring, known) };
});

type Cell = ReturnType<typeof cellOf>;

/** The cell that is looked at: that which is pointed at, else the one chosen, else the one with the greatest vote. */
function cellOf({ frame: { loaded, chosen, announce } }: WhyWiring, { looked }: Known) {
  const pointed = signal<number | null>(null);
  /** The number of the top layer's first cell. */
  const first = computed(() => {
    const { layers = 1, hidden = 0 } = loaded.value?.checkpoint.architecture ?? {};
    return (layers - 1) * hidden;
  });
  const strongest = computed(() => (looked.value === null ? 0 : ranked(looked.value.votes.weight)[0]!));
  /** Its number in the top layer. */
  const at = computed(() => {
    const own = (chosen.cells.value.at(-1) ?? -1) - first.value;
    const total = looked.value?.votes.weight.length ?? 0;
    return pointed.value ?? (own >= 0 && own < total ? own : strongest.value);
  });
  return {
    at,
    first,
    point: into(pointed),
    choose(cell: number): void {
      chosen.cells.value = [first.value + cell];
      announce(`Cell ${first.value + cell}.`);
    },
  };
}

/** What comes next, as it is and with the change. */
function papers({ frame, parts }: WhyWiring, { looked, changed, side }: Known): void {
  waysPaper(
    parts.now,
    computed(() => looked.value && { title: "As it is", looked: looked.value, prediction: looked.value.now }),
  );
  waysPaper(
    parts.changed,
    computed(() => {
      if (looked.value === null || changed.value === null) return null;
      const { inputs, supporters } = looked.value;
      const { silent, without, prediction } = changed.value;
      const row = inputs.find(({ name }) => name === without);
      const cells = Math.min(silent, supporters[side.value].length);
      const title = changeTitle(cells, row?.without ? without : "", row?.character ?? null);
      return { title, looked: looked.value, prediction };
    }),
  );
  effect(() => {
    frame.view.ariaBusy = String(looked.value === null);
  });
}

interface Shown {
  readonly cell: Cell;
  readonly silent: ReadonlySignal<ReadonlySet<number>>;
  readonly shown: ReadonlySignal<Added | null>;
}

/** All cells by their votes here, and one of them at the other forks. */
function allCells({ frame, parts }: WhyWiring, { looked }: Known, { cell, silent, shown }: Shown): void {
  stateGrid(
    parts.grid,
    computed(
      () =>
        shown.value && {
          values: Float32Array.from(shown.value.cells),
          framed: [...silent.value],
          cell: cell.at.value,
        },
    ),
    { onChoose: cell.choose, onLook: cell.point },
  );
  asSlider(parts.grid, "Cell");
  const text = make("p");
  const list = make("div", "why-elsewhere");
  list.role = "group";
  list.ariaLabel = "Its votes at other forks";
  parts.cell.append(text, list);
  oneStop(list);
  effect(() => {
    if (looked.value === null) return;
    const { votes, step, ink } = looked.value;
    const at = cell.at.value;
    const width = frame.state.sum.value === "density" ? votes.width[at]! : undefined;
    const told = cellText(cell.first.value + at, votes.weight[at]!, width);
    const others = strongestElsewhere(ink.forks, at, step, ELSEWHERE);
    text.textContent =
      others.length === 0
        ? told
        : `${told} Its strongest votes${width === undefined ? "" : " of weight"} at other forks of this ink:`;
    list.replaceChildren(
      ...others.map((other) => {
        const go = (): void => {
          cell.choose(at);
          frame.state.step.value = other.step;
        };
        const button = makeButton(
          go,
          other.vote < 0 ? "against" : "for",
          `step ${other.step}: ${signed(other.vote)}`,
        );
        button.title = "Go to this fork";
        return button;
      }),
    );
    parts.grid.ariaValueMax = String(votes.weight.length - 1);
    parts.grid.ariaValueNow = String(at);
    parts.grid.ariaValueText = told;
  });
  parts.grid.addEventListener("keydown", (event) => {
    if (looked.value === null) return;
    const total = looked.value.votes.weight.length;
    const { columns } = gridOf(total, { width: parts.grid.clientWidth, height: parts.grid.clientHeight });
    const by = stepOf(event, {
      ...{ ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns },
      ...{ Home: -total, End: total },
    });
    if (by !== undefined) cell.choose(Math.min(Math.max(cell.at.value + by, 0), total - 1));
  });
}

/** What silence does, as a chart and in words. */
function silence(
  { frame: { state }, parts }: WhyWiring,
  { looked, curve, always, side, voters, silent }: Known,
): void {
  silenceChart(
    parts.curve,
    computed(() => {
      const most = voters.value.length;
      return curve.value && { curve: curve.value, always: always.value, silent: silent.value, most };
    }),
    (count) =>
      batch(() => {
        state.without.value = "";
        state.silent.value = count;
      }),
  );
  parts.curve.after(silenceKey());
  effect(() => {
    if (looked.value === null) return;
    parts.told.textContent = toldSilence(looked.value.now.share, silent.value, {
      side: side.value,
      atStep: curve.value?.top[silent.value],
      always: always.value,
    });
  });
}

/** Of a model that knows text, and reads an ink without one: a line with its text can be opened. */
function offerText({ frame, parts }: WhyWiring, { read, write }: Known): void {
  const { loaded, chosen, announce } = frame;
  const open = makeButton(
    () => {
      const { hands = 0 } = loaded.value?.checkpoint.architecture.text ?? {};
      write({ ...TEXT, hand: TEXT.hand < hands ? TEXT.hand : null }, (source) => {
        chosen.opened.value = source;
        announce("A line with its text is open.");
      });
    },
    "",
    `Open “${TEXT.words}”`,
  );
  const note = make(
    "p",
    "why-note",
    "This model knows text, but this ink has none. With a text, the characters and the hand are inputs too. ",
  );
  const offer = make("div", "why-offer", note, open);
  parts.inputs.append(offer);
  effect(() => {
    const text = loaded.value?.checkpoint.architecture.text;
    const writable = Array.from(TEXT.words).every((each) => text?.alphabet.includes(each));
    offer.hidden = !writable || read.value === null || read.value.withText;
  });
}

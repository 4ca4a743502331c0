/**
 * The controls, and their place in the page's address: what is seen is a link.
 *
 * `?checkpoint=` chooses the file, so it is part of the query; the rest, and the ink, is the view of it and follows
 * the `#`, where no server sees it. What has its default is left out. The controls of a figure below the first have
 * its name before theirs: `#wall.seed=7`.
 */

import { batch, type Signal, signal } from "@preact/signals-core";
import { SORTS } from "./atlas/following.ts";
import { cellsInWords, cellsOf } from "./cells/words.ts";

export interface Control<T> {
  readonly initial: T;
  readonly where: "query" | "hash";
  /** Whether it lets things move by themselves: off at first for readers who asked for less motion. */
  readonly moves?: boolean;
  /** undefined where the text is no value of this control. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

/** A number from least to greatest, a whole number of steps from least. */
export interface NumberControl extends Control<number> {
  readonly least: number;
  readonly greatest: number;
  readonly step: number;
}

function number(initial: number, least: number, greatest: number, step: number): NumberControl {
  const digits = String(step).split(".")[1]?.length ?? 0;
  return {
    initial,
    least,
    greatest,
    step,
    where: "hash",
    parse(text) {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) return undefined;
      const onStep = least + Math.round((value - least) / step) * step;
      return Number(Math.min(Math.max(onStep, least), greatest).toFixed(digits));
    },
    format: (value) => String(value),
  };
}

function flag(initial: boolean, moves = false): Control<boolean> {
  return {
    initial,
    where: "hash",
    moves,
    parse: (text) => (text === "1" ? true : text === "0" ? false : undefined),
    format: (value) => (value ? "1" : "0"),
  };
}

function choice(options: readonly string[]): Control<string> {
  return {
    initial: options[0]!,
    where: "hash",
    parse: (text) => (options.includes(text) ? text : undefined),
    format: (value) => value,
  };
}

function text(where: "query" | "hash"): Control<string> {
  return { initial: "", where, parse: (value) => value, format: (value) => value };
}

const noCells: readonly number[] = [];
const cells: Control<readonly number[]> = {
  initial: noCells,
  where: "hash",
  parse: cellsOf,
  format: cellsInWords,
};

const UINT32 = 2 ** 32 - 1;

export const controls = {
  /** Name of the checkpoint; empty for the default one. */
  checkpoint: text("query"),
  /** Steps of a continuation. */
  length: number(120, 5, 200, 1),
  /** Variation of a continuation (spec/engine.md). */
  variation: number(0.5, 0.1, 1.5, 0.05),
  /** Seed of all random numbers. */
  seed: number(1, 0, UINT32, 1),
  /** Which future is shown: its stream. */
  shown: number(0, 0, UINT32, 1),
  /** Whether the page goes from one future to the next by itself. */
  playing: flag(true, true),

  // The sample wall.
  "wall.seed": number(1, 0, UINT32, 1),
  "wall.variation": number(0.6, 0.1, 1.5, 0.05),
  /** Times the usual speed of the pen. */
  "wall.speed": number(1, 0.25, 4, 0.25),
  "wall.playing": flag(true, true),
  /** Steps that are written of each sample while the wall is not playing. */
  "wall.step": number(500, 0, 500, 1),
  /** Whether the samples go on from the reader's ink. */
  "wall.primed": flag(false),

  // Neatening.
  /** The model's part in percent. */
  "neaten.share": number(80, 0, 100, 5),

  // The field of futures.
  "field.ink": choice(["1", "2", "3", "4", "5", "line", "yours", "opened"]),
  "field.count": number(50, 1, 200, 1),
  /** Points of a future. */
  "field.steps": number(8, 1, 16, 1),
  "field.variation": number(0.7, 0.1, 1.5, 0.05),
  "field.seed": number(1, 0, UINT32, 1),
  /** The row that is looked at; below 0, the clearest fork. */
  "field.step": number(-1, -1, 3000, 1),
  /** The futures that were taken (page/field-forks.ts). */
  "field.forks": text("hash"),

  // Cells over time.
  "cells.ink": choice(["sample", "yours", "opened"]),
  /** The sample: its seed, length in steps, and variation. */
  "cells.seed": number(1, 0, UINT32, 1),
  "cells.length": number(400, 50, 1500, 50),
  "cells.variation": number(0.5, 0.1, 1.5, 0.05),
  /** Which quantity (spec/trace.md). */
  "cells.what": choice(["c", "h", "i", "f", "g", "o"]),
  "cells.limits": choice(["robust", "full", "own"]),
  "cells.scale": choice(["linear", "log"]),
  /** The name of an order of the atlas; empty for the best that there is. */
  "cells.order": text("hash"),
  /** The cells that are looked at (page/chosen.ts). */
  "cells.chosen": cells,
  /** The row that is looked at; below 0, where the cells are strongest. */
  "cells.step": number(-1, -1, 3000, 1),
  /** The part of the ink that is shown: its first row, and how many; 0 for all. */
  "cells.from": number(0, 0, 3000, 1),
  "cells.span": number(0, 0, 3000, 1),

  // The atlas.
  /** The feature that is looked at, by its name; empty for the first that there is. */
  "atlas.feature": text("hash"),
  /** strongest: at the end of the cell that goes with the feature. */
  "atlas.show": choice(["strongest", "highest", "lowest", "similar"]),
  "atlas.by": choice(["all", "chosen"]),
  /** The span of the ink: its first row, below 0 where the cells are strongest, and how many. */
  "atlas.from": number(-1, -1, 3000, 1),
  "atlas.length": number(20, 5, 60, 1),
  "atlas.sort": choice(SORTS),
  "atlas.filter": text("hash"),

  // Changing cells.
  /** The name of an effect of the atlas; empty for the first. */
  "change.preset": text("hash"),
  /** How much of it is done. */
  "change.strength": number(1, 0, 1, 0.05),
  /** Cells of the reader's own choice; they come before a preset. */
  "change.cells": cells,
  "change.how": choice(["clamp", "scale", "shift"]),
  "change.of": choice(["c", "h"]),
  "change.clamp": number(0, -5, 5, 0.1),
  "change.scale": number(0, -1, 2, 0.05),
  "change.shift": number(0.5, -2, 2, 0.05),
  /** 0 for the chosen cells; k for as many at random, draw k. */
  "change.random": number(0, 0, 99, 1),
  /** Whether it goes on from the reader's ink. */
  "change.primed": flag(false),
  "change.seed": number(1, 0, UINT32, 1),
  "change.variation": number(0.6, 0.1, 1.5, 0.05),
};

export type ControlName = keyof typeof controls;
export type Values = { [Name in ControlName]: (typeof controls)[Name]["initial"] };
export type State = { readonly [Name in ControlName]: Signal<Values[Name]> };

type FigureOf<Name> = Name extends `${infer Figure}.${string}` ? Figure : never;
/** Names of the figures that have controls of their own. */
export type FigureName = FigureOf<ControlName>;
/** Names of a figure's controls, without its own. */
export type ControlOf<Figure extends FigureName> = {
  [Name in ControlName]: Name extends `${Figure}.${infer Own}` ? Own : never;
}[ControlName];
/** A figure's part of the state. */
export type FigureState<Figure extends FigureName> = {
  readonly [Name in ControlName as Name extends `${Figure}.${infer Own}` ? Own : never]: State[Name];
};

const names = Object.keys(controls) as ControlName[];
const INK = "ink";

export function createState(values: Values): State {
  return Object.fromEntries(names.map((name) => [name, signal(values[name])])) as unknown as State;
}

/** The signals of a figure's controls, by their own names. */
export function figureState<Figure extends FigureName>(state: State, figure: Figure): FigureState<Figure> {
  const own = names.filter((name) => name.startsWith(`${figure}.`));
  return Object.fromEntries(
    own.map((name) => [name.slice(figure.length + 1), state[name]]),
  ) as unknown as FigureState<Figure>;
}

/** Takes what a link asks for. The checkpoint is not part of it: another one is another page. */
export function takeValues(state: State, values: Values): void {
  batch(() => {
    for (const name of names) {
      if (controls[name].where === "hash") (state[name] as Signal<unknown>).value = values[name];
    }
  });
}

/** The values as they are; an effect that calls it follows them all. */
export function valuesOf(state: State): Values {
  return Object.fromEntries(names.map((name) => [name, state[name].value])) as unknown as Values;
}

/**
 * What an address asks for; a value that cannot be read is left at its default. `ink` is still encoded.
 *
 * still: the reader asked for less motion, so nothing moves by itself unless the address says so.
 */
export function readAddress(
  address: { search: string; hash: string },
  still = false,
): { values: Values; ink: string } {
  const query = new URLSearchParams(address.search);
  const hash = new URLSearchParams(address.hash.replace(/^#/, ""));
  const read = (name: ControlName): Values[ControlName] => {
    const control: Control<Values[ControlName]> = controls[name] as Control<Values[ControlName]>;
    const initial = still && control.moves ? false : control.initial;
    const text = (control.where === "query" ? query : hash).get(name);
    return (text === null ? undefined : control.parse(text)) ?? initial;
  };
  const values = Object.fromEntries(names.map((name) => [name, read(name)])) as Values;
  return { values, ink: hash.get(INK) ?? "" };
}

/** The address of a view, to be resolved against the page's own: `?...#...`. */
export function writeAddress(values: Values, ink: string): string {
  const query = new URLSearchParams();
  const hash = new URLSearchParams();
  const write = <T>(name: string, control: Control<T>, value: T): void => {
    if (control.format(value) === control.format(control.initial)) return;
    (control.where === "query" ? query : hash).set(name, control.format(value));
  };
  for (const name of names) write(name, controls[name] as Control<Values[ControlName]>, values[name]);
  if (ink !== "") hash.set(INK, ink);
  const search = query.size > 0 ? `?${query}` : "";
  return `${search}#${hash}`;
}

/** Kinds of controls: their values, and how an address writes them. Each figure has its table in controls.ts. */

import type { Signal } from "@preact/signals-core";
import { cellsInWords, cellsOf } from "../cells/words.ts";

export interface Control<T> {
  readonly initial: T;
  readonly where: "query" | "hash";
  /** Whether it makes things move by themselves: then it is off at first for readers who asked for less motion. */
  readonly moves?: boolean;
  /** undefined if the text is not a value of this control. */
  parse(text: string): T | undefined;
  format(value: T): string;
}

/** A number from least to greatest, a whole number of steps from least. */
export interface NumberControl extends Control<number> {
  readonly least: number;
  readonly greatest: number;
  readonly step: number;
}

export function number(initial: number, least: number, greatest: number, step: number): NumberControl {
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

export function flag(initial: boolean, moves = false): Control<boolean> {
  return {
    initial,
    where: "hash",
    moves,
    parse: (text) => (text === "1" ? true : text === "0" ? false : undefined),
    format: (value) => (value ? "1" : "0"),
  };
}

/** Yes, no, or whatever suits: null until the reader says. */
export function maybe(): Control<boolean | null> {
  const { where, parse } = flag(false);
  return { initial: null, where, parse, format: (value) => (value === null ? "" : value ? "1" : "0") };
}

export function choice(options: readonly string[]): Control<string> {
  return {
    initial: options[0]!,
    where: "hash",
    parse: (text) => (options.includes(text) ? text : undefined),
    format: (value) => value,
  };
}

export function text(where: "query" | "hash"): Control<string> {
  return { initial: "", where, parse: (value) => value, format: (value) => value };
}

/** A choice of cells, as text like "3-5,120". */
export function cells(): Control<readonly number[]> {
  return { initial: [], where: "hash", parse: cellsOf, format: cellsInWords };
}

/** Goes on to the next whole number; after the greatest comes 0. */
export function next(value: Signal<number>, { greatest }: NumberControl): void {
  value.value = (value.value + 1) % (greatest + 1);
}

/** The greatest seed. */
export const UINT32 = 2 ** 32 - 1;

/** Controls by their names. */
// biome-ignore lint/suspicious/noExplicitAny: a control reads what it writes, of whichever type.
export type Controls = Readonly<Record<string, Control<any>>>;
/** The values of some controls, as signals. */
export type StateOf<Table extends Controls> = {
  readonly [Name in keyof Table]: Signal<Table[Name]["initial"]>;
};
/** All signals of the page, by their names in the address. */
export type Signals = Readonly<Record<string, Signal<unknown>>>;

/** The signals of a figure's controls, by their own names. */
export function figureState<Table extends Controls>(
  signals: Signals,
  figure: string,
  table: Table,
): StateOf<Table> {
  const names = Object.keys(table);
  return Object.fromEntries(names.map((name) => [name, signals[`${figure}.${name}`]])) as StateOf<Table>;
}

/**
 * The controls, and their place in the page's address: what is seen is a link.
 *
 * `?checkpoint=` chooses the file, so it is part of the query; the rest, and the ink, is the view of it and follows
 * the `#`, where no server sees it. What has its default is left out. The controls of a figure below the first have
 * its name before theirs: `#wall.seed=7`.
 */

import { batch, type Signal, signal } from "@preact/signals-core";
import { controls as atlas } from "../figures/atlas/controls.ts";
import { controls as cells } from "../figures/cells/controls.ts";
import { controls as change } from "../figures/change/controls.ts";
import { controls as field } from "../figures/field/controls.ts";
import { controls as memory } from "../figures/memory/controls.ts";
import { controls as neaten } from "../figures/neaten/controls.ts";
import { controls as step } from "../figures/step/controls.ts";
import { controls as swap } from "../figures/swap/controls.ts";
import { controls as teach } from "../figures/teach/controls.ts";
import { controls as type } from "../figures/type/controls.ts";
import { controls as wall } from "../figures/wall/controls.ts";
import { controls as why } from "../figures/why/controls.ts";
import { controls as writing } from "../figures/writing/controls.ts";
import { type Control, type Controls, number, type StateOf, text } from "../frame/control.ts";

/** A figure's controls by their names in the address. */
function named<Figure extends string, Table extends Controls>(figure: Figure, table: Table) {
  return Object.fromEntries(
    Object.entries(table).map(([name, control]) => [`${figure}.${name}`, control]),
  ) as unknown as { readonly [Name in keyof Table & string as `${Figure}.${Name}`]: Table[Name] };
}

export const controls = {
  /** Name of the checkpoint; empty for the default one. */
  checkpoint: text("query"),
  /** The station of the tour (tour.ts), from 1; 0 for none. */
  tour: number(0, 0, 8, 1),
  ...writing,
  ...named("type", type),
  ...named("wall", wall),
  ...named("neaten", neaten),
  ...named("teach", teach),
  ...named("field", field),
  ...named("step", step),
  ...named("cells", cells),
  ...named("why", why),
  ...named("atlas", atlas),
  ...named("change", change),
  ...named("memory", memory),
  ...named("swap", swap),
};

export type ControlName = keyof typeof controls;
export type Values = { [Name in ControlName]: (typeof controls)[Name]["initial"] };
export type State = StateOf<typeof controls>;

const names = Object.keys(controls) as ControlName[];
const INK = "ink";

export function createState(values: Values): State {
  return Object.fromEntries(names.map((name) => [name, signal(values[name])])) as unknown as State;
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

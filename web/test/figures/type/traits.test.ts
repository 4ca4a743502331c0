/** The hand that a text is written in when its traits are changed. */

import { signal } from "@preact/signals-core";
import { expect, test, vi } from "vitest";
import { decodeCheckpoint, handCode } from "../../../src/checkpoint/checkpoint.ts";
import type { Hand } from "../../../src/engine/host.ts";
import { type Amounts, changed } from "../../../src/engine/traits.ts";
import { amountsOf, controls, traits as table } from "../../../src/figures/type/controls.ts";
import type { Prime } from "../../../src/figures/type/prime.ts";
import { pythonOf } from "../../../src/figures/type/python.ts";
import type { TypeWiring } from "../../../src/figures/type/wiring.ts";
import { planOf } from "../../../src/figures/type/writing.ts";
import type { Loaded } from "../../../src/frame/checkpoints.ts";
import type { Controls, StateOf } from "../../../src/frame/control.ts";
import { bytes } from "../../files.ts";

const checkpoint = decodeCheckpoint(bytes("src/pentrace/weights/text.safetensors"), "text");
const none = new Float32Array(checkpoint.architecture.text!.hand);
const AMOUNTS: Amounts = { slant: 1.5, pace: -0.5 };
const PRIME: Prime = {
  text: "here",
  offsets: new Float32Array(3),
  pointers: Int32Array.of(0, 4),
  scale: 1,
  end: { x: 0, y: 0 },
  letters: new Map(),
  read: [],
};

function stateOf<Table extends Controls>(of: Table): StateOf<Table> {
  return Object.fromEntries(
    Object.entries(of).map(([name, { initial }]) => [name, signal(initial)]),
  ) as StateOf<Table>;
}

function planned(hand: Hand | undefined, prime: Prime | null, traits: Amounts | null) {
  vi.stubGlobal("window", { setTimeout, clearTimeout });
  const text = signal({ checkpoint } as Loaded);
  const { value } = planOf(stateOf(controls), text, signal(hand), signal(prime), signal(traits));
  vi.unstubAllGlobals();
  return value!;
}

test("only what is changed is named", () => {
  const state = stateOf(table);
  expect(amountsOf(state)).toBeNull();
  state.pace.value = -0.5;
  state.slant.value = 1.5;
  expect(amountsOf(state)).toEqual(AMOUNTS);
});

test("without changes the hand is asked for as it is chosen", () => {
  expect(planned(743, null, null)).toMatchObject({ hand: 743, chosen: 743, traits: null });
  expect(planned(undefined, null, null).hand).toBeUndefined();
});

test("the changes are those of the chosen hand, and of no hand where only a learned one is", () => {
  expect(planned(743, null, AMOUNTS)).toMatchObject({ chosen: 743, traits: AMOUNTS });
  expect(planned(743, null, AMOUNTS).hand).toEqual(changed(handCode(checkpoint, 743), AMOUNTS));
  const half = handCode(checkpoint, 743).map((number) => number / 2);
  expect(planned(half, null, AMOUNTS).hand).toEqual(changed(half, AMOUNTS));
  expect(planned(undefined, null, AMOUNTS).hand).toEqual(changed(none, AMOUNTS));
});

test("after a prime no hand is asked for, and the changes are those of none", () => {
  expect(planned(743, PRIME, null).hand).toBeUndefined();
  expect(planned(743, PRIME, AMOUNTS).hand).toEqual(changed(none, AMOUNTS));
});

test("Python names the chosen hand and the changes, and after a prime only these", () => {
  const wiring = { desk: { ink: signal([]) } } as unknown as TypeWiring;
  const last = (prime: Prime | null): string => {
    const plan = { ...planned(743, prime, AMOUNTS), lines: ["a"], rows: ["a"] };
    const python = pythonOf(wiring, plan, { checkpoint } as Loaded);
    return typeof python === "string" ? python : python.lines.at(-1)!;
  };
  const traits = 'traits={"slant": 1.5, "pace": -0.5}, seed=2,';
  expect(last(null)).toContain(`write_text(text, hand=743, ${traits}`);
  expect(last(PRIME)).toContain(`write_text(text, prime=ink, prime_text="here", ${traits}`);
});

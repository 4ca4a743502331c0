/** The takes of a text, drawn by several workers in this thread, with the models that the page has. */

import { signal } from "@preact/signals-core";
import { expect, test, vi } from "vitest";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Recogniser } from "../../../src/engine/text/recogniser.ts";
import { chooseTake, roundOf, roundsOf, sharesOf } from "../../../src/engine/text/takes.ts";
import { CAP } from "../../../src/engine/text/written.ts";
import { alignedLine, type Prime, primeOf } from "../../../src/figures/type/prime.ts";
import { type Clients, takesOf } from "../../../src/figures/type/takes.ts";
import {
  type LineTakes,
  type Take,
  type TypeTask,
  typeTask,
  type WriteRequest,
  type WrittenLine,
} from "../../../src/figures/type/task.ts";
import { Pool } from "../../../src/worker/pool.ts";
import type { Request } from "../../../src/worker/protocol.ts";
import { bytes, wasm } from "../../files.ts";
import { Here } from "../../here.ts";

const opened = {
  module: wasm("engine"),
  checkpoint: decodeCheckpoint(bytes("src/pentrace/weights/text.safetensors"), "text"),
};
const recogniser = {
  module: wasm("recogniser"),
  weights: bytes("src/pentrace/weights/recogniser.safetensors"),
};
const REQUEST: WriteRequest = {
  lines: ["a bad", "cab"],
  hand: 743,
  prime: null,
  seed: 4,
  variation: 0.6,
  candidates: 5,
  moves: [],
};

// The models of the page draw and rank up to 20 takes in a test.
vi.setConfig({ testTimeout: 30_000 });

function writers(size: number) {
  const asked: string[] = [];
  const hear = (request: Request): void => {
    if (request.type === "ask") asked.push(request.method);
  };
  const pool = new Pool(() => new Here({ type: typeTask }, hear) as unknown as Worker, size);
  const errors: string[] = [];
  const error = (message: string): void => void errors.push(message);
  const all = Array.from({ length: size }, (_, worker) => pool.client<TypeTask>("type", { error, worker }));
  const clients: Clients = { first: all[0]!, best: all[1]!, all };
  pool.open(opened);
  const recognises = signal(false);
  const takes = takesOf(() => clients, recognises);
  const load = (): void => {
    for (const client of all) client.ask("recogniser", recogniser, () => {});
    recognises.value = true;
  };
  const write = (number: number, request: WriteRequest): Promise<WrittenLine[]> =>
    new Promise((resolve) => {
      const lines: WrittenLine[] = [];
      takes.write(number, request, (line) => {
        lines.push(line);
        if (lines.length === request.lines.length) resolve(lines);
      });
    });
  return { asked, errors, load, write, takes };
}

/** The same by one task that draws all takes. */
function alone(request: WriteRequest): WrittenLine[] {
  const task = typeTask(new Model(opened.module, opened.checkpoint));
  const all = <T>(steps: Generator<T | undefined, void>): T[] =>
    [...steps].filter((each) => each !== undefined);
  all(task.recogniser(recogniser));
  const { lines, candidates } = request;
  return lines.flatMap((text, line) => {
    const drawn: Take[] = [];
    for (let round = 0; round < roundsOf(candidates); round++) {
      const share = { line, first: drawn.length, total: roundOf(request) };
      drawn.push(...all<LineTakes>(task.takes({ ...request, ...share })).flatMap(({ takes }) => takes));
      if (!chosenOf(text, drawn).unsure) break;
    }
    const choice = chosenOf(text, drawn);
    return all<WrittenLine>(task.finish({ ...request, line, choice, take: drawn[choice.chosen]! }));
  });
}

function chosenOf(text: string, drawn: readonly Take[]) {
  const pointers = drawn.map(({ written }) => written.pointers);
  return chooseTake(
    text,
    pointers,
    Float64Array.from(drawn, ({ score }) => score),
    CAP,
  );
}

test("each take has one worker", () => {
  expect(sharesOf(8, 3)).toEqual([
    { first: 0, total: 2 },
    { first: 2, total: 3 },
    { first: 5, total: 3 },
  ]);
  expect(sharesOf(1, 2)).toEqual([{ first: 0, total: 1 }]);
});

test.each([2, 3])("what %d workers write is what one writes, bit for bit", async (size) => {
  const { load, write, errors } = writers(size);
  load();
  const found = await write(1, REQUEST);
  expect(found).toEqual(alone(REQUEST));
  expect(found.some(({ choice }) => choice!.chosen > 0)).toBe(true);
  expect(errors).toEqual([]);
});

test("where the best take is hard to read, as many are drawn again, and again", async () => {
  const { load, write } = writers(2);
  load();
  const hard = { ...REQUEST, lines: ["QXZ"], variation: 1.6, candidates: 3 };
  const found = await write(1, hard);
  expect(found).toEqual(alone(hard));
  expect(found[0]!.choice!.refused.length).toBe(9);
});

/** A line by one of the model's hands, as it is read before a text. */
function primeBy(hand: number): Prime {
  const engine = new Engine(new Model(opened.module, opened.checkpoint));
  const text = "a bad cab and the red door";
  const draws = { seed: 1, variation: 0.4, cap: CAP };
  const { offsets } = engine.write(engine.start(text, hand), CAP * (text.length + 1), draws);
  const reader = Recogniser.create(recogniser.module, recogniser.weights);
  const alphabet = opened.checkpoint.architecture.text!.alphabet;
  return primeOf([alignedLine(offsets, text, alphabet, reader)!], 1, null, [0]);
}

test("after a prime each line is one take, whose letters are chosen, in as many rounds", async () => {
  const { load, write, errors } = writers(2);
  load();
  const primed = { ...REQUEST, prime: primeBy(12), hand: undefined, candidates: 4, variation: 1 };
  const found = await write(1, primed);
  expect(found).toEqual(alone(primed));
  expect(found.every(({ choice }) => choice!.refused.length <= 3)).toBe(true);
  expect(errors).toEqual([]);
  // It is another one than where nothing is chosen.
  const plain = await write(2, { ...primed, candidates: 1 });
  expect(plain[0]!.offsets).not.toEqual(found[0]!.offsets);
  const moved = { ...primed, moves: [{ line: 0, at: 12, to: 3, hold: 0 }] };
  expect((await write(3, moved))[0]!.offsets.slice(0, 36)).toEqual(found[0]!.offsets.slice(0, 36));
});

test("the pen can follow a line whose letters are chosen", () => {
  const task = typeTask(new Model(opened.module, opened.checkpoint));
  const all = <T>(steps: Generator<T | undefined, void>): T[] =>
    [...steps].filter((each) => each !== undefined);
  const request = { ...REQUEST, prime: primeBy(12), hand: undefined, candidates: 3 };
  const pieces = all<WrittenLine>(task.begin(request));
  all(task.recogniser(recogniser));
  const [first] = all<LineTakes>(task.takes({ ...request, line: 0, first: 0, total: 1 }));
  const { offsets, pointers } = first!.takes[0]!.written;
  expect(pieces.length).toBeGreaterThan(3);
  expect([pieces.at(-1)!.offsets, pieces.at(-1)!.pointers]).toEqual([offsets, pointers]);
  const other = typeTask(new Model(opened.module, opened.checkpoint));
  all(other.recogniser(recogniser));
  expect(all<LineTakes>(other.takes({ ...request, line: 0, first: 0, total: 1 }))[0]).toEqual(first);
});

test("takes wait for the recogniser, but a single one needs none", async () => {
  const { asked, load, write } = writers(2);
  const single = { ...REQUEST, candidates: 1 };
  expect(await write(1, single)).toEqual(alone(single));
  asked.length = 0;
  const ranked = write(2, REQUEST);
  expect(asked).toEqual([]);
  load();
  expect(await ranked).toEqual(alone(REQUEST));
});

test("a moved pointer does not draw the takes again", async () => {
  const { asked, load, write } = writers(2);
  load();
  await write(1, REQUEST);
  asked.length = 0;
  const moved = { ...REQUEST, moves: [{ line: 0, at: 12, to: 3, hold: 0 }] };
  expect(await write(1, moved)).toEqual(alone(moved));
  expect(asked).toEqual(["finish", "finish"]);
});

test("a newer text takes the place of one that is being written", async () => {
  const { load, write, takes } = writers(2);
  load();
  const stale: WrittenLine[] = [];
  takes.write(1, REQUEST, (line) => stale.push(line));
  const other = { ...REQUEST, lines: ["dad"] };
  expect(await write(2, other)).toEqual(alone(other));
  expect(stale).toEqual([]);
});

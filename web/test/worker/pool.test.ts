/** Pool and scheduler together, without a browser: each worker is a scheduler in this thread. */

import { beforeEach, describe, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import type { Model } from "../../src/engine/model.ts";
import { Pool, PRIORITY, poolSize } from "../../src/worker/pool.ts";
import type { Request } from "../../src/worker/protocol.ts";
import { moved, type Steps } from "../../src/worker/task.ts";
import { goldenCheckpoint, wasm } from "../files.ts";
import { Here } from "../here.ts";

const module = wasm("engine");
const tiny = goldenCheckpoint("tiny");

/** What ran, in order. */
let ran: string[] = [];
/** Requests whose generators were ended before they were done. */
let ended: string[] = [];

type CountTask = ReturnType<typeof countTask>;
function countTask(model: Model) {
  let asked = 0;
  return {
    *count({ name, to }: { name: string; to: number }): Steps<number> {
      let done = 0;
      try {
        for (let k = 1; k <= to; k++) {
          done = k;
          ran.push(`${name}${k}`);
          yield k;
        }
      } finally {
        if (done < to) ended.push(name);
      }
    },
    *remember(_: null): Steps<number> {
      yield ++asked;
    },
    *hidden(_: null): Steps<number> {
      yield model.architecture.hidden;
    },
    *give(_: null): Steps<{ array: Float32Array }> {
      yield moved({ array: new Float32Array(3) });
    },
    *fail(_: null): Steps<never> {
      new Engine(model).consume(new Engine(model).start(), new Float32Array(3));
      yield;
    },
  };
}

let pool: Pool;
let spawned = 0;
beforeEach(() => {
  [ran, ended, spawned] = [[], [], 0];
  pool = new Pool(() => {
    spawned++;
    return new Here({ count: countTask }) as unknown as Worker;
  }, 2);
});

const quiet = async (): Promise<void> => {
  for (let k = 0; k < 100; k++) await new Promise((resolve) => setImmediate(resolve));
};
const problems: string[] = [];
const error = (message: string): void => void problems.push(message);
const none = (): void => {};

describe("requests", () => {
  test("give their replies in order, and a task remembers", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    const taken: number[] = [];
    client.ask("count", { name: "a", to: 3 }, (reply) => taken.push(reply));
    client.ask("remember", null, (reply) => taken.push(10 * reply));
    await quiet();
    client.ask("remember", null, (reply) => taken.push(10 * reply));
    await quiet();
    expect(taken.filter((value) => value < 10)).toEqual([1, 2, 3]);
    expect(taken.filter((value) => value >= 10)).toEqual([10, 20]);
    expect(spawned).toBe(1);
  });

  test("a newer one for the same method takes the place of an older one, of nobody else's", async () => {
    pool.open({ module, checkpoint: tiny });
    const [one, other] = [0, 1].map(() => pool.client<CountTask>("count", { error, worker: 0 })) as [
      ReturnType<typeof pool.client<CountTask>>,
      ReturnType<typeof pool.client<CountTask>>,
    ];
    const taken: string[] = [];
    one.ask("count", { name: "old", to: 50 }, (reply) => taken.push(`old${reply}`));
    other.ask("count", { name: "other", to: 5 }, (reply) => taken.push(`other${reply}`));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    taken.length = 0;
    one.ask("count", { name: "new", to: 2 }, (reply) => taken.push(`new${reply}`));
    await quiet();
    expect(taken.filter((each) => each.startsWith("old"))).toEqual([]);
    expect(taken.filter((each) => each.startsWith("new"))).toEqual(["new1", "new2"]);
    expect(taken).toContain("other5");
    expect(ended).toEqual(["old"]);
  });

  test("in turn, the request before is done first, and only the newest of the waiting ones is sent", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    for (const name of ["a", "b", "c"]) client.askInTurn("count", () => ({ name, to: 2 }), none);
    await quiet();
    expect(ran).toEqual(["a1", "a2", "c1", "c2"]);
  });

  test("that follow the pen go first; the others take turns", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = (priority: number) => pool.client<CountTask>("count", { error, priority, worker: 0 });
    client(PRIORITY.background).ask("count", { name: "later", to: 2 }, none);
    client(PRIORITY.seen).ask("count", { name: "a", to: 2 }, none);
    client(PRIORITY.seen).ask("count", { name: "b", to: 2 }, none);
    client(PRIORITY.pen).ask("count", { name: "pen", to: 2 }, none);
    await quiet();
    expect(ran).toEqual(["pen1", "pen2", "a1", "b1", "a2", "b2", "later1", "later2"]);
  });

  test("that are dropped say nothing more", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    const taken: number[] = [];
    client.ask("count", { name: "a", to: 90 }, (reply) => taken.push(reply));
    client.drop("count");
    await quiet();
    expect(taken).toEqual([]);
    expect(ran.length).toBeLessThan(3);
  });

  test("of workers that were ended say nothing more, and the pool can be used again", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    const taken: number[] = [];
    client.ask("count", { name: "a", to: 90 }, (reply) => taken.push(reply));
    pool.close();
    await quiet();
    expect(taken).toEqual([]);
    expect(ran.length).toBeLessThan(3);
    client.ask("remember", null, (reply) => taken.push(reply));
    await quiet();
    expect(taken).toEqual([1]);
    expect(spawned).toBe(2);
  });

  test("arrays that a task gives away arrive", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    let length = 0;
    client.ask("give", null, ({ array }) => {
      length = array.length;
    });
    await quiet();
    expect(length).toBe(3);
  });
});

describe("a model", () => {
  test("that is opened takes the place of the one before, with all that was asked of it", async () => {
    pool.open({ module, checkpoint: tiny });
    const client = pool.client<CountTask>("count", { error });
    const taken: number[] = [];
    client.ask("remember", null, none);
    client.ask("count", { name: "a", to: 90 }, (reply) => taken.push(reply));
    pool.open({ module, checkpoint: tiny });
    client.ask("remember", null, (reply) => taken.push(reply));
    client.ask("hidden", null, (reply) => taken.push(reply));
    await quiet();
    expect(taken).toEqual([1, tiny.architecture.hidden]);
  });

  test("that does not fit is an error in one sentence for whoever asks", async () => {
    problems.length = 0;
    const tensors = new Map(tiny.tensors);
    tensors.delete("head.weight");
    pool.open({ module, checkpoint: { ...tiny, tensors } });
    pool.client<CountTask>("count", { error }).ask("remember", null, none);
    await quiet();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^The engine stopped: model: .*\.$/);
  });
});

test("an engine's error reaches the figure that asked", async () => {
  problems.length = 0;
  pool.open({ module, checkpoint: tiny });
  pool.client<CountTask>("count", { error }).ask("fail", null, none);
  await quiet();
  expect(problems).toEqual(["The engine stopped: state: expected one of this engine, found another's."]);
});

test("the first worker is left to whoever names it; a pool is never larger than it helps", () => {
  const workers: Request[][] = [];
  const place = new Pool(() => {
    const sent: Request[] = [];
    workers.push(sent);
    return { postMessage: (request: Request) => sent.push(request) } as unknown as Worker;
  }, 3);
  place.client<CountTask>("count", { error, worker: 0 }).ask("remember", null, none);
  for (let k = 0; k < 4; k++) place.client<CountTask>("count", { error }).ask("remember", null, none);
  expect(workers.map((sent) => sent.length)).toEqual([1, 2, 2]);
  expect([1, 2, 3, 8, 64].map(poolSize)).toEqual([2, 2, 2, 4, 4]);
});

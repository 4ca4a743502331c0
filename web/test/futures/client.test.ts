import { expect, test } from "vitest";
import { fieldClient } from "../../src/futures/client.ts";
import { type Piece, plan } from "../../src/futures/plan.ts";
import { Pool } from "../../src/worker/pool.ts";
import type { Request } from "../../src/worker/protocol.ts";

class Post {
  readonly sent: Request[] = [];
  postMessage(request: Request): void {
    this.sent.push(request);
  }
}

test("a row's pieces go to one worker, in order, and rows are shared out evenly", () => {
  const posts = [new Post(), new Post()];
  const unused = [...posts];
  const pool = new Pool(() => unused.shift() as unknown as Worker, 2);
  const client = fieldClient(pool, [0, 1], { path: () => {}, piece: () => {}, error: () => {} });
  const pieces = plan(new Array<number>(161).fill(0), 9);
  client.draw(pieces, { steps: 3, seed: 1, variation: 1 });
  const shares = posts.map(({ sent }) =>
    sent.flatMap((each) => (each.type === "ask" ? (each.request as { pieces: Piece[] }).pieces : [])),
  );
  expect(shares.flat()).toHaveLength(pieces.length);
  const rows = shares.map((share) => new Set(share.map(({ row }) => row)));
  expect([...rows[0]!].filter((row) => rows[1]!.has(row))).toEqual([]);
  expect(Math.abs(rows[0]!.size - rows[1]!.size)).toBeLessThanOrEqual(1);
  for (const share of shares) {
    const reached = new Map<number, number>();
    for (const { row, first, count } of share) {
      expect(first).toBe(reached.get(row) ?? 0);
      reached.set(row, first + count);
    }
    expect([...reached.values()].every((count) => count === 9)).toBe(true);
  }
});

/** What the browser keeps of the written lines. */

import { beforeEach, expect, test, vi } from "vitest";
import { keepLine, keptLines } from "../../../src/figures/teach/kept.ts";
import { handwritten } from "../../../src/ink/example.ts";

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

test("a line is kept beside those that another tab has kept meanwhile", () => {
  expect(keepLine(1, handwritten("we", 3))).toBe(true);
  expect(keepLine(0, handwritten("here", 3))).toBe(true);
  expect(keptLines(3).map(({ length }) => length > 0)).toEqual([true, true, false]);
  expect(keepLine(1, [])).toBe(true);
  expect(keptLines(3).map(({ length }) => length > 0)).toEqual([true, false, false]);
  expect(keepLine(0, [])).toBe(true);
  expect(localStorage.getItem("pentrace-lines")).toBeNull();
});

test("a line with more points than its code can have is not kept, and stays as it was kept", () => {
  const [stroke] = handwritten("we", 3);
  keepLine(0, [stroke!]);
  const many = Array.from({ length: 50_001 }, (_, k) => k);
  expect(keepLine(0, [{ ...stroke!, x: many, y: many, time: many, pressure: null }])).toBe(false);
  expect(keptLines(1)[0]).toHaveLength(1);
});

/// <reference types="node" />
/** An atlas's metadata is checked once: every damaged one is refused in the words that Python uses. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { problem } from "../../src/atlas/metadata.ts";

const GOLDEN = new URL("../../../spec/golden/atlas.json", import.meta.url);
const golden = JSON.parse(readFileSync(GOLDEN, "utf-8"));

type Path = readonly (string | number)[];

function* paths(value: unknown, at: Path): Generator<Path> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    const path = [...at, Array.isArray(value) ? Number(key) : key];
    yield path;
    yield* paths(part, path);
  }
}

/** Every single change of metadata, as tests/atlases.py makes them. */
function* damaged(about: unknown, values: readonly unknown[]): Generator<unknown> {
  yield* values;
  for (const path of paths(about, [])) {
    for (const value of [undefined, ...values]) {
      const other = structuredClone(about);
      // biome-ignore lint/suspicious/noExplicitAny: any part of any JSON
      const holder = path.slice(0, -1).reduce((part: any, key) => part[key], other);
      const key = path.at(-1)!;
      if (value !== undefined) holder[key] = structuredClone(value);
      else if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      yield other;
    }
  }
}

test("metadata as it should be", () => {
  expect(problem(golden.about)).toBeNull();
});

test("a thousand damaged ones are refused in the words that Python uses", () => {
  const said = [...damaged(golden.about, golden.values)].map((about) => problem(about) ?? "");
  expect(said.length).toBe(golden.damaged);
  expect(said.filter((message) => message !== "").length).toBe(golden.refused);
  expect(createHash("sha256").update(said.join("\n")).digest("hex")).toBe(golden.sha256);
});

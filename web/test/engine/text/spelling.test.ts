/// <reference types="node" />
/** What of a typed text a model can write, as Python finds it (spec/golden/spelling.json). */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plain, unknownIn, writable } from "../../../src/engine/text/spelling.ts";

interface Case {
  readonly text: string;
  readonly alphabet: string;
  readonly plain: string;
  readonly unknown: readonly [string, string | null][];
  readonly written: string;
}

const file = new URL("../../../../spec/golden/spelling.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { cases: readonly Case[] };

test.each(cases)("%#: what Python finds", ({ text, alphabet, ...wanted }) => {
  const known = Array.from(alphabet);
  expect(plain(text, known)).toBe(wanted.plain);
  const found = unknownIn(text, known).map(({ character, instead }) => [character, instead]);
  expect(found).toEqual(wanted.unknown);
  expect(writable(text, known)).toBe(wanted.written);
});

/// <reference types="node" />
/** What the text says of a checkpoint, and that index.html says it of the default one. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decodeAtlas } from "../../src/atlas/atlas.ts";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { atlasFacts, conditionsOf, factsOf } from "../../src/page/prose.ts";

const ROOT = new URL("../../../", import.meta.url);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, ROOT)));
const html = readFileSync(new URL("web/index.html", ROOT), "utf-8");
const checkpoint = decodeCheckpoint(read("src/pentrace/weights/default.safetensors"), "default");
const atlas = decodeAtlas(read("src/pentrace/weights/default.atlas.safetensors"));
const facts = new Map([...factsOf(checkpoint), ...atlasFacts(atlas)]);
const conditions = conditionsOf(checkpoint);

const said = [...html.matchAll(/data-fact="([^"]+)">([^<]*)</g)].map(
  ([, name, text]) => [name!, text!] as const,
);
const parts = [...html.matchAll(/data-when="([^"]+)"( hidden)?/g)].map(
  ([, name, hidden]) => [name!, hidden !== undefined] as const,
);
const cells = [...html.matchAll(/data-cell="([^"]+)">[Cc]ell (\d+)</g)].map(
  ([, name, cell]) => [name!, Number(cell)] as const,
);

test.each(said)("the file says of %s: %s", (name, text) => expect(facts.get(name)).toBe(text));

test.each(parts.filter(([name]) => name !== "atlas"))("“%s” is hidden: %s", (name, hidden) =>
  expect(conditions.get(name)).toBe(!hidden),
);

test.each(cells)("the cell that follows %s best is cell %d", (name, cell) =>
  expect(atlas.cellsFor(name, 1)).toEqual([cell]),
);

test("all of these are there", () => {
  expect(said.length).toBeGreaterThan(6);
  expect(cells.length).toBeGreaterThan(4);
  expect(html.match(/data-cell=/g)?.length).toBe(cells.length);
});

test("the card of the default checkpoint counts the same weights", () => {
  const card = new TextDecoder().decode(read("src/pentrace/weights/MODEL_CARD.md"));
  expect(card).toContain(`${facts.get("weights")} weights`);
});

test("another checkpoint has other facts", () => {
  const text = decodeCheckpoint(read("src/pentrace/weights/text.safetensors"), "text");
  expect([...conditionsOf(text)].filter(([, holds]) => holds).map(([name]) => name)).toEqual([
    "text",
    "IAM-OnDB",
    "normalised",
    "code",
  ]);
  const tiny = decodeCheckpoint(read("spec/golden/tiny.safetensors"), "tiny");
  expect(conditionsOf(tiny).get("no IAM-OnDB")).toBe(true);
  expect(factsOf(tiny).get("hidden")).not.toBe(facts.get("hidden"));
});

test("every note is linked to and leads back", () => {
  const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const links = [...html.matchAll(/href="#([^"=]+)"/g)].map(([, id]) => id!);
  for (const link of links) expect(ids).toContain(link);
  for (const note of ids.filter((id) => id!.startsWith("note-"))) {
    expect(links).toContain(note);
    expect(links).toContain(note!.replace("note-", "from-"));
  }
});

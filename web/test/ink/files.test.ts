/** Ink that the page writes is read back; cases.test.ts has the list of what both readers read alike. */

import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { handwritten } from "../../src/ink/example.ts";
import { inkToJson, inkToSvg } from "../../src/ink/files.ts";
import { readJson } from "../../src/ink/formats/json.ts";
import { InkFileError } from "../../src/ink/formats/notes.ts";
import { readInk, readInkFile } from "../../src/ink/read-files.ts";

// Limits are reached with much input.
vi.setConfig({ testTimeout: 60_000 });

test("what the page writes is read back", () => {
  const strokes = handwritten("we", 3);
  const { points, penUp, scale } = readJson(inkToJson(strokes, {}, 1));
  expect(Array.from(points)).toEqual(strokes.flatMap(({ x, y }) => x.flatMap((value, k) => [value, y[k]!])));
  expect(penUp.reduce((sum, up) => sum + up, 0)).toBe(strokes.length);
  expect(penUp.at(-1)).toBe(1);
  expect(scale).toBeNull();
});

test("a drawing keeps its strokes, and says how large it is on paper", () => {
  const strokes = handwritten("we", 3);
  const text = inkToSvg(strokes, { hand: "#000", model: "#000", paper: null });
  const ink = readInk("ink.svg", new TextEncoder().encode(text));
  expect(ink.penUp.reduce((sum, up) => sum + up, 0)).toBe(strokes.length);
  expect(ink.unitMm).toBeCloseTo(2.1875 / 16, 3);
  expect(ink.notes).toEqual([]);
});

test("a last stroke may be open", () => {
  const whole = { format: "pentrace-ink", format_version: 1, open: true };
  const ink = readJson(JSON.stringify({ ...whole, strokes: [{ x: [0, 1.5, 3], y: [0, 2, 1] }] }));
  expect(Array.from(ink.penUp)).toEqual([0, 0, 0]);
});

test("an error names the file", async () => {
  const reading = readInkFile(new File(["{"], "line.json"));
  await expect(reading).rejects.toThrow(InkFileError);
  await expect(reading).rejects.toThrow(/^line\.json cannot be read: broken JSON: .*\.$/);
});

test("a file that is gone since it was chosen is said so", async () => {
  const gone = new File(["{}"], "line.json");
  gone.arrayBuffer = async () => {
    throw new DOMException("", "NotFoundError");
  };
  await expect(readInkFile(gone)).rejects.toThrow(
    "line.json cannot be read: the browser found it moved or changed; choose it again.",
  );
});

test("a compressed file is unpacked, up to the limit", async () => {
  const file = (text: string, name: string): File => new File([gzipSync(text)], name);
  const svg = `<svg><path d="M0 0L1 1"/></svg>`;
  const ink = await readInkFile(file(svg, "ink.svgz"));
  expect(Array.from(ink.points)).toEqual([0, 0, 1, 1]);
  await expect(readInkFile(file(" ".repeat(16 * 2 ** 20 + 1), "much.xopp"))).rejects.toThrow(
    "much.xopp cannot be read: compressed file: expected at most 16,777,216 bytes in it, found more",
  );
  const cut = new File([gzipSync(svg).subarray(0, 40)], "cut.svgz");
  await expect(readInkFile(cut)).rejects.toThrow("cut off or damaged");
});

test("what only the command line can read is said with the way out", async () => {
  const large = new File([new Uint8Array(16 * 2 ** 20 + 1)], "large.svg");
  await expect(readInkFile(large)).rejects.toThrow(
    "large.svg cannot be read: the page opens at most 16 MiB; `pentrace futures` on the command line reads larger files",
  );
  const many = `<ink><trace>${"1 2,".repeat(50_001)}</trace></ink>`;
  expect(() => readInk("many.inkml", new TextEncoder().encode(many))).toThrow(
    "the page opens at most 50,000 points, found more; `pentrace futures` reads up to 1,000,000",
  );
  const path = `<svg><path d="M0 0${"h1".repeat(50_000)}"/></svg>`;
  expect(() => readInk("many.svg", new TextEncoder().encode(path))).toThrow("at most 50,000 points");
});

test.each([
  [
    "elements through use",
    `<g id="g0"><path d="M0 0L1 1"/></g>${doubling(18)}<use href="#g18"/>`,
    "100,000 elements",
  ],
  ["elements", "<g/>".repeat(300_001), "at most 300,000 elements"],
  ["rules for elements", `<style>${"*{fill:none}".repeat(2000)}</style>${"<g/>".repeat(600)}`, "fewer rules"],
  ["rules", `<style>${"a{fill:none}".repeat(10_001)}</style>`, "at most 10,000 rules"],
])("work is bounded: too many %s are refused", (_, body, message) => {
  const bytes = new TextEncoder().encode(
    `<svg xmlns="http://www.w3.org/2000/svg"><defs>${body}</defs>${body}</svg>`,
  );
  expect(() => readInk("ink.svg", bytes)).toThrow(message);
});

/** Groups that each use the one before twice. */
function doubling(levels: number): string {
  return Array.from({ length: levels }, (_, k) => {
    const use = `<use href="#g${k}"/>`;
    return `<g id="g${k + 1}">${use}${use}</g>`;
  }).join("");
}

test("entities add little text", () => {
  const doctype = `<!DOCTYPE svg [<!ENTITY a "${"x".repeat(1000)}">]>`;
  const bytes = new TextEncoder().encode(`${doctype}<svg><desc>${"&a;".repeat(2000)}</desc></svg>`);
  expect(() => readInk("ink.svg", bytes)).toThrow("entities that add at most 1,048,576 characters");
});

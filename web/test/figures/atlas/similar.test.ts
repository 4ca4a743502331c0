/// <reference types="node" />
/** Similar moments: the same as Python finds, and as one finds who compares all. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { AtlasLines } from "../../../src/atlas/atlas.ts";
import { decodeCheckpoint } from "../../../src/checkpoint/checkpoint.ts";
import { Engine } from "../../../src/engine/engine.ts";
import { Model } from "../../../src/engine/model.ts";
import { Sources } from "../../../src/engine/path.ts";
import { LineTraces } from "../../../src/figures/atlas/line-traces.ts";
import { type Searched, type SimilarMoment, similarMoments } from "../../../src/figures/atlas/similar.ts";
import { RULING } from "../../../src/ink/stroke.ts";

const ROOT = new URL("../../../../", import.meta.url);
const read = (path: string) => new Uint8Array(readFileSync(new URL(path, ROOT)));

interface Golden {
  readonly checkpoint: string;
  readonly lines: AtlasLines;
  readonly deviation: readonly number[];
  readonly offsets: readonly number[];
  readonly cases: readonly {
    readonly span: readonly [number, number];
    readonly cells: readonly number[] | null;
    readonly count: number;
    readonly moments: readonly (readonly [number | null, number, number, number])[];
  }[];
}

const golden = JSON.parse(new TextDecoder().decode(read("spec/golden/similar.json"))) as Golden;

describe("the moments that Python finds", () => {
  let traces: LineTraces;
  beforeAll(async () => {
    const module = await WebAssembly.compile(read("src/pentrace/static/engine.wasm"));
    const engine = new Engine(new Model(module, decodeCheckpoint(read(golden.checkpoint), "golden")));
    const sources = new Sources(engine, RULING);
    const { lines, deviation } = golden;
    traces = new LineTraces(engine, sources, {
      lines,
      deviation: Float32Array.from(deviation),
      offsets: null,
    });
  });

  test.each(golden.cases.map((each) => [`rows ${each.span}, cells ${each.cells}`, each] as const))(
    "%s",
    (_, { span: [begin, end], cells, count, moments }) => {
      const chosen = cells ?? golden.deviation.map((_each, k) => k);
      const columns = (rows: Float32Array): Float32Array => {
        const n = rows.length / golden.deviation.length - 1;
        return Float32Array.from({ length: n * chosen.length }, (_each, at) => {
          const row = Math.floor(at / chosen.length);
          return rows[row * golden.deviation.length + chosen[at % chosen.length]!]!;
        });
      };
      const own = columns(traces.trace({ kind: "offsets", offsets: Float32Array.from(golden.offsets) }).rows);
      const inks = traces.numbers.map((line) => ({ line, rows: columns(traces.line(line).rows) }));
      const m = chosen.length;
      const span = own.slice(begin * m, end * m);
      const found = similarMoments(
        [{ line: null, rows: own, apartFrom: { begin, end } }, ...inks],
        span,
        m,
        count,
      );
      expect(found.map(({ line, begin: from, end: to }) => [line, from, to])).toEqual(
        moments.map(([line, from, to]) => [line, from, to]),
      );
      found.forEach(({ distance }, k) => {
        expect(distance).toBeCloseTo(moments[k]![3], 5);
      });
    },
  );
});

/** Compares every window whole. */
function plainly(inks: readonly Searched[], span: Float32Array, m: number, count: number): SimilarMoment[] {
  const S = span.length / m;
  const all = inks.flatMap(({ line, rows, apartFrom }, ink) =>
    Array.from({ length: Math.max(rows.length / m - S + 1, 0) }, (_, row) => {
      let total = 0;
      for (let k = 0; k < span.length; k++) total += (rows[row * m + k]! - span[k]!) ** 2;
      const free = apartFrom === undefined || row + S <= apartFrom.begin || row >= apartFrom.end;
      return { ink, line, begin: row, end: row + S, distance: Math.sqrt(total / span.length), free };
    }),
  );
  const left = all.filter(({ free }) => free).sort((a, b) => a.distance - b.distance);
  const taken: typeof left = [];
  for (const each of left) {
    const overlaps = taken.some(({ ink, begin }) => ink === each.ink && Math.abs(begin - each.begin) < S);
    if (!overlaps) taken.push(each);
  }
  return taken.slice(0, count).map(({ line, begin, end, distance }) => ({ line, begin, end, distance }));
}

/** Numbers that wander, the same each time. */
function wandering(n: number, m: number, seed: number): Float32Array {
  let state = seed;
  const rows = new Float32Array(n * m);
  for (let at = 0; at < rows.length; at++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    rows[at] = (at < m ? 0 : 0.9 * rows[at - m]!) + state / 1073741824 - 1;
  }
  return rows;
}

test.each([1, 2, 3, 7, 30])("a span of %i rows: none is lost by looking at a few rows first", (S) => {
  const m = 5;
  const inks: Searched[] = [60, 200, 20, 90].map((n, line) => ({ line, rows: wandering(n, m, line + 1) }));
  const own = wandering(120, m, 9);
  const all = [{ line: null, rows: own, apartFrom: { begin: 40, end: 40 + S } }, ...inks];
  const span = own.slice(40 * m, (40 + S) * m);
  for (const count of [1, 5, 40]) {
    const found = similarMoments(all, span, m, count);
    const expected = plainly(all, span, m, count);
    expect(found.map(({ line, begin }) => [line, begin])).toEqual(
      expected.map(({ line, begin }) => [line, begin]),
    );
    found.forEach(({ distance }, k) => {
      expect(distance).toBeCloseTo(expected[k]!.distance, 9);
    });
  }
});

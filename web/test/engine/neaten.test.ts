/** Neatening keeps the rule of spec/neaten.md, and an ink that grows is an ink read at once. */

import { beforeAll, describe, expect, test } from "vitest";
import { Engine } from "../../src/engine/engine.ts";
import { Model } from "../../src/engine/model.ts";
import { expectedOffset, Neatener } from "../../src/engine/neaten.ts";
import { SheetReader } from "../../src/engine/reader.ts";
import { handwritten } from "../../src/ink/example.ts";
import { RULING } from "../../src/ink/stroke.ts";
import { bytes, goldenCheckpoint, wasm } from "../files.ts";

const TAU = 0.5;
const RETURN = 0.06;

let engine: Engine;
let own: Float32Array;
beforeAll(() => {
  const module = wasm("engine");
  engine = new Engine(new Model(module, goldenCheckpoint("tiny")));
  const strokes = handwritten("write here", 0).map(({ writer, x, y, lifted }) => ({
    writer,
    points: Float32Array.from(x.flatMap((value, k) => [value, y[k]!])),
    lifted,
  }));
  own = new SheetReader(engine, RULING).read(strokes).offsets;
});

const neatened = (offsets: Float32Array, share: number, firstLifted = false) =>
  new Neatener(engine).neaten(offsets, share, firstLifted);

/** Where offsets lead, in f64: [n + 1, 2] */
function places(offsets: Float32Array): [number, number][] {
  const path: [number, number][] = [[0, 0]];
  for (let k = 0; k < offsets.length; k += 3) {
    const [x, y] = path.at(-1)!;
    path.push([x + offsets[k]!, y + offsets[k + 1]!]);
  }
  return path;
}

const lifts = (offsets: Float32Array) => Array.from(offsets).filter((_, k) => k % 3 === 2);

describe("the mix", () => {
  test("nothing of the model is the reader's ink", () => {
    const neat = neatened(own, 0);
    expect(neat.length).toBe(own.length);
    neat.forEach((value, k) => {
      expect(Math.abs(value - own[k]!)).toBeLessThan(2e-6);
    });
  });

  test.each([0.3, 0.8, 1])(
    "with a share of %d, pen lifts stay and strokes begin where they began",
    (share) => {
      const neat = neatened(own, share);
      expect(lifts(neat)).toEqual(lifts(own));
      const [was, is] = [places(own), places(neat)];
      let [begins, moved] = [0, 0];
      for (let t = 1; t < was.length; t++) {
        const apart = Math.hypot(was[t]![0] - is[t]![0], was[t]![1] - is[t]![1]);
        moved = Math.max(moved, apart);
        if (t < 2 || own[3 * (t - 2) + 2] !== 1) continue;
        begins++;
        expect(apart).toBeLessThan(1e-5);
      }
      expect(begins).toBeGreaterThan(5);
      expect(moved).toBeGreaterThan(0.05);
    },
  );

  test("each step mixes what the model expects after the neatened path", () => {
    const share = 0.8;
    const neat = neatened(own, share);
    const { mixture } = engine.trace(engine.start(), neat, { c: false, h: false, mixture: true });
    const width = mixture!.length / (neat.length / 3);
    const [was, is] = [places(own), places(neat)];
    for (let t = 0; t < neat.length / 3; t++) {
      if (t > 0 && own[3 * (t - 1) + 2] === 1) continue;
      const u = { x: own[3 * t]!, y: own[3 * t + 1]! };
      const meant = expectedOffset(mixture!.subarray(width * t, width * (t + 1)), u);
      const x = (1 - share) * u.x + share * meant.x + RETURN * (was[t]![0] - is[t]![0]);
      const y = (1 - share) * u.y + share * meant.y + RETURN * (was[t]![1] - is[t]![1]);
      expect(Math.hypot(neat[3 * t]! - x, neat[3 * t + 1]! - y)).toBeLessThan(1e-5);
    }
  });

  test("a dot at the origin: the next stroke begins where it began", () => {
    const neat = neatened(own, 1, true);
    expect(neat.subarray(0, 3)).toEqual(own.subarray(0, 3));
    expect(neatened(own, 1).subarray(0, 3)).not.toEqual(own.subarray(0, 3));
  });
});

test("Python neatens to the same numbers", () => {
  const text = new TextDecoder().decode(bytes("spec/golden/neaten.json"));
  const golden = JSON.parse(text) as {
    offsets: number[];
    cases: { share: number; first_lifted: boolean; neat: number[] }[];
  };
  expect(golden.cases.length).toBeGreaterThan(2);
  for (const { share, first_lifted, neat } of golden.cases) {
    const found = neatened(Float32Array.from(golden.offsets), share, first_lifted);
    expect(found.length).toBe(neat.length);
    found.forEach((value, k) => {
      expect(Math.abs(value - neat[k]!)).toBeLessThan(1e-5);
    });
  }
});

describe("an ink that changes", () => {
  test("grown, undone and with another share, is the ink read at once", () => {
    const neatener = new Neatener(engine);
    const rows = own.length / 3;
    const stops = [1, 20, 21, 70, rows, 40, rows, 12];
    for (const stop of stops) {
      const ink = own.subarray(0, 3 * stop);
      expect(neatener.neaten(ink, 0.8, false)).toEqual(neatened(ink, 0.8));
    }
    expect(neatener.neaten(own, 0.4, false)).toEqual(neatened(own, 0.4));
  });

  test("an ink with another beginning is read from the start", () => {
    const neatener = new Neatener(engine);
    neatener.neaten(own, 0.8, false);
    const other = own.slice();
    other[1]! += 0.25;
    expect(neatener.neaten(other, 0.8, false)).toEqual(neatened(other, 0.8));
  });
});

describe("what was meant", () => {
  /** Two components: e, pi, mu x, mu y, sigma x, sigma y, rho. */
  const mixture = Float32Array.of(0.1, 0.7, 0.3, 0.4, -0.3, 0.1, 0.9, 0.2, 1.2, 0.3, 0.6, 0.5, -0.7);

  test.each([
    [0.3, 0.2],
    [-0.8, 1.1],
    [2.5, -2],
  ])("is the mean under the model of a blurred sight of (%d, %d)", (x, y) => {
    // By sums over a grid, without any algebra of Gaussians.
    const step = 0.01;
    const [mass, sum] = [{ all: 0 }, { x: 0, y: 0 }];
    for (let vx = -6; vx <= 6; vx += step) {
      for (let vy = -6; vy <= 6; vy += step) {
        const seen = Math.exp(-((x - vx) ** 2 + (y - vy) ** 2) / (2 * TAU ** 2));
        const weight = seen * density(vx, vy);
        mass.all += weight;
        sum.x += weight * vx;
        sum.y += weight * vy;
      }
    }
    const meant = expectedOffset(mixture, { x, y });
    expect(meant.x).toBeCloseTo(sum.x / mass.all, 4);
    expect(meant.y).toBeCloseTo(sum.y / mass.all, 4);
  });

  /** The mixture's density. */
  function density(x: number, y: number): number {
    const of = (row: number, k: number): number => mixture[1 + 2 * row + k]!;
    let total = 0;
    for (let k = 0; k < 2; k++) {
      const rho = of(5, k);
      const zx = (x - of(1, k)) / of(3, k);
      const zy = (y - of(2, k)) / of(4, k);
      const q = (zx * zx - 2 * rho * zx * zy + zy * zy) / (1 - rho * rho);
      total += (of(0, k) * Math.exp(-q / 2)) / (2 * Math.PI * of(3, k) * of(4, k) * Math.sqrt(1 - rho * rho));
    }
    return total;
  }

  test("far from everything it is still finite", () => {
    const { x, y } = expectedOffset(mixture, { x: 4000, y: -4000 });
    expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { decodeInk, encodeInk, encodeWithin, InkCodeError } from "../../src/ink/encode.ts";
import { handwritten } from "../../src/ink/example.ts";
import { Sheet } from "../../src/ink/sheet.ts";
import { type Continuation, MODEL_MS, OpenStroke, type Stroke, writtenOn } from "../../src/ink/stroke.ts";

function stroke(points: number[][], rest: Partial<Stroke> = {}): Stroke {
  return {
    writer: "hand",
    x: points.map(([x]) => x!),
    y: points.map(([, y]) => y!),
    time: points.map((_, k) => k * 8),
    pressure: null,
    lifted: true,
    ...rest,
  };
}

function continuation(points: number[][]): Continuation {
  return {
    points: Float32Array.from(points.flatMap(([x, y]) => [x!, y!])),
    lifts: Uint8Array.from(points, ([, , lift]) => lift ?? 0),
  };
}

function code(...bytes: number[]): string {
  return Buffer.from(bytes).toString("base64url");
}

const raw = (x: number, y: number, time: number, pressure: number | null = null) => ({
  x,
  y,
  time,
  pressure,
});

describe("the code of an ink", () => {
  const inks: Record<string, Stroke[]> = {
    none: [],
    dot: [stroke([[3.125, -7.5]])],
    words: handwritten("write here", 12),
    pressure: [
      stroke(
        [
          [0, 0],
          [1.5, 2],
          [-300, 9000.125],
        ],
        { pressure: [0, 0.37, 1] },
      ),
    ],
    "by the model, left open": [
      stroke([
        [0, 0],
        [5, 5],
      ]),
      stroke(
        [
          [8, 1],
          [9, 2],
        ],
        { writer: "model", time: [20, 32], lifted: false },
      ),
    ],
    "by the model alone": [
      stroke(
        [
          [8, 1],
          [9, 2],
        ],
        { writer: "model", time: [0, MODEL_MS] },
      ),
    ],
  };

  test.each(Object.entries(inks))("keeps everything: %s", (_, ink) => {
    expect(decodeInk(encodeInk(ink))).toStrictEqual(ink);
  });

  test("of links of before is still read", () => {
    const words =
      "AZACwAHXAwwIOgwIOgwKPgwQSgwSRgwUQAwiNgwwIAw4DQwqLQwaPQwQVQwIPwwIPQwMOQwKPgwEUgwGTAwQQgwYNgwsLgxACwwqKwwgPQwUNww" +
      "QOQwKOQwCQwwAQQwGNwwqGAw0Fgw0CQzIARjqAVpIAww8Bww4EQw4Fww4JQwSPQwTPQwtKQw3EQw3DAw5JgwnOAwPPgwDRgwIQAwUPgweOAwyLgw0" +
      "Fgw6Bgw4Cww8JQw2KQwQCww";
    expect(decodeInk(words)).toStrictEqual(handwritten("we", 12));
    expect(decodeInk("ARoAAAwAGCAIJdclonAJZAjAKrlxmwIVgAFoIjA")).toStrictEqual([
      stroke(
        [
          [0, 0],
          [1.5, 2],
          [-300, 900.125],
        ],
        { time: [0, 8, 17], pressure: [0, 0.37, 1] },
      ),
      stroke([[40, -7.5]], { time: [300] }),
      stroke(
        [
          [48, -1],
          [50.125, 2],
        ],
        { writer: "model", time: [312, 324], lifted: false },
      ),
    ]);
  });

  test("is at most as long as asked for, and then nearly exact", () => {
    // Sixty continuations of 120 points, as the model moves: loops of some ten units that drift to the right.
    let seed = 1;
    const random = (): number => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647 - 0.5;
    };
    const long = writtenOn(
      handwritten("we", 0),
      continuation(
        Array.from({ length: 60 * 120 }, (_, k) => [
          60 + 1.6 * k + 9 * Math.cos(k / 4) + random(),
          14 * Math.sin(k / 4) + random(),
          Number(k % 23 === 22),
        ]),
      ),
    );
    const { exact, short } = encodeWithin(long, 7900);
    expect(decodeInk(exact)).toStrictEqual(long);
    expect(short.length).toBeLessThanOrEqual(7900);
    const back = decodeInk(short);
    expect(back.map(({ x, time, lifted }) => [x.length, time, lifted])).toEqual(
      long.map(({ x, time, lifted }) => [x.length, time, lifted]),
    );
    const off = back.flatMap(({ x, y }, s) =>
      x.map((_, k) => Math.max(Math.abs(x[k]! - long[s]!.x[k]!), Math.abs(y[k]! - long[s]!.y[k]!))),
    );
    expect(Math.max(...off)).toBeLessThanOrEqual(0.5);
    expect(encodeWithin(long.slice(0, 2), 7900)).toEqual({
      exact: encodeInk(long.slice(0, 2)),
      short: encodeInk(long.slice(0, 2)),
    });
  });

  test("tells that a link was changed, or goes on after its ink", () => {
    const text = encodeInk(inks.words!);
    const bytes = [...Buffer.from(text, "base64url")];
    bytes[40]! ^= 16;
    expect(() => decodeInk(code(...bytes))).toThrow(InkCodeError);
    expect(() => decodeInk(code(...Buffer.from(text, "base64url"), 7))).toThrow(
      "there is more in it than an ink",
    );
  });

  test("of any bytes is an ink or an error, soon", () => {
    for (let seed = 0; seed < 300; seed++) {
      const bytes = Array.from(
        { length: 400 },
        (_, k) => (seed * 7919 + k * k * 31 + ((seed * k) >> 3)) % 256,
      );
      try {
        decodeInk(code(2, ...bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(InkCodeError);
      }
    }
  });

  test("fits an address", () => {
    const ink = inks.words!;
    const points = ink.reduce((sum, { x }) => sum + x.length, 0);
    expect(encodeInk(ink).length).toBeLessThan(3 * points);
    expect(encodeInk(ink)).toMatch(/^[\w-]+$/);
  });

  const good = encodeInk(inks.words!);
  test.each([
    ["", "it ends too early"],
    ["AA", "version 2 expected, 0 found"],
    [good.slice(0, -3), "it ends too early"],
    [good.slice(0, -4), "it ends too early"],
    [`${good.slice(0, 20)}!${good.slice(21)}`, "characters that are not base64url"],
    ["A", "it ends too early"],
    [code(1, 0), "a stroke without points"],
    // A head that claims 2^32 points must not be believed.
    [code(1, 255, 255, 255, 255, 127), "at most 50000 points expected"],
    [code(1, 255, 255, 255, 255, 255), "a number is too long"],
    [code(1, 12, 2, 2, 0, 8, 2, 2, 0), "only the last stroke can be open"],
    [code(1, 8, 254, 255, 255, 255, 127, 0, 0), "a point far outside the sheet"],
  ])("refuses %s", (code, message) => {
    expect(() => decodeInk(code)).toThrow(InkCodeError);
    expect(() => decodeInk(code)).toThrow(message);
  });
});

describe("an open stroke", () => {
  test("lies on the grid, in whole milliseconds, from where the ink left off", () => {
    const open = new OpenStroke(raw(0.06, 0.07, 1000.4), 500);
    open.add(raw(4.99, -0.01, 1010.2));
    expect(open.close()).toEqual(
      stroke(
        [
          [0, 0.125],
          [5, 0],
        ],
        { time: [500, 510] },
      ),
    );
  });

  test("drops points that say nothing, but never the last", () => {
    const open = new OpenStroke(raw(0, 0, 0), 0);
    expect([0.2, 0.4, 0.6, 1].map((x) => open.add(raw(x, 0, 1)))).toEqual([false, false, false, true]);
    open.add(raw(1.25, 0, 2));
    expect(open.close().x).toEqual([0, 1, 1.25]);
  });

  test("gets pressure from where a device shows that it has some, and keeps it to the end", () => {
    const open = new OpenStroke(raw(0, 0, 0), 0);
    open.add(raw(5, 0, 8));
    open.add(raw(9, 0, 16, 0.3));
    open.add(raw(14, 0, 24));
    expect(open.close().pressure).toEqual([0.5, 0.5, 0.3, 0.3]);
  });

  test("never goes back in time", () => {
    const open = new OpenStroke(raw(0, 0, 10), 0);
    open.add(raw(5, 0, 30));
    open.add(raw(9, 0, 20));
    expect(open.close().time).toEqual([0, 20, 20]);
  });
});

describe("writing on", () => {
  test("begins a stroke of its own after a lift, and lifts where the model does", () => {
    const ink = writtenOn(
      [
        stroke([
          [0, 0],
          [1, 1],
        ]),
      ],
      continuation([
        [2, 2],
        [3, 3, 1],
        [4, 4],
      ]),
    );
    expect(ink.slice(1)).toEqual([
      stroke(
        [
          [2, 2],
          [3, 3],
        ],
        { writer: "model", time: [20, 32] },
      ),
      stroke([[4, 4]], { writer: "model", time: [44], lifted: false }),
    ]);
  });

  test("goes on with what was left open, as one stroke and without repeating a point", () => {
    const once = writtenOn(
      [],
      continuation([
        [1, 1],
        [2, 2],
        [3, 3, 1],
      ]),
    );
    const twice = writtenOn(
      writtenOn([], continuation([[1, 1]])),
      continuation([
        [2, 2],
        [3, 3, 1],
      ]),
    );
    expect(twice).toEqual(once);
  });
});

describe("the sheet", () => {
  function draw(sheet: Sheet, at: number): void {
    sheet.penDown(raw(at, 0, at));
    sheet.penMove([raw(at + 5, 5, at + 8)]);
    sheet.penUp();
  }

  test("undoes step by step, and a continuation as a whole", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    const one = sheet.strokes;
    sheet.writeOn(
      one,
      continuation([
        [9, 9, 1],
        [12, 9, 1],
      ]),
    );
    expect(sheet.strokes).toHaveLength(3);
    sheet.clear();
    expect(sheet.strokes).toHaveLength(0);
    sheet.undo();
    expect(sheet.strokes).toHaveLength(3);
    sheet.undo();
    expect(sheet.strokes).toBe(one);
    sheet.undo();
    expect(sheet.ink).toEqual([]);
    expect(sheet.canUndo).toBe(false);
  });

  test("ends what the model left open when the pen comes down, and opens it again on undo", () => {
    const sheet = new Sheet(() => {});
    sheet.writeOn([], continuation([[1, 1]]));
    draw(sheet, 20);
    expect(sheet.strokes.map(({ lifted }) => lifted)).toEqual([true, true]);
    sheet.undo();
    expect(sheet.strokes.map(({ lifted }) => lifted)).toEqual([false]);
  });

  test("takes an ink from a link apart stroke by stroke", () => {
    const sheet = new Sheet(() => {});
    sheet.replace(handwritten("we", 0));
    sheet.undo();
    expect(sheet.strokes).toHaveLength(1);
  });

  test("forgets a discarded stroke", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    const before = sheet.strokes;
    sheet.penDown(raw(50, 0, 99));
    sheet.discard();
    expect(sheet.strokes).toBe(before);
    sheet.undo();
    expect(sheet.ink).toEqual([]);
  });

  test("does again what was undone, until something new is done", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    draw(sheet, 30);
    const two = sheet.strokes;
    sheet.undo();
    sheet.undo();
    expect(sheet.canRedo).toBe(true);
    sheet.redo();
    sheet.redo();
    expect(sheet.strokes).toBe(two);
    expect(sheet.canRedo).toBe(false);
    sheet.undo();
    draw(sheet, 60);
    expect(sheet.canRedo).toBe(false);
    expect(sheet.strokes).toHaveLength(2);
  });

  test("gives back what another ink has replaced, and the same array, so that its place is known", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    const own = sheet.strokes;
    sheet.replace(handwritten("we", 0));
    sheet.undo();
    expect(sheet.strokes).toBe(own);
    sheet.redo();
    expect(sheet.strokes).toHaveLength(2);
  });

  test("takes back a stroke that is finished, and nothing that the pen did not draw", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    draw(sheet, 30);
    sheet.discard();
    expect(sheet.strokes).toHaveLength(1);
    sheet.writeOn(sheet.strokes, continuation([[9, 9, 1]]));
    sheet.discard();
    expect(sheet.strokes).toHaveLength(2);
  });

  test("erases the strokes that the eraser meets, as one change", () => {
    const sheet = new Sheet(() => {});
    for (const at of [0, 30, 60]) draw(sheet, at);
    sheet.erase([raw(200, 200, 0)], true);
    expect(sheet.strokes).toHaveLength(3);
    sheet.erase([raw(0, 0, 0)], true);
    sheet.erase([raw(31, 1, 0)], false);
    expect(sheet.strokes.map(({ x }) => x[0])).toEqual([60]);
    sheet.undo();
    expect(sheet.strokes).toHaveLength(3);
  });

  test("tells of every change, once", () => {
    let changes = 0;
    const sheet = new Sheet(() => changes++);
    draw(sheet, 0);
    expect(changes).toBe(3);
    sheet.penMove([raw(0, 0, 0)]);
    expect(changes).toBe(3);
  });

  test("keeps a pause between strokes, within bounds", () => {
    const sheet = new Sheet(() => {});
    draw(sheet, 0);
    draw(sheet, 300);
    draw(sheet, 99_000);
    expect(sheet.strokes.map(({ time }) => time[0])).toEqual([0, 300, 1308]);
  });
});

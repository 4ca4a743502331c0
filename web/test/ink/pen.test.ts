import { beforeEach, describe, expect, test } from "vitest";
import { type PenEvent, Pens } from "../../src/ink/pen.ts";
import { evenTimes, type Sample } from "../../src/ink/samples.ts";

interface Told extends Partial<Omit<PenEvent, "type" | "samples">> {
  readonly x?: number;
  readonly y?: number;
  readonly at?: number;
  readonly pressure?: number;
  readonly between?: readonly Sample[];
}

let pens: Pens;
/** What happened to ink and paper: strokes as points, b(egin), d(raw), e(nd), and words for the rest. */
let log: string[];
let clock: number;

beforeEach(() => {
  pens = new Pens();
  log = [];
  clock = 1000;
});

function send(
  type: PenEvent["type"],
  { x = 0, y = 0, at, pressure = 0.5, between, ...rest }: Told = {},
): void {
  clock = at ?? clock + 10;
  const samples = between ?? [{ x, y, time: clock, pressure }];
  const usual = {
    id: 1,
    device: "mouse",
    primary: false,
    button: 0,
    buttons: 1,
    width: 1,
    height: 1,
  } as const;
  for (const command of pens.react({ type, samples, ...usual, ...rest })) {
    const place = (point: { x: number; y: number }): string => `${point.x},${point.y}`;
    if (command.do === "begin") log.push(`begin ${place(command.point)}`);
    else if (command.do === "draw") log.push(`draw ${command.points.map(place).join(" ")}`);
    else if (command.do === "erase") log.push(`erase ${command.points.map(place).join(" ")}`);
    else if (command.do === "pan") log.push(`pan ${command.dx},${command.dy}`);
    else if (command.do === "zoom") log.push(`zoom ${command.factor.toFixed(2)}`);
    else if (command.do === "scroll") log.push(`scroll ${command.dy}`);
    else if (command.do === "fling") log.push(`fling ${command.speed.toFixed(2)}`);
    else log.push(command.do);
  }
}

/** What the ink is at the end of the log: finished strokes, by their points. */
function ink(): string[] {
  const strokes: string[] = [];
  let open: string | null = null;
  for (const line of log) {
    const [word, ...points] = line.split(" ");
    if (word === "begin") open = points.join(" ");
    else if (word === "draw") open += ` ${points.join(" ")}`;
    else if (word === "end") {
      strokes.push(open!);
      open = null;
    } else if (word === "discard") {
      if (open === null) strokes.pop();
      open = null;
    }
  }
  if (open !== null) strokes.push(`${open}...`);
  return strokes;
}

const mouse: Told = { id: 1, device: "mouse", primary: true };
const pen: Told = { id: 2, device: "pen", primary: true };
const finger: Told = { id: 3, device: "touch", primary: true, width: 20, height: 22 };
const second: Told = { id: 4, device: "touch", width: 20, height: 22 };
const palm: Told = { id: 5, device: "touch", primary: true, width: 90, height: 110 };

/** A short stroke to the right. */
function stroke(told: Told, x = 0): void {
  send("down", { ...told, x });
  send("move", { ...told, x: x + 10 });
  send("up", { ...told, x: x + 20, buttons: 0, pressure: 0 });
}

describe("a mouse", () => {
  test("draws while its left button is down", () => {
    send("move", { ...mouse, x: 5, buttons: 0 });
    stroke(mouse);
    send("move", { ...mouse, x: 50, buttons: 0 });
    expect(ink()).toEqual(["0,0 10,0 20,0"]);
  });

  test.each([1, 2, 3, 4])("does nothing with button %i", (button) => {
    send("down", { ...mouse, button, buttons: 2 });
    send("move", { ...mouse, x: 9, button: -1, buttons: 2 });
    send("up", { ...mouse, x: 9, button, buttons: 0 });
    expect(log).toEqual([]);
  });

  test("another button in the middle of a stroke changes nothing; the left one's release ends it", () => {
    send("down", mouse);
    send("move", { ...mouse, x: 5, button: 2, buttons: 3 });
    send("move", { ...mouse, x: 9, button: 0, buttons: 2 });
    send("move", { ...mouse, x: 50, button: -1, buttons: 2 });
    send("up", { ...mouse, x: 60, button: 2, buttons: 0 });
    expect(ink()).toEqual(["0,0 5,0"]);
  });

  test("whose release was lost ends at the first move without the button", () => {
    send("down", mouse);
    send("move", { ...mouse, x: 5 });
    send("move", { ...mouse, x: 90, button: -1, buttons: 0 });
    send("move", { ...mouse, x: 99, button: -1, buttons: 0 });
    expect(ink()).toEqual(["0,0 5,0"]);
    stroke(mouse, 100);
    expect(ink()).toHaveLength(2);
  });
});

describe("pressure", () => {
  /** Pressures of all points of a stroke. */
  function pressures(told: Told, values: readonly number[]): (number | null)[] {
    const fresh = new Pens();
    const types = values.map((_, k) => (k === 0 ? "down" : "move"));
    return types.flatMap((type, k) => {
      const samples = [{ x: 9 * k, y: 0, time: 10 * k, pressure: values[k]! }];
      const event = {
        id: 1,
        device: "mouse",
        primary: true,
        button: 0,
        buttons: 1,
        width: 1,
        height: 1,
      } as const;
      return fresh.react({ ...event, ...told, type, samples } as PenEvent).flatMap((command) => {
        if (command.do === "begin") return [command.point.pressure];
        return command.do === "draw" ? command.points.map((point) => point.pressure) : [];
      });
    });
  }

  test("of a pen is kept", () => expect(pressures(pen, [0.25, 0.5, 0.75])).toEqual([0.25, 0.5, 0.75]));
  test("of a mouse is none", () => expect(pressures(mouse, [0.5, 0.5])).toEqual([null, null]));
  test("of a tablet that calls itself a mouse is kept", () => {
    expect(pressures(mouse, [0.2, 0.5, 0.8])).toEqual([0.2, 0.5, 0.8]);
    expect(pressures(mouse, [0.5, 0.3, 0.5])).toEqual([null, 0.3, 0.5]);
  });
  test("of a finger is none", () => expect(pressures(finger, [0.2, 1])).toEqual([null, null]));
  test("is at most 1, and none where a device says 0", () => {
    expect(pressures(pen, [0, 1.2])).toEqual([null, 1]);
    expect(pressures(mouse, [0, 0])).toEqual([null, null]);
  });
});

describe("a pen and the hand that holds it", () => {
  test("a palm before the pen: the pen draws, the palm does not, however narrow it begins", () => {
    send("down", { ...finger, y: 100 });
    send("move", { ...finger, x: 4, y: 101 });
    stroke(pen);
    send("move", { ...finger, x: 40, y: 101 });
    send("up", { ...finger, x: 44, y: 101 });
    expect(ink()).toEqual(["0,0 10,0 20,0"]);
  });

  test("a palm that drew and left just before the pen came is taken back", () => {
    stroke(finger, 300);
    expect(ink()).toHaveLength(1);
    send("move", { ...pen, x: 5, buttons: 0 });
    expect(ink()).toEqual([]);
    stroke(pen);
    expect(ink()).toHaveLength(1);
  });

  test("what a finger wrote well before is not", () => {
    stroke(finger, 300);
    send("down", { ...pen, at: clock + 900 });
    send("up", { ...pen, x: 9 });
    expect(ink()).toHaveLength(2);
  });

  test("palms that come and move while the pen is down neither draw nor move the paper", () => {
    send("down", pen);
    send("down", { ...palm, id: 8 });
    send("down", { ...second, id: 9 });
    for (let k = 1; k < 5; k++) {
      send("move", { ...palm, id: 8, x: 10 * k });
      send("move", { ...second, id: 9, x: 10 * k });
    }
    send("move", { ...pen, x: 7 });
    send("up", { ...pen, x: 8 });
    // They may stay when the pen is gone.
    send("move", { ...second, id: 9, x: 90, at: clock + 5000 });
    send("up", { ...second, id: 9, x: 99 });
    expect(ink()).toEqual(["0,0 7,0 8,0"]);
    expect(log.some((line) => line.startsWith("pan"))).toBe(false);
  });

  test("fingers do not draw while a pen hovers, also without moving, nor just after it left", () => {
    send("move", { ...pen, buttons: 0 });
    stroke({ ...finger, at: clock + 4000 });
    expect(ink()).toEqual([]);
    send("leave", { ...pen, buttons: 0, at: clock + 10 });
    stroke(finger);
    expect(ink()).toEqual([]);
    send("down", { ...finger, at: clock + 2500 });
    send("move", { ...finger, x: 9 });
    send("up", { ...finger, x: 18 });
    expect(ink()).toHaveLength(1);
  });

  test("a pen that was forgotten in the air does not keep fingers out for ever", () => {
    send("move", { ...pen, buttons: 0 });
    send("down", { ...finger, at: clock + 11_000 });
    send("move", { ...finger, x: 9 });
    send("up", { ...finger, x: 18 });
    expect(ink()).toHaveLength(1);
  });

  test("a touch that grows into a palm is taken back", () => {
    send("down", finger);
    send("move", { ...finger, x: 6 });
    send("move", { ...finger, x: 8, width: 80 });
    send("move", { ...finger, x: 30 });
    send("up", { ...finger, x: 30 });
    expect(ink()).toEqual([]);
  });

  test("a finger that presses hard in the middle of a stroke goes on writing", () => {
    send("down", finger);
    for (let k = 1; k <= 60; k++) send("move", { ...finger, x: 3 * k });
    send("move", { ...finger, x: 190, width: 80 });
    send("up", { ...finger, x: 200 });
    expect(ink()).toHaveLength(1);
  });

  test("a palm alone does nothing", () => {
    stroke(palm);
    expect(log).toEqual([]);
  });
});

describe("ends that never come", () => {
  test("a new primary finger ends the one before, and draws", () => {
    send("down", finger);
    send("move", { ...finger, x: 10 });
    send("down", { ...finger, id: 7, x: 50, at: clock + 3000 });
    send("move", { ...finger, id: 7, x: 60 });
    send("up", { ...finger, id: 7, x: 70 });
    expect(ink()).toEqual(["0,0 10,0", "50,0 60,0 70,0"]);
  });

  test.each([mouse, pen, finger])("lost capture ends a stroke, and keeps it", (told) => {
    send("down", told);
    send("move", { ...told, x: 10 });
    send("lost", told);
    send("move", { ...told, x: 30 });
    expect(ink()).toEqual(["0,0 10,0"]);
    stroke(told, 50);
    expect(ink()).toHaveLength(2);
  });

  test("capture that is lost after the end changes nothing", () => {
    stroke(pen);
    send("lost", pen);
    send("leave", pen);
    expect(ink()).toHaveLength(1);
  });

  test("the same pointer coming down again ends what it drew", () => {
    send("down", pen);
    send("move", { ...pen, x: 10 });
    stroke({ ...pen, primary: false }, 50);
    expect(ink()).toEqual(["0,0 10,0", "50,0 60,0 70,0"]);
  });

  test("a mouse draws after a finger that never ended", () => {
    send("down", finger);
    send("move", { ...finger, x: 10 });
    send("down", { ...mouse, x: 50, at: clock + 1500 });
    send("move", { ...mouse, x: 60 });
    send("up", { ...mouse, x: 70 });
    expect(ink()).toEqual(["0,0 10,0", "50,0 60,0 70,0"]);
  });

  test("a finger of a pinch that never ended does not keep the next one from drawing", () => {
    send("down", finger);
    send("down", { ...second, x: 80 });
    send("up", { ...second, x: 80 });
    send("down", { ...finger, id: 9, at: clock + 700 });
    send("move", { ...finger, id: 9, x: 10 });
    send("up", { ...finger, id: 9, x: 20 });
    expect(ink()).toEqual(["0,0 10,0 20,0"]);
  });
});

describe("a cancelled pointer", () => {
  test("a pen's ink is kept", () => {
    send("down", pen);
    send("move", { ...pen, x: 10 });
    send("cancel", pen);
    send("lost", pen);
    expect(ink()).toEqual(["0,0 10,0"]);
  });

  test("a finger's is not: the browser took the gesture, or the system saw a palm", () => {
    send("down", finger);
    send("move", { ...finger, x: 10 });
    send("cancel", finger);
    expect(ink()).toEqual([]);
    stroke(finger);
    expect(ink()).toHaveLength(1);
  });
});

describe("two fingers", () => {
  test("move the paper in both directions, each by its share", () => {
    send("down", { ...finger, x: 10 });
    send("down", { ...second, x: 90 });
    send("move", { ...finger, x: 4, y: 8 });
    send("move", { ...second, x: 84, y: 8 });
    expect(ink()).toEqual([]);
    expect(log.slice(-2)).toEqual(["pan -3,4", "pan -3,4"]);
  });

  test("zoom once their distance has changed enough", () => {
    send("down", { ...finger, x: 0 });
    send("down", { ...second, x: 100 });
    send("move", { ...second, x: 110 });
    expect(log.some((line) => line.startsWith("zoom"))).toBe(false);
    send("move", { ...second, x: 150 });
    send("move", { ...second, x: 300 });
    expect(log.filter((line) => line.startsWith("zoom"))).toEqual(["zoom 1.36", "zoom 2.00"]);
  });

  test("the finger that stays does not draw, and the next one does", () => {
    send("down", finger);
    send("down", { ...second, x: 80 });
    send("up", { ...second, x: 80 });
    send("move", { ...finger, x: 40 });
    send("up", { ...finger, x: 40 });
    expect(ink()).toEqual([]);
    stroke(finger);
    expect(ink()).toHaveLength(1);
  });

  test("a second contact in the middle of a long stroke is an accident", () => {
    send("down", finger);
    for (let k = 1; k <= 60; k++) send("move", { ...finger, x: 3 * k });
    send("down", { ...second, x: 300, y: 200 });
    send("move", { ...second, x: 320, y: 200 });
    send("up", { ...second, x: 320, y: 200 });
    send("move", { ...finger, x: 190 });
    send("up", { ...finger, x: 200 });
    expect(ink()).toHaveLength(1);
    expect(ink()[0]).toMatch(/190,0 200,0$/);
  });

  test("a third finger moves it, too", () => {
    send("down", finger);
    send("down", { ...second, x: 30 });
    send("down", { ...second, id: 6, x: 60 });
    send("move", { ...second, id: 6, x: 69 });
    expect(log.at(-1)).toBe("pan 3,0");
  });
});

describe("one finger", () => {
  /** A straight swipe from (100, 400), in steps of 20 pixels and milliseconds. */
  function swipe(told: Told, dx: number, dy: number, steps: number): void {
    send("down", { ...told, x: 100, y: 400 });
    for (let k = 1; k <= steps; k++)
      send("move", { ...told, x: 100 + dx * k, y: 400 + dy * k, at: clock + 20 });
    send("up", { ...told, x: 100 + dx * steps, y: 400 + dy * steps });
  }

  test.each([-20, 20])("scrolls the page by a long vertical movement (%i)", (dy) => {
    swipe(finger, 1, dy, 12);
    expect(ink()).toEqual([]);
    const scrolled = log
      .filter((line) => line.startsWith("scroll"))
      .map((line) => Number(line.split(" ")[1]));
    expect(scrolled.reduce((a, b) => a + b)).toBe(12 * dy);
    expect(log.at(-1)).toBe(`fling ${(dy / 20).toFixed(2)}`);
  });

  test("that stopped before it left lets the page stop, too", () => {
    send("down", { ...finger, y: 400 });
    for (let k = 1; k <= 8; k++) send("move", { ...finger, y: 400 - 20 * k });
    send("up", { ...finger, y: 240, at: clock + 500 });
    expect(log.at(-1)).toBe("fling 0.00");
  });

  test("draws a letter's stem", () => {
    swipe(finger, 0, 16, 5);
    expect(ink()).toHaveLength(1);
  });

  test("draws a long stroke that leans, and one that goes up and down", () => {
    swipe(finger, 10, 20, 12);
    send("down", { ...finger, x: 300 });
    for (const y of [-40, -70, -40, 0, 20, 60]) send("move", { ...finger, x: 300, y });
    for (let y = 60; y < 300; y += 20) send("move", { ...finger, x: 300, y });
    send("up", { ...finger, x: 300, y: 300 });
    expect(ink()).toHaveLength(2);
  });

  test("a pen and a mouse draw it", () => {
    swipe(pen, 0, -20, 12);
    swipe(mouse, 0, -20, 12);
    expect(ink()).toHaveLength(2);
    expect(log.some((line) => line.startsWith("scroll"))).toBe(false);
  });

  test("a tap leaves nothing", () => {
    send("down", finger);
    send("up", { ...finger, x: 1 });
    expect(ink()).toEqual([]);
  });

  test("a tap is a dot where the finger has just written", () => {
    stroke(finger);
    send("down", { ...finger, x: 5, y: -20 });
    send("up", { ...finger, x: 5, y: -20 });
    expect(ink()).toHaveLength(2);
  });

  test("two quick taps are two dots", () => {
    send("down", { ...finger, x: 5 });
    send("up", { ...finger, x: 5, at: clock + 40 });
    send("down", { ...finger, x: 15, at: clock + 120 });
    send("up", { ...finger, x: 15, at: clock + 40 });
    expect(ink().map((points) => points.split(" ")[0])).toEqual(["5,0", "15,0"]);
  });

  test("a tap before a swipe is none", () => {
    send("down", { ...finger, x: 5 });
    send("up", { ...finger, x: 5 });
    swipe(finger, 0, -20, 12);
    expect(ink()).toEqual([]);
  });

  test("two slow taps are none", () => {
    for (const at of [2000, 4000]) {
      send("down", { ...finger, at });
      send("up", { ...finger, at: at + 50 });
    }
    expect(ink()).toEqual([]);
  });

  test.each([pen, mouse])("dots of a pen and a mouse are kept, however quick", (told) => {
    for (const x of [5, 15]) {
      send("down", { ...told, x });
      send("up", { ...told, x, buttons: 0, pressure: 0 });
    }
    expect(ink()).toHaveLength(2);
  });
});

describe("a pen's buttons", () => {
  test("the eraser erases", () => {
    send("down", { ...pen, button: 5, buttons: 32 });
    send("move", { ...pen, x: 9, button: -1, buttons: 32 });
    send("up", { ...pen, x: 9, button: 5, buttons: 0 });
    expect(log).toEqual(["erase 0,0", "erase 9,0", "erase 9,0"]);
  });

  test("the eraser erases where a driver tells of it as of the tip", () => {
    send("down", { ...pen, button: 0, buttons: 32 });
    send("move", { ...pen, x: 9, button: -1, buttons: 32 });
    send("move", { ...pen, x: 20, button: -1, buttons: 0 });
    stroke(pen, 50);
    expect(log.slice(0, 2)).toEqual(["erase 0,0", "erase 9,0"]);
    expect(ink()).toEqual(["50,0 60,0 70,0"]);
  });

  test("the barrel button alone draws nothing, and does not end a stroke", () => {
    send("down", { ...pen, button: 2, buttons: 2 });
    send("up", { ...pen, button: 2, buttons: 0 });
    expect(log).toEqual([]);
    send("down", pen);
    send("move", { ...pen, x: 5, button: 2, buttons: 3 });
    send("move", { ...pen, x: 9, button: -1, buttons: 3 });
    send("up", { ...pen, x: 9, buttons: 0 });
    expect(ink()).toEqual(["0,0 5,0 9,0 9,0"]);
  });

  test("the tip draws while the barrel button is held", () => {
    send("down", { ...pen, button: 2, buttons: 2 });
    send("move", { ...pen, x: 4, button: 0, buttons: 3 });
    send("move", { ...pen, x: 9, button: -1, buttons: 3 });
    send("up", { ...pen, x: 9, buttons: 0 });
    expect(ink()).toEqual(["4,0 9,0 9,0"]);
  });

  test("a hovering pen draws nothing", () => {
    for (let k = 0; k < 4; k++) send("move", { ...pen, x: 9 * k, button: -1, buttons: 0, pressure: 0 });
    expect(log).toEqual([]);
  });

  test("its last point keeps the pressure, although the pen is up", () => {
    send("down", { ...pen, pressure: 0.4 });
    const [last] = pens.react({
      type: "up",
      id: 2,
      device: "pen",
      primary: true,
      button: 0,
      buttons: 0,
      width: 1,
      height: 1,
      samples: [{ x: 9, y: 0, time: clock + 5, pressure: 0 }],
    });
    expect(last).toMatchObject({ do: "draw", points: [{ pressure: 0.4 }] });
  });
});

describe("two devices at once", () => {
  test("a pen ends what a mouse draws, and keeps it", () => {
    send("down", mouse);
    send("move", { ...mouse, x: 10 });
    stroke(pen, 50);
    expect(ink()).toEqual(["0,0 10,0", "50,0 60,0 70,0"]);
  });

  test("a mouse and a finger wait for a pen", () => {
    send("down", pen);
    stroke(mouse, 100);
    stroke(finger, 200);
    send("up", { ...pen, x: 9 });
    expect(ink()).toEqual(["0,0 9,0"]);
  });
});

/** What devices send in a row, as far as it is known from fault reports of drawing programs. */
describe("a tablet's whole story", () => {
  test("a Pencil that hovers, writes and lifts, with the hand on the glass all the time", () => {
    for (const x of [1, 2]) send("move", { ...pen, x, button: -1, buttons: 0, pressure: 0 });
    send("down", { ...palm, width: 40, height: 50, x: 200 });
    send("down", { ...pen, x: 3, pressure: 0 });
    send("move", { ...palm, width: 70, height: 80, x: 210 });
    send("move", { ...pen, x: 9, button: -1, pressure: 0.4 });
    send("cancel", { ...palm, x: 210, buttons: 0 });
    send("up", { ...pen, x: 12, buttons: 0, pressure: 0 });
    send("lost", { ...pen, x: 12, buttons: 0, pressure: 0 });
    send("move", { ...pen, x: 20, button: -1, buttons: 0, pressure: 0 });
    send("down", { ...second, x: 220 });
    send("up", { ...second, x: 220, buttons: 0 });
    send("leave", { ...pen, x: 25, button: -1, buttons: 0, pressure: 0 });
    expect(ink()).toEqual(["3,0 9,0 12,0"]);
  });

  test("a stroke that the system takes over in the middle, and the same pointer again", () => {
    send("down", pen);
    send("move", { ...pen, x: 5, button: -1 });
    send("cancel", { ...pen, x: 0, buttons: 0, pressure: 0 });
    send("move", { ...pen, x: 7, button: -1 });
    stroke(pen, 50);
    expect(ink()).toEqual(["0,0 5,0", "50,0 60,0 70,0"]);
  });

  test("an id that another device takes, although its end never came", () => {
    send("down", { ...pen, id: 1 });
    send("move", { ...pen, id: 1, x: 5, button: -1 });
    send("move", { ...mouse, x: 300, button: -1, buttons: 0 });
    send("move", { ...pen, id: 1, x: 9, button: -1 });
    expect(ink()).toEqual(["0,0 5,0"]);
    stroke({ ...mouse, id: 1 }, 100);
    expect(ink()).toHaveLength(2);
  });

  test("two pens: the second waits for the first", () => {
    send("down", pen);
    stroke({ ...pen, id: 9, primary: false }, 100);
    send("up", { ...pen, x: 9, buttons: 0 });
    stroke({ ...pen, id: 9, primary: false }, 200);
    expect(ink()).toEqual(["0,0 9,0", "200,0 210,0 220,0"]);
  });

  test("a pen lifted while its barrel button is held", () => {
    send("down", { ...pen, buttons: 3 });
    send("move", { ...pen, x: 5, button: -1, buttons: 3 });
    send("up", { ...pen, x: 9, button: 0, buttons: 2, pressure: 0 });
    send("move", { ...pen, x: 30, button: -1, buttons: 2, pressure: 0 });
    expect(ink()).toEqual(["0,0 5,0 9,0"]);
  });

  test("a pen in the air that says it touches, without having come down", () => {
    for (const x of [1, 2, 3]) send("move", { ...pen, x, button: -1, buttons: 1, pressure: 0 });
    expect(log).toEqual([]);
  });

  test("capture lost without an end, and the pen goes on: the rest is no ink until it comes down", () => {
    send("down", pen);
    send("move", { ...pen, x: 5, button: -1 });
    send("lost", { ...pen, x: 5 });
    send("move", { ...pen, x: 9, button: -1 });
    send("up", { ...pen, x: 12, buttons: 0 });
    stroke(pen, 50);
    expect(ink()).toEqual(["0,0 5,0", "50,0 60,0 70,0"]);
  });

  test("a touch screen that knows no size of a contact", () => {
    const flat = { ...finger, width: 0, height: 0 };
    stroke(flat);
    stroke({ ...finger, width: Number.NaN, height: Number.NaN }, 100);
    expect(ink()).toHaveLength(2);
  });

  test("a clock that stands still, and one that jumps back", () => {
    for (const [k, at] of [2000, 2000, 1500, 1500].entries()) {
      send(k === 0 ? "down" : k === 3 ? "up" : "move", { ...pen, x: 9 * k, at });
    }
    stroke(pen, 100);
    expect(ink()).toEqual(["0,0 9,0 18,0 27,0", "100,0 110,0 120,0"]);
  });
});

describe("the times of coalesced events", () => {
  const at = (...times: number[]): Sample[] => times.map((time, x) => ({ x, y: 0, time, pressure: 0.5 }));
  const times = (samples: readonly Sample[], since?: number): number[] =>
    evenTimes(samples, since).map(({ time }) => time);

  test("stay where they rise", () => expect(times(at(12, 16, 20), 10)).toEqual([12, 16, 20]));
  test("are spread where they are equal", () => expect(times(at(22, 22, 22), 10)).toEqual([14, 18, 22]));
  test("are spread where they run backwards, or begin at 0", () => {
    expect(times(at(21, 18, 22), 10)).toEqual([14, 18, 22]);
    expect(times(at(0, 0, 22), 10)).toEqual([14, 18, 22]);
  });
  test("never go back behind the event before", () => expect(times(at(4), 10)).toEqual([10]));
  test("all points are drawn", () => {
    send("down", mouse);
    send("move", { ...mouse, between: at(1020, 1020, 1020) });
    expect(log.at(-1)).toBe("draw 0,0 1,0 2,0");
  });
});

import { beforeEach, expect, test } from "vitest";
import { listenToDrag } from "../../src/ink/drag.ts";

let surface: EventTarget & { setPointerCapture(id: number): void };
let log: string[];

beforeEach(() => {
  log = [];
  surface = Object.assign(new EventTarget(), {
    setPointerCapture: (id: number) => log.push(`capture ${id}`),
  });
  listenToDrag(surface as unknown as HTMLElement, {
    begin: ({ clientX }) => clientX < 100,
    move: ({ clientX }) => log.push(`move ${clientX}`),
    end: (lifted) => log.push(lifted === null ? "taken away" : `lifted ${lifted.clientX}`),
  });
});

const MOUSE = { pointerId: 1, pointerType: "mouse", isPrimary: true, button: 0 };
const PEN = { ...MOUSE, pointerId: 2, pointerType: "pen" };
const PALM = { ...MOUSE, pointerId: 3, pointerType: "touch" };

function send(type: string, device: object, clientX: number, timeStamp = 0): void {
  const event = new Event(type);
  for (const [name, value] of Object.entries({ ...device, clientX, timeStamp })) {
    Object.defineProperty(event, name, { value });
  }
  surface.dispatchEvent(event);
}

test("a drag is captured, followed and lifted", () => {
  send("pointermove", MOUSE, 5);
  send("pointerdown", MOUSE, 10);
  send("pointermove", MOUSE, 20);
  send("pointerup", MOUSE, 30);
  send("lostpointercapture", MOUSE, 30);
  send("pointermove", MOUSE, 40);
  expect(log).toEqual(["capture 1", "move 20", "lifted 30"]);
});

test("another button, or a press elsewhere, begins none", () => {
  send("pointerdown", { ...MOUSE, button: 2 }, 10);
  send("pointerdown", MOUSE, 200);
  send("pointermove", MOUSE, 20);
  expect(log).toEqual([]);
});

test("a palm beside the pen does not take part", () => {
  send("pointerdown", PEN, 10);
  send("pointerdown", PALM, 50, 100);
  send("pointermove", PALM, 60, 110);
  send("pointerup", PALM, 60, 120);
  send("pointermove", PEN, 20, 130);
  expect(log).toEqual(["capture 2", "move 20"]);
});

test("a second finger does not take part", () => {
  send("pointerdown", PALM, 10);
  send("pointerdown", { ...PALM, pointerId: 4, isPrimary: false }, 50, 100);
  send("pointermove", { ...PALM, pointerId: 4, isPrimary: false }, 60, 110);
  expect(log).toEqual(["capture 3"]);
});

test.each(["pointercancel", "lostpointercapture"])("%s ends a drag", (type) => {
  send("pointerdown", PEN, 10);
  send(type, PEN, 20);
  send("pointermove", PEN, 30);
  expect(log).toEqual(["capture 2", "taken away"]);
});

test("a pointer whose end never came makes room for the next", () => {
  send("pointerdown", PALM, 10);
  send("pointerdown", { ...PALM, pointerId: 5 }, 20, 100);
  send("pointerdown", MOUSE, 30, 200);
  send("pointerdown", MOUSE, 40, 2000);
  expect(log).toEqual(["capture 3", "taken away", "capture 5", "taken away", "capture 1"]);
});

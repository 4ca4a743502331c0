import { beforeEach, expect, test } from "vitest";
import { listenToPen } from "../../src/ink/pointer.ts";

/** The pointer events of a browser, as far as they are looked at. */
class Pointer extends Event {
  constructor(type: string, fields: Record<string, unknown>) {
    super(type, { cancelable: true });
    const usual = {
      pointerId: 1,
      pointerType: "mouse",
      button: 0,
      clientX: 0,
      clientY: 0,
      width: 1,
      height: 1,
      pressure: 0.5,
      getCoalescedEvents: () => [],
    };
    for (const [name, value] of Object.entries({ ...usual, ...fields })) {
      Object.defineProperty(this, name, { value });
    }
  }
}

class Surface extends EventTarget {
  captured: number[] = [];
  focus(): void {}
  setPointerCapture(id: number): void {
    this.captured.push(id);
  }
}

let surface: Surface;
let log: string[];
let stop: () => void;

beforeEach(() => {
  surface = new Surface();
  log = [];
  stop = listenToPen(surface as unknown as HTMLElement, {
    toSheet: (x, y) => ({ x: x - 100, y: y - 100 }),
    down: ({ x, y, pressure }) => log.push(`down ${x} ${y} ${pressure}`),
    move: (points) => log.push(`move ${points.map(({ x, y }) => `${x} ${y}`).join(", ")}`),
    up: () => log.push("up"),
    discard: () => log.push("discard"),
    erase: (points, first) => log.push(`erase ${points.map(({ x, y }) => `${x} ${y}`).join(", ")} ${first}`),
    pan: (dx, dy) => log.push(dy === 0 ? `pan ${dx}` : `pan ${dx} ${dy}`),
    zoom: (x, y, factor) => log.push(`zoom ${x} ${y} ${factor.toFixed(2)}`),
  });
});

function send(type: string, fields: Record<string, unknown> = {}): void {
  surface.dispatchEvent(new Pointer(type, fields));
}

test("a mouse writes from button down to button up, captured", () => {
  send("pointermove", { clientX: 50 });
  send("pointerdown", { clientX: 100, clientY: 110 });
  send("pointermove", { clientX: 103, clientY: 112 });
  send("pointerup", { clientX: 104, clientY: 112 });
  send("pointermove", { clientX: 150 });
  expect(log).toEqual(["down 0 10 null", "move 3 12", "move 4 12", "up"]);
  expect(surface.captured).toEqual([1]);
});

test("coalesced events are points of their own", () => {
  send("pointerdown");
  const between = [101, 102, 103].map((clientX) => new Pointer("pointermove", { clientX, clientY: 100 }));
  send("pointermove", { clientX: 103, clientY: 100, getCoalescedEvents: () => between });
  expect(log[1]).toBe("move 1 0, 2 0, 3 0");
});

test("a pen's pressure is kept; a mouse has none", () => {
  send("pointerdown", { pointerType: "pen", pressure: 0.25 });
  expect(log).toEqual(["down -100 -100 0.25"]);
});

test("other buttons and other pointers do not write", () => {
  send("pointerdown", { button: 2 });
  expect(log).toEqual([]);
  send("pointerdown");
  send("pointerdown", { pointerId: 2 });
  send("pointermove", { pointerId: 2 });
  send("pointerup", { pointerId: 2 });
  expect(log).toEqual(["down -100 -100 null"]);
});

test("a second finger takes the stroke back and both move the paper", () => {
  const touch = { pointerType: "touch" };
  send("pointerdown", { ...touch, clientX: 10 });
  send("pointerdown", { ...touch, pointerId: 2, clientX: 50 });
  send("pointermove", { ...touch, clientX: 4 });
  send("pointermove", { ...touch, pointerId: 2, clientX: 44 });
  send("pointerup", { ...touch, clientX: 4 });
  send("pointermove", { ...touch, pointerId: 2, clientX: 90 });
  expect(log).toEqual(["down -90 -100 null", "discard", "pan -3", "pan -3"]);
});

test("a palm does not write, and no finger does beside a pen", () => {
  send("pointerdown", { pointerType: "touch", width: 90 });
  send("pointerup", { pointerType: "touch" });
  send("pointermove", { pointerType: "pen", pointerId: 7 });
  send("pointerdown", { pointerType: "touch" });
  expect(log).toEqual([]);
});

test("a pen writes on while a palm comes down", () => {
  send("pointerdown", { pointerType: "pen", pointerId: 7 });
  send("pointerdown", { pointerType: "touch", pointerId: 8 });
  send("pointerdown", { pointerType: "touch", pointerId: 9 });
  send("pointermove", { pointerType: "pen", pointerId: 7, clientX: 101, clientY: 101 });
  expect(log).toEqual(["down -100 -100 0.5", "move 1 1"]);
});

test("a cancelled stroke is none", () => {
  send("pointerdown");
  send("pointercancel");
  expect(log).toEqual(["down -100 -100 null", "discard"]);
});

test("an event is its own point where the browser tells of no others", () => {
  send("pointerdown");
  send("pointermove", { clientX: 103, clientY: 100, getCoalescedEvents: undefined });
  expect(log[1]).toBe("move 3 0");
});

test("predicted events are no points", () => {
  send("pointerdown");
  send("pointermove", {
    clientX: 103,
    getPredictedEvents: () => [new Pointer("pointermove", { clientX: 200 })],
  });
  expect(log[1]).toBe("move 3 -100");
});

test("a browser that cannot capture the pointer, or gives no place, does no harm", () => {
  surface.setPointerCapture = () => {
    throw new DOMException("no such pointer", "NotFoundError");
  };
  send("pointerdown", { clientX: 100, clientY: 100 });
  send("pointermove", { clientX: Number.NaN });
  send("pointermove", { clientX: 104, clientY: 100 });
  expect(log).toEqual(["down 0 0 null", "move 4 0"]);
});

test("what the browser would make of a press is prevented, but not a mouse's own menu", () => {
  const prevented = (type: string): boolean => {
    const event = new Event(type, { cancelable: true });
    surface.dispatchEvent(event);
    return event.defaultPrevented;
  };
  send("pointerdown", { button: 2 });
  expect(prevented("contextmenu")).toBe(false);
  for (const pointerType of ["pen", "touch"]) {
    send("pointerdown", { pointerType, pointerId: 5, width: 99 });
    expect(prevented("contextmenu")).toBe(true);
  }
  expect(["touchstart", "touchmove"].map(prevented)).toEqual([true, true]);
});

test("a press on the scroll bar draws nothing", () => {
  Object.assign(surface, { clientHeight: 300 });
  send("pointerdown", { offsetY: 305 });
  expect(log).toEqual([]);
  send("pointerdown", { offsetY: 200 });
  expect(log).toHaveLength(1);
});

test("nothing is heard after the listener is stopped", () => {
  stop();
  send("pointerdown");
  expect(log).toEqual([]);
});

test("Ctrl and a click on a Mac open the menu and draw nothing", () => {
  send("pointerdown", { clientX: 100, clientY: 110, ctrlKey: true });
  send("contextmenu", { ctrlKey: true });
  send("pointermove", { clientX: 150, clientY: 110, buttons: 0 });
  expect(log).toEqual(["down 0 10 null", "discard"]);
  send("contextmenu", { ctrlKey: true });
  expect(log.length, "the menu's own key discards nothing").toBe(2);
});

test("the right button beside the left one ends no stroke", () => {
  send("pointerdown", { clientX: 100, clientY: 110 });
  send("contextmenu");
  send("pointermove", { clientX: 150, clientY: 110, buttons: 1 });
  expect(log).toEqual(["down 0 10 null", "move 50 10"]);
});

import { beforeEach, expect, test } from "vitest";
import { listenToHeatmap } from "../../../src/figures/cells/heatmap-pointer.ts";

/** A heatmap of 100 by 100 client pixels. */
class Surface extends EventTarget {
  clientWidth = 100;
  getBoundingClientRect() {
    return { left: 0, top: 0, width: 100, height: 100 };
  }
  setPointerCapture(): void {
    throw new DOMException("no such pointer", "NotFoundError");
  }
}

let surface: Surface;
let log: string[];

beforeEach(() => {
  surface = new Surface();
  log = [];
  listenToHeatmap(surface as unknown as HTMLElement, {
    look: () => log.push("look"),
    brush: (from, to) => log.push(`brush ${from.y} ${to.y}`),
    zoom: () => log.push("zoom"),
    pan: () => log.push("pan"),
  });
});

function send(type: string, fields: Record<string, unknown> = {}): void {
  const usual = { pointerId: 1, pointerType: "touch", isPrimary: true, button: 0, clientX: 50, clientY: 50 };
  surface.dispatchEvent(Object.assign(new Event(type), { ...usual, ...fields }));
}

test.each(["lostpointercapture", "pointercancel"])(
  "a finger that only ends with %s does not make the next one zoom",
  (end) => {
    send("pointerdown");
    send(end);
    send("pointerdown", { pointerId: 2, isPrimary: false });
    send("pointermove", { pointerId: 2, clientX: 70 });
    expect(log).toEqual(["look"]);
  },
);

test("a finger whose end never comes does not make the next one zoom, and the next one chooses", () => {
  send("pointerdown");
  send("pointerdown", { pointerId: 2, clientY: 20 });
  send("pointermove", { pointerId: 2, clientY: 21 });
  send("pointerup", { pointerId: 2, clientY: 21 });
  expect(log).toEqual(["look", "look", "brush 0.21 0.21"]);
});

test("two fingers zoom", () => {
  send("pointerdown");
  send("pointerdown", { pointerId: 2, isPrimary: false, clientX: 80 });
  send("pointermove", { pointerId: 2, clientX: 95 });
  expect(log).toEqual(["zoom", "pan"]);
});

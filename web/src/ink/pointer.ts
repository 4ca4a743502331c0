/**
 * Pointer events on an element -> raw points: mouse, touch and pen, one at a time.
 *
 * Where a pen has been seen, fingers do not write: a hand rests on the paper. A second finger makes both move the
 * paper instead of writing.
 */

import type { RawPoint } from "./stroke.ts";

export interface PenHandlers {
  /** Client coordinates -> sheet units. */
  toSheet(clientX: number, clientY: number): { x: number; y: number };
  down(point: RawPoint): void;
  move(points: readonly RawPoint[]): void;
  up(): void;
  /** What was drawn since `down` was not meant as ink. */
  discard(): void;
  /** Two fingers moved the paper by so many client pixels. */
  pan(dx: number): void;
}

/** A contact this wide (client pixels) is a palm. */
const PALM = 60;
/** For so long after the pen was last seen, touch is the hand that holds it. */
const PEN_HOLDS_MS = 2000;
const LEFT_BUTTON = 0;

/** Listens until the returned function is called. The element needs `touch-action: none`. */
export function listenToPen(el: HTMLElement, handlers: PenHandlers): () => void {
  let writing: number | null = null;
  let penSeen = Number.NEGATIVE_INFINITY;
  const fingers = new Map<number, number>();

  const raw = (event: PointerEvent): RawPoint => ({
    ...handlers.toSheet(event.clientX, event.clientY),
    time: event.timeStamp,
    pressure: event.pointerType === "pen" && event.pressure > 0 ? event.pressure : null,
  });

  const down = (event: PointerEvent): void => {
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    if (event.pointerType === "touch") {
      fingers.set(event.pointerId, event.clientX);
      if (fingers.size > 1) {
        startPan();
        return;
      }
      if (isPalm(event) || event.timeStamp - penSeen < PEN_HOLDS_MS) return;
    }
    if (event.button !== LEFT_BUTTON || writing !== null) return;
    event.preventDefault();
    el.focus({ preventScroll: true });
    el.setPointerCapture(event.pointerId);
    writing = event.pointerId;
    handlers.down(raw(event));
  };

  const startPan = (): void => {
    if (writing === null || !fingers.has(writing)) return;
    writing = null;
    handlers.discard();
  };

  const move = (event: PointerEvent): void => {
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    const before = fingers.get(event.pointerId);
    if (before !== undefined) {
      fingers.set(event.pointerId, event.clientX);
      // Each finger moves the paper by its share.
      if (fingers.size > 1) handlers.pan((event.clientX - before) / fingers.size);
    }
    if (event.pointerId !== writing) return;
    event.preventDefault();
    const events = event.getCoalescedEvents();
    handlers.move((events.length > 0 ? events : [event]).map(raw));
  };

  const end = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    if (event.pointerId !== writing) return;
    writing = null;
    if (event.type === "pointercancel") handlers.discard();
    else {
      handlers.move([raw(event)]);
      handlers.up();
    }
  };

  const listeners: [string, (event: PointerEvent) => void][] = [
    ["pointerdown", down],
    ["pointermove", move],
    ["pointerup", end],
    ["pointercancel", end],
  ];
  for (const [type, listener] of listeners) el.addEventListener(type, listener as EventListener);
  return () => {
    for (const [type, listener] of listeners) el.removeEventListener(type, listener as EventListener);
  };
}

function isPalm(event: PointerEvent): boolean {
  return Math.max(event.width, event.height) > PALM;
}

/**
 * The pen of the page: pointer events on an element, turned into what pen.ts says they mean.
 *
 * Also keeps the browser from taking a stroke for something else: a context menu on press and hold, a zoom on two quick
 * dots, handwriting-to-text near a text field (Scribble on the iPad).
 */

import { capture } from "./capture.ts";
import { type Device, type PenCommand, type PenEvent, type PenPoint, Pens } from "./pen.ts";
import type { RawPoint } from "./stroke.ts";

export interface PenHandlers {
  /** Client coordinates -> sheet units. */
  toSheet(clientX: number, clientY: number): { x: number; y: number };
  down(point: RawPoint): void;
  move(points: readonly RawPoint[]): void;
  up(): void;
  /** The stroke since the last `down` was not meant as ink, even if it is finished. */
  discard(): void;
  /** The eraser of a pen was here. first: a new gesture begins. */
  erase(points: readonly RawPoint[], first: boolean): void;
  /** Two fingers moved the paper; in client pixels. */
  pan(dx: number, dy: number): void;
  /** Two fingers zoomed about a client position. */
  zoom(clientX: number, clientY: number, factor: number): void;
}

const TYPES: Readonly<Record<string, PenEvent["type"]>> = {
  pointerdown: "down",
  pointermove: "move",
  pointerup: "up",
  pointercancel: "cancel",
  lostpointercapture: "lost",
  pointerleave: "leave",
};

/** A swiped page has lost two thirds of its speed after so long, and stops at the least (pixels a millisecond). */
const SLOWING_MS = 325;
const LEAST_SPEED = 0.02;

/** Listens until the returned function is called. The element needs `touch-action: none`. */
export function listenToPen(el: HTMLElement, handlers: PenHandlers): () => void {
  const pens = new Pens();
  const glide = new Glide();
  let device: Device = "mouse";
  /** The press that came last. */
  let pressed: PenEvent | null = null;

  const listen = (event: PointerEvent): void => {
    // A browser tells of a press on the element's own scroll bar, too.
    if (event.type === "pointerdown" && event.offsetY >= el.clientHeight) return;
    const told = penEvent(event);
    if (told === null) return;
    const commands = pens.react(told);
    if (told.type === "down") {
      device = told.device;
      pressed = told;
      glide.stop();
      if (pens.takes(event.pointerId)) take(el, event);
    } else if (told.type === "move" && pens.takes(event.pointerId)) event.preventDefault();
    for (const command of commands) obey(command, handlers, glide);
  };

  /**
   * Press and hold with a pen or finger does not open the menu; a click of the right button does, and so does Ctrl and
   * a click on a Mac, which was not meant as ink.
   */
  const menu = (event: MouseEvent): void => {
    if (device !== "mouse") event.preventDefault();
    else if (pressed !== null && event.ctrlKey) {
      for (const command of pens.react({ ...pressed, type: "cancel" })) obey(command, handlers, glide);
    }
  };
  const touch = (event: Event): void => {
    if (event.cancelable) event.preventDefault();
  };

  const ended = new AbortController();
  // Not passive: else Safari waits for a double tap, and Scribble takes strokes.
  const options = { passive: false, signal: ended.signal };
  for (const type of Object.keys(TYPES)) el.addEventListener(type, listen as EventListener, options);
  el.addEventListener("contextmenu", menu, options);
  el.addEventListener("touchstart", touch, options);
  el.addEventListener("touchmove", touch, options);
  return () => {
    glide.stop();
    ended.abort();
  };
}

/** An event as plain data; null where it has no place. */
function penEvent(event: PointerEvent): PenEvent | null {
  // Older browsers, and pages that did not come over https, do not have it.
  const between = event.type === "pointermove" ? (event.getCoalescedEvents?.() ?? []) : [];
  const samples = Array.from(
    between.length > 0 ? between : [event],
    ({ clientX, clientY, timeStamp, pressure }) => ({ x: clientX, y: clientY, time: timeStamp, pressure }),
  ).filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (samples.length === 0) return null;
  const { pointerId, pointerType, button, buttons = 0, width = 1, height = 1 } = event;
  return {
    type: TYPES[event.type]!,
    id: pointerId,
    device: pointerType === "pen" || pointerType === "touch" ? pointerType : "mouse",
    primary: event.isPrimary === true,
    button,
    buttons,
    width,
    height,
    samples,
  };
}

/** The element keeps the pointer until it is up, and has the keys from now on. */
function take(el: HTMLElement, event: PointerEvent): void {
  event.preventDefault();
  el.focus({ preventScroll: true });
  capture(el, event.pointerId);
}

function obey(command: PenCommand, handlers: PenHandlers, glide: Glide): void {
  const raw = ({ x, y, time, pressure }: PenPoint): RawPoint => ({
    ...handlers.toSheet(x, y),
    time,
    pressure,
  });
  if (command.do === "begin") handlers.down(raw(command.point));
  else if (command.do === "draw") handlers.move(command.points.map(raw));
  else if (command.do === "end") handlers.up();
  else if (command.do === "discard") handlers.discard();
  else if (command.do === "erase") handlers.erase(command.points.map(raw), command.first);
  else if (command.do === "pan") handlers.pan(command.dx, command.dy);
  else if (command.do === "zoom") handlers.zoom(command.x, command.y, command.factor);
  else if (command.do === "scroll") window.scrollBy({ top: -command.dy, behavior: "instant" });
  else glide.start(-command.speed);
}

/** The page goes on after a swipe, and slows down. */
class Glide {
  #frame = 0;

  /** speed: pixels a millisecond, down the page. */
  start(speed: number): void {
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    let left = still ? 0 : speed;
    let before = performance.now();
    const step = (now: number): void => {
      const elapsed = Math.min(now - before, 50);
      before = now;
      window.scrollBy({ top: left * elapsed, behavior: "instant" });
      left *= Math.exp(-elapsed / SLOWING_MS);
      if (Math.abs(left) > LEAST_SPEED) this.#frame = requestAnimationFrame(step);
    };
    this.stop();
    if (Math.abs(left) > LEAST_SPEED) this.#frame = requestAnimationFrame(step);
  }

  stop(): void {
    if (this.#frame !== 0) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}

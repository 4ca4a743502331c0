/** What a mouse, a pen and fingers do on a heatmap: look, choose, brush, zoom, pan. */

import { capture } from "../../ink/capture.ts";

/** A place in parts of the heatmap's width and height, 0 to 1. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface HeatmapHandlers {
  /** A place is pointed at; null: none any more. */
  look(place: Place | null): void;
  /** From one place to another a button was, or still is, held. */
  brush(from: Place, to: Place, more: boolean): void;
  /** Closer about a place by a factor above 1. */
  zoom(about: Place, factor: number): void;
  /** By a part of the width. */
  pan(by: number): void;
}

/** A pointer that moves less (client pixels) has only clicked. */
const STILL = 4;
const WHEEL_ZOOM = 0.01;

/** Whether what is chosen comes in addition to what was chosen. */
export function isMore(event: PointerEvent): boolean {
  return event.shiftKey || event.ctrlKey || event.metaKey;
}

/** The element needs `touch-action: pan-y`. */
export function listenToHeatmap(el: HTMLElement, handlers: HeatmapHandlers): void {
  /** Where the pointers that are down are, in client pixels. */
  const down = new Map<number, { x: number; y: number }>();
  let began: PointerEvent | null = null;
  let brushing = false;

  const placeAt = (x: number, y: number): Place => {
    const box = el.getBoundingClientRect();
    const inside = (value: number): number => Math.min(Math.max(value, 0), 1 - 1e-9);
    return { x: inside((x - box.left) / box.width), y: inside((y - box.top) / box.height) };
  };
  const place = ({ clientX, clientY }: MouseEvent): Place => placeAt(clientX, clientY);

  const press = (event: PointerEvent): void => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    // The first contact of a device: what is still known of others has lost its end.
    if (event.isPrimary) down.clear();
    down.set(event.pointerId, { x: event.clientX, y: event.clientY });
    began = down.size === 1 ? event : null;
    brushing = false;
    capture(el, event.pointerId);
  };

  const move = (event: PointerEvent): void => {
    if (down.size > 1 && down.has(event.pointerId)) {
      pinch(event);
      return;
    }
    handlers.look(place(event));
    if (began === null || !down.has(event.pointerId)) return;
    brushing ||= event.pointerType !== "touch" && Math.abs(event.clientY - began.clientY) >= STILL;
    if (brushing) handlers.brush(place(began), place(event), isMore(began));
  };

  const pinch = (event: PointerEvent): void => {
    const before = down.get(event.pointerId)!;
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    if (other === undefined) return;
    const wide = (at: { x: number; y: number }): number => Math.hypot(at.x - other.x, at.y - other.y);
    const now = { x: event.clientX, y: event.clientY };
    handlers.zoom(placeAt((now.x + other.x) / 2, other.y), wide(now) / Math.max(wide(before), 1));
    handlers.pan((before.x - now.x) / 2 / el.clientWidth);
    down.set(event.pointerId, now);
  };

  const release = (event: PointerEvent): void => {
    const known = down.delete(event.pointerId);
    if (known && began?.pointerId === event.pointerId && !brushing && event.type === "pointerup") {
      // A finger that has moved was looking, not choosing.
      const moved = Math.hypot(event.clientX - began.clientX, event.clientY - began.clientY);
      if (moved < 2 * STILL) {
        handlers.look(place(event));
        handlers.brush(place(event), place(event), isMore(event));
      }
    }
    if (down.size === 0) began = null;
  };

  const wheel = (event: WheelEvent): void => {
    const across = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) handlers.zoom(place(event), Math.exp(-WHEEL_ZOOM * event.deltaY));
    else if (Math.abs(across) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      handlers.pan(across / el.clientWidth);
    } else return;
    // Otherwise the browser would zoom the page, or go back in its history.
    event.preventDefault();
  };

  const leave = (event: PointerEvent): void => {
    if (!down.has(event.pointerId)) handlers.look(null);
  };

  el.addEventListener("pointerdown", press);
  el.addEventListener("pointermove", move);
  el.addEventListener("pointerup", release);
  el.addEventListener("pointercancel", release);
  el.addEventListener("lostpointercapture", release);
  el.addEventListener("pointerleave", leave);
  el.addEventListener("wheel", wheel, { passive: false });
}

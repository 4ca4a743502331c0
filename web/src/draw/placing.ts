/** Where ink lies on a canvas. */

import { extent } from "../ink/path.ts";

/** Where sheet units lie in an element. */
export interface Placing {
  /** Client pixels. */
  readonly width: number;
  readonly height: number;
  /** Client pixels in a sheet unit. */
  readonly zoom: number;
  /** Client pixels from the element's corner to the sheet's origin. */
  readonly left: number;
  readonly top: number;
  /** Device pixels in a client pixel. */
  readonly density: number;
}

interface Points {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
}

export interface Fit {
  /** Client pixels around the ink. */
  readonly room?: number;
  /** Limits of the zoom. */
  readonly least?: number;
  readonly most?: number;
}

/** All points in the middle of a rectangle, as large as they fit. */
export function fitted(
  { x, y }: Points,
  width: number,
  height: number,
  { room = 8, least = 0.005, most = 1 }: Fit = {},
): Placing {
  const [left, right] = extent(x);
  const [top, bottom] = extent(y);
  const across = (width - 2 * room) / Math.max(right - left, 1);
  const upright = (height - 2 * room) / Math.max(bottom - top, 1);
  const zoom = Math.max(Math.min(across, upright, most), least);
  return {
    width,
    height,
    zoom,
    left: (width - (left + right) * zoom) / 2,
    top: (height - (top + bottom) * zoom) / 2,
    density: window.devicePixelRatio,
  };
}

export function samePlacing(a: Placing, b: Placing): boolean {
  return (Object.keys(a) as (keyof Placing)[]).every((name) => a[name] === b[name]);
}

/** Client pixels from an element's corner to sheet units. */
export function toSheet({ zoom, left, top }: Placing, x: number, y: number): { x: number; y: number } {
  return { x: (x - left) / zoom, y: (y - top) / zoom };
}

/** Where an event is in an element, client pixels. */
export function within(el: HTMLElement, { clientX, clientY }: MouseEvent): { x: number; y: number } {
  const { left, top } = el.getBoundingClientRect();
  return { x: clientX - left, y: clientY - top };
}

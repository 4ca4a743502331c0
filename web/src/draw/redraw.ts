/**
 * When to draw: as effects of the signals that a view reads, at most once a frame.
 *
 * Views are made inside a figure's model (`createModel`), which ends these effects together.
 */

import { createModel, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";

export type Theme = "light" | "dark";

let scheme: ReadonlySignal<Theme> | null = null;
let printed = false;
/** While the page is printed, the class of its root: the style sheet has the light colours there (`page.css`). */
const PRINTED = "printed";

/** The colour scheme of the page, which the reader's system can change at any time. Paper is always light. */
export function theme(): ReadonlySignal<Theme> {
  if (scheme !== null) return scheme;
  const query = window.matchMedia("(prefers-color-scheme: dark)");
  const now = (): Theme => (query.matches && !printed ? "dark" : "light");
  const followed = signal(now());
  const follow = (): void => {
    followed.value = now();
  };
  query.addEventListener("change", follow);
  const print = (on: boolean): void => {
    printed = on;
    document.documentElement.classList.toggle(PRINTED, on);
    follow();
  };
  window.addEventListener("beforeprint", () => print(true));
  window.addEventListener("afterprint", () => print(false));
  scheme = followed;
  return scheme;
}

/** Whether the page is being printed: then there is no next frame to draw in. */
export function isPrinted(): boolean {
  return printed;
}

/** Client pixels of the inside of an element. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element, followed. */
export function sizeOf(el: HTMLElement): ReadonlySignal<Size> {
  const now = (): Size => ({ width: el.clientWidth, height: el.clientHeight });
  const size = signal(now());
  effect(() => {
    const observer = new ResizeObserver(() => {
      size.value = now();
    });
    observer.observe(el);
    return () => observer.disconnect();
  });
  return size;
}

/**
 * Calls `draw` in the next frame with what `read` gave last: again whenever a signal changes that `read` reads. In print
 * it calls it at once.
 */
export function onFrame<T>(read: () => T, draw: (now: T) => void): void {
  let frame = 0;
  let latest: T;
  effect(() => {
    latest = read();
    if (isPrinted()) {
      untracked(() => draw(latest));
      return;
    }
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      draw(latest);
    });
  });
  whenEnded(() => cancelAnimationFrame(frame));
}

/** The same as a signal; while `busy`, it follows only at intervals of some milliseconds. */
export function slowed<T>(
  source: ReadonlySignal<T>,
  busy: ReadonlySignal<boolean>,
  ms: number,
): ReadonlySignal<T> {
  const slow = signal(source.peek());
  let timer = 0;
  const follow = (): void => {
    window.clearTimeout(timer);
    timer = 0;
    slow.value = source.peek();
  };
  effect(() => {
    source.value;
    if (!busy.value) follow();
    else if (timer === 0) timer = window.setTimeout(follow, ms);
  });
  whenEnded(() => window.clearTimeout(timer));
  return slow;
}

/** The same as a signal, once that has not changed for some milliseconds. */
export function settled<T>(source: ReadonlySignal<T>, ms: number): ReadonlySignal<T> {
  const rest = signal(source.peek());
  let timer = 0;
  effect(() => {
    const now = source.value;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      rest.value = now;
    }, ms);
  });
  whenEnded(() => window.clearTimeout(timer));
  return rest;
}

/** Makes something as a model of its own; returns a function that ends it. */
export function ending(make: () => void): () => void {
  const Made = createModel(() => {
    make();
    return {};
  });
  const made = untracked(() => new Made());
  return () => made[Symbol.dispose]();
}

/** Calls `end` when the model ends in which this is called. */
export function whenEnded(end: () => void): void {
  effect(() => end);
}

/** Most milliseconds that one frame moves a pen, so that it does not jump after a pause of the browser. */
const LONGEST_FRAME_MS = 100;

/** While `playing`, calls `move` in each frame with the milliseconds since the one before. */
export function animated(playing: ReadonlySignal<boolean>, move: (ms: number) => void): void {
  effect(() => {
    if (!playing.value) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function next(now) {
      // First, since a move may end the playing.
      frame = requestAnimationFrame(next);
      const ms = Math.min(now - last, LONGEST_FRAME_MS);
      last = now;
      move(ms);
    });
    return () => cancelAnimationFrame(frame);
  });
}

/** A function that puts a value into a signal: for replies and events that say nothing else. */
export function into<T>(to: { value: T }): (value: T) => void {
  return (value) => {
    to.value = value;
  };
}

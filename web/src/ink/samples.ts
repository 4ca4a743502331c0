/** What a pointer has told, sample by sample: in order, and what several say together. */

/** Where a pointer was: client pixels, milliseconds, pressure 0 to 1 as the device reports it. */
export interface Sample {
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly pressure: number;
}

/** The speed of a swipe is that of its last milliseconds. */
export const FLING_MS = 80;

/** Samples in the order in which they came; where their times do not rise, they are spread over the time they took. */
export function evenTimes(samples: readonly Sample[], since: number | undefined): readonly Sample[] {
  const end = Math.max(samples.at(-1)!.time, since ?? Number.NEGATIVE_INFINITY);
  const begin = since ?? samples[0]!.time;
  const rising = samples.every(
    ({ time }, k) => time <= end && (k === 0 ? time >= begin : time > samples[k - 1]!.time),
  );
  if (rising) return samples;
  return samples.map((sample, k) => ({
    ...sample,
    time: begin + ((end - begin) * (k + 1)) / samples.length,
  }));
}

/** The middle of some places, and their mean distance from it. */
export function spreadOf(places: readonly Sample[]): { x: number; y: number; spread: number } {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [x, y] = [mean(places.map((place) => place.x)), mean(places.map((place) => place.y))];
  return { x, y, spread: mean(places.map((place) => Math.hypot(place.x - x, place.y - y))) };
}

/** Pixels a millisecond at the end of a swipe; 0 where the finger had stopped. */
export function speedOf(trail: readonly Sample[], now: number): number {
  const recent = trail.filter(({ time }) => now - time < FLING_MS);
  const [first, last] = [recent[0], recent.at(-1)];
  if (first === undefined || last === undefined || last.time <= first.time) return 0;
  return (last.y - first.y) / (last.time - first.time);
}

/** Which hands are offered: usual ones that differ from each other. */

/**
 * Numbers of `count` hands among codes [N, D].
 *
 * The half of the hands that lie nearest to the mean of all: a code that is far from it is of a page that the model
 * has learned less well. Of these first the nearest, then again and again the one that is farthest from those that are
 * chosen.
 */
export function variousHands(codes: Float32Array, width: number, count: number): number[] {
  const n = codes.length / width;
  const mean = new Float64Array(width);
  for (let k = 0; k < codes.length; k++) mean[k % width]! += codes[k]! / n;
  const codeOf = (hand: number) => codes.subarray(hand * width, (hand + 1) * width);
  const far = Array.from({ length: n }, (_, hand) => distance(codeOf(hand), mean));
  const byDistance = [...far.keys()].sort((a, b) => far[a]! - far[b]! || a - b);
  const usual = byDistance.slice(0, Math.max(Math.ceil(n / 2), Math.min(count, n)));
  const chosen: number[] = usual.slice(0, 1);
  const gaps = usual.map(() => Number.POSITIVE_INFINITY);
  while (chosen.length < Math.min(count, n)) {
    const last = codeOf(chosen.at(-1)!);
    usual.forEach((hand, k) => {
      gaps[k] = Math.min(gaps[k]!, distance(codeOf(hand), last));
    });
    chosen.push(usual[gaps.indexOf(Math.max(...gaps))]!);
  }
  return chosen;
}

function distance(a: Float32Array, b: ArrayLike<number>): number {
  return a.reduce((sum, value, k) => sum + (value - b[k]!) ** 2, 0);
}

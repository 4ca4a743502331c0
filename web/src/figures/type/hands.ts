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
  const byDistance = Array.from({ length: n }, (_, hand) => ({
    hand,
    far: distance(codes, hand * width, mean, 0, width),
  })).sort((a, b) => a.far - b.far || a.hand - b.hand);
  const usual = byDistance.slice(0, Math.max(Math.ceil(n / 2), Math.min(count, n))).map(({ hand }) => hand);
  const chosen: number[] = usual.slice(0, 1);
  const gaps = usual.map(() => Number.POSITIVE_INFINITY);
  while (chosen.length < Math.min(count, n)) {
    const last = chosen.at(-1)!;
    usual.forEach((hand, k) => {
      gaps[k] = Math.min(gaps[k]!, distance(codes, hand * width, codes, last * width, width));
    });
    chosen.push(usual[gaps.indexOf(Math.max(...gaps))]!);
  }
  return chosen;
}

function distance(
  a: ArrayLike<number>,
  atA: number,
  b: ArrayLike<number>,
  atB: number,
  width: number,
): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += (a[atA + k]! - b[atB + k]!) ** 2;
  return sum;
}

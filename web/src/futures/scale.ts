/**
 * Veer, colour and opacity of a field of futures (spec/futures.md): the twin of src/pentrace/futures.py.
 *
 * Letter key: n offsets, F futures, K steps (horizons).
 */

export type Theme = "light" | "dark";
type Triple = readonly [number, number, number];

/** Left, middle and right of the scale of colours. */
const ANCHORS: Readonly<Record<Theme, readonly [string, string, string]>> = {
  light: ["#d9570d", "#b9b3a6", "#00858c"],
  dark: ["#ff9446", "#6b707c", "#2ec9c4"],
};

/** Model units of the circle of a pen lift that is certain. */
export const LIFT_RADIUS = 0.6;

/**
 * Signed angle in radians between a future's and the path's displacement at each horizon: [count, K], right of the
 * path above zero.
 *
 * path: offsets [n, 3]; row: offsets consumed before; futures: [count, K, 3].
 */
export function veers(path: Float32Array, row: number, futures: Float32Array, steps: number): Float64Array {
  const result = new Float64Array(futures.length / 3);
  const vx = new Float64Array(steps);
  const vy = new Float64Array(steps);
  let x = 0;
  let y = 0;
  for (let k = 0; k < steps; k++) {
    x += path[3 * (row + k)] ?? 0;
    y += path[3 * (row + k) + 1] ?? 0;
    vx[k] = x;
    vy[k] = y;
  }
  for (let at = 0; at < result.length; at += steps) {
    let ux = 0;
    let uy = 0;
    for (let k = 0; k < steps; k++) {
      ux += futures[3 * (at + k)]!;
      uy += futures[3 * (at + k) + 1]!;
      result[at + k] = Math.atan2(vx[k]! * uy - vy[k]! * ux, vx[k]! * ux + vy[k]! * uy);
    }
  }
  return result;
}

/** The colour of a veer: sRGB in 0 to 1. */
export function colourOf(veer: number, theme: Theme): Triple {
  const strength = Math.sin(Math.min(2 * Math.abs(veer), Math.PI / 2));
  const [left, middle, right] = ANCHORS[theme].map((text) => toOklab(parse(text)));
  const end = veer < 0 ? left! : right!;
  const mixed = middle!.map((from, k) => from + (end[k]! - from) * strength);
  return fromOklab(mixed as unknown as Triple);
}

/** Of the segment that ends at horizon k, 1 to `steps`, in a field of `count` futures. */
export function opacity(k: number, steps: number, count: number): number {
  return Math.min(0.9, 2.4 / Math.sqrt(count)) * (1 - (k - 1) / steps);
}

const LEVELS = 128;

/** The scale in steps that are finer than eyes can tell; beyond 45 degrees nothing changes. */
export class Palette {
  readonly css: readonly string[];

  constructor(theme: Theme) {
    this.css = Array.from({ length: LEVELS }, (_, level) =>
      css(colourOf(((level / (LEVELS - 1)) * 2 - 1) * (Math.PI / 4), theme)),
    );
  }

  /** The number of a veer's colour in `css`. */
  level(veer: number): number {
    const share = Math.min(Math.max(veer / (Math.PI / 4), -1), 1);
    return Math.round(((share + 1) / 2) * (LEVELS - 1));
  }
}

function css(srgb: Triple): string {
  return `#${srgb
    .map((value) =>
      Math.round(255 * value)
        .toString(16)
        .padStart(2, "0"),
    )
    .join("")}`;
}

function parse(text: string): Triple {
  const part = (k: number): number => Number.parseInt(text.slice(k, k + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}

// OKLab, Ottosson 2020.

function toOklab(srgb: Triple): Triple {
  const [r, g, b] = srgb.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Triple): Triple {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  const srgb = linear.map((value) => {
    const c = Math.max(value, 0);
    return Math.min(c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055, 1);
  });
  return srgb as unknown as Triple;
}

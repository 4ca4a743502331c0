/**
 * What the model expects next, magnified: a smooth density of the next point, the ellipses of its mixture components
 * (at two sigma, as opaque as they are likely), the ink so far, and the offset that was taken.
 */

import type { ReadonlySignal } from "@preact/signals-core";
import { canvasView, contextOf } from "../../draw/canvas.ts";
import { colours } from "../../draw/colour.ts";
import type { Drawing } from "../../draw/drawing.ts";
import { make } from "../../draw/element.ts";
import { type At, disc, movements, segment } from "../../draw/marks.ts";
import { axesOf, type Component, type Mixture } from "../../engine/mixture.ts";
import type { Looked } from "../../futures/field.ts";

/** Model units from the centre to the edge: one of a few, so that the zoom does not change with every step. */
const REACHES = [0.5, 0.9, 1.6, 2.9, 5.2, 9.4];
/** Room beyond what has to be seen. */
const BEYOND = 1.2;
/** Pixels of the density in each direction, before it is smoothed. */
const GRID = 88;
/** Standard deviations from its mean beyond which a component's density makes no level of the picture. */
const NEAR = 5;
/** Components of a lesser weight are not drawn. */
const SEEN = 0.01;
/** Components of a greater weight have to be in sight. */
const LIKELY = 0.1;

export function densityLens(el: HTMLElement, data: ReadonlySignal<Looked | null>): void {
  const density = make("canvas");
  density.width = density.height = GRID;
  canvasView(el, data, (context, now, { width: size }) => {
    const mixture = now.path.mixtures[now.step];
    if (mixture === undefined) return;
    const reach = reachOf(now);
    const css = colours(el, "ink", "future", "paper");
    paintDensity(density, mixture, reach, css.future);
    context.imageSmoothingQuality = "high";
    context.drawImage(density, 0, 0, size, size);
    // Model units, the pen's place in the middle.
    const pixel = (2 * reach) / size;
    context.translate(size / 2, size / 2);
    context.scale(1 / pixel, 1 / pixel);
    drawInk(context, now, css.ink, pixel);
    for (const component of mixture.components) ellipse(context, component, css.future, pixel);
    drawTaken(context, now, css, pixel);
  });
}

/** Enough for the offset that was taken, and for two sigma around every component that is likely. */
function reachOf({ path, step }: Looked): number {
  const [dx = 0, dy = 0] = path.offsets.subarray(3 * step, 3 * step + 2);
  let needed = Math.max(Math.abs(dx), Math.abs(dy));
  for (const { weight, x, y, sigmaX, sigmaY } of path.mixtures[step]?.components ?? []) {
    if (weight < LIKELY) continue;
    needed = Math.max(needed, Math.abs(x) + 2 * sigmaX, Math.abs(y) + 2 * sigmaY);
  }
  return REACHES.find((reach) => reach >= BEYOND * needed) ?? BEYOND * needed;
}

/**
 * Adds a component's density by the bivariate normal (Graves 2013, equation 24) to the pixels, [GRID, GRID], that it can
 * be seen in.
 */
function addBell(
  values: Float64Array,
  { weight, x, y, sigmaX, sigmaY, rho }: Component,
  pixel: number,
): void {
  const free = 1 - rho * rho;
  const height = weight / (2 * Math.PI * sigmaX * sigmaY * Math.sqrt(free));
  const [left, right] = pixelsAbout(x, NEAR * sigmaX, pixel);
  const [top, bottom] = pixelsAbout(y, NEAR * sigmaY, pixel);
  for (let row = top; row < bottom; row++) {
    const v = (middleOf(row, pixel) - y) / sigmaY;
    for (let column = left; column < right; column++) {
      const u = (middleOf(column, pixel) - x) / sigmaX;
      const at = row * GRID + column;
      values[at] = values[at]! + height * Math.exp(-(u * u + v * v - 2 * rho * u * v) / (2 * free));
    }
  }
}

/** The middle of a row or column of pixels, in model units. */
function middleOf(number: number, pixel: number): number {
  return (number + 0.5 - GRID / 2) * pixel;
}

/** The rows or columns, from one to before the other, that are no farther from a place than `far`. */
function pixelsAbout(place: number, far: number, pixel: number): [number, number] {
  const number = (at: number): number => at / pixel + GRID / 2 - 0.5;
  const [from, to] = [Math.ceil(number(place - far)), Math.floor(number(place + far)) + 1];
  return [Math.max(from, 0), Math.min(to, GRID)];
}

/** About the component's mean over a pixel: its variances are widened by the variance of a place within the pixel. */
function overPixel(component: Component, pixel: number): Component {
  const [sigmaX, sigmaY] = [component.sigmaX, component.sigmaY].map((sigma) =>
    Math.hypot(sigma, pixel / Math.sqrt(12)),
  ) as [number, number];
  const rho = (component.rho * component.sigmaX * component.sigmaY) / (sigmaX * sigmaY);
  return { ...component, sigmaX, sigmaY, rho };
}

/**
 * Opacity grows with the square root of the density, so that unlikely places are still seen. A component narrower than a
 * pixel, such as that of a pen at rest, is drawn no darker than the darkest of the others. Otherwise they would be pale.
 */
function paintDensity(el: HTMLCanvasElement, { components }: Mixture, reach: number, css: string): void {
  const context = contextOf(el);
  const likely = components.filter(({ weight }) => weight > 1e-4);
  const pixel = (2 * reach) / GRID;
  const isNarrow = ({ sigmaX, sigmaY }: Component): boolean => Math.max(sigmaX, sigmaY) < pixel;
  const values = new Float64Array(GRID * GRID);
  const add = (some: Component[]): void => {
    for (const component of some) addBell(values, overPixel(component, pixel), pixel);
  };
  const wide = likely.filter((component) => !isNarrow(component));
  const narrow = likely.filter(isNarrow);
  const [first, then] = wide.length > 0 ? [wide, narrow] : [narrow, wide];
  add(first);
  const most = values.reduce((a, b) => Math.max(a, b));
  add(then);
  context.globalCompositeOperation = "source-over";
  context.clearRect(0, 0, GRID, GRID);
  const image = context.createImageData(GRID, GRID);
  values.forEach((value, k) => {
    image.data[4 * k + 3] = 165 * Math.min(1, Math.sqrt(value / most));
  });
  context.putImageData(image, 0, 0);
  context.globalCompositeOperation = "source-in";
  context.fillStyle = css;
  context.fillRect(0, 0, GRID, GRID);
}

function ellipse(context: Drawing, component: Component, css: string, pixel: number): void {
  const { weight, x, y } = component;
  if (weight < SEEN) return;
  const { long, short, angle } = axesOf(component);
  context.globalAlpha = Math.min(0.12 + 1.3 * weight, 1);
  context.strokeStyle = css;
  context.lineWidth = (0.75 + 1.5 * weight) * pixel;
  context.beginPath();
  context.ellipse(x, y, 2 * long, 2 * short, angle, 0, 2 * Math.PI);
  context.stroke();
}

/** The ink before the step, and faintly what came after. */
function drawInk(context: Drawing, { path, step }: Looked, ink: string, pixel: number): void {
  const place = (p: number): At => [
    (path.x[p]! - path.x[step]!) * path.scale,
    (path.y[p]! - path.y[step]!) * path.scale,
  ];
  context.strokeStyle = ink;
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = 3.5 * pixel;
  context.globalAlpha = 0.12;
  movements(context, path.lifted, [step, path.length], place);
  context.globalAlpha = 0.9;
  movements(context, path.lifted, [0, step], place);
}

/** The offset that was taken: a hairline from the pen to a ring; dashed where the pen is up. */
function drawTaken(
  context: Drawing,
  { path, step }: Looked,
  { ink, paper }: Record<"ink" | "paper", string>,
  pixel: number,
): void {
  context.globalAlpha = 1;
  context.strokeStyle = ink;
  if (step < path.length) {
    const [dx, dy] = [path.offsets[3 * step]!, path.offsets[3 * step + 1]!];
    context.lineWidth = 1.25 * pixel;
    context.setLineDash(path.lifted[step] === 1 ? [4 * pixel, 4 * pixel] : []);
    segment(context, [0, 0], [dx, dy]);
    context.setLineDash([]);
    disc(context, [dx, dy], 4 * pixel, { fill: ink, rim: paper, width: 1.5 * pixel });
  }
  disc(context, [0, 0], 4.5 * pixel, { fill: paper, rim: ink, width: 1.5 * pixel });
}

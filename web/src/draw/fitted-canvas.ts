/** A canvas that fills its element, in client pixels. */

/** A context of the canvas, cleared; its size is set only when the element's has changed, since that costs. */
export function fittedContext(
  picture: HTMLCanvasElement,
  { clientWidth, clientHeight }: HTMLElement,
): { context: CanvasRenderingContext2D; width: number; height: number } {
  const density = window.devicePixelRatio;
  const context = picture.getContext("2d");
  if (context === null) throw new Error("this browser has no 2D canvas");
  const [wide, tall] = [clientWidth, clientHeight].map((side) => Math.max(Math.round(side * density), 1));
  if (picture.width !== wide) picture.width = wide!;
  if (picture.height !== tall) picture.height = tall!;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, clientWidth, clientHeight);
  return { context, width: clientWidth, height: clientHeight };
}

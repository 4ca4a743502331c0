/**
 * What a view draws with: a canvas, or the text of an SVG. So what is downloaded is what is seen, drawn by the same code.
 */

/** The part of a 2D context that views use. Colours are text. */
export interface Drawing {
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  globalAlpha: number;
  globalCompositeOperation: GlobalCompositeOperation;
  imageSmoothingQuality: ImageSmoothingQuality;
  lineWidth: number;
  lineCap: CanvasLineCap;
  lineJoin: CanvasLineJoin;
  /** A size in px, then families. */
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  closePath(): void;
  /** A whole turn only. */
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  ellipse(
    x: number,
    y: number,
    radiusX: number,
    radiusY: number,
    turned: number,
    from: number,
    to: number,
  ): void;
  fill(): void;
  stroke(): void;
  fillRect(x: number, y: number, width: number, height: number): void;
  strokeRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number): void;
  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void;
  setLineDash(dashes: number[]): void;
  translate(x: number, y: number): void;
  scale(x: number, y: number): void;
  save(): void;
  restore(): void;
}

/** What `save` keeps: looks, and where the drawing is. */
const KEPT = [
  "fillStyle",
  "strokeStyle",
  "globalAlpha",
  "globalCompositeOperation",
  "lineWidth",
  "lineCap",
  "lineJoin",
  "font",
  "textAlign",
  "textBaseline",
  "dashes",
  "zoom",
  "left",
  "top",
] as const satisfies readonly (keyof SvgDrawing)[];

/** The words of SVG for those of a canvas. All text here runs to the right. */
const ANCHORS: Readonly<Record<CanvasTextAlign, string>> = {
  start: "start",
  left: "start",
  center: "middle",
  right: "end",
  end: "end",
};
const BASELINES: Readonly<Record<CanvasTextBaseline, string>> = {
  alphabetic: "alphabetic",
  middle: "central",
  top: "text-before-edge",
  hanging: "hanging",
  bottom: "text-after-edge",
  ideographic: "ideographic",
};

/** Writes what is drawn as SVG elements, in the pixels that it begins with. */
export class SvgDrawing implements Drawing {
  fillStyle: Drawing["fillStyle"] = "#000";
  strokeStyle: Drawing["strokeStyle"] = "#000";
  globalAlpha = 1;
  globalCompositeOperation: GlobalCompositeOperation = "source-over";
  imageSmoothingQuality: ImageSmoothingQuality = "high";
  lineWidth = 1;
  lineCap: CanvasLineCap = "butt";
  lineJoin: CanvasLineJoin = "miter";
  font = "10px sans-serif";
  textAlign: CanvasTextAlign = "start";
  textBaseline: CanvasTextBaseline = "alphabetic";
  dashes: readonly number[] = [];
  /** Pixels in a unit, the same in both directions, and where the origin is. */
  zoom = 1;
  left = 0;
  top = 0;
  readonly #saved: Partial<SvgDrawing>[] = [];
  #path = "";
  readonly #elements: string[] = [];

  toString(): string {
    return this.#elements.join("\n");
  }

  save(): void {
    this.#saved.push(Object.fromEntries(KEPT.map((name) => [name, this[name]])));
  }
  restore(): void {
    Object.assign(this, this.#saved.pop());
  }
  setLineDash(dashes: number[]): void {
    this.dashes = [...dashes];
  }
  translate(x: number, y: number): void {
    this.left = this.#x(x);
    this.top = this.#y(y);
  }
  scale(x: number, y: number): void {
    if (x !== y) throw new Error("a drawing is scaled alike in both directions");
    this.zoom *= x;
  }

  beginPath(): void {
    this.#path = "";
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${this.#at(x, y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `L${this.#at(x, y)}`;
  }
  closePath(): void {
    this.#path += "Z";
  }
  arc(x: number, y: number, radius: number): void {
    this.ellipse(x, y, radius, radius, 0);
  }
  ellipse(x: number, y: number, radiusX: number, radiusY: number, turned: number): void {
    const [dx, dy] = [radiusX * Math.cos(turned), radiusX * Math.sin(turned)];
    const shape = `A${this.#long(radiusX)} ${this.#long(radiusY)} ${short((180 * turned) / Math.PI)} 1 1 `;
    this.#path += `M${this.#at(x - dx, y - dy)}${shape}${this.#at(x + dx, y + dy)}${shape}${this.#at(x - dx, y - dy)}Z`;
  }

  fill(): void {
    this.#add(`<path${this.#filled()} d="${this.#path}"/>`);
  }
  stroke(): void {
    this.#add(`<path${this.#stroked()} d="${this.#path}"/>`);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#add(`<rect${this.#filled()}${this.#box(x, y, width, height)}/>`);
  }
  strokeRect(x: number, y: number, width: number, height: number): void {
    this.#add(`<rect${this.#stroked()}${this.#box(x, y, width, height)}/>`);
  }
  fillText(text: string, x: number, y: number): void {
    const { font, textAlign, textBaseline } = this;
    const parts = /^([\d.]+)px (.+)$/.exec(font);
    if (parts === null) throw new Error(`a font is a size in px and families, found ${font}`);
    const place = ` x="${short(this.#x(x))}" y="${short(this.#y(y))}"`;
    const letters = ` font-size="${this.#long(Number(parts[1]))}" font-family="${parts[2]!.replaceAll('"', "'")}"`;
    const aligned = ` text-anchor="${ANCHORS[textAlign]}" dominant-baseline="${BASELINES[textBaseline]}"`;
    this.#add(`<text${this.#filled()}${place}${letters}${aligned}>${escaped(text)}</text>`);
  }
  drawImage(image: HTMLCanvasElement, x: number, y: number, width: number, height: number): void {
    const box = this.#box(x, y, width, height);
    this.#add(`<image${box} preserveAspectRatio="none" href="${image.toDataURL()}"/>`);
  }

  #filled(): string {
    const { fillStyle, globalAlpha } = this;
    return ` fill="${String(fillStyle)}"${globalAlpha < 1 ? ` fill-opacity="${short(globalAlpha)}"` : ""}`;
  }

  #stroked(): string {
    const { strokeStyle, globalAlpha, lineWidth, lineCap, lineJoin, dashes } = this;
    const parts = [
      ` fill="none" stroke="${String(strokeStyle)}" stroke-width="${this.#long(lineWidth)}"`,
      globalAlpha < 1 ? ` stroke-opacity="${short(globalAlpha)}"` : "",
      lineCap === "butt" ? "" : ` stroke-linecap="${lineCap}"`,
      lineJoin === "miter" ? "" : ` stroke-linejoin="${lineJoin}"`,
      dashes.length === 0 ? "" : ` stroke-dasharray="${dashes.map((dash) => this.#long(dash)).join(" ")}"`,
    ];
    return parts.join("");
  }

  /** Over what is there, or below it. */
  #add(element: string): void {
    if (this.globalCompositeOperation === "destination-over") this.#elements.unshift(element);
    else this.#elements.push(element);
  }

  #box(x: number, y: number, width: number, height: number): string {
    const [left, top] = [short(this.#x(x)), short(this.#y(y))];
    return ` x="${left}" y="${top}" width="${this.#long(width)}" height="${this.#long(height)}"`;
  }

  #at(x: number, y: number): string {
    return `${short(this.#x(x))} ${short(this.#y(y))}`;
  }
  #x(x: number): number {
    return this.left + x * this.zoom;
  }
  #y(y: number): number {
    return this.top + y * this.zoom;
  }
  #long(length: number): number {
    return short(length * this.zoom);
  }
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** Rounded to hundredths of a pixel. */
function short(value: number): number {
  return Math.round(100 * value) / 100 + 0;
}

const pictures = new WeakMap<Element, () => string>();

/** Tells what an element's canvases show, as SVG in its client pixels: elements, or a document that is fitted to it. */
export function pictured(el: Element, svg: () => string): void {
  pictures.set(el, svg);
}

/** What an element's canvases show now; null where nobody has told. */
export function pictureOf(el: Element): string | null {
  return pictures.get(el)?.() ?? null;
}

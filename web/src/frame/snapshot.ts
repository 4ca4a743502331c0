/**
 * A part of the page as it is seen now, as an SVG document: the pictures of its views, and its text, boxes and lines as
 * the browser has laid them out. What is scrolled out of sight is left out; controls are, too.
 */

import address from "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2?url";
import { escaped, pictureOf } from "../draw/drawing.ts";

/** Client pixels around parts, and between them. */
const ROOM = 16;
/** What is not a picture of anything. */
const LEFT_OUT = "input, select, .unseen, .controls, .problem, figcaption";
/** Texts of fewer characters are as wide in one font as in another. */
const SHORT_TEXT = 3;

/** Parts of a figure one below the other, as far from its left side as they are. */
export async function snapshot(figure: HTMLElement, parts: readonly HTMLElement[]): Promise<string> {
  const font = await fontFace();
  const shown = parts.filter(({ clientWidth, clientHeight }) => clientWidth > 0 && clientHeight > 0);
  const { left, width } = figure.getBoundingClientRect();
  let height = 0;
  const drawn = shown.map((part, k) => {
    const { top, height: tall } = part.getBoundingClientRect();
    const begin = height + (k > 0 ? ROOM : 0);
    height = begin + tall;
    return `<g transform="translate(${tenths(-left)} ${tenths(begin - top)})">${elementSvg(part)}</g>`;
  });
  const { backgroundColor, fontFamily } = getComputedStyle(document.body);
  const [wide, tall] = [tenths(width), tenths(height + (shown.length > 1 ? ROOM : 0))];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${tall}" width="${wide}" height="${tall}">
<style>${font}</style>
<rect width="${wide}" height="${tall}"${paint("fill", backgroundColor)}/>
<g font-family="${fontFamily.replaceAll('"', "'")}" style="font-variant-numeric: lining-nums tabular-nums">
${drawn.join("\n")}
</g>
</svg>
`;
}

let known: Promise<string> | null = null;

/**
 * The rule of the page's font, with the font itself; empty where it cannot be had: then others stand in for it. Its
 * licence, the OFL, allows to embed it.
 */
function fontFace(): Promise<string> {
  known ??= embedded().catch(() => {
    known = null;
    return "";
  });
  return known;
}

async function embedded(): Promise<string> {
  const response = await fetch(new URL(address, document.baseURI));
  if (!response.ok) throw new Error(String(response.status));
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return `@font-face{font-family:"Source Serif";font-weight:200 900;src:url(data:font/woff2;base64,${btoa(text)}) format("woff2")}`;
}

function elementSvg(el: Element): string {
  const visible = el.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  if (!visible || el.matches(LEFT_OUT)) return "";
  if (el instanceof SVGSVGElement) return inlineSvg(el);
  const box = el.getBoundingClientRect();
  const style = getComputedStyle(el);
  const picture = pictureOf(el);
  const inside = [...el.childNodes].map((node) => {
    if (node instanceof Text) return textSvg(node, style);
    if (node instanceof HTMLCanvasElement) return picture === null ? canvasSvg(node) : "";
    return node instanceof Element ? elementSvg(node) : "";
  });
  const content = [...(picture === null ? [] : [placed(picture, box, el)]), ...inside]
    .filter(Boolean)
    .join("\n");
  const clips = style.overflowX !== "visible" || style.overflowY !== "visible";
  const whole = boxSvg(box, style) + (clips && content !== "" ? clipped(content, box, style) : content);
  return style.opacity === "1" || whole === "" ? whole : `<g opacity="${style.opacity}">${whole}</g>`;
}

/** Background and borders. */
function boxSvg(box: DOMRect, style: CSSStyleDeclaration): string {
  const fill = paint("fill", style.backgroundColor);
  const wide = (side: string): number => Number.parseFloat(style.getPropertyValue(`border-${side}-width`));
  const colour = (side: string): string => paint("stroke", style.getPropertyValue(`border-${side}-color`));
  const lined = (["top", "right", "bottom", "left"] as const).filter(
    (side) => wide(side) > 0 && colour(side) !== "",
  );
  const even = lined.length === 4;
  if (fill === "" && lined.length === 0) return "";
  const inset = even ? wide("top") / 2 : 0;
  const [x, y, w, h] = [box.left + inset, box.top + inset, box.width - 2 * inset, box.height - 2 * inset];
  const radius = radiusOf(box, style);
  const corner = radius > 0 ? ` rx="${tenths(radius)}"` : "";
  const border = even ? `${colour("top")} stroke-width="${wide("top")}"` : "";
  const rect =
    fill === "" && border === ""
      ? ""
      : `<rect x="${tenths(x)}" y="${tenths(y)}" width="${tenths(Math.max(w, 0))}" height="${tenths(Math.max(h, 0))}"${corner}${fill || ' fill="none"'}${border}/>`;
  if (even) return rect;
  const lines = lined.map((side) => {
    const half = wide(side) / 2;
    const across = (y: number): string => `M${tenths(box.left)} ${tenths(y)}H${tenths(box.right)}`;
    const down = (x: number): string => `M${tenths(x)} ${tenths(box.top)}V${tenths(box.bottom)}`;
    const d = {
      top: across(box.top + half),
      right: down(box.right - half),
      bottom: across(box.bottom - half),
      left: down(box.left + half),
    }[side];
    return `<path${colour(side)} stroke-width="${wide(side)}" d="${d}"/>`;
  });
  return rect + lines.join("");
}

/** A text, line by line as it is broken. */
function textSvg(node: Text, style: CSSStyleDeclaration): string {
  const look = [
    ` font-size="${Number.parseFloat(style.fontSize)}"${paint("fill", style.color)}`,
    style.fontWeight === "400" ? "" : ` font-weight="${style.fontWeight}"`,
    style.fontStyle === "normal" ? "" : ` font-style="${style.fontStyle}"`,
    style.textDecorationLine === "none" ? "" : ` text-decoration="${style.textDecorationLine}"`,
  ].join("");
  return linesOf(node)
    .map(({ text, box }) => {
      const y = box.top + ascent(style, box.height);
      // Another font must not be wider.
      const width =
        text.length > SHORT_TEXT ? ` textLength="${tenths(box.width)}" lengthAdjust="spacingAndGlyphs"` : "";
      return `<text x="${tenths(box.left)}" y="${tenths(y)}"${width}${look}>${escaped(text)}</text>`;
    })
    .join("");
}

function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  const lines: { begin: number; end: number; top: number }[] = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.length);
    const { top, height } = range.getBoundingClientRect();
    if (height === 0) continue;
    const line = lines.at(-1);
    if (line !== undefined && Math.abs(line.top - top) < height / 2) line.end = index + word.length;
    else lines.push({ begin: index, end: index + word.length, top });
  }
  return lines.map(({ begin, end }) => {
    range.setStart(node, begin);
    range.setEnd(node, end);
    return { text: node.data.slice(begin, end).replace(/\s+/g, " "), box: range.getBoundingClientRect() };
  });
}

const ruler = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

/** Client pixels from the top of a line's box to its baseline. */
function ascent({ font }: CSSStyleDeclaration, height: number): number {
  if (ruler === null) return 0.8 * height;
  ruler.font = font;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = ruler.measureText("x");
  return (height - up - down) / 2 + up;
}

const painted = new Map<string, string>();

/** A colour of a style sheet as attributes that every program reads; empty where it is transparent. */
function paint(what: "fill" | "stroke", colour: string): string {
  const key = `${what} ${colour}`;
  const known = painted.get(key);
  if (known !== undefined || ruler === null) return known ?? "";
  ruler.clearRect(0, 0, 1, 1);
  ruler.fillStyle = colour;
  ruler.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = ruler.getImageData(0, 0, 1, 1).data;
  const hex = [r!, g!, b!].map((value) => value.toString(16).padStart(2, "0")).join("");
  const opacity = alpha! < 255 ? ` ${what}-opacity="${(alpha! / 255).toFixed(2)}"` : "";
  const made = alpha === 0 ? "" : ` ${what}="#${hex}"${opacity}`;
  painted.set(key, made);
  return made;
}

/** A picture in the place of its element: elements in its pixels, or a document as large as it fits. */
function placed(picture: string, box: DOMRect, el: Element): string {
  const [left, top] = [box.left + el.clientLeft, box.top + el.clientTop];
  const { clientWidth: width, clientHeight: height } = el;
  const place = `x="${tenths(left)}" y="${tenths(top)}" width="${width}" height="${height}"`;
  if (!picture.startsWith("<svg")) return `<svg ${place}>${picture}</svg>`;
  const end = picture.indexOf(">");
  const head = picture.slice(0, end).replace(/ (x|y|width|height)="[^"]*"/g, "");
  return `${head} ${place}${picture.slice(end)}`;
}

function canvasSvg(el: HTMLCanvasElement): string {
  const { left, top, width, height } = el.getBoundingClientRect();
  if (width === 0 || height === 0 || el.width === 0 || el.height === 0) return "";
  return `<image x="${tenths(left)}" y="${tenths(top)}" width="${tenths(width)}" height="${tenths(height)}" preserveAspectRatio="none" href="${el.toDataURL()}"/>`;
}

let clips = 0;

function clipped(content: string, box: DOMRect, style: CSSStyleDeclaration): string {
  const [x, y, w, h] = [box.left, box.top, box.width, box.height].map(tenths);
  const radius = tenths(radiusOf(box, style));
  if (radius === 0) {
    return `<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="${x} ${y} ${w} ${h}">${content}</svg>`;
  }
  const id = `clip${++clips}`;
  const shape = `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${radius}"/>`;
  return `<clipPath id="${id}">${shape}</clipPath><g clip-path="url(#${id})">${content}</g>`;
}

/** Of a box's corners, client pixels. */
function radiusOf({ width, height }: DOMRect, { borderTopLeftRadius: text }: CSSStyleDeclaration): number {
  const value = Number.parseFloat(text) || 0;
  return Math.min(text.endsWith("%") ? (value * width) / 100 : value, width / 2, height / 2);
}

/** Rounded to tenths of a pixel. */
function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}

/** What a style sheet may say of a shape, and of text in a drawing. */
const LOOKS = [
  ...[
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-opacity",
    "stroke-width",
    "stroke-linecap",
    "stroke-dasharray",
  ],
  ...["opacity", "vector-effect", "font-size", "font-weight", "text-anchor", "dominant-baseline"],
];

/** A drawing of the page itself, with the looks that the style sheet gives its shapes. */
function inlineSvg(el: SVGSVGElement): string {
  const { left, top, width, height } = el.getBoundingClientRect();
  const copy = el.cloneNode(true) as SVGSVGElement;
  const shapes = el.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((shape, k) => {
    const style = getComputedStyle(shapes[k]!);
    shape.removeAttribute("class");
    shape.removeAttribute("style");
    if (style.display === "none" || style.visibility === "hidden") shape.setAttribute("display", "none");
    for (const name of LOOKS) shape.setAttribute(name, style.getPropertyValue(name));
  });
  const place = { x: left, y: top, width, height };
  for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(tenths(value)));
  return new XMLSerializer().serializeToString(copy);
}

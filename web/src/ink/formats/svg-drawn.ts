/**
 * The elements of an SVG that are drawn, as pentrace/ink/formats/_drawn.py: each with its matrix and what it inherits,
 * through groups and `use`.
 */

import { length, lengths, PHYSICAL, PIXELS, Styles, withVariables } from "./css.ts";
import {
  about,
  type Box,
  IDENTITY,
  intoViewport,
  type Matrix,
  multiply,
  type Size,
  transform,
  translation,
  viewBox,
} from "./matrix.ts";
import { counted, InkFileError, type Notes, things, words } from "./notes.ts";
import { type Element, walk } from "./xml-tree.ts";

/** Most elements that are drawn through `use`, for a whole document. */
const MAX_USES = 100_000;
const MAX_USE_DEPTH = 20;
const GROUPS = new Set(["svg", "g", "a", "switch", "use"]);
const SHAPES = new Set(["path", "polyline", "polygon", "line", "circle", "ellipse", "rect"]);
const MM = 25.4 / 96;

/** What fill or stroke is: declared at all, visible, and in which colour, as the file writes it. */
interface Paint {
  readonly declared: boolean;
  readonly visible: boolean;
  readonly colour: string;
}

/** What an element inherits. */
interface Inherited {
  readonly shown: boolean;
  readonly fill: Paint;
  readonly stroke: Paint;
  /** An opacity or a width of nothing. */
  readonly fillClear: boolean;
  readonly strokeClear: boolean;
  readonly noWidth: boolean;
}

const INITIAL: Inherited = {
  shown: true,
  fill: { declared: false, visible: true, colour: "" },
  stroke: { declared: false, visible: false, colour: "" },
  fillClear: false,
  strokeClear: false,
  noWidth: false,
};

/** An element on its way to the page. */
export interface Drawn {
  readonly element: Element;
  readonly parent: Drawn | null;
  readonly matrix: Matrix;
  readonly style: Inherited;
  readonly viewport: Size;
  /** Size of the innermost <svg>, in the drawing's units; 0 where it is not known. */
  readonly page: Size;
  /** CSS variables, which are inherited. */
  readonly variables: ReadonlyMap<string, string>;
  /** How many `use` it lies in. */
  readonly uses: number;
}

/** What an element takes over from the one around it. */
type Inside = Pick<Drawn, "matrix" | "style" | "viewport" | "page" | "variables">;

export function isFilled({ style }: Drawn): boolean {
  return style.fill.visible && !style.fillClear;
}

export function isStroked({ style }: Drawn): boolean {
  return style.stroke.visible && !style.strokeClear && !style.noWidth;
}

function* ancestors(drawn: Drawn): Generator<Element> {
  for (let above = drawn.parent; above !== null; above = above.parent) yield above.element;
}

const leftHidden = (n: number): string =>
  `${things(n, "hidden element")}: left out; make visible what is ink`;
const leftText = (n: number): string => `${things(n, "text")}: left out; only lines are ink`;
const leftImage = (n: number): string =>
  `${things(n, "image")}: left out; only lines are ink; trace images to strokes first`;
const notClipped = (n: number): string =>
  `${things(n, "clipped or masked element")}: read whole; cut the lines themselves to leave parts out`;
const notPlotted = (n: number): string =>
  `${things(n, "layer")} with a name that begins with %: left out, as plotters do; rename what is ink`;
const rulesUnread = (n: number): string =>
  `${things(n, "CSS rule")} with other selectors than types, classes and ids: ignored; export styles as attributes`;

/** An SVG: the elements that are drawn, and how large one unit is. */
export class SvgDocument {
  readonly viewport: Size;
  readonly #root: Element;
  readonly #notes: Notes;
  readonly #ids = new Map<string, Element>();
  readonly #styles: Styles;
  readonly #box: Box | null;
  #used = 0;

  constructor(root: Element, notes: Notes) {
    this.#root = root;
    this.#notes = notes;
    const sheets: string[] = [];
    for (const element of walk(root)) {
      const id = element.attributes.get("id");
      if (id !== undefined && !this.#ids.has(id)) this.#ids.set(id, element);
      if (element.name === "style") sheets.push(element.text);
    }
    this.#styles = new Styles(sheets);
    this.#box = viewBox(root.attributes.get("viewBox") ?? "");
    this.viewport = this.#box
      ? [this.#box[2], this.#box[3]]
      : [this.#side("width") ?? 300, this.#side("height") ?? 150];
  }

  /** Millimetres in a unit of the drawing, where its width is given in a unit of paper. */
  unitMm(): number | null {
    const [part] = lengths(this.#root.attributes.get("width") ?? "") ?? [];
    if (part === undefined || !PHYSICAL.has(part[1]) || !Number.isFinite(part[0]) || part[0] <= 0)
      return null;
    if (this.#box === null) return MM;
    const height = this.#side("height");
    let scale = (part[0] * PIXELS.get(part[1])!) / this.#box[2];
    if (height !== null && !this.#stretches) scale = Math.min(scale, height / this.#box[3]);
    return scale * MM;
  }

  /** Every shape that is drawn and visible, in order. What is left out is noted. */
  *shapes(): Generator<Drawn> {
    this.#notes.count(rulesUnread, this.#styles.unread);
    const stack = [this.#drawn(this.#root, null, this.#above())];
    while (stack.length > 0) {
      const drawn = stack.pop()!;
      if (drawn === null) continue;
      if (!SHAPES.has(drawn.element.name)) stack.push(...this.#inside(drawn).reverse());
      else if (drawn.style.shown) yield drawn;
      else this.#notes.count(leftHidden);
    }
  }

  /** What the root inherits. */
  #above(): Inside {
    const matrix = this.#stretch();
    const known = this.#box !== null || (this.#side("width") !== null && this.#side("height") !== null);
    const [width, height] = this.viewport;
    const page: Size = known ? [width, height * matrix[3]] : [0, 0];
    return { matrix, style: INITIAL, viewport: this.viewport, page, variables: new Map() };
  }

  /** The elements in a group, or the element that a `use` refers to. */
  #inside(drawn: Drawn): (Drawn | null)[] {
    const { element } = drawn;
    if (element.name === "use") return [this.#usedBy(drawn)];
    const nested = (element.name === "svg" || element.name === "symbol") && drawn.parent !== null;
    const inside = nested ? this.#nested(drawn) : drawn;
    const children =
      element.name === "switch" ? element.children.filter(isSupported).slice(0, 1) : element.children;
    return children.map((child) => this.#drawn(child, drawn, inside));
  }

  /** An element with its own style and transform; null where it is not drawn. */
  #drawn(
    element: Element,
    parent: Drawn | null,
    { matrix, style, viewport, page, variables }: Inside,
    uses = parent?.uses ?? 0,
  ): Drawn | null {
    const { name, attributes } = element;
    const throughUse = name === "symbol" && parent?.element.name === "use";
    if (!GROUPS.has(name) && !SHAPES.has(name) && !throughUse) {
      if (name === "text") this.#notes.count(leftText);
      if (name === "image") this.#notes.count(leftImage);
      return null;
    }
    if (uses > 0 && ++this.#used > MAX_USES) {
      throw new InkFileError(
        `expected at most ${counted(MAX_USES)} elements drawn through <use>, found more`,
      );
    }
    if ((attributes.get("inkscape:label") ?? "").startsWith("%") && name === "g") {
      this.#notes.count(notPlotted);
      return null;
    }
    const above: Drawn = { element, parent, matrix, style, viewport, page, variables, uses };
    const [declared, own] = this.#declared(above);
    const drawn = { ...above, variables: own };
    if (word(declared, "display") === "none" || isZero(declared.get("opacity") ?? "")) {
      this.#notes.count(leftHidden);
      return null;
    }
    if (["clip-path", "mask"].some((key) => !["", "none"].includes(word(declared, key))))
      this.#notes.count(notClipped);
    const turned = transform(declared.get("transform") ?? "", viewport);
    if (turned === null)
      this.#notes.add(`transform of <${name}>: cannot be read; ignored; apply transforms before exporting`);
    const moved =
      turned === null || turned === IDENTITY
        ? matrix
        : multiply(matrix, about(turned, declared.get("transform-origin") ?? "", viewport));
    return { ...drawn, matrix: moved, style: inherited(style, declared) };
  }

  /** The properties of an element with variables put in, and its variables. */
  #declared(drawn: Drawn): [ReadonlyMap<string, string>, ReadonlyMap<string, string>] {
    const all = this.#styles.of(drawn.element, () => ancestors(drawn));
    const own = [...all].filter(([name]) => name.startsWith("--"));
    const variables = own.length > 0 ? new Map([...drawn.variables, ...own]) : drawn.variables;
    const rest = [...all].filter(([name]) => !name.startsWith("--"));
    return [
      new Map(rest.map(([name, value]): [string, string] => [name, withVariables(value, variables)])),
      variables,
    ];
  }

  /** The element that a `use` refers to. */
  #usedBy(drawn: Drawn): Drawn | null {
    const { attributes } = drawn.element;
    const name = (attributes.get("href") ?? attributes.get("xlink:href") ?? "").trim();
    const target = name.startsWith("#") ? this.#ids.get(name.slice(1)) : undefined;
    if (target === undefined) {
      this.#notes.add(
        `<use>: expected the name of an element in this file, found '${name.slice(0, 40)}'; ignored; replace uses by copies`,
      );
      return null;
    }
    if (drawn.uses >= MAX_USE_DEPTH || [...ancestors(drawn)].includes(target)) {
      this.#notes.add(
        `<use>: '${name.slice(0, 40)}' holds itself or is nested too deeply; ignored; replace uses by copies`,
      );
      return null;
    }
    const x = lengthOf(drawn, "x", drawn.viewport[0]) ?? 0;
    const y = lengthOf(drawn, "y", drawn.viewport[1]) ?? 0;
    const matrix = multiply(drawn.matrix, translation(x, y));
    return this.#drawn(target, drawn, { ...drawn, matrix }, drawn.uses + 1);
  }

  /** What lies in an <svg> inside another, or in a <symbol>, inherits. */
  #nested(drawn: Drawn): Inside {
    const { element, parent, viewport } = drawn;
    const asking = parent !== null && parent.element.name === "use" ? [parent, drawn] : [drawn];
    const side = (name: string, whole: number): number =>
      asking.map((who) => lengthOf(who, name, whole)).find((value) => value !== null) ?? whole;
    const size: Size = [side("width", viewport[0]), side("height", viewport[1])];
    let { matrix, page } = drawn;
    if (element.name === "svg") {
      const x = lengthOf(drawn, "x", viewport[0]) ?? 0;
      const y = lengthOf(drawn, "y", viewport[1]) ?? 0;
      matrix = multiply(matrix, translation(x, y));
      page = [size[0] * Math.abs(matrix[0]), size[1] * Math.abs(matrix[3])];
    }
    const box = viewBox(element.attributes.get("viewBox") ?? "");
    if (box === null) return { ...drawn, matrix, viewport: size, page };
    const align = element.attributes.get("preserveAspectRatio") ?? "";
    matrix = multiply(matrix, intoViewport(box, size, align));
    return { ...drawn, matrix, viewport: [box[2], box[3]], page };
  }

  get #stretches(): boolean {
    return (this.#root.attributes.get("preserveAspectRatio") ?? "").trim() === "none";
  }

  /** The root's view box is not applied, so that its units stay; but where it stretches, one side has to follow. */
  #stretch(): Matrix {
    const [width, height] = [this.#side("width"), this.#side("height")];
    if (this.#box === null || width === null || height === null || !this.#stretches) return IDENTITY;
    return [1, 0, 0, height / this.#box[3] / (width / this.#box[2]), 0, 0];
  }

  /** The root's width or height in pixels, where it is given and not a percentage. */
  #side(name: string): number | null {
    const text = this.#root.attributes.get(name) ?? "";
    const value = text.includes("%") ? null : length(text, 0);
    return value !== null && Number.isFinite(value) && value > 0 ? value : null;
  }
}

/** A length of a shape in its units, 0 where it is not given or cannot be read. */
export function numberOf(drawn: Drawn, name: string, whole: number, notes: Notes): number {
  const value = lengthOf(drawn, name, whole);
  const { attributes, name: shape } = drawn.element;
  if (value === null && attributes.has(name)) {
    const found = attributes.get(name)!.slice(0, 40);
    notes.add(`<${shape}>: ${name}: expected a length, found '${found}'; read as 0; correct it`);
  }
  return value ?? 0;
}

function lengthOf({ element }: Drawn, name: string, whole: number): number | null {
  const value = length(element.attributes.get(name) ?? "", whole);
  return value === null || Number.isNaN(value) ? null : value;
}

/** Whether a <switch> takes this child: not if it needs extensions, is in another language, or never drawn. */
function isSupported({ name, attributes }: Element): boolean {
  const languages = (attributes.get("systemLanguage") ?? "en").toLowerCase().split(",");
  const english = languages.some((language) => language.trim().startsWith("en"));
  const needs = attributes.get("requiredExtensions") ?? "";
  return english && needs === "" && !["title", "desc", "metadata"].includes(name);
}

function inherited(style: Inherited, declared: ReadonlyMap<string, string>): Inherited {
  const changes: { -readonly [K in keyof Inherited]?: Inherited[K] } = {};
  for (const [name, value] of declared) {
    const text = value.trim().toLowerCase();
    if (text === "" || text === "inherit" || text === "unset") continue;
    if (name === "visibility") {
      changes.shown =
        text === "visible" || text === "initial" || (style.shown && text !== "hidden" && text !== "collapse");
    } else if (name === "fill" || name === "stroke") {
      const clear = text === "initial" ? name === "stroke" : isClear(text);
      changes[name] = { declared: true, visible: !clear, colour: text };
    } else if (name === "fill-opacity") changes.fillClear = isZero(text);
    else if (name === "stroke-opacity") changes.strokeClear = isZero(text);
    else if (name === "stroke-width") changes.noWidth = isZero(text);
  }
  return { ...style, ...changes };
}

function isZero(text: string): boolean {
  const parts = lengths(text);
  return parts !== null && parts.length === 1 && parts[0]![0] <= 0;
}

/** The keyword that a property is, in small letters. */
function word(declared: ReadonlyMap<string, string>, name: string): string {
  return (declared.get(name) ?? "").trim().toLowerCase();
}

/** Whether a paint cannot be seen: none, or a colour without opacity. */
function isClear(text: string): boolean {
  if (text === "none" || text === "transparent") return true;
  if (text.startsWith("#")) {
    return (text.length === 5 && text[4] === "0") || (text.length === 9 && text.slice(7) === "00");
  }
  if ((text.startsWith("rgb") || text.startsWith("hsl")) && text.endsWith(")")) {
    const parts = words(text.slice(text.indexOf("(") + 1, -1).replaceAll(/[/,]/g, " "));
    return parts.length === 4 && isZero(parts[3]!);
  }
  return false;
}

/**
 * The elements of an SVG that are drawn, as pentrace/ink/formats/_drawn.py: each with its matrix and what it inherits,
 * through groups and `use`.
 */

import { Styles, withVariables } from "./css.ts";
import { length, lengths, PHYSICAL, PIXELS } from "./lengths.ts";
import {
  about,
  type Box,
  bounds,
  IDENTITY,
  intoViewport,
  type Matrix,
  multiply,
  type Size,
  through,
  transform,
  translation,
  viewBox,
} from "./matrix.ts";
import { counted, InkFileError, MAX_POINTS, Notes } from "./notes.ts";
import type { Pair } from "./path-data.ts";
import {
  circleOf,
  type Drawn,
  INITIAL,
  inherited,
  isZero,
  lengthOf,
  ring,
  SHAPES,
  subpathsOf,
  word,
} from "./svg-shapes.ts";
import { type Element, walk } from "./xml-tree.ts";

/** Most elements that are drawn through `use`, for a whole document. */
const MAX_USES = 100_000;
const MAX_USE_DEPTH = 20;
/** Most shapes that are measured, because a transform is about a place in their box, for a whole document. */
const MAX_MEASURED = 100_000;
/** Elements within each other that are measured; those further in are not, since each doubles the work. */
const MOST_BOXES = 3;
const GROUPS = new Set(["svg", "g", "a", "switch", "use"]);
const OWN_BOXES = ["fill-box", "stroke-box", "content-box", "border-box"];
const MM = 25.4 / 96;

function* ancestors(drawn: Drawn): Generator<Element> {
  for (let above = drawn.parent; above !== null; above = above.parent) yield above.element;
}

/** What the notes count of elements that are no lines. */
export const LEFT_OUT = {
  text: ["text", ": left out; only lines are ink"],
  image: ["image", ": left out; only lines are ink; trace images to strokes first"],
} as const;
const HIDDEN = ["hidden element", ": left out; make visible what is ink"] as const;

/** An SVG: the elements that are drawn, and how large one unit is. */
export class SvgDocument {
  readonly viewport: Size;
  readonly #root: Element;
  #notes: Notes;
  readonly #allNotes: Notes;
  readonly #ids = new Map<string, Element>();
  readonly #styles: Styles;
  readonly #box: Box | null;
  #used = 0;
  #measured = 0;
  #boxes = 0;
  /** Points in shapes that are measured. */
  #pointsLeft = 2 * MAX_POINTS;

  constructor(root: Element, notes: Notes) {
    this.#root = root;
    this.#notes = notes;
    this.#allNotes = notes;
    const sheets: [string, string][] = [];
    for (const element of walk(root)) {
      const id = element.attributes.get("id");
      if (id !== undefined && !this.#ids.has(id)) this.#ids.set(id, element);
      if (element.name === "style")
        sheets.push([(element.attributes.get("media") ?? "").toLowerCase(), element.text]);
    }
    this.#styles = new Styles(sheets);
    this.#box = viewBox(root.attributes.get("viewBox") ?? "");
    this.viewport = this.#box
      ? [this.#box[2], this.#box[3]]
      : [this.#side("width") ?? 300, this.#side("height") ?? 150];
  }

  /** Millimetres in a unit of the drawing, where its width is given in a unit of paper. */
  unitMm(): number | null {
    const [part] = lengths(this.#given("width")) ?? [];
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
    const how = "ignored; export styles as attributes";
    const rest = `with other selectors than types, classes and ids: ${how}`;
    this.#notes.count("CSS rule", ` ${rest}`, this.#styles.unread);
    this.#notes.count("CSS at-rule", ` other than @media screen or print: ${how}`, this.#styles.unreadAt);
    for (const drawn of this.#shapesIn(this.#drawn(this.#root, null, this.#above()))) {
      if (drawn.style.shown) yield drawn;
      else this.#notes.count(...HIDDEN);
    }
  }

  /** Every shape in an element that is drawn, in order. */
  *#shapesIn(top: Drawn | null): Generator<Drawn> {
    const stack = [top];
    while (stack.length > 0) {
      const drawn = stack.pop()!;
      if (drawn === null) continue;
      if (SHAPES.has(drawn.element.name)) yield drawn;
      else stack.push(...this.#inside(drawn).reverse());
    }
  }

  /** What the root inherits. */
  #above(): Drawn {
    const { viewport } = this;
    const matrix = this.#stretch();
    const known = this.#box !== null || (this.#side("width") !== null && this.#side("height") !== null);
    const page: Size = known ? [viewport[0], viewport[1] * matrix[3]] : [0, 0];
    const nothing = new Map<string, string>();
    const [variables, declared] = [nothing, nothing];
    return {
      element: this.#root,
      parent: null,
      matrix,
      style: INITIAL,
      viewport,
      page,
      variables,
      declared,
      uses: 0,
    };
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

  /**
   * An element with its own style and transform; null where it is not drawn.
   *
   * inside: what it inherits, and the matrix and viewport that it lies in.
   */
  #drawn(element: Element, parent: Drawn | null, inside: Drawn): Drawn | null {
    const { name, attributes } = element;
    const uses = parent?.uses ?? 0;
    const throughUse = name === "symbol" && parent?.element.name === "use";
    if (!GROUPS.has(name) && !SHAPES.has(name) && !throughUse) {
      if (name === "text" || name === "foreignObject") this.#notes.count(...LEFT_OUT.text);
      if (name === "image") this.#notes.count(...LEFT_OUT.image);
      return null;
    }
    if (uses > 0 && ++this.#used > MAX_USES) {
      throw new InkFileError(
        `expected at most ${counted(MAX_USES)} elements drawn through <use>, found more`,
      );
    }
    if ((attributes.get("inkscape:label") ?? "").startsWith("%") && name === "g") {
      const rest = "with a name that begins with %: left out, as plotters do; rename what is ink";
      this.#notes.count("layer", ` ${rest}`);
      return null;
    }
    const drawn = { ...inside, element, parent, uses };
    const [declared, variables] = this.#declared(drawn);
    if (word(declared, "display") === "none" || isZero(declared.get("opacity") ?? "")) {
      this.#notes.count(...HIDDEN);
      return null;
    }
    if (["clip-path", "mask"].some((key) => !["", "none"].includes(word(declared, key)))) {
      const rest = "read whole; cut the lines themselves to leave parts out";
      this.#notes.count("clipped or masked element", `: ${rest}`);
    }
    return this.#moved({ ...drawn, declared, variables, style: inherited(inside.style, declared) });
  }

  /** An element after its own transform. */
  #moved(drawn: Drawn): Drawn {
    const { declared, viewport, element } = drawn;
    const functions = ["translate", "rotate", "scale"].flatMap((name) =>
      declared.has(name) ? [`${name}(${declared.get(name)})`] : [],
    );
    const text = [...functions, declared.get("transform") ?? ""].filter((one) => !one.includes("none"));
    if (text.join("").trim() === "") return drawn;
    let own = OWN_BOXES.includes(word(declared, "transform-box"));
    if (own && this.#boxes === MOST_BOXES) {
      this.#allNotes.add(
        `transform-box of <${element.name}>: nested too deeply; ignored; apply transforms before exporting`,
      );
      own = false;
    }
    const box: Box | null = own ? this.#boxOf(drawn) : [0, 0, ...viewport];
    if (box === null) return drawn;
    const turned = transform(text.join(" "), [box[2], box[3]]);
    const moved = turned && about(turned, declared.get("transform-origin") ?? "", box);
    if (moved !== null) return { ...drawn, matrix: multiply(drawn.matrix, moved) };
    this.#notes.add(
      `transform of <${element.name}>: cannot be read; ignored; apply transforms before exporting`,
    );
    return drawn;
  }

  /** The box around what an element draws, in its own units; null where it draws nothing. */
  #boxOf(drawn: Drawn): Box | null {
    const notes = this.#notes;
    this.#notes = new Notes(); // what is left out is noted when it is drawn
    this.#boxes++;
    const corners: Pair[] = [];
    for (const shape of this.#shapesIn({ ...drawn, matrix: IDENTITY })) {
      this.#measured++;
      if (this.#measured > MAX_MEASURED) {
        throw new InkFileError(
          `expected transforms about at most ${counted(MAX_MEASURED)} shapes, found more`,
        );
      }
      const circle = circleOf(shape, this.#notes);
      const found = circle === null ? subpathsOf(shape, this.#notes, 0, this.#pointsLeft) : [ring(circle)];
      const points = found.flatMap((subpath) => subpath.points);
      this.#pointsLeft -= points.length;
      if (points.length > 0) {
        const [left, top, right, bottom] = bounds(through(shape.matrix, points));
        corners.push([left, top], [right, bottom]);
      }
    }
    this.#notes = notes;
    this.#boxes--;
    if (corners.length === 0) return null;
    const [left, top, right, bottom] = bounds(corners);
    return [left, top, right - left, bottom - top];
  }

  /** The properties of an element with variables put in, and its variables. */
  #declared(drawn: Drawn): [ReadonlyMap<string, string>, ReadonlyMap<string, string>] {
    const declared = this.#styles.of(drawn.element, ancestors(drawn));
    const own = [...declared].filter(([name]) => name.startsWith("--"));
    const variables = own.length > 0 ? new Map([...drawn.variables, ...own]) : drawn.variables;
    for (const [name] of own) declared.delete(name);
    for (const [name, value] of declared) declared.set(name, withVariables(value, variables));
    return [declared, variables];
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
    const use = { ...drawn, uses: drawn.uses + 1 };
    return this.#drawn(target, use, { ...use, matrix: atItsCorner(drawn) });
  }

  /** What lies in an <svg> inside another, or in a <symbol>, with its matrix and viewport. */
  #nested(drawn: Drawn): Drawn {
    const { element, parent, viewport } = drawn;
    const asking = parent !== null && parent.element.name === "use" ? [parent, drawn] : [drawn];
    const side = (name: string, whole: number): number =>
      asking.map((who) => lengthOf(who, name, whole)).find((value) => value !== null) ?? whole;
    const size: Size = [side("width", viewport[0]), side("height", viewport[1])];
    let { matrix, page } = drawn;
    if (element.name === "svg") {
      matrix = atItsCorner(drawn);
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
    const value = length(this.#given(name), 0);
    return value !== null && Number.isFinite(value) && value > 0 ? value : null;
  }

  /** How the root's width or height is given: by its attribute, or else by a style, not as a percentage. */
  #given(name: string): string {
    const styled = this.#styles.of(this.#root, []).get(name) ?? "";
    const given = [this.#root.attributes.get(name) ?? "", styled].filter((text) => !text.includes("%"));
    return given.find((text) => text.trim() !== "") ?? "";
  }
}

/** The matrix of an element, moved to its x and y. */
function atItsCorner(drawn: Drawn): Matrix {
  const x = lengthOf(drawn, "x", drawn.viewport[0]) ?? 0;
  const y = lengthOf(drawn, "y", drawn.viewport[1]) ?? 0;
  return multiply(drawn.matrix, translation(x, y));
}

/** Whether a <switch> takes this child: not if it needs extensions, is in another language, or never drawn. */
function isSupported({ name, attributes }: Element): boolean {
  const languages = (attributes.get("systemLanguage") ?? "en").toLowerCase().split(",");
  const english = languages.some((language) => language.trim().startsWith("en"));
  const needs = attributes.get("requiredExtensions") ?? "";
  return english && needs === "" && !["title", "desc", "metadata"].includes(name);
}

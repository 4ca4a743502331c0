/** The part of CSS that says which lines of an SVG are drawn, as pentrace/ink/formats/_css.py. */

import { matchAt } from "./lengths.ts";
import { counted, InkFileError, words } from "./notes.ts";
import type { Element } from "./xml-tree.ts";

const MAX_RULES = 10_000;
/** Most comparisons of an element with a part of a selector, for a whole document. */
const MAX_TESTS = 1_000_000;

/** What is read of attributes and styles. */
const PROPERTIES = new Set(
  words(`
    display visibility fill stroke stroke-width stroke-opacity fill-opacity
    opacity transform transform-origin transform-box clip-path mask
    cx cy r rx ry x y width height d
  `),
);
/** What is read of styles, but not of attributes: there the names have other meanings. */
const ONLY_IN_STYLES = new Set(["translate", "rotate", "scale"]);

/** Longest value in which variables are put, and longest variable, in characters. */
const MOST_VALUE = 1000;
const MOST_VARIABLE = 200;
const MOST_NESTED = 10;
const MOST_COMPOUNDS = 16;

/** At-rules that change no line. */
const IGNORED = /^@(?:font-face|charset|namespace|page|property|counter-style|(?:-[a-z]+-)?keyframes)\b/;
const UNSEEN_MEDIA = new Set(words("print speech aural braille embossed handheld projection tty tv"));
const SIMPLE = /([.#]?)(\*|[A-Za-z_-][A-Za-z0-9_-]*)/y;
const COMBINATOR = /[ \t\n\f\r]*(>?)[ \t\n\f\r]*/y;
const VARIABLE = /var\([ \t\n\f\r]*(--[A-Za-z0-9_-]+)[ \t\n\f\r]*(?:,([^()]*))?\)/g;
const PLAIN = /[^"'(){};:\\]+/y;

/** What one element has to be: all of a type, an id and classes. parent: whether it is the next one's parent. */
interface Compound {
  readonly type: string;
  readonly id: string;
  readonly classes: readonly string[];
  readonly parent: boolean;
}

type Declaration = readonly [name: string, value: string, important: boolean];

interface Rule {
  readonly selector: readonly Compound[];
  readonly declarations: readonly Declaration[];
  readonly specificity: readonly number[];
}

/** The rules of a document, by what their last compound asks for, and how many could not be read. */
export class Styles {
  readonly #rules = new Map<string, Rule[]>();
  #tests = 0;
  unread = 0;
  /** At-rules that could not be read. */
  unreadAt = 0;

  /**
   * The rules of style sheets, each with its `media`, as a screen shows them.
   *
   * Selectors other than types, ids, classes and descent are left out, and so are other at-rules than @media.
   */
  constructor(sheets: readonly (readonly [string, string])[]) {
    let order = 0;
    for (const [media, sheet] of sheets) {
      for (const [prelude, body] of this.#rulesUnder(`@media ${media}`, withoutComments(sheet))) {
        const entries = declarations(body);
        if (entries.length === 0) continue;
        for (const part of prelude.split(",")) {
          order++;
          if (order > MAX_RULES) {
            throw new InkFileError(`CSS: expected at most ${counted(MAX_RULES)} rules, found more`);
          }
          this.#enter(part, entries, order);
        }
      }
    }
  }

  /** [selectors, declarations] of the rules under an at-rule that hold on a screen. */
  *#rulesUnder(condition: string, sheet: string, depth = 1): Generator<[string, string]> {
    const name = condition.toLowerCase();
    const seen = name.startsWith("@media") ? onScreen(name.slice("@media".length)) : null;
    if (seen === true && depth <= MOST_NESTED) {
      for (const [prelude, body] of blocks(sheet)) {
        if (prelude.startsWith("@")) yield* this.#rulesUnder(prelude, body, depth + 1);
        else yield [prelude, body];
      }
    } else if (seen !== false && !IGNORED.test(name)) this.unreadAt++;
  }

  /** The properties and variables that attributes, rules and the inline style give. ancestors: from the parent outwards. */
  of(element: Element, ancestors: Iterable<Element>): Map<string, string> {
    const found = new Map([...element.attributes].filter(([name]) => PROPERTIES.has(name)));
    const rules = this.#rules.size > 0 ? this.#matching(element, [...ancestors]) : [];
    const inline = declarations(element.attributes.get("style") ?? "");
    const all = [...rules.flatMap((rule) => rule.declarations), ...inline];
    for (const strong of [false, true]) {
      for (const [name, value, important] of all) if (important === strong) found.set(name, value);
    }
    return found;
  }

  #enter(part: string, entries: readonly Declaration[], order: number): void {
    const selector = readSelector(part);
    if (selector === null) {
      this.unread++;
      return;
    }
    const { id, classes, type } = selector.at(-1)!;
    const key = id !== "" ? `#${id}` : classes.length > 0 ? `.${[...classes].sort()[0]}` : type;
    const specificity = [
      selector.filter((compound) => compound.id !== "").length,
      selector.reduce((sum, compound) => sum + compound.classes.length, 0),
      selector.filter((compound) => compound.type !== "*").length,
      order,
    ];
    const rules = this.#rules.get(key) ?? [];
    rules.push({ selector, declarations: entries, specificity });
    this.#rules.set(key, rules);
  }

  /** The rules for an element, the strongest last. */
  #matching(element: Element, ancestors: readonly Element[]): Rule[] {
    const classes = new Set(classesOf(element).map((one) => `.${one}`));
    const keys = ["*", element.name, ...classes, `#${element.attributes.get("id") ?? ""}`];
    return keys
      .flatMap((key) => this.#rules.get(key) ?? [])
      .filter(({ selector }) => this.#matches(selector, element, ancestors))
      .sort((a, b) => firstDifference(a.specificity, b.specificity));
  }

  #matches(selector: readonly Compound[], element: Element, ancestors: readonly Element[]): boolean {
    if (!this.#is(element, selector.at(-1)!)) return false;
    let wanted = selector.length - 2;
    for (const parent of ancestors) {
      if (wanted < 0) break;
      if (this.#is(parent, selector[wanted]!)) wanted--;
      // No other way is tried: "a b > c" is rare, and only where an inner a b has no c would it matter.
      else if (selector[wanted]!.parent) return false;
    }
    return wanted < 0;
  }

  #is(element: Element, { type, id, classes }: Compound): boolean {
    this.#tests++;
    if (this.#tests > MAX_TESTS) {
      throw new InkFileError("CSS: expected fewer rules for so many elements; simplify the drawing");
    }
    if (type !== "*" && type !== element.name) return false;
    if (id !== "" && id !== element.attributes.get("id")) return false;
    if (classes.length === 0) return true;
    const own = new Set(classesOf(element));
    return classes.every((one) => own.has(one));
  }
}

function classesOf({ attributes }: Element): string[] {
  return words(attributes.get("class") ?? "");
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const k = a.findIndex((value, at) => value !== b[at]);
  return k < 0 ? 0 : a[k]! - b[k]!;
}

/** Whether a list of media queries, in small letters, holds on a light screen; null where that is not known. */
function onScreen(queries: string): boolean | null {
  const answers = queries.split(",").map((query) => holds(words(query).join(" ")));
  if (answers.includes(true)) return true;
  return answers.includes(null) ? null : false;
}

function holds(query: string): boolean | null {
  const plain = query.replace(/^(?:only )?(?:screen and )?(?:all and )?/, "").replaceAll(" ", "");
  if (["", "all", "screen", "notprint", "(prefers-color-scheme:light)"].includes(plain)) return true;
  if (["notall", "notscreen", "(prefers-color-scheme:dark)"].includes(plain)) return false;
  return UNSEEN_MEDIA.has(query) || query.startsWith("print and ") ? false : null;
}

/** A value with variables put in; one that is not set and has no fallback leaves nothing. */
export function withVariables(value: string, variables: ReadonlyMap<string, string>): string {
  let result = value;
  for (let k = 0; k < MOST_NESTED && result.includes("var(") && result.length <= MOST_VALUE; k++) {
    result = result.replace(
      VARIABLE,
      (_, name: string, otherwise = "") => variables.get(name.toLowerCase()) ?? otherwise,
    );
  }
  return result;
}

/** What an inline style or a rule's block declares, of the properties that are read and of variables (`--name`). */
function declarations(text: string): Declaration[] {
  const found: Declaration[] = [];
  const plain = withoutComments(text);
  for (let at = 0; at < plain.length; ) {
    const stop = until(plain, at, ";");
    const entry = plain.slice(at, stop);
    at = stop + 1;
    const colon = entry.indexOf(":");
    const name = entry.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value = entry.slice(colon + 1).trim();
    const variable = name.startsWith("--") && value.length <= MOST_VARIABLE;
    if (colon < 0 || !(variable || PROPERTIES.has(name) || ONLY_IN_STYLES.has(name))) continue;
    const important = value.toLowerCase().endsWith("!important");
    found.push([name, important ? value.slice(0, -"!important".length).trim() : value, important]);
  }
  return found;
}

/** The compounds of a selector, null where it has parts that are not read. */
function readSelector(part: string): Compound[] | null {
  const text = part.trim() === ":root" ? "svg" : part.trim();
  const compounds: Compound[] = [];
  let at = 0;
  while (at < text.length) {
    if (compounds.length === MOST_COMPOUNDS) return null;
    let type = "*";
    let id = "";
    const classes = new Set<string>();
    const start = at;
    for (let match = matchAt(SIMPLE, text, at); match !== null; match = matchAt(SIMPLE, text, at)) {
      if (match[1] === ".") classes.add(match[2]!);
      else if (match[1] === "#") id = match[2]!;
      else type = match[2]!;
      at += match[0].length;
    }
    if (at === start) return null;
    let parent = false;
    if (at < text.length) {
      const gap = matchAt(COMBINATOR, text, at)!;
      if (gap[0] === "" || at + gap[0].length === text.length) return null;
      at += gap[0].length;
      parent = gap[1] === ">";
    }
    compounds.push({ type, id, classes: [...classes], parent });
  }
  return compounds.length > 0 ? compounds : null;
}

/** [what stands before a block, what is in it] of a style sheet; that is nothing for an @import. */
function* blocks(text: string): Generator<[string, string]> {
  let at = 0;
  while (at < text.length) {
    const stop = until(text, at, "{;");
    if (stop === text.length) return;
    if (text[stop] === ";") {
      const rule = text.slice(at, stop).trim();
      if (rule.toLowerCase().startsWith("@import")) yield [rule, ""];
      at = stop + 1;
      continue;
    }
    const end = blockEnd(text, stop + 1);
    yield [text.slice(at, stop).trim(), text.slice(stop + 1, end)];
    at = end + 1;
  }
}

function blockEnd(text: string, from: number): number {
  let depth = 1;
  for (let at = until(text, from, "{}"); at < text.length; at = until(text, at + 1, "{}")) {
    depth += text[at] === "{" ? 1 : -1;
    if (depth === 0) return at;
  }
  return text.length;
}

/** Where the next of the marks stands that is neither quoted nor in parentheses; the end if there is none. */
function until(text: string, from: number, marks: string): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const plain = matchAt(PLAIN, text, at);
    if (plain !== null) {
      at += plain[0].length;
      continue;
    }
    const character = text[at]!;
    if (character === '"' || character === "'") {
      const close = text.indexOf(character, at + 1);
      at = close < 0 ? text.length : close + 1;
      continue;
    }
    if (depth === 0 && marks.includes(character)) return at;
    if (character === "(") depth++;
    if (character === ")") depth = Math.max(0, depth - 1);
    at++;
  }
  return at;
}

function withoutComments(text: string): string {
  return text.replace(/\/\*.*?(?:\*\/|$)/gs, " ");
}

/**
 * XML from strangers, as pentrace/ink/formats/_xml.py: decoded, then built into a tree of bounded depth and size.
 *
 * The browser's own DOMParser has no such bounds and is not there in tests; saxes gives one element after the other.
 */

import { SaxesParser } from "saxes";
import { counted, InkFileError } from "./notes.ts";

const MAX_DEPTH = 200;
const MAX_ELEMENTS = 300_000;
const MAX_ENTITIES = 100;
/** Longest text that an entity may stand for. */
const MAX_ENTITY = 1000;
/** Most characters that the entities of a document may add to it. */
const MAX_EXPANSION = 2 ** 20;

const KNOWN_SPACES = ["http://www.w3.org/2000/svg", "http://www.w3.org/2003/InkML"];
const SHARED_PREFIXES: Readonly<Record<string, string>> = {
  "http://www.w3.org/1999/xlink": "xlink",
  "http://www.w3.org/XML/1998/namespace": "xml",
  "http://www.inkscape.org/namespaces/inkscape": "inkscape",
};
const SHARED = new Set(Object.values(SHARED_PREFIXES));
const DECLARED =
  /^[ \t\r\n]{0,100}<\?xml[^>?]{0,200}?encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._:-]{1,40})/;

/** Names of encodings, and those that TextDecoder knows. */
const ENCODINGS: Readonly<Record<string, string>> = {
  "utf-8": "utf-8",
  utf8: "utf-8",
  // Programs that build text in memory declare UTF-16 and then save UTF-8.
  "utf-16": "utf-8",
  "us-ascii": "windows-1252",
  ascii: "windows-1252",
  latin1: "windows-1252",
  "iso-8859-1": "windows-1252",
  "iso-8859-9": "windows-1254",
  "koi8-r": "koi8-r",
  shift_jis: "shift_jis",
  "shift-jis": "shift_jis",
  "euc-jp": "euc-jp",
  gb2312: "gbk",
  gbk: "gbk",
  gb18030: "gb18030",
  big5: "big5",
  "euc-kr": "euc-kr",
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((k) => [`iso-8859-${k}`, `iso-8859-${k}`]),
  ),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => [`windows-125${k}`, `windows-125${k}`])),
};

/**
 * An element: its name, its attributes, the text right in it, its children.
 *
 * Names of the root's, SVG's or InkML's namespace, and names without one, have no prefix; others begin with `foreign:`.
 * Attributes without prefix go by their name, those of XLink, XML and Inkscape by `xlink:`, `xml:` and `inkscape:`;
 * others are dropped.
 */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  text: string;
  readonly children: Element[];
}

/** This element and every one below it, in the order of the document. */
export function walk(element: Element): Element[] {
  const found: Element[] = [];
  const stack = [element];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    found.push(next);
    for (let k = next.children.length - 1; k >= 0; k--) stack.push(next.children[k]!);
  }
  return found;
}

/** The root element. Throws InkFileError for broken XML and for what could be an attack. */
export function parse(bytes: Uint8Array): Element {
  const text = decode(bytes);
  const builder = new Builder(text.split("&").length - 1);
  const parser = new SaxesParser({ xmlns: false, position: true });
  parser.on("error", ({ message }) => {
    const [, line = "1", what = message] = /^(\d{1,9}):\d{1,9}: (.*)$/s.exec(message) ?? [];
    throw new InkFileError(`broken XML: line ${line}: ${what.replace(/\.$/, "")}`);
  });
  parser.on("doctype", (doctype) => Object.assign(parser.ENTITIES, builder.entities(doctype)));
  parser.on("opentag", ({ name, attributes }) => builder.start(name, attributes as Record<string, string>));
  parser.on("text", (part) => builder.characters(part));
  parser.on("cdata", (part) => builder.characters(part));
  parser.on("closetag", () => builder.end());
  parser.write(text).close();
  return builder.root!;
}

/** The text of an XML file, by its byte order mark or the encoding that it declares. */
export function decode(bytes: Uint8Array): string {
  const begin = String.fromCharCode(...bytes.subarray(0, 4));
  const other = OTHERS.find(([start]) => begin.startsWith(start));
  if (other !== undefined) throw new InkFileError(`expected XML, found ${other[1]}`);
  const [name, label] = encodingOf(bytes);
  let text: string;
  try {
    // A blank line before the XML declaration is an error of XML, but nothing is lost by it.
    text = new TextDecoder(label, { fatal: true }).decode(bytes).replace(/^[ \t\r\n]+/, "");
  } catch {
    throw new InkFileError(`XML: expected text in ${name}, found other bytes; save the file as UTF-8`);
  }
  if (text.startsWith("<")) return text;
  const found = text === "" ? "an empty file" : "text that is none";
  throw new InkFileError(`expected XML, found ${found}; export the ink as SVG`);
}

const PICTURE = "a picture; trace it to strokes first, for example in Inkscape";
/** How other files begin, and what to do with them. */
const OTHERS: readonly (readonly [string, string])[] = [
  ["\x1f\x8b", "a compressed file; unpack it first, for example with gunzip"],
  ["PK\x03\x04", "a ZIP archive; unpack it first, for example with unzip"],
  ["%PDF", "a PDF; open it in Inkscape and save it as SVG"],
  ["\x89PNG", PICTURE],
  ["\xff\xd8\xff", PICTURE],
  ["GIF8", PICTURE],
];

/** The name of a file's encoding, and the one that TextDecoder knows. */
function encodingOf(bytes: Uint8Array): readonly [string, string] {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return ["utf-16", "utf-16le"];
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return ["utf-16", "utf-16be"];
  const head = String.fromCharCode(...bytes.subarray(0, 400));
  const name = DECLARED.exec(head)?.[1]?.toLowerCase();
  if (name === undefined) return ["utf-8", "utf-8"];
  const label = ENCODINGS[name];
  if (label === undefined) {
    throw new InkFileError(`XML: the encoding ${name} is not known; save the file as UTF-8`);
  }
  return [name, label];
}

type Spaces = Readonly<Record<string, string>>;

/** Builds the tree from the parser's events, and stops where a limit is passed. */
class Builder {
  root: Element | null = null;
  readonly #open: { readonly element: Element; readonly spaces: Spaces }[] = [];
  readonly #home = new Set(KNOWN_SPACES);
  readonly #references: number;
  #count = 0;

  /** references: ampersands in the document, so at least as many as references to entities. */
  constructor(references: number) {
    this.#references = references;
  }

  start(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#count++;
    if (this.#count > MAX_ELEMENTS || this.#open.length >= MAX_DEPTH) {
      throw new InkFileError(
        `XML: expected at most ${counted(MAX_ELEMENTS)} elements, nested at most ${MAX_DEPTH} deep; found more`,
      );
    }
    let spaces = this.#open.at(-1)?.spaces ?? {};
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("xmlns")) spaces = { ...spaces, [key.slice("xmlns:".length)]: value };
    }
    if (this.root === null) this.#home.add(spaces[prefixOf(name)] ?? "");
    const element: Element = {
      name: this.#name(name, spaces),
      attributes: kept(attributes, spaces),
      text: "",
      children: [],
    };
    this.#open.at(-1)?.element.children.push(element);
    this.root ??= element;
    this.#open.push({ element, spaces });
  }

  end(): void {
    this.#open.pop();
  }

  characters(text: string): void {
    const open = this.#open.at(-1);
    if (open !== undefined) open.element.text += text;
  }

  /** The flat text entities that a DOCTYPE declares. */
  entities(doctype: string): Record<string, string> {
    const found: Record<string, string> = {};
    let count = 0;
    for (const [name, value] of declaredEntities(doctype)) {
      count++;
      if (value === null) {
        throw new InkFileError(`XML: entity ${name}: expected plain text, found a reference; remove it`);
      }
      if (/[&<%]/.test(value)) {
        throw new InkFileError(
          `XML: entity ${name}: expected plain text without & < %, found one; remove it`,
        );
      }
      if (count > MAX_ENTITIES || value.length > MAX_ENTITY) {
        throw new InkFileError(
          `XML: expected at most ${MAX_ENTITIES} entities of at most ${counted(MAX_ENTITY)} characters; found more`,
        );
      }
      if (value.length * this.#references > MAX_EXPANSION) {
        throw new InkFileError(
          `XML: expected entities that add at most ${counted(MAX_EXPANSION)} characters; found more`,
        );
      }
      found[name] ??= value;
    }
    return found;
  }

  #name(name: string, spaces: Spaces): string {
    const prefix = prefixOf(name);
    const space = spaces[prefix] ?? prefix;
    return space === "" || this.#home.has(space) ? name.slice(name.lastIndexOf(":") + 1) : `foreign:${name}`;
  }
}

function prefixOf(name: string): string {
  return name.slice(0, Math.max(name.lastIndexOf(":"), 0));
}

function kept(attributes: Readonly<Record<string, string>>, spaces: Spaces): Map<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(attributes)) {
    const colon = name.indexOf(":");
    if (colon < 0) {
      result.set(name, value);
      continue;
    }
    const prefix = name.slice(0, colon);
    const known = SHARED_PREFIXES[spaces[prefix] ?? ""] ?? prefix;
    if (SHARED.has(known)) result.set(`${known}:${name.slice(colon + 1)}`, value);
  }
  return result;
}

/** What matters in a DOCTYPE: comments, texts in quotes, and where declarations begin and end. */
const PARTS = /<!--.*?(?:-->|$)|"[^"]*"?|'[^']*'?|[<>%]/gs;
const ENTITY = /^<!ENTITY[ \t\r\n]+([^ \t\r\n"'%]{1,200})[ \t\r\n]+(?:"([^"]*)"|'([^']*)')/;

/** Names and texts of the entities in a DOCTYPE; null for one that refers to something outside. */
function* declaredEntities(doctype: string): Generator<[string, string | null]> {
  const open = doctype.indexOf("[");
  const inside = open < 0 ? "" : doctype.slice(open + 1);
  let begin: number | null = null;
  for (const { 0: part, index } of inside.matchAll(PARTS)) {
    if (part === "<") begin ??= index;
    else if (part === "%" && begin === null) yield ["%", null];
    if (part !== ">" || begin === null) continue;
    const text = inside.slice(begin, index);
    begin = null;
    if (!text.startsWith("<!ENTITY")) continue;
    const match = ENTITY.exec(text);
    if (match === null) yield [text.split(/\s+/)[1]?.slice(0, 40) ?? "", null];
    else yield [match[1]!, match[2] ?? match[3]!];
  }
}

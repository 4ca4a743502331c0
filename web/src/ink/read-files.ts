/** Ink of files that are opened in the page: the same formats, results and words as in Python (pentrace/ink/formats). */

import type { FileInk } from "./formats/columns.ts";
import { unpacked } from "./formats/compressed.ts";
import { readIam } from "./formats/iam.ts";
import { readInkml } from "./formats/inkml.ts";
import { readJson } from "./formats/json.ts";
import { InkFileError } from "./formats/notes.ts";
import { readSvg } from "./formats/svg.ts";
import { parse, walk } from "./formats/xml-tree.ts";
import { readXournal } from "./formats/xournal.ts";
import { SUFFIXES } from "./suffixes.ts";

export type { FileInk };

const MOST_MIB = 16;
const PICTURE = "trace it to strokes first, for example in Inkscape";
/** What to do with files of other types than SVG. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  [".pdf", "open it in Inkscape and save it as SVG"],
  [".png", PICTURE],
  [".jpg", PICTURE],
  [".jpeg", PICTURE],
  [".webp", PICTURE],
]);

/** The ink of a file, with notes of what could not be read. Throws InkFileError, which names the file. */
export async function readInkFile(file: File): Promise<FileInk> {
  try {
    if (file.size > MOST_MIB * 2 ** 20) {
      throw new InkFileError(
        `the page opens at most ${MOST_MIB} MiB; \`pentrace futures\` on the command line reads larger files`,
      );
    }
    const buffer = await file.arrayBuffer().catch(() => {
      throw new InkFileError("the browser found it moved or changed; choose it again");
    });
    return readInk(file.name, await unpacked(new Uint8Array(buffer), MOST_MIB * 2 ** 20));
  } catch (error) {
    if (error instanceof InkFileError)
      throw new InkFileError(`${file.name} cannot be read: ${error.message}.`);
    throw error;
  }
}

/** The ink of a file's bytes, which are not compressed. Throws InkFileError. */
export function readInk(name: string, bytes: Uint8Array): FileInk {
  const dot = name.lastIndexOf(".");
  const suffix = dot < 0 ? "" : name.slice(dot).toLowerCase();
  if (!SUFFIXES.includes(suffix)) {
    throw new InkFileError(
      `unknown file type ${suffix === "" ? "(none)" : suffix}; expected one of ${SUFFIXES.join(", ")}; ${ADVICE.get(suffix) ?? "export the ink as SVG"}`,
    );
  }
  return suffix === ".json" ? readJson(decodeJson(bytes)) : readXml(bytes);
}

function decodeJson(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InkFileError("broken JSON: expected UTF-8, found other bytes");
  }
}

/** XML by its root element, whatever its suffix. */
function readXml(bytes: Uint8Array): FileInk {
  const root = parse(bytes);
  if (root.name === "svg") return readSvg(root);
  if (root.name === "WhiteboardCaptureSession") return readIam(root);
  if (root.name === "xournal") return readXournal(root);
  if (walk(root).some(({ name }) => name === "ink")) return readInkml(root);
  throw new InkFileError(
    `expected an <svg>, an <ink>, a <xournal> or a <WhiteboardCaptureSession>, found <${root.name.slice(0, 40)}>; export the ink as SVG`,
  );
}

/** Ink files that are dropped anywhere on the page. */

import type { PathSource } from "../engine/field.ts";
import { InkFileError, readInkFile } from "../ink/read-files.ts";

export function listenToFiles(open: (source: PathSource) => void, announce: (text: string) => void): void {
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file !== undefined) void openFile(file, open, announce);
  });
}

/** Reads a file and opens it, or says what is wrong with it. */
export async function openFile(
  file: File,
  open: (source: PathSource) => void,
  announce: (text: string) => void,
): Promise<void> {
  try {
    open({ kind: "ink", ...(await readInkFile(file)) });
    announce(`${file.name} is opened.`);
  } catch (error) {
    if (!(error instanceof InkFileError)) throw error;
    announce(error.message);
  }
}

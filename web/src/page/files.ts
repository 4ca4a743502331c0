/** Ink files: dropped anywhere on the page, or chosen with a button of the field. */

import type { PathSource } from "../engine/field.ts";
import { InkFileError, readInkFile } from "../ink/read-files.ts";
import type { Frame } from "./figure.ts";

type Open = (source: PathSource) => void;

export function listenToFiles(frame: Frame<"field">, open: Open): void {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = ".json,.svg";
  chooser.hidden = true;
  chooser.ariaLabel = "Ink file";
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) void openFile(file, frame, open);
    // The same file may be chosen again.
    chooser.value = "";
  });
  const button = frame.controls.quiet("Open ink", () => chooser.click(), {
    title: "Look along an ink of yours: a JSON or an SVG, which you can also drop on the page",
  });
  button.after(chooser);
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    frame.el.scrollIntoView({ behavior: frame.still ? "auto" : "smooth", block: "start" });
    void openFile(file, frame, open);
  });
}

/** Reads a file and opens it, or says what is wrong with it. */
async function openFile(file: File, frame: Frame<"field">, open: Open): Promise<void> {
  try {
    open({ kind: "ink", ...(await readInkFile(file)) });
    frame.announce(`${file.name} is opened.`);
  } catch (error) {
    if (!(error instanceof InkFileError)) throw error;
    frame.say(error.message);
    frame.announce(error.message);
  }
}

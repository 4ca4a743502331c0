/** Ink files: dropped on a figure, or chosen with its button. One figure takes what is dropped elsewhere. */

import type { PathSource } from "../engine/source.ts";
import { InkFileError } from "../ink/formats/notes.ts";
import type { Controls } from "./control.ts";
import type { Frame } from "./figure.ts";

type Open = (source: PathSource) => void;
/** What files need of a figure. */
type Opener = Pick<Frame<Controls>, "el" | "still" | "say" | "announce"> & {
  readonly controls: Pick<Frame<Controls>["controls"], "quiet">;
};

/** where: files that are dropped here, on this figure, or anywhere that is no such figure. */
export function listenToFiles(frame: Opener, open: Open, where: "here" | "anywhere"): void {
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.accept = ".json,.svg,.inkml,.xml";
  chooser.hidden = true;
  chooser.ariaLabel = "Ink file";
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) void openFile(file, frame, open);
    // The same file may be chosen again.
    chooser.value = "";
  });
  const button = frame.controls.quiet("Open ink", () => chooser.click(), {
    title: "Look along an ink of yours: a JSON, SVG or InkML file, which you can also drop here",
  });
  button.after(chooser);
  const target = where === "here" ? frame.el : document;
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    // A figure that takes files for itself has it first.
    if (event.defaultPrevented || !(event instanceof DragEvent)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    frame.el.scrollIntoView({ behavior: frame.still ? "auto" : "smooth", block: "start" });
    void openFile(file, frame, open);
  });
}

/** Reads a file and opens it, or says what is wrong with it. */
async function openFile(file: File, frame: Opener, open: Open): Promise<void> {
  try {
    // The readers come with the first file.
    const { readInkFile } = await import("../ink/read-files.ts");
    const { points, penUp, scale, notes } = await readInkFile(file);
    open({ kind: "ink", points, penUp, scale });
    const said = [`${file.name} is opened.`, ...notes.map((note) => `${file.name}: ${note}.`)].join(" ");
    if (notes.length > 0) frame.say(said);
    frame.announce(said);
  } catch (error) {
    if (!(error instanceof InkFileError)) throw error;
    frame.say(error.message);
    frame.announce(error.message);
  }
}

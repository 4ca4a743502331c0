/** Ink files: dropped on a figure, or chosen with its button. One figure takes what is dropped elsewhere. */

import { make, makeProblem, scrollTo } from "../draw/element.ts";
import type { PathSource } from "../engine/source.ts";
import { InkFileError } from "../ink/formats/notes.ts";
import type { Placeable } from "../ink/place.ts";
import { SUFFIXES } from "../ink/suffixes.ts";
import type { Controls } from "./control.ts";
import type { Frame } from "./figure.ts";

/** The ink of a file: what the model reads of it, and what a paper shows. */
export type FileSource = Extract<PathSource, { kind: "ink" }>;
type Open = (source: FileSource, file: Placeable) => void;

/** Where files are taken. */
export interface Opener {
  /** The figure that shows them. */
  readonly el: HTMLElement;
  readonly button: HTMLButtonElement;
  /** The reader asked for less motion. */
  readonly still: boolean;
  announce(text: string): void;
}

/** Gives a figure a button that opens files. where: takes files that are dropped here, or anywhere except on such figures. */
export function listenToFiles<Table extends Controls>(
  frame: Frame<Table>,
  open: Open,
  where: "here" | "anywhere",
): void {
  const button = frame.controls.quiet("Open ink", () => {}, {
    title: "Open a file of ink: JSON, SVG, InkML or Xournal++. You can also drop it here",
  });
  takeFiles({ ...frame, button }, open, where);
}

/** Opens files that a button chooses, or that are dropped. What is wrong with one stays beside the button. */
export function takeFiles(opener: Opener, open: Open, where: "here" | "anywhere"): void {
  const { button, el } = opener;
  const problem = makeProblem();
  const read = (file: File): void => void openFile(file, problem, opener, open);
  chooseFile(button, { label: "Ink file", accept: SUFFIXES.join() }, read);
  (button.closest(".controls") ?? button).after(problem);
  const target = where === "here" ? el : document;
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    // A figure that takes files for itself comes first.
    if (event.defaultPrevented || !(event instanceof DragEvent)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    if (where === "anywhere") scrollTo(el, opener.still, "start");
    read(file);
  });
}

/** Has a button ask for a file of some kinds. */
export function chooseFile(
  button: HTMLButtonElement,
  { label, accept }: { readonly label: string; readonly accept: string },
  read: (file: File) => void,
): void {
  const chooser = make("input");
  Object.assign(chooser, { type: "file", accept, hidden: true, ariaLabel: label });
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) read(file);
    // The same file may be chosen again.
    chooser.value = "";
  });
  button.addEventListener("click", () => chooser.click());
  button.after(chooser);
}

/** Reads a file and opens it, or says what is wrong with it until one could be opened. */
async function openFile(file: File, problem: HTMLElement, opener: Opener, open: Open): Promise<void> {
  try {
    // The readers come with the first file.
    const { readInkFile } = await import("../ink/read-files.ts");
    const { notes, ...ink } = await readInkFile(file);
    const { points, penUp, scale } = ink;
    open({ kind: "ink", points, penUp, scale }, ink);
    problem.textContent = notes.map((note) => `${file.name}: ${note}.`).join(" ");
    opener.announce(`${file.name} is opened.`);
  } catch (error) {
    if (!(error instanceof InkFileError)) throw error;
    problem.textContent = error.message;
  }
}

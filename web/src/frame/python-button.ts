/** The button that copies a figure as Python. Where the browser refuses, the text is shown, to be copied by hand. */

import { flash, make, makeButton } from "../draw/element.ts";
import type { Loaded } from "./checkpoints.ts";
import type { Python } from "./python.ts";

export type CopyPython = () => Python | string | Promise<Python>;

interface Options {
  /** The lines of the figure; a sentence where there are none now. */
  readonly code: CopyPython;
  /** The page's checkpoint. */
  readonly loaded: { readonly value: Loaded | null };
  announce(text: string): void;
}

/** Where the button goes, and the row of controls that the box is put into. */
interface Row {
  readonly el: HTMLElement;
  readonly downloads: HTMLElement;
}

const LABEL = "Copy as Python";

/** Disabled until the figure has started. */
export function copyPython(row: Row, { code, loaded, announce }: Options): HTMLButtonElement {
  let box: HTMLElement | null = null;
  const hide = (): void => box?.remove();
  const close = (): void => {
    hide();
    button.focus();
  };
  const show = (content: HTMLElement): void => {
    hide();
    box = make("div", "python-box", content, makeButton(close, "", "Close"));
    box.role = "group";
    box.ariaLabel = LABEL;
    row.el.append(box);
  };
  const press = async (): Promise<void> => {
    const made = await code();
    const of = typeof made === "string" ? null : (made.loaded ?? loaded.value);
    if (typeof made === "string" || of === null) {
      const reason = typeof made === "string" ? made : "The model has not come yet.";
      show(make("p", "", reason));
      announce(reason);
      return;
    }
    const { pythonText } = await import("./python.ts");
    const text = pythonText(made, of);
    if (await copied(text)) {
      hide();
      announce("Copied as Python.");
      flash(button, "Copied", LABEL);
      return;
    }
    const shown = make("textarea");
    shown.readOnly = true;
    shown.spellcheck = false;
    shown.value = text;
    shown.rows = text.split("\n").length;
    shown.ariaLabel = "Python, to be copied";
    show(shown);
    shown.focus();
    shown.select();
    announce("The browser did not allow copying. The text is selected.");
  };
  const button = makeButton(() => void press(), "python", LABEL);
  button.title = "Copy the lines of Python that give the numbers shown here";
  button.disabled = true;
  // The first figure's HTML keeps a place for it, so that nothing moves.
  row.downloads.querySelector(".python")?.remove();
  row.downloads.append(button);
  return button;
}

/** Copies a text; returns whether the browser took it. */
export async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

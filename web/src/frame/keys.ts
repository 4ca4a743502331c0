/** What the keys do: on the paper, and undo and redo everywhere. */

export interface KeyActions {
  takeOver(): void;
  another(step: 1 | -1): void;
  togglePlaying(): void;
  undo(): void;
  redo(): void;
  /** Moves the paper by client pixels. */
  pan(dx: number, dy: number): void;
  /** Shows the begin or the end of the ink. */
  show(where: "begin" | "end"): void;
}

/** Client pixels that an arrow key with Shift moves the paper. */
const PAN = 80;

/**
 * Listens on the paper and the document.
 *
 * Tab takes over while the paper was last touched by a pointer; who came by the keyboard, or pressed Escape, moves on
 * with it as everywhere.
 */
export function listenToKeys(surface: HTMLElement, actions: KeyActions): void {
  const onPaper: Readonly<Record<string, () => void>> = {
    Enter: actions.takeOver,
    Tab: actions.takeOver,
    ArrowRight: () => actions.another(1),
    ArrowLeft: () => actions.another(-1),
    " ": actions.togglePlaying,
    Backspace: actions.undo,
    Home: () => actions.show("begin"),
    End: () => actions.show("end"),
  };
  const withShift: Readonly<Record<string, () => void>> = {
    ArrowRight: () => actions.pan(-PAN, 0),
    ArrowLeft: () => actions.pan(PAN, 0),
    ArrowDown: () => actions.pan(0, -PAN),
    ArrowUp: () => actions.pan(0, PAN),
  };
  surface.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") surface.classList.remove("touched");
    if (event.key === "Tab" && !surface.classList.contains("touched")) return;
    const action = (event.shiftKey ? withShift : onPaper)[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || isText(event.target)) return;
    // Where the keyboard writes other letters than Latin ones, the place of the key counts.
    const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.code.at(-1)?.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    if (key === "y" || event.shiftKey) actions.redo();
    else actions.undo();
  });
}

/** Whether text is typed there: then the keys are its own. */
function isText(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement) return true;
  return target instanceof HTMLInputElement && ["text", "search", "number"].includes(target.type);
}

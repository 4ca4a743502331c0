/** What the keys do: on the paper, and undo everywhere. */

export interface KeyActions {
  takeOver(): void;
  another(step: 1 | -1): void;
  togglePlaying(): void;
  undo(): void;
}

/**
 * Listens on the paper and the document.
 *
 * Tab takes over while the paper was last touched by a pointer; who came by the keyboard, or pressed Escape, moves on
 * with it as everywhere.
 */
export function listenToKeys(surface: HTMLElement, actions: KeyActions): void {
  listenToTouch(surface);
  const onPaper: Readonly<Record<string, () => void>> = {
    Enter: actions.takeOver,
    Tab: actions.takeOver,
    ArrowRight: () => actions.another(1),
    ArrowLeft: () => actions.another(-1),
    " ": actions.togglePlaying,
    Backspace: actions.undo,
  };
  surface.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") surface.classList.remove("touched");
    if (event.key === "Tab" && !surface.classList.contains("touched")) return;
    const action = onPaper[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });
  document.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (!command || event.shiftKey || event.altKey || event.key.toLowerCase() !== "z") return;
    event.preventDefault();
    actions.undo();
  });
}

/** Tells, by a class, a surface that got the focus from a pointer: the ring is for those who came by the keyboard. */
export function listenToTouch(surface: HTMLElement): void {
  surface.addEventListener("pointerdown", () => surface.classList.add("touched"));
  surface.addEventListener("blur", () => surface.classList.remove("touched"));
}

/** What the browser keeps for the page, if it does: of this tab (session), or of this reader (local). */

type Kind = "session" | "local";

export function read(kind: Kind, key: string): string | null {
  try {
    return storageOf(kind).getItem(key);
  } catch {
    return null; // The browser keeps nothing for this page.
  }
}

/** Returns whether the browser keeps it. null: it is to be forgotten. */
export function keep(kind: Kind, key: string, text: string | null): boolean {
  try {
    if (text === null) storageOf(kind).removeItem(key);
    else storageOf(kind).setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

/** Throws where the browser keeps nothing. */
function storageOf(kind: Kind): Storage {
  return kind === "session" ? sessionStorage : localStorage;
}

/** A drag on an element by one pointer: others, such as the palm beside a pen, do not take part. */

import { capture } from "./capture.ts";

export interface Drag {
  /** Whether a press here begins a drag. */
  begin(event: PointerEvent): boolean;
  move(event: PointerEvent): void;
  /** It is over. lifted: where the pointer was lifted; null where the browser took it away, or its end never came. */
  end?(lifted: PointerEvent | null): void;
}

/** A pointer that has sent nothing for so long (milliseconds) has lost its end. */
const SILENT_MS = 1000;

export function listenToDrag(el: HTMLElement, drag: Drag): void {
  let held: { readonly id: number; readonly type: string; seen: number } | null = null;
  const end = (lifted: PointerEvent | null): void => {
    held = null;
    drag.end?.(lifted);
  };
  el.addEventListener("pointerdown", (event) => {
    if (held !== null) {
      // The first contact of the same device shows that the one before is gone.
      const gone = event.isPrimary && event.pointerType === held.type;
      if (!gone && event.pointerId !== held.id && event.timeStamp - held.seen < SILENT_MS) return;
      end(null);
    }
    if (event.button !== 0 || !drag.begin(event)) return;
    held = { id: event.pointerId, type: event.pointerType, seen: event.timeStamp };
    capture(el, event.pointerId);
  });
  el.addEventListener("pointermove", (event) => {
    if (event.pointerId !== held?.id) return;
    held.seen = event.timeStamp;
    // A mouse that was let go where nobody listened.
    if (event.pointerType === "mouse" && event.buttons === 0) end(null);
    else drag.move(event);
  });
  for (const type of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
    el.addEventListener(type, (event) => {
      if (event.pointerId === held?.id) end(type === "pointerup" ? event : null);
    });
  }
}

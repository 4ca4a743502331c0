/** Lets an element keep a pointer until it is up, wherever it goes. */
export function capture(el: Element, pointerId: number): void {
  try {
    el.setPointerCapture(pointerId);
  } catch {
    // The pointer is up again already, so there is nothing to keep.
  }
}

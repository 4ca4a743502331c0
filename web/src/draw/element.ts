/** Making elements. */

type Content = readonly (string | Node)[];

/** An element with its classes and children. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  names = "",
  ...content: Content
): HTMLElementTagNameMap[Tag] {
  const el = document.createElement(tag);
  if (names !== "") el.className = names;
  el.append(...content);
  return el;
}

/** An element that assistive technology takes for a slider. */
export function asSlider(el: HTMLElement, label: string): void {
  el.tabIndex = 0;
  el.role = "slider";
  el.ariaLabel = label;
  el.ariaValueMin = "0";
  // Until there is something to choose from.
  el.ariaValueNow ??= "0";
  el.ariaValueText ??= "Nothing yet";
}

/** By how much a key moves, when it is pressed alone or with Shift; the browser then does nothing else with it. */
export function stepOf(event: KeyboardEvent, steps: Readonly<Record<string, number>>): number | undefined {
  const by = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
  if (by !== undefined) event.preventDefault();
  return by;
}

/** A button that does something when it is pressed. */
export function makeButton(press: () => void, names = "", ...content: Content): HTMLButtonElement {
  const el = make("button", names, ...content);
  el.type = "button";
  el.addEventListener("click", press);
  return el;
}

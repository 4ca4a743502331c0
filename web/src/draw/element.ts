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

/** An element of an SVG, with its attributes and children. */
export function makeSvg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...content: Content
): SVGElementTagNameMap[Tag] {
  const el = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
  el.append(...content);
  return el;
}

/** A part of a menu; it is there where it has something to choose. */
export function optionGroup(label: string, options: readonly HTMLOptionElement[]): HTMLOptGroupElement {
  return Object.assign(make("optgroup", "", ...options), { label, hidden: options.length === 0 });
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

/** Scrolls to an element: over time, or at once for readers who asked for less motion. */
export function scrollTo(el: Element | null, still: boolean, block: ScrollLogicalPosition): void {
  el?.scrollIntoView({ behavior: still ? "instant" : "smooth", block });
}

const FLASH_MS = 1600;

/** Says something in a button's place for a moment, instead of what is usually there. */
export function flash(button: HTMLButtonElement, text: string, usual: string): void {
  button.textContent = text;
  window.setTimeout(() => {
    button.textContent = usual;
  }, FLASH_MS);
}

/** A switch that is on or off. */
export function makeSwitch(id: string, turn: (on: boolean) => void): HTMLInputElement {
  const el = make("input");
  Object.assign(el, { type: "checkbox", role: "switch", id });
  el.addEventListener("change", () => turn(el.checked));
  return el;
}

/** A place for what is wrong, which is said when it comes. */
export function makeProblem(): HTMLParagraphElement {
  return Object.assign(make("p", "problem"), { role: "alert" });
}

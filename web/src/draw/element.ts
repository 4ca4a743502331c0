/** Making elements. */

type Content = readonly (string | Node)[];

/** An element with its classes and what is in it. */
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

/** A button that does something when it is pressed. */
export function makeButton(press: () => void, names = "", ...content: Content): HTMLButtonElement {
  const el = make("button", names, ...content);
  el.type = "button";
  el.addEventListener("click", press);
  return el;
}

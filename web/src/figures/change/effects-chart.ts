/**
 * A list of interventions, each with what it was measured to do: a dot for the effect, a mark for each draw of random
 * cells, a band as wide as they reach. Only a dot outside the band says something of the cells. Choose one.
 */

export interface EffectRow {
  readonly name: string;
  readonly title: string;
  /** What was measured: before, after, and beside random cells. */
  readonly detail: string;
  /** after - before, and its standard error; NaN where it is not known yet. */
  readonly effect: number;
  readonly error: number;
  /** The same for each draw of random cells. */
  readonly random: readonly number[];
  /** What it has to lie beyond: from, to. */
  readonly reach: readonly [number, number];
  /** Whether it does, and to the expected side. */
  readonly controls: boolean;
}

export interface EffectsData {
  readonly rows: readonly EffectRow[];
  /** Its name; "" for none. */
  readonly chosen: string;
}

export interface EffectsChart {
  update(data: EffectsData): void;
  destroy(): void;
}

export function effectsChart(
  el: HTMLElement,
  initial: EffectsData,
  options: { readonly label: string; onChoose(name: string): void },
): EffectsChart {
  const list = document.createElement("div");
  list.className = "effects";
  list.role = "radiogroup";
  list.ariaLabel = options.label;
  el.append(list);
  let rows: readonly EffectRow[] = [];
  let buttons: HTMLButtonElement[] = [];

  const make = (row: EffectRow, k: number): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.role = "radio";
    button.className = "effect";
    button.classList.toggle("controls-it", row.controls);
    button.dataset.name = row.name;
    button.append(span("effect-title", row.title), plot(row), span("effect-detail", row.detail));
    button.addEventListener("click", () => options.onChoose(row.name));
    button.addEventListener("keydown", (event) => {
      const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
      if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const to = (k + by + rows.length) % rows.length;
      options.onChoose(rows[to]!.name);
      buttons[to]?.focus();
    });
    return button;
  };

  const update = (data: EffectsData): void => {
    if (data.rows !== rows) {
      rows = data.rows;
      buttons = rows.map(make);
      list.replaceChildren(...buttons);
    }
    const chosen = rows.findIndex(({ name }) => name === data.chosen);
    buttons.forEach((button, k) => {
      button.ariaChecked = String(k === chosen);
      button.tabIndex = k === Math.max(chosen, 0) ? 0 : -1;
    });
  };

  update(initial);
  return { update, destroy: () => list.remove() };
}

/** What the marks mean: each, and its word. */
export function effectsKey(): Node[] {
  const words: [string, string][] = [
    ["dot beats", "further than all random cells"],
    ["dot", "not further"],
    ["draw", "random cells"],
    ["none", "no effect"],
  ];
  return words.map(([mark, word]) => {
    const made = span("", word);
    const sign = span("effect-plot effects-sign", "");
    sign.ariaHidden = "true";
    sign.append(span(mark, ""));
    made.prepend(sign);
    return made;
  });
}

/** The same rows without a choice. */
export function effectList(el: HTMLElement): { update(rows: readonly EffectRow[]): void } {
  const list = document.createElement("ul");
  list.className = "effects";
  el.append(list);
  return {
    update(rows) {
      list.replaceChildren(
        ...rows.map((row) => {
          const item = document.createElement("li");
          item.className = "effect";
          item.classList.toggle("controls-it", row.controls);
          item.append(span("effect-title", row.title), plot(row), span("effect-detail", row.detail));
          return item;
        }),
      );
    },
  };
}

/** Each row has a scale of its own, with "no effect" in the middle. */
function plot({ effect, error, random, reach: [from, to] }: EffectRow): HTMLElement {
  const el = span("effect-plot", "");
  el.ariaHidden = "true";
  const known = Number.isFinite(effect);
  const widest = Math.max(-from, to, known ? Math.abs(effect) + (error || 0) : 0);
  const reach = 1.15 * widest || 1;
  const at = (value: number): string => `${50 + (50 * value) / reach}%`;
  const mark = (name: string, from: number, to = from): void => {
    const made = span(name, "");
    made.style.setProperty("--from", at(from));
    made.style.setProperty("--to", at(to));
    el.append(made);
  };
  if (from < to) mark("band", from, to);
  mark("none", 0);
  for (const value of random) if (Number.isFinite(value)) mark("draw", value);
  if (known) {
    if (error > 0) mark("error", effect - error, effect + error);
    mark("dot", effect);
  }
  return el;
}

function span(name: string, text: string): HTMLElement {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = text;
  return made;
}

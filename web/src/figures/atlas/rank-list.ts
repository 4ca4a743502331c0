/** A list of things by how strong they are: a bar for each, a mark for what chance gives. Choose one. */

export interface Ranked {
  readonly key: string;
  readonly label: string;
  /** -1 to 1; the bar is its amount, the colour its sign. */
  readonly score: number;
  /** What chance gives; null where that is not known. */
  readonly chance: number | null;
  /** What is said behind the bar. */
  readonly detail: string;
  /** What it is, at length. */
  readonly title: string;
}

export interface RankData {
  readonly heading: string;
  readonly rows: readonly Ranked[];
  /** The key of what is chosen. */
  readonly chosen: string;
}

export interface RankList {
  update(data: RankData): void;
  destroy(): void;
}

export function rankList(
  el: HTMLElement,
  initial: RankData,
  options: { onChoose(key: string): void },
): RankList {
  const heading = document.createElement("h3");
  const list = document.createElement("div");
  list.className = "ranks";
  el.append(heading, list);
  let rows: readonly Ranked[] = [];
  let buttons: HTMLButtonElement[] = [];

  const make = ({ key, label, score, chance, detail, title }: Ranked): HTMLButtonElement => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "rank";
    button.title = title;
    button.append(text("rank-label", label), scoreBar(score, chance), text("rank-detail", detail));
    button.addEventListener("click", () => options.onChoose(key));
    return button;
  };

  const update = (data: RankData): void => {
    heading.textContent = data.heading;
    list.ariaLabel = data.heading;
    if (data.rows !== rows) {
      const scrolled = rows.length === data.rows.length ? list.scrollTop : 0;
      const focused = buttons.indexOf(document.activeElement as HTMLButtonElement);
      rows = data.rows;
      buttons = rows.map(make);
      list.replaceChildren(...buttons);
      list.scrollTop = scrolled;
      buttons[focused]?.focus({ preventScroll: true });
    }
    buttons.forEach((button, k) => {
      button.ariaPressed = String(rows[k]!.key === data.chosen);
    });
  };

  list.role = "group";
  update(initial);
  return {
    update,
    destroy() {
      heading.remove();
      list.remove();
    },
  };
}

/** A bar from 0 to 1, coloured by the sign of the score, with a mark for chance. */
export function scoreBar(score: number, chance: number | null): HTMLElement {
  const bar = text("score-bar", "");
  bar.ariaHidden = "true";
  bar.classList.toggle("low", score < 0);
  bar.style.setProperty("--score", `${100 * Math.min(Math.abs(score), 1)}%`);
  if (chance !== null) {
    const mark = text("score-chance", "");
    mark.style.setProperty("--chance", `${100 * Math.min(Math.max(chance, 0), 1)}%`);
    bar.append(mark);
  }
  return bar;
}

function text(name: string, said: string): HTMLElement {
  const made = document.createElement("span");
  made.className = name;
  made.textContent = said;
  return made;
}

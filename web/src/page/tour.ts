/**
 * The guided tour: stations in the figures, each with a question and its answer (stations.json, docs/tour.md).
 *
 * A bar at the bottom of the window, not a dialogue: the page stays usable, and the reader comes to the bar by Tab or as
 * to any landmark. A link to a station, `#tour=3`, sets the state of its figure; a link that says more is left as it is.
 */

import { batch, effect, type Signal } from "@preact/signals-core";
import { make, makeButton, scrollTo } from "../draw/element.ts";
import type { Control } from "../frame/control.ts";
import { controls, type State } from "./state.ts";
import stations from "./stations.json";
import "./tour.css";

interface Station {
  readonly title: string;
  readonly figure: string;
  /** What is scrolled to, where that is not the whole figure: a selector. */
  readonly place?: string;
  /** Controls by their names in the address. */
  readonly state: Readonly<Record<string, string>>;
  readonly question: string;
  readonly answer: string;
}

const STATIONS: readonly Station[] = stations;

export type Tour = ReturnType<typeof makeTour>;

/** still: the reader asked for less motion. */
export function makeTour(state: State, still: boolean) {
  /** To a station, from 1; 0 ends the tour. */
  const go = (number: number): void => {
    const station = STATIONS[number - 1];
    batch(() => {
      state.tour.value = number;
      if (station !== undefined) setUp(state, station);
    });
    if (station !== undefined) bring(station, still);
  };
  const el = bar(state.tour, go);
  return {
    go,
    /** From the first station, with the focus in the bar. */
    begin() {
      go(1);
      el.focus({ preventScroll: true });
    },
    /** Sets a station up if the address names one, and nothing else. */
    arrive(hash: string) {
      const said = [...new URLSearchParams(hash.replace(/^#/, "")).keys()];
      if (state.tour.peek() > 0 && said.every((name) => name === "tour")) go(state.tour.peek());
    },
  };
}

/** All controls of the station's figure: those that it does not name get their usual values. */
function setUp(state: State, { figure, state: wanted }: Station): void {
  const names = Object.keys(controls) as (keyof typeof controls)[];
  for (const name of names) {
    const control = controls[name] as Control<unknown>;
    const text = wanted[name];
    if (text === undefined && !name.startsWith(`${figure}.`)) continue;
    (state[name] as Signal<unknown>).value =
      (text === undefined ? undefined : control.parse(text)) ?? control.initial;
  }
}

function bring({ figure, place }: Station, still: boolean): void {
  if (place === undefined) {
    scrollTo(document.getElementById(figure), still, "start");
    return;
  }
  // A card beside its drawing, or on a phone below it: at once, because the drawing follows the cards that go by.
  const narrow = window.matchMedia("(max-width: 60rem)").matches;
  document.querySelector(place)?.scrollIntoView({ behavior: "instant", block: narrow ? "end" : "center" });
}

/** The next Tab goes into the figure. */
function toFigure(station: Station | undefined): void {
  const el = document.getElementById(station?.figure ?? "");
  if (station === undefined || el === null) return;
  bring(station, true);
  el.tabIndex = -1;
  el.focus({ preventScroll: true });
}

function bar(tour: Signal<number>, go: (number: number) => void): HTMLElement {
  const title = makeButton(() => toFigure(STATIONS[tour.value - 1]), "tour-title");
  title.title = "Go to the figure";
  const heading = make("h2", "", title);
  const question = make("p");
  const answer = make("p", "tour-answer");
  const words = make("div", "tour-words", heading, question, answer);
  words.ariaLive = "polite";
  const show = makeButton(() => reveal(answer.hidden !== false), "main");
  const before = makeButton(() => go(tour.value - 1), "", "Previous");
  const next = makeButton(() => go(tour.value + 1), "", "Next");
  const close = makeButton(() => end(), "tour-close", "×");
  close.ariaLabel = "Close the tour";
  const el = make("aside", "tour column", words, make("div", "actions", show, before, next), close);
  el.ariaLabel = "Tour";
  el.tabIndex = -1;
  document.body.append(el);

  const reveal = (shown: boolean): void => {
    answer.hidden = !shown;
    show.textContent = shown ? "Hide the answer" : "Show the answer";
    show.ariaExpanded = String(shown);
  };
  const end = (): void => {
    go(0);
    document.getElementById("tour-link")?.focus({ preventScroll: true });
  };
  effect(() => {
    const number = tour.value;
    const station = STATIONS[number - 1];
    el.hidden = station === undefined;
    document.documentElement.classList.toggle("touring", !el.hidden);
    if (station === undefined) return;
    title.textContent = `${number} of ${STATIONS.length}: ${station.title}`;
    question.textContent = station.question;
    answer.textContent = station.answer;
    reveal(false);
    before.disabled = number === 1;
    next.disabled = number === STATIONS.length;
  });
  // What the bar covers can still be scrolled to.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--tour", `${el.offsetHeight}px`);
  }).observe(el);
  return el;
}

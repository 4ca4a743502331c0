/**
 * The guided tour: stations in the figures, each with a question and its answer (stations.json, docs/tour.md).
 *
 * A bar at the bottom of the window, not a dialogue: the page stays usable, and the reader comes to the bar by Tab or as
 * to any landmark. A link to a station, `#tour=3`, sets the state of its figure; a link that says more is left as it is.
 */

import { batch, effect, type Signal } from "@preact/signals-core";
import { make, makeButton } from "../draw/element.ts";
import type { Control } from "../frame/control.ts";
import { controls, type State } from "./state.ts";
import stations from "./stations.json";
import "./tour.css";

export type Station = (typeof stations)[number];

export interface Tour {
  /** To a station, from 1; 0 ends the tour. */
  go(number: number): void;
  /** Sets a station up if the address names one, and nothing else. */
  arrive(hash: string): void;
}

/** still: the reader asked for less motion. */
export function makeTour(state: State, still: boolean): Tour {
  const go = (number: number): void => {
    const station = stations[number - 1];
    batch(() => {
      state.tour.value = number;
      if (station !== undefined) setUp(state, station);
    });
    if (station !== undefined) scrollTo(station.figure, still);
  };
  bar(state.tour, go);
  return {
    go,
    arrive(hash) {
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
    const text = (wanted as Readonly<Record<string, string>>)[name];
    if (text === undefined && !name.startsWith(`${figure}.`)) continue;
    (state[name] as Signal<unknown>).value =
      (text === undefined ? undefined : control.parse(text)) ?? control.initial;
  }
}

function scrollTo(figure: string, still: boolean): void {
  const behavior = still ? "instant" : "smooth";
  document.getElementById(figure)?.scrollIntoView({ behavior, block: "start" });
}

function bar(tour: Signal<number>, go: (number: number) => void): void {
  const heading = make("h2");
  const question = make("p");
  const answer = make("p", "tour-answer");
  const words = make("div", "tour-words", heading, question, answer);
  words.ariaLive = "polite";
  const show = makeButton(() => reveal(answer.hidden !== false), "main");
  const before = makeButton(() => go(tour.value - 1), "", "Previous");
  const next = makeButton(() => go(tour.value + 1), "", "Next");
  const close = makeButton(() => end(), "", "Close");
  const el = make("aside", "tour column", words, make("div", "actions", show, before, next, close));
  el.ariaLabel = "Tour";
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
    const station = stations[number - 1];
    el.hidden = station === undefined;
    document.documentElement.classList.toggle("touring", !el.hidden);
    if (station === undefined) return;
    heading.textContent = `${number} of ${stations.length}: ${station.title}`;
    question.textContent = station.question;
    answer.textContent = station.answer;
    reveal(false);
    before.disabled = number === 1;
    next.disabled = number === stations.length;
  });
  // What the bar covers can still be scrolled to.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--tour", `${el.offsetHeight}px`);
  }).observe(el);
}

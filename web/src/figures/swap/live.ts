/** One hand's state in another's at work: from two inks and some cells to what the model writes on, and its traits. */

import { computed, createModel, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { followAtlas } from "../../atlas/fetch.ts";
import { make } from "../../draw/element.ts";
import { into } from "../../draw/redraw.ts";
import type { PathSource, SourceText } from "../../engine/source.ts";
import { CAP } from "../../engine/text/written.ts";
import { storedDirections } from "../../explain/directions.ts";
import { DRAWS } from "../../explain/silence.ts";
import { inkAtRest } from "../../frame/chosen.ts";
import { emptied, intersecting } from "../../frame/figure.ts";
import { recogniser } from "../../frame/recogniser.ts";
import { inkPath } from "../../ink/path.ts";
import { beforeAfter } from "../../views/before-after.ts";
import { PRIORITY } from "../../worker/pool.ts";
import { cellsMenu, wantedOf } from "./cells-menu.ts";
import { inkPanel } from "./ink-panel.ts";
import { bestCells, measuredOf, measuredTable } from "./measured.ts";
import { pythonOf } from "./python.ts";
import type {
  Answer,
  LettersReply,
  MeasuredReply,
  SwapRequest,
  SwapTask,
  Wanted,
  WrittenReply,
} from "./task.ts";
import { letterRow, traitRows, verdict } from "./traits.ts";
import { traitsChart } from "./traits-chart.ts";
import type { SwapWiring } from "./wiring.ts";
import { heads, inkNames, inkTitle, movements, statusText, type Taken } from "./words.ts";

/** Samples on each side, and points of each. */
const COUNT = 3;
const STEPS = 400;
/** The line in another hand. */
const LINE = { kind: "sample", steps: 300, variation: 0.5 } as const;
/** Futures that show a hand. */
const FUTURES = { count: 32, steps: 100 };
/** What is measured waits while a control moves. */
const PATIENCE_MS = 400;

export const LiveSwap = createModel((wiring: SwapWiring) => {
  const { frame, parts } = wiring;
  const followed = followAtlas(frame.loaded);
  // In a hand of the reader's, the cells do something else.
  const checkpoint = computed(() =>
    frame.loaded.value?.hand ? undefined : followed.atlas.value?.about.checkpoint.sha256,
  );
  const measuredBefore = computed(() => measuredOf(checkpoint.value));
  const best = computed(() => (measuredBefore.value === null ? [] : bestCells(measuredBefore.value)));
  const directions = computed(() => storedDirections(checkpoint.value));
  const known = { atlas: followed.atlas, chosen: frame.chosen.cells, best, directions };
  cellsMenu(parts.menu, frame.state, known);
  const wanted = computed(() => wantedOf(frame.state, known));
  const request = requested(wiring, wanted);
  const { written, measured, letters, failed } = answers(wiring, request, followed.settled);
  const samples = computed(() => written.value?.written ?? null);
  const taken = computed((): Taken => {
    const from = written.value?.request.wanted ?? wanted.value;
    return {
      cells: samples.value?.cells.length ?? 0,
      random: from.kind === "random",
      direction: from.kind === "direction" ? from.name : "",
    };
  });

  panels(wiring, written);
  beforeAfter(parts.samples, samples, {
    ...{ count: COUNT, seen: frame.seen, still: frame.still },
    heads: computed(() => heads(taken.value)),
  });
  traits(wiring, taken, measured, letters);
  measuredTable(parts.measured, measuredBefore);
  parts.see.addEventListener("click", () => {
    frame.chosen.cells.value = samples.value?.cells ?? [];
    frame.goTo("cells");
  });
  effect(() => {
    parts.see.disabled = taken.value.cells === 0;
  });
  effect(() => {
    if (failed.value !== "") frame.say(failed.value);
    else if (written.value !== null) frame.say(statusText(written.value, taken.value));
  });
  const python = () =>
    pythonOf(frame.loaded.value, written.value, measured.value, letters.value !== null, FUTURES.count);
  return { python };
});

/** What the worker is asked about. While a stroke is drawn, the ink stays as it was. */
function requested(
  { frame: { state, loaded }, ...desk }: SwapWiring,
  wanted: ReadonlySignal<Wanted>,
): ReadonlySignal<SwapRequest> {
  const yours = inkAtRest(desk);
  return computed(() => {
    const said = desk.said.value;
    const at = (step: number): number | null => (step < 0 ? null : step);
    const hands = loaded.value?.checkpoint.architecture.text?.hands ?? 0;
    return {
      inks: [yours.value, otherLine(state.hand.value, said, hands)],
      at: [at(state.yours.value), at(state.other.value)],
      donor: state.turned.value ? 0 : 1,
      wanted: wanted.value,
      seed: state.seed.value,
    };
  });
}

/** The line in another hand: what the model writes from nothing, or beside a text that text in another of its hands. */
function otherLine(number: number, said: SourceText | null, hands: number): PathSource {
  if (said === null) return { ...LINE, seed: number };
  const { words } = said;
  const steps = CAP * (Array.from(words).length + 1);
  const text = { words, hand: anotherHand(number, said.hand, hands), cap: CAP };
  return { ...LINE, steps, seed: number, text };
}

/** One of a checkpoint's hands by a number, but not the one that is there; null where it has no other. */
function anotherHand(number: number, own: SourceText["hand"], hands: number): number | null {
  const others = Array.from({ length: hands }, (_, hand) => hand).filter((hand) => hand !== own);
  return others[number % others.length] ?? null;
}

function answers(
  { frame }: SwapWiring,
  request: ReadonlySignal<SwapRequest>,
  settled: ReadonlySignal<boolean>,
) {
  const { el, state, loaded, view } = frame;
  const written = signal<Answer | null>(null);
  const measured = signal<MeasuredReply | null>(null);
  const letters = signal<LettersReply | null>(null);
  const { client, failed } = frame.line<SwapTask>("swap");
  emptied(loaded, [written]);
  effect(() => {
    const asked = { ...request.value, variation: state.variation.value, count: COUNT, steps: STEPS };
    if (loaded.value === null || !settled.value) return;
    view.ariaBusy = "true";
    failed.value = "";
    client.ask("write", asked, (reply) => {
      const pending = reply.written === null;
      view.ariaBusy = String(pending);
      // Samples of before stay until there are others.
      const samples = reply.written ?? written.peek()?.written ?? null;
      written.value = { ...reply, written: samples, request: asked, pending };
    });
  });
  // What is measured belongs to one request of one model, and begins when somebody sees the figure.
  const visible = intersecting(el, "0px");
  const begun = signal(false);
  const asked = computed(() => {
    const futures = { ...FUTURES, seed: request.value.seed };
    return { ...request.value, futures, draws: DRAWS };
  });
  effect(() => {
    request.value;
    loaded.value;
    client.drop("measure");
    client.drop("letters");
    measured.value = letters.value = null;
    begun.value = false;
  });
  effect(() => {
    const request = asked.value;
    if (loaded.value === null || !settled.value || !visible.value || begun.value) return;
    const wait = window.setTimeout(() => {
      begun.value = true;
      client.ask("measure", request, into(measured), PRIORITY.background);
    }, PATIENCE_MS);
    return () => window.clearTimeout(wait);
  });
  // The letters come last: a recogniser reads them, which takes seconds.
  const complete = computed(
    () => measured.value !== null && measured.value.random.length === measured.value.of,
  );
  const { ready } = recogniser(loaded, complete, (weights) => client.ask("recogniser", weights, () => {}));
  effect(() => {
    if (complete.value && ready.value)
      client.ask("letters", asked.peek(), into(letters), PRIORITY.background);
  });
  return { written, measured, letters, failed };
}

/** The two inks: the receiver on the left. */
function panels(
  { frame: { state }, parts, isExample }: SwapWiring,
  written: ReadonlySignal<WrittenReply | null>,
): void {
  for (const role of ["Receiver", "Donor"] as const) {
    const isDonor = role === "Donor";
    const data = computed(() => {
      const reply = written.value;
      if (reply === null) return null;
      const number = isDonor === (reply.donor === 0) ? 0 : 1;
      const ink = reply.inks[number];
      const path = inkPath(ink);
      const names = inkNames(isExample.value, ink.words !== null);
      const title = inkTitle(role, names[number], ink.step, path.length);
      const text = `After ${movements(ink.step)}`;
      return { path, step: ink.step, usual: ink.usual, least: isDonor ? 0 : 1, title, text };
    });
    inkPanel(isDonor ? parts.donor : parts.receiver, data, {
      label: `Step at which the ${role.toLowerCase()}’s state is looked at`,
      onLook(step) {
        const control = isDonor === state.turned.value ? state.yours : state.other;
        control.value = step === data.value?.usual ? -1 : step;
      },
    });
  }
}

/** What comes along, in numbers and in one sentence. */
function traits(
  { parts }: SwapWiring,
  taken: ReadonlySignal<Taken>,
  measured: ReadonlySignal<MeasuredReply | null>,
  letters: ReadonlySignal<LettersReply | null>,
): void {
  const told = make("p", "swap-told");
  parts.traits.append(make("h3", "", "What comes along, in these two hands"), told);
  // Numbers of before stay until there are others, marked as such.
  const last = signal<MeasuredReply | null>(null);
  effect(() => {
    if (measured.value !== null) last.value = measured.value;
    parts.traits.ariaBusy = String(measured.value === null);
    parts.traits.classList.toggle("stale", measured.value === null);
  });
  const rows = computed(() => {
    if (last.value === null) return [];
    return [...traitRows(last.value), ...(letters.value === null ? [] : letterRow(letters.value))];
  });
  effect(() => {
    const now = measured.value;
    told.textContent =
      now === null ? "Measuring what the model writes on." : verdict(rows.value, now, taken.value.cells);
  });
  traitsChart(parts.traits, rows);
}

/** What the figure that neatens does: two papers with one sheet, and a worker that follows the pen. */

import { computed, effect, signal } from "@preact/signals-core";
import { packed } from "../../engine/source.ts";
import type { Running } from "../../frame/figure.ts";
import { listenToTouch } from "../../frame/keys.ts";
import { outline } from "../../ink/outline.ts";
import { PathText } from "../../ink/path-text.ts";
import { listenToPen } from "../../ink/pointer.ts";
import { RULING, type Stroke, writtenOn } from "../../ink/stroke.ts";
import { type Paper, paper } from "../../views/paper.ts";
import type { NeateningReply, NeateningRequest, NeatenReply } from "./protocol.ts";
import type { NeatenWiring } from "./wiring.ts";

const NOTHING = { futures: null, shown: 0, playing: false };

export async function startNeaten(wiring: NeatenWiring): Promise<Running> {
  const { frame, sheet, ink, isExample, writing, neat } = wiring;
  const { state, seen, still } = frame;
  const ready = signal(false);
  const nats = signal<NeatenReply["nats"]>(null);
  const problem = signal("");
  let newest = 0;

  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const ask = (request: NeateningRequest): void => worker.postMessage(request);
  worker.onerror = () => {
    problem.value = "The engine could not be started; reload the page.";
  };
  worker.onmessage = ({ data }: MessageEvent<NeateningReply>) => {
    if (data.type === "error") problem.value = data.message;
    else if (data.id !== newest) return;
    else if (data.type === "ready") ready.value = true;
    else {
      neat.value = { points: data.points, lifts: data.lifts };
      if (data.nats !== null) nats.value = data.nats;
    }
  };

  effect(() => {
    if (frame.loaded.value === null) return;
    ready.value = false;
    problem.value = "";
    ask({ type: "load", id: ++newest, ...frame.loaded.value });
  });

  effect(() => {
    const share = state.share.value / 100;
    const strokes = ink.value;
    if (!ready.value || !seen.value) return;
    ask({ type: "neaten", id: ++newest, strokes: strokes.map(packed), ruling: RULING, share });
  });

  // The papers.

  const neatened = computed(() => (neat.value === null ? [] : writtenOn([], neat.value)));
  const options = { still, onTurn: () => {} };
  const rows = [row(frame.view, "Yours"), row(frame.view, "Neatened")] as const;
  const own = paper(
    rows[0],
    { ink: ink.peek(), faint: isExample.peek(), writing: false, ...NOTHING },
    options,
  );
  const other = paper(rows[1], { ink: [], faint: false, writing: false, ...NOTHING }, options);
  own.surface.tabIndex = 0;
  own.surface.role = "application";
  own.surface.ariaLabel = "Paper to write on, to be neatened";
  other.surface.ariaLabel = "The neatened ink";
  other.surface.role = "img";
  other.surface.classList.add("unwritten");

  const follow = (from: Paper, to: Paper): void =>
    from.surface.addEventListener("scroll", () => {
      to.surface.scrollLeft = from.surface.scrollLeft;
    });
  follow(own, other);
  follow(other, own);

  listenToTouch(own.surface);
  const stop = listenToPen(own.surface, {
    toSheet: own.toSheet,
    down: (point) => sheet.penDown(point),
    move: (points) => sheet.penMove(points),
    up: () => sheet.penUp(),
    discard: () => sheet.discard(),
    pan: own.pan,
  });

  effect(() => own.update({ ink: ink.value, faint: isExample.value, writing: writing.value, ...NOTHING }));
  effect(() =>
    other.update({ ink: neatened.value, faint: isExample.value, writing: writing.value, ...NOTHING }),
  );

  effect(() => {
    if (problem.value !== "") frame.say(problem.value);
    else if (isExample.value) frame.say("Write on the upper line; below it is neatened as you write.");
    else if (nats.value !== null) frame.say(surprise(nats.value));
  });

  return {
    svg: () =>
      drawing(frame.view, [
        { paper: own, ink: ink.value, faint: isExample.value },
        { paper: other, ink: neatened.value, faint: isExample.value },
      ]),
    destroy() {
      stop();
      worker.terminate();
      own.destroy();
      other.destroy();
    },
  };
}

function surprise({ own, neat }: { readonly own: number; readonly neat: number }): string {
  const less = own - neat;
  const change = `${Math.abs(less).toFixed(2)} nats ${less < 0 ? "more" : "less"}`;
  return `Your movements surprise the model by ${own.toFixed(2)} nats each; neatened, by ${change}.`;
}

function row(view: HTMLElement, label: string): HTMLElement {
  const el = document.createElement("div");
  const name = document.createElement("span");
  el.className = "paper";
  name.className = "row-label column";
  name.textContent = label;
  el.append(name);
  view.append(el);
  return el;
}

interface DrawnPaper {
  readonly paper: Paper;
  readonly ink: readonly Stroke[];
  readonly faint: boolean;
}

/** The papers in a view, one below the other, as they are seen. */
function drawing(view: HTMLElement, papers: readonly DrawnPaper[]): string {
  const [width, height] = [view.clientWidth, view.clientHeight];
  const from = view.getBoundingClientRect();
  const style = getComputedStyle(view);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const parts = papers.map(({ paper: { surface, toSheet }, ink, faint }) => {
    const box = surface.getBoundingClientRect();
    const [corner, unit] = [toSheet(from.left, from.top), toSheet(from.left + 1, from.top)];
    const zoom = 1 / (unit.x - corner.x);
    const [left, top] = [-corner.x * zoom, -corner.y * zoom];
    const text = new PathText(zoom, left, top);
    for (const stroke of ink) outline(stroke, text);
    const rule = `<path stroke="${colour("--rule")}" d="M0,${top}h${width}"/>`;
    const clip = `<svg y="${box.top - from.top}" width="${width}" height="${box.height}" viewBox="0 ${box.top - from.top} ${width} ${box.height}">`;
    return `${clip}${rule}<path fill="${colour("--ink")}" opacity="${faint ? 0.4 : 1}" d="${text}"/></svg>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="${colour("--paper")}"/>
${parts.join("\n")}
</svg>
`;
}

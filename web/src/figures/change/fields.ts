/** Two fields of futures along one ink: as the model is, and under a change. They are drawn when they are near. */

import type { Intervention } from "../../engine/interventions.ts";
import type { Frame } from "../../frame/figure.ts";
import { FieldClient } from "../../futures/client.ts";
import { clearestFork, Field, type Path, pathOf } from "../../futures/field.ts";
import { type FuturesField, futuresField } from "../../futures/futures-field.ts";
import { legend } from "../../futures/legend.ts";
import type { PathReply } from "../../futures/task.ts";
import type { Pool } from "../../worker/pool.ts";
import type { controls } from "./controls.ts";

const COUNT = 30;
const DRAWS = { steps: 8, seed: 1, variation: 0.7 };
const NEAR = "200px 0px";
/** While a control moves, fields wait. */
const PATIENCE_MS = 250;

interface SideEvents {
  onLook(step: number): void;
  onPath(path: Path): void;
}

/** One of the two. */
class Side {
  readonly #client: FieldClient;
  readonly #heading = document.createElement("h3");
  readonly #box = document.createElement("div");
  readonly #events: SideEvents;
  readonly #still: boolean;
  #field: Field | null = null;
  #view: FuturesField | null = null;
  #step = 0;
  #tick = 0;

  constructor(el: HTMLElement, pool: Pool, worker: number, still: boolean, events: SideEvents) {
    this.#client = new FieldClient(pool, [worker], {
      path: (reply) => this.#takePath(reply),
      piece: ({ piece, offsets }) => {
        this.#field?.add(piece, offsets);
        this.#paint();
      },
      error: (message) => {
        this.#box.dataset.problem = message;
      },
    });
    this.#events = events;
    this.#still = still;
    this.#box.className = "change-field view";
    const whole = document.createElement("div");
    whole.append(this.#heading, this.#box);
    el.append(whole);
  }

  /** Draws the futures along offsets [n, 3], under an intervention. */
  read(offsets: Float32Array, intervention: Intervention): void {
    this.#client.read({ source: { kind: "offsets", offsets }, forks: [], intervention });
  }

  head(text: string): void {
    this.#heading.textContent = text;
    if (this.#view !== null) this.#view.surface.ariaLabel = `What could have come, step by step: ${text}`;
  }

  look(step: number): void {
    this.#step = step;
    this.#paint();
    this.#tell();
  }

  #tell(): void {
    const surface = this.#view?.surface;
    if (surface === undefined) return;
    surface.ariaValueMax = String(this.#field?.path.length ?? 0);
    surface.ariaValueNow = String(this.#at());
    surface.ariaValueText = `Step ${this.#at()}`;
  }

  destroy(): void {
    cancelAnimationFrame(this.#tick);
    this.#client.destroy();
    this.#view?.destroy();
  }

  #takePath(reply: PathReply): void {
    const path = pathOf(reply, undefined);
    this.#field = new Field(path, DRAWS, COUNT);
    this.#client.draw(this.#field.missing(), DRAWS);
    const data = { field: this.#field, growing: false, step: this.#at(), future: null };
    if (this.#view === null) {
      const { onLook } = this.#events;
      this.#view = futuresField(this.#box, data, { still: this.#still, onLook, onTake: () => {} });
      this.#listenToKeys(this.#view.surface);
      this.head(this.#heading.textContent ?? "");
    }
    this.#view.update(data, 0);
    this.#tell();
    this.#events.onPath(path);
  }

  #at(): number {
    return Math.min(this.#step, this.#field?.path.length ?? 0);
  }

  #paint(): void {
    this.#tick ||= requestAnimationFrame(() => {
      this.#tick = 0;
      if (this.#field === null) return;
      this.#view?.update({ field: this.#field, growing: false, step: this.#at(), future: null });
    });
  }

  #listenToKeys(surface: HTMLElement): void {
    surface.tabIndex = 0;
    surface.role = "slider";
    surface.ariaValueMin = "0";
    surface.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
      if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.#events.onLook(Math.max(this.#at() + by, 0));
    });
  }
}

export class ChangeFields {
  readonly #frame: Frame<typeof controls>;
  readonly #el: HTMLElement;
  readonly #observer: IntersectionObserver;
  #sides: readonly [Side, Side] | null = null;
  #near = false;
  #wanted: { offsets: Float32Array; intervention: Intervention; title: string } | null = null;
  #shown: unknown = null;
  #waiting = 0;

  constructor(frame: Frame<typeof controls>, el: HTMLElement) {
    this.#frame = frame;
    this.#el = el;
    const head = document.createElement("div");
    const title = document.createElement("h3");
    head.className = "change-fields-head";
    title.textContent = "What could have come, along the first sample";
    head.append(title, legend());
    el.append(head);
    this.#observer = new IntersectionObserver(
      (entries) => {
        this.#near = entries.at(-1)?.isIntersecting ?? false;
        this.#draw();
      },
      { rootMargin: NEAR },
    );
    this.#observer.observe(el);
  }

  /** Along offsets [n, 3], as the model is and under an intervention. */
  show(offsets: Float32Array, intervention: Intervention, title: string): void {
    this.#wanted = { offsets, intervention, title };
    window.clearTimeout(this.#waiting);
    this.#waiting = window.setTimeout(() => this.#draw(), PATIENCE_MS);
  }

  destroy(): void {
    window.clearTimeout(this.#waiting);
    this.#observer.disconnect();
    for (const side of this.#sides ?? []) side.destroy();
  }

  #draw(): void {
    if (!this.#near || this.#wanted === null || this.#wanted === this.#shown) return;
    this.#shown = this.#wanted;
    const { offsets, intervention, title } = this.#wanted;
    this.#sides ??= this.#start();
    const changes = [[], intervention];
    this.#sides.forEach((side, k) => {
      side.read(offsets, changes[k]!);
      side.head(["As it is", title][k]!);
    });
  }

  #start(): readonly [Side, Side] {
    const both = document.createElement("div");
    both.className = "change-fields-both";
    this.#el.append(both);
    const look = (step: number): void => {
      for (const side of this.#sides ?? []) side.look(step);
    };
    const { still, pool } = this.#frame;
    const side = (worker: number, onPath: SideEvents["onPath"]): Side =>
      new Side(both, pool, worker, still, { onLook: look, onPath });
    // Both look at the same step: where the unchanged model has the clearest choice.
    return [side(0, (path) => look(clearestFork(path))), side(1, () => {})];
  }
}

/** The workers of the figure of changes: one writes, one measures when it is asked to. What they say is in signals. */

import { batch, signal } from "@preact/signals-core";
import type { Intervention } from "../../engine/interventions.ts";
import type { Loaded } from "../../frame/checkpoints.ts";
import type { ChangeReply, ChangeRequest, MeasuredReply, WriteRequest, WrittenReply } from "./protocol.ts";

export class ChangeWorkers {
  readonly ready = signal(false);
  readonly written = signal<WrittenReply | null>(null);
  readonly measured = signal<MeasuredReply | null>(null);
  /** One sentence for people; empty where all is well. */
  readonly problem = signal("");
  readonly #writer = spawn();
  #measurer: Worker | null = null;
  #newest = 0;

  constructor() {
    this.#listen(this.#writer, (data) => {
      if (data.type === "error" || data.id !== this.#newest) return;
      if (data.type === "ready") this.ready.value = true;
      else if (data.type === "written") {
        batch(() => {
          this.problem.value = "";
          this.written.value = data;
        });
      }
    });
  }

  load(loaded: Loaded): void {
    this.ready.value = false;
    this.problem.value = "";
    this.#ask({ type: "load", id: ++this.#newest, ...loaded });
  }

  write(request: Omit<WriteRequest, "type" | "id">): void {
    this.#ask({ type: "write", id: ++this.#newest, ...request });
  }

  /** Drops what was being measured before. */
  measure(loaded: Loaded, intervention: Intervention): void {
    this.forget();
    const worker = spawn();
    this.#measurer = worker;
    this.#listen(worker, (data) => {
      if (data.type === "measured") this.measured.value = data;
      if (data.type === "ready") worker.postMessage({ type: "measure", id: 2, intervention, random: null });
    });
    worker.postMessage({ type: "load", id: 1, ...loaded });
  }

  /** Stops measuring; what was measured is of another change. */
  forget(): void {
    this.#measurer?.terminate();
    this.#measurer = null;
    this.measured.value = null;
  }

  destroy(): void {
    this.#writer.terminate();
    this.forget();
  }

  #ask(request: ChangeRequest): void {
    this.#writer.postMessage(request);
  }

  #listen(worker: Worker, take: (reply: ChangeReply) => void): void {
    worker.onerror = () => {
      this.problem.value = "The engine could not be started; reload the page.";
    };
    worker.onmessage = ({ data }: MessageEvent<ChangeReply>) => {
      if (data.type === "error") this.problem.value = inWords(data.message);
      else take(data);
    };
  }
}

function spawn(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** An engine's error, where it is the change that is too much. */
function inWords(message: string): string {
  if (!message.includes("NaN")) return message;
  return "Under this change the cells grow without bound; multiply by less.";
}

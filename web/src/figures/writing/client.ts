/** The page's end of the line to the engine's worker. The newest request counts; replies to older ones are dropped. */

import type { Strokes } from "../../engine/source.ts";
import { packed } from "../../engine/source.ts";
import type { ContinueRequest, FuturesReply, LoadRequest, ModelFacts, Reply } from "../../worker/protocol.ts";

/** Ink, and how to go on from it. */
export interface Continue extends Omit<ContinueRequest, "type" | "id" | "keep" | "strokes"> {
  readonly ink: readonly Strokes[];
}

export interface ClientEvents {
  /** A checkpoint is ready to be asked. */
  ready(model: ModelFacts): void;
  futures(reply: FuturesReply): void;
  /** One sentence for people. */
  error(message: string): void;
}

export class EngineClient {
  readonly #worker: Worker;
  readonly #events: ClientEvents;
  #newest = 0;
  /** What the worker has: the strokes sent, in order. */
  #sent: Strokes[] = [];

  constructor(worker: Worker, events: ClientEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.onmessage = (event: MessageEvent<Reply>) => this.#receive(event.data);
    worker.onerror = () => events.error("The engine could not be started; reload the page.");
  }

  /** Gives the worker a copy of a checkpoint and of the engine to run it with. */
  load(loaded: Omit<LoadRequest, "type" | "id">): void {
    const request: LoadRequest = { type: "load", id: ++this.#newest, ...loaded };
    this.#worker.postMessage(request);
  }

  /** Asks for futures; what was asked before is no longer wanted. */
  continue({ ink, ...rest }: Continue): void {
    let keep = 0;
    // An open stroke grows, so it is sent anew each time.
    while (keep < ink.length && ink[keep] === this.#sent[keep] && ink[keep]!.lifted) keep++;
    const strokes = ink.slice(keep).map(packed);
    this.#sent = [...ink];
    const request: ContinueRequest = { type: "continue", id: ++this.#newest, keep, strokes, ...rest };
    this.#worker.postMessage(
      request,
      strokes.map(({ points }) => points.buffer as ArrayBuffer),
    );
  }

  destroy(): void {
    this.#worker.terminate();
  }

  #receive(reply: Reply): void {
    if (reply.type === "error") this.#events.error(reply.message);
    else if (reply.type === "ready") this.#events.ready(reply.model);
    else if (reply.id === this.#newest) this.#events.futures(reply);
  }
}

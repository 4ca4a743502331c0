/** The page's end of the lines to the workers of a field. The first of them reads for the page; all of them draw. */

import type { Intervention } from "../engine/interventions.ts";
import type { Fork, PathSource } from "../engine/source.ts";
import type { Piece } from "./plan.ts";
import type { FieldDraws, FieldReply, FieldRequest, PathReply, PieceReply } from "./protocol.ts";

export interface PoolEvents {
  path(reply: PathReply): void;
  piece(reply: PieceReply): void;
  /** One sentence for people. */
  error(message: string): void;
}

export interface Wanted {
  readonly source: PathSource;
  readonly forks: readonly Fork[];
}

export class FieldPool {
  readonly #workers: readonly Worker[];
  readonly #events: PoolEvents;
  #newest = 0;

  constructor(workers: readonly Worker[], events: PoolEvents) {
    this.#workers = workers;
    this.#events = events;
    for (const worker of workers) {
      worker.onmessage = (event: MessageEvent<FieldReply>) => this.#receive(event.data);
      worker.onerror = () => events.error("The engine could not be started; reload the page.");
    }
  }

  /** Gives every worker a copy of a checkpoint and of the engine. */
  load(loaded: {
    readonly wasm: ArrayBuffer;
    readonly checkpoint: ArrayBuffer;
    readonly name: string;
  }): void {
    this.#newest++;
    this.#send(() => ({ type: "load", id: this.#newest, ...loaded }));
  }

  /** What every worker runs under from now on; a path has to be read anew. */
  intervene(intervention: Intervention): void {
    this.#newest++;
    this.#send(() => ({ type: "intervene", id: this.#newest, intervention }));
  }

  /** Asks for a path; what was being drawn is dropped. */
  read(wanted: Wanted): void {
    this.#newest++;
    this.#send((k) => ({ type: "path", id: this.#newest, ...wanted, reply: k === 0 }));
  }

  /**
   * Draws pieces of the field along the path that was read last; drops older ones. Rows are dealt out in turn, each
   * whole, so that its pieces come in order.
   */
  draw(pieces: readonly Piece[], draws: FieldDraws): void {
    this.#newest++;
    const dealt = new Map<number, number>();
    for (const { row } of pieces) if (!dealt.has(row)) dealt.set(row, dealt.size % this.#workers.length);
    const share = (k: number): Piece[] => pieces.filter(({ row }) => dealt.get(row) === k);
    this.#send((k) => ({ type: "draw", id: this.#newest, pieces: share(k), ...draws }));
  }

  cancel(): void {
    this.#newest++;
    this.#send(() => ({ type: "cancel", id: this.#newest }));
  }

  destroy(): void {
    for (const worker of this.#workers) worker.terminate();
  }

  #send(request: (worker: number) => FieldRequest): void {
    this.#workers.forEach((worker, k) => {
      worker.postMessage(request(k));
    });
  }

  #receive(reply: FieldReply): void {
    if (reply.type === "error") this.#events.error(reply.message);
    else if (reply.id !== this.#newest) return;
    else if (reply.type === "path") this.#events.path(reply);
    else if (reply.type === "piece") this.#events.piece(reply);
  }
}

/** The page's lines to the workers that draw a field. The first of them reads for the page; all of them draw. */

import type { Intervention } from "../engine/interventions.ts";
import type { Fork, PathSource } from "../engine/source.ts";
import type { Client, Pool } from "../worker/pool.ts";
import type { Piece } from "./plan.ts";
import type { FieldDraws, FieldTask, PathReply, PieceReply } from "./task.ts";

export interface FieldEvents {
  path(reply: PathReply): void;
  piece(reply: PieceReply): void;
  /** One sentence for people. */
  error(message: string): void;
}

export interface Wanted {
  readonly source: PathSource;
  readonly forks: readonly Fork[];
  readonly intervention: Intervention;
}

export class FieldClient {
  readonly #clients: readonly Client<FieldTask>[];
  readonly #events: FieldEvents;

  /** workers: their numbers in the pool. */
  constructor(pool: Pool, workers: readonly number[], events: FieldEvents) {
    const { error } = events;
    this.#clients = workers.map((worker) => pool.client<FieldTask>("field", { worker, error }));
    this.#events = events;
  }

  /** Requests a path; a drawing in progress is dropped. */
  read(wanted: Wanted): void {
    this.#clients.forEach((client, k) => {
      client.drop("draw");
      client.ask("path", { ...wanted, reply: k === 0 }, this.#events.path);
    });
  }

  /**
   * Draws pieces of the field along the path that was read last; drops older ones. Rows are dealt out in turn, each
   * whole, so that its pieces come in order.
   */
  draw(pieces: readonly Piece[], draws: FieldDraws): void {
    const dealt = new Map<number, number>();
    for (const { row } of pieces) if (!dealt.has(row)) dealt.set(row, dealt.size % this.#clients.length);
    this.#clients.forEach((client, k) => {
      const share = pieces.filter(({ row }) => dealt.get(row) === k);
      client.ask("draw", { pieces: share, ...draws }, this.#events.piece);
    });
  }

  destroy(): void {
    for (const client of this.#clients) client.destroy();
  }
}

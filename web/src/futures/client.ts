/** The page's lines to the workers that draw a field. The first of them reads for the page; all of them draw. */

import { whenEnded } from "../draw/redraw.ts";
import type { Intervention } from "../engine/interventions.ts";
import type { Fork, PathSource } from "../engine/source.ts";
import type { Pool } from "../worker/pool.ts";
import type { Piece } from "./plan.ts";
import type { FieldDraws, FieldTask, PathReply, PieceReply } from "./task.ts";

interface FieldEvents {
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

/** Lines to some workers, by their numbers in the pool, while the model lasts in which this is called. */
export function fieldClient(pool: Pool, workers: readonly number[], { path, piece, error }: FieldEvents) {
  const clients = workers.map((worker) => pool.client<FieldTask>("field", { worker, error }));
  whenEnded(() => {
    for (const client of clients) client.destroy();
  });
  return {
    /** Requests a path; a drawing in progress is dropped. */
    read(wanted: Wanted): void {
      clients.forEach((client, k) => {
        client.drop("draw");
        client.ask("path", { ...wanted, reply: k === 0 }, path);
      });
    },

    /**
     * Draws pieces of the field along the path that was read last; drops older ones. Rows are dealt out in turn, each
     * whole, so that its pieces come in order.
     */
    draw(pieces: readonly Piece[], draws: FieldDraws): void {
      const dealt = new Map<number, number>();
      for (const { row } of pieces) if (!dealt.has(row)) dealt.set(row, dealt.size % clients.length);
      clients.forEach((client, k) => {
        const share = pieces.filter(({ row }) => dealt.get(row) === k);
        client.ask("draw", { pieces: share, ...draws }, piece);
      });
    },
  };
}

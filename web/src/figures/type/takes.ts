/** The takes of a text: shared over the workers, and chosen here, where those of all workers are known. */

import { effect, type ReadonlySignal, untracked } from "@preact/signals-core";
import { type Choice, chooseTake, roundOf, roundsOf, sharesOf } from "../../engine/text/takes.ts";
import { CAP } from "../../engine/text/written.ts";
import type { Client } from "../../worker/pool.ts";
import type { LineTakes, Take, TypeTask, WriteRequest, WrittenLine } from "./task.ts";

export interface Clients {
  /** Begins at once. */
  readonly first: Client<TypeTask>;
  /** Finishes the lines. */
  readonly best: Client<TypeTask>;
  /** One in each worker, those two among them. */
  readonly all: readonly Client<TypeTask>[];
}

/** A text whose takes are asked for. */
interface Text {
  readonly number: number;
  readonly request: WriteRequest;
  /** The takes of the line that is drawn, by their place. */
  readonly come: Map<number, Take>;
  /** Of each line that is drawn. */
  readonly chosen: { readonly choice: Choice; readonly take: Take }[];
  asked: boolean;
}

/** A writing of it, with the reader's moves. */
interface Writing {
  readonly request: WriteRequest;
  readonly take: (line: WrittenLine) => void;
  /** Lines that are finished. */
  done: number;
  busy: boolean;
}

/** recognises: whether the workers have what takes are ranked by. */
export function takesOf(clients: () => Clients, recognises: ReadonlySignal<boolean>) {
  let text: Text | null = null;
  let writing: Writing | null = null;

  const gather = (to: Text, { line, first, takes }: LineTakes): void => {
    const { come, chosen, request } = to;
    takes.forEach((take, k) => {
      come.set(first + k, take);
    });
    const round = roundOf(request);
    if (come.size % round > 0) return;
    const all = Array.from({ length: come.size }, (_, k) => come.get(k)!);
    const pointers = all.map(({ written }) => written.pointers);
    const scores = all.map(({ score }) => score);
    const choice = chooseTake(request.lines[line]!, pointers, scores, CAP);
    if (!choice.unsure || all.length === round * roundsOf(request.candidates)) {
      come.clear();
      chosen[line] = { choice, take: all[choice.chosen]! };
      finish();
    }
    if (chosen.length < request.lines.length) askRound(to);
  };

  /** Asks for as many takes as are wanted of the first line that has none yet, or for as many again. */
  const askRound = (to: Text): void => {
    const { all } = clients();
    const line = to.chosen.length;
    const before = to.come.size;
    // The first worker has drawn the first take already, for the pen.
    sharesOf(roundOf(to.request), all.length).forEach(({ first, total }, k) => {
      const share = { ...to.request, line, first: before + first, total };
      all[k]!.ask("takes", share, (takes) => gather(to, takes));
    });
  };

  /** Begins with the takes as soon as they can be ranked. */
  const ask = (): void => {
    if (text === null || text.asked) return;
    if (text.request.candidates > 1 && !recognises.peek()) return;
    text.asked = true;
    askRound(text);
  };

  /** Lines are finished one after the other. */
  const finish = (): void => {
    const now = writing;
    const chosen = now && text?.chosen[now.done];
    if (!now || !chosen || now.busy) return;
    now.busy = true;
    clients().best.ask("finish", { ...now.request, ...chosen, line: now.done }, (line) => {
      now.busy = false;
      now.done++;
      now.take(line);
      finish();
    });
  };

  effect(() => {
    if (recognises.value) untracked(ask);
  });

  return {
    /**
     * Gives the lines of a text, each when it is there. The same number says that nothing but the moves is new: then the
     * takes are not drawn again.
     */
    write(number: number, request: WriteRequest, take: (line: WrittenLine) => void): void {
      if (text?.number !== number) {
        text = { number, request, come: new Map(), chosen: [], asked: false };
      }
      writing = { request, take, done: 0, busy: false };
      ask();
      finish();
    },

    /** What is being written is of no use any more. */
    drop(): void {
      text = null;
      writing = null;
      for (const client of clients().all) client.drop("takes");
      clients().best.drop("finish");
    },
  };
}

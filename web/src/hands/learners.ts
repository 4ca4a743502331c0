/** Learning a hand in workers of its own, which share the lines, and end with it. */

import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { learn, type Pass } from "../engine/hand/learn.ts";
import type { RemoteLearner } from "../engine/hand/learn-group.ts";
import { sharesOf } from "../engine/text/takes.ts";
import type { Client, Pool } from "../worker/pool.ts";
import { moved, type ReplyOf, type RequestOf } from "../worker/task.ts";
import type { LearnLine, LearnTask, OpenRequest } from "./task.ts";

/** More do not help: five lines are soon shared, and each needs some 60 MB. */
const MOST = 2;

export interface LearnRequest extends OpenRequest {
  /** The checkpoint that learns. */
  readonly checkpoint: Checkpoint;
  /** SHA-256 of the checkpoint's file. */
  readonly base: string;
  readonly lines: readonly LearnLine[];
  /** Whether it is asked how much each cell does otherwise. */
  readonly changes: boolean;
}

export interface Learnt {
  readonly pass: Pass;
  /** How much each cell does otherwise in the best hand so far; null where nobody asked. */
  readonly changes: Float32Array | null;
}

export interface Learning {
  /** What has come of it before the first pass and after each. Throws HandError. */
  readonly passes: AsyncGenerator<Learnt, void>;
  /** Ends the workers. After that nothing more comes. */
  stop(): void;
}

/** error: takes one sentence, when a worker fails. */
export function learnIn(
  pool: Pool,
  cores: number,
  request: LearnRequest,
  error: (message: string) => void,
): Learning {
  return { passes: passesOf(openLearners(pool, cores, request, error), request), stop: () => pool.close() };
}

export interface Opened {
  readonly clients: readonly Client<LearnTask>[];
  readonly learners: readonly RemoteLearner[];
  /** What they can write and read, for the choice of how much of a hand is kept. */
  readonly texts: readonly string[];
}

/** Learners in a pool of their own. cores: of this machine. */
export async function openLearners(
  pool: Pool,
  cores: number,
  { module, engine, checkpoint, recogniser }: Omit<LearnRequest, "base" | "lines" | "changes">,
  error: (message: string) => void,
): Promise<Opened> {
  const clients = Array.from({ length: Math.max(1, Math.min(cores, MOST, pool.size)) }, (_, worker) =>
    pool.client<LearnTask>("learn", { error, worker }),
  );
  pool.open({ module: engine, checkpoint });
  const opening = { module, engine, recogniser };
  const [texts] = await Promise.all(clients.map((client) => asked(client, "open", opening)));
  return { clients, learners: clients.map(remote), texts: texts! };
}

async function* passesOf(
  opened: Promise<Opened>,
  { base, checkpoint, lines, changes }: LearnRequest,
): AsyncGenerator<Learnt, void> {
  const { clients, learners, texts } = await opened;
  const read = await Promise.all(
    sharesOf(lines.length, clients.length).map(({ first, total }, k) =>
      asked(clients[k]!, "prepare", lines.slice(first, first + total)),
    ),
  );
  const written = read.flat();
  const line = written.findLast(({ offsets }) => offsets.length > 0);
  for await (const pass of learn(learners, checkpoint, base, written, { texts })) {
    const { tensors } = pass.hand;
    const wanted = changes && line !== undefined;
    yield { pass, changes: wanted ? await asked(clients[0]!, "changes", { tensors, line }) : null };
  }
}

function remote(client: Client<LearnTask>): RemoteLearner {
  const method =
    <Method extends keyof LearnTask & string>(name: Method) =>
    (request: RequestOf<LearnTask, Method>) =>
      asked(client, name, request);
  return {
    ...{ begin: method("begin"), find: method("find"), direct: method("direct") },
    read: (request) => asked(client, "read", moved(request)),
    step: (request) => asked(client, "step", moved(request)),
    ...{ numbers: () => asked(client, "numbers", undefined), wear: method("wear"), write: method("write") },
  };
}

/** The reply of a method that has one. It never comes when the worker fails or ends. */
function asked<Method extends keyof LearnTask & string>(
  client: Client<LearnTask>,
  method: Method,
  request: RequestOf<LearnTask, Method>,
): Promise<ReplyOf<LearnTask, Method>> {
  return new Promise((resolve) => {
    client.ask(method, request, resolve);
  });
}

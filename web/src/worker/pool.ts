/** The page's side: all its workers, and the lines of its figures to them. */

import type { Opened, Reply, Request } from "./protocol.ts";
import { buffersOf, type ReplyOf, type RequestOf, type Task } from "./task.ts";

/** What follows the pen goes first, then what is seen, then what may be wanted later. */
export const PRIORITY = { pen: 2, seen: 1, background: 0 } as const;

const NOT_STARTED = "The engine could not be started; reload the page.";

interface ClientOptions {
  /** Takes one sentence for people. */
  readonly error: (message: string) => void;
  readonly priority?: number;
  /** Which worker; without it the pool chooses, but never the first one, which writes on. */
  readonly worker?: number;
}

/** A request that was not done yet. */
interface Asked {
  take(reply: unknown): void;
  error(message: string): void;
  /** There is nothing more to come. */
  end(): void;
}

/** Two workers at least, so that long work does not hold up the pen. More do not make the page faster. */
export function poolSize(cores: number): number {
  return Math.min(Math.max(cores - 1, 2), 4);
}

export class Pool {
  readonly size: number;
  readonly #spawn: () => Worker;
  readonly #workers: (Worker | undefined)[];
  readonly #asked = new Map<number, Asked>();
  #opened: Opened | null = null;
  #requests = 0;
  #clients = 0;
  #placed = 0;

  /** size: at least 2. A worker is made when it is first needed. */
  constructor(spawn: () => Worker, size: number) {
    this.#spawn = spawn;
    this.size = size;
    this.#workers = new Array<undefined>(size).fill(undefined);
  }

  /** All workers use this model from now on; earlier requests are dropped. */
  open(opened: Opened): void {
    this.#opened = opened;
    this.#asked.clear();
    for (const worker of this.#workers) worker?.postMessage({ type: "open", ...opened } satisfies Request);
  }

  /** Ends all workers: nothing that was asked is answered. A pool that is asked again makes new ones. */
  close(): void {
    this.#asked.clear();
    for (const worker of this.#workers) worker?.terminate();
    this.#workers.fill(undefined);
  }

  /** A line to a task. */
  client<T extends Task>(task: string, options: ClientOptions): Client<T> {
    const { priority = PRIORITY.seen, error } = options;
    const worker = options.worker ?? 1 + (this.#placed++ % (this.size - 1));
    // Its code comes while the page still waits for the checkpoint.
    this.#worker(worker);
    return new Client<T>(this, { worker, client: this.#clients++, task, priority, error });
  }

  /** For clients. Returns the number of the request. */
  send(
    worker: number,
    request: Omit<Extract<Request, { type: "ask" }>, "type" | "id">,
    asked: Asked,
  ): number {
    const id = this.#requests++;
    this.#asked.set(id, asked);
    const message = { type: "ask", id, ...request } satisfies Request;
    this.#worker(worker).postMessage(message, { transfer: buffersOf(request.request) });
    return id;
  }

  /** For clients: whether a request may still have replies. */
  awaits(id: number): boolean {
    return this.#asked.has(id);
  }

  /** For clients: replies to a request count no more. */
  forget(id: number): void {
    this.#asked.delete(id);
  }

  /** For clients: see the request "drop". */
  drop(worker: number, client: number, method: string | null): void {
    this.#workers[worker]?.postMessage({ type: "drop", client, method } satisfies Request);
  }

  #worker(number: number): Worker {
    const known = this.#workers[number];
    if (known !== undefined) return known;
    const worker = this.#spawn();
    worker.onmessage = ({ data }: MessageEvent<Reply>) => this.#receive(data);
    worker.onerror = () => {
      for (const { error } of this.#asked.values()) error(NOT_STARTED);
    };
    if (this.#opened !== null) worker.postMessage({ type: "open", ...this.#opened } satisfies Request);
    this.#workers[number] = worker;
    return worker;
  }

  #receive(reply: Reply): void {
    const asked = this.#asked.get(reply.id);
    if (reply.type === "reply") {
      asked?.take(reply.reply);
      return;
    }
    this.#asked.delete(reply.id);
    if (reply.type === "error") asked?.error(reply.message);
    asked?.end();
  }
}

interface Line extends Required<ClientOptions> {
  readonly client: number;
  readonly task: string;
}

/** A figure's connection to its task. For each method, the newest request replaces the one before. */
export class Client<T extends Task> {
  readonly #pool: Pool;
  readonly #line: Line;
  /** The request for each method. */
  readonly #newest = new Map<string, number>();
  /** Sends the next request of a method when its newest one is done. */
  readonly #next = new Map<string, () => void>();

  constructor(pool: Pool, line: Line) {
    this.#pool = pool;
    this.#line = line;
  }

  /** Asks, in place of the request before for the same method. take: called with each reply, in order. */
  ask<Method extends keyof T & string>(
    method: Method,
    request: RequestOf<T, Method>,
    take: (reply: ReplyOf<T, Method>) => void,
    priority = this.#line.priority,
  ): void {
    const { worker, client, task, error } = this.#line;
    this.#forget(method);
    const end = (): void => this.#next.get(method)?.();
    const asked = { take: take as (reply: unknown) => void, error, end };
    this.#newest.set(method, this.#pool.send(worker, { client, task, method, priority, request }, asked));
  }

  /**
   * Sends a request when the one before is done, so that requests that come faster than answers are still answered. Of
   * those that come in the meantime only the newest is sent. request: called when it is sent.
   */
  askInTurn<Method extends keyof T & string>(
    method: Method,
    request: () => RequestOf<T, Method>,
    take: (reply: ReplyOf<T, Method>) => void,
  ): void {
    const ask = (): void => this.ask(method, request(), take);
    const before = this.#newest.get(method);
    if (before !== undefined && this.#pool.awaits(before)) this.#next.set(method, ask);
    else ask();
  }

  /** Drops the request for a method. */
  drop(method: keyof T & string): void {
    this.#forget(method);
    this.#pool.drop(this.#line.worker, this.#line.client, method);
  }

  destroy(): void {
    for (const method of this.#newest.keys()) this.#forget(method);
    this.#pool.drop(this.#line.worker, this.#line.client, null);
  }

  #forget(method: string): void {
    const before = this.#newest.get(method);
    if (before !== undefined) this.#pool.forget(before);
    this.#next.delete(method);
  }
}

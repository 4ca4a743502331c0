/** The worker's side: opens models, makes tasks, and runs requests, the most urgent first. */

import { EngineError } from "../engine/arguments.ts";
import { Model } from "../engine/model.ts";
import type { Reply, Request } from "./protocol.ts";
import { buffersOf, type Task, type TaskMaker } from "./task.ts";

interface Job {
  readonly client: number;
  readonly method: string;
  readonly id: number;
  readonly priority: number;
  readonly steps: Generator<unknown, void>;
}

type Ask = Extract<Request, { type: "ask" }>;

export class Scheduler {
  readonly #makers: Readonly<Record<string, TaskMaker>>;
  readonly #answer: (reply: Reply, transfer: ArrayBuffer[]) => void;
  readonly #turn: () => Promise<void>;
  #model: Model | null = null;
  /** Why there is no model. */
  #failure: unknown = null;
  #tasks = new Map<number, Task>();
  /** The one that ran last is the last. */
  #jobs: Job[] = [];
  #running = false;

  /** turn: lets the messages that wait come in. */
  constructor(
    makers: Readonly<Record<string, TaskMaker>>,
    answer: (reply: Reply, transfer: ArrayBuffer[]) => void,
    turn: () => Promise<void>,
  ) {
    this.#makers = makers;
    this.#answer = answer;
    this.#turn = turn;
  }

  receive(request: Request): void {
    if (request.type === "open") this.#open(request);
    else if (request.type === "drop") this.#drop(request.client, request.method);
    else this.#ask(request);
  }

  #open({ module, checkpoint }: Extract<Request, { type: "open" }>): void {
    this.#jobs = [];
    this.#tasks.clear();
    this.#model = null;
    try {
      this.#model = new Model(module, checkpoint);
    } catch (error) {
      this.#failure = error;
    }
  }

  #drop(client: number, method: string | null): void {
    const dropped = (job: Job): boolean =>
      job.client === client && (method === null || job.method === method);
    for (const { steps } of this.#jobs.filter(dropped)) steps.return();
    this.#jobs = this.#jobs.filter((job) => !dropped(job));
    if (method === null) this.#tasks.delete(client);
  }

  #ask(ask: Ask): void {
    const { client, method, id, priority } = ask;
    this.#drop(client, method);
    this.#jobs.push({ client, method, id, priority, steps: this.#begin(ask) });
    void this.#run();
  }

  /** Finds the task when the request's turn has come. */
  *#begin({ client, task: name, method, request }: Ask): Generator<unknown, void> {
    if (this.#model === null) throw this.#failure;
    const task = this.#tasks.get(client) ?? this.#makers[name]!(this.#model);
    this.#tasks.set(client, task);
    yield* task[method]!(request as never);
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    // Whatever has come in the meantime counts first.
    await this.#turn();
    while (this.#jobs.length > 0) {
      this.#step(this.#jobs.reduce((first, job) => (job.priority > first.priority ? job : first)));
      await this.#turn();
    }
    this.#running = false;
  }

  #step(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    const { id } = job;
    try {
      const { value, done } = job.steps.next();
      if (value !== undefined) this.#answer({ type: "reply", id, reply: value }, buffersOf(value));
      if (done) this.#answer({ type: "done", id }, []);
      else this.#jobs.push(job);
    } catch (error) {
      this.#answer({ type: "error", id, message: sentence(error) }, []);
    }
  }
}

/** Runs the tasks of this worker. */
export function serve(makers: Readonly<Record<string, TaskMaker>>): void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
  const answer = (reply: Reply, transfer: ArrayBuffer[]): void => self.postMessage(reply, { transfer });
  const scheduler = new Scheduler(makers, answer, turn);
  self.onmessage = ({ data }: MessageEvent<Request>) => scheduler.receive(data);
}

/** An error in one sentence for people. */
function sentence(error: unknown): string {
  if (error instanceof EngineError) return `The engine stopped: ${error.message}.`;
  return `The engine failed: ${error instanceof Error ? error.message : String(error)}.`;
}

/** A worker in this thread: what the page's workers do, without a browser. */

import type { Reply, Request } from "../src/worker/protocol.ts";
import { Scheduler } from "../src/worker/scheduler.ts";
import type { TaskMaker } from "../src/worker/task.ts";

export class Here {
  onmessage: (event: { data: Reply }) => void = () => {};
  readonly #asked: (request: Request) => void;
  readonly #scheduler: Scheduler;
  #ended = false;

  /** asked: hears each request. */
  constructor(makers: Readonly<Record<string, TaskMaker>>, asked: (request: Request) => void = () => {}) {
    this.#asked = asked;
    this.#scheduler = new Scheduler(
      makers,
      (data, transfer) => {
        const copy = structuredClone(data, { transfer });
        setImmediate(() => this.#ended || this.onmessage({ data: copy }));
      },
      () => new Promise((resolve) => setImmediate(resolve)),
    );
  }

  postMessage(request: Request): void {
    this.#asked(request);
    const copy = structuredClone(request);
    setImmediate(() => this.#ended || this.#scheduler.receive(copy));
  }

  terminate(): void {
    this.#ended = true;
  }
}

/** What the page and its workers say to each other, whatever the task. */

import type { Checkpoint } from "../checkpoint/checkpoint.ts";

/** The engine, compiled, and a checkpoint, decoded: both once, by the page. */
export interface Opened {
  readonly module: WebAssembly.Module;
  readonly checkpoint: Checkpoint;
}

export type Request =
  /** From now on this model is used; all that was asked before is dropped. */
  | ({ readonly type: "open" } & Opened)
  | {
      readonly type: "ask";
      /** The client that sends the request. Each client has a task of its own. */
      readonly client: number;
      readonly task: string;
      /** A request takes the place of the client's request before it for the same method. */
      readonly method: string;
      readonly id: number;
      /** Requests of the greatest priority go first; those of the same priority take turns. */
      readonly priority: number;
      readonly request: unknown;
    }
  /** Drops a client's request for a method; without a method, the client and its task. */
  | { readonly type: "drop"; readonly client: number; readonly method: string | null };

export type Reply =
  | { readonly type: "reply"; readonly id: number; readonly reply: unknown }
  | { readonly type: "done"; readonly id: number }
  /** One sentence for people. */
  | { readonly type: "error"; readonly id: number; readonly message: string };

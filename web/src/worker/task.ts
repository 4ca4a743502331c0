/**
 * Tasks: what figures have done in a worker.
 *
 * A task is an object of methods. A method is a generator: it yields its replies, and undefined where nothing is to be
 * said but others may go first. Between two of its steps the worker listens, so a newer request can take its place.
 */

import type { Model } from "../engine/model.ts";

export type Steps<Reply> = Generator<Reply | undefined, void>;
export type Task = Readonly<Record<string, (request: never) => Generator<unknown, void>>>;
/** Makes a figure's task for a model. What the task remembers lasts as long as the model is open. */
export type TaskMaker = (model: Model) => Task;

export type RequestOf<T extends Task, Method extends keyof T> = Parameters<T[Method]>[0];
export type ReplyOf<T extends Task, Method extends keyof T> =
  ReturnType<T[Method]> extends Generator<infer Reply, void> ? NonNullable<Reply> : never;

const given = new WeakSet<object>();

/** Marks a reply whose arrays the task does not need any more: they are moved to the page, not copied. */
export function moved<Reply extends object>(reply: Reply): Reply {
  given.add(reply);
  return reply;
}

/** The buffers that go with a reply. */
export function buffersOf(reply: unknown): ArrayBuffer[] {
  if (typeof reply !== "object" || reply === null || !given.has(reply)) return [];
  return Object.values(reply).flatMap((value) =>
    ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : [],
  );
}

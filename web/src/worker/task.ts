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

/** Marks a request or a reply whose arrays its sender does not need any more: they are moved, not copied. */
export function moved<Message extends object>(message: Message): Message {
  given.add(message);
  return message;
}

/** The buffers that go with a request or a reply: of its arrays, and of those in its lists. */
export function buffersOf(message: unknown): ArrayBuffer[] {
  if (typeof message !== "object" || message === null || !given.has(message)) return [];
  return Object.values(message)
    .flat()
    .flatMap((value: unknown) => (ArrayBuffer.isView(value) ? [value.buffer as ArrayBuffer] : []));
}

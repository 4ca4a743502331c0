/** What the engine's workers share: opening a checkpoint, taking turns with the messages that wait, sentences. */

import { type Checkpoint, CheckpointError, decodeCheckpoint } from "../engine/checkpoint.ts";
import { Engine, EngineError } from "../engine/engine.ts";
import type { LoadRequest } from "./protocol.ts";

export interface Opened {
  readonly engine: Engine;
  readonly checkpoint: Checkpoint;
}

/** Throws CheckpointError or EngineError where the checkpoint cannot be used. */
export async function open({ wasm, checkpoint: bytes, name }: LoadRequest): Promise<Opened> {
  const checkpoint = decodeCheckpoint(new Uint8Array(bytes), name);
  return { engine: new Engine(await WebAssembly.compile(wasm), checkpoint), checkpoint };
}

const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

/** Lets the messages that wait come in. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });
}

/** An error in one sentence for people. */
export function sentence(error: unknown): string {
  if (error instanceof CheckpointError) return `This checkpoint cannot be used: ${error.message}.`;
  if (error instanceof EngineError) return `The engine stopped: ${error.message}.`;
  return `The engine failed: ${error instanceof Error ? error.message : String(error)}.`;
}

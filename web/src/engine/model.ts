/** A model's weights in an instance of engine.wasm. Several engines may run it, each with interventions of its own. */

import { type Architecture, cellNumber } from "../checkpoint/architecture.ts";
import { handCodes, type Weights } from "../checkpoint/checkpoint.ts";
import { HAND_CODE } from "../checkpoint/hand-changes.ts";
import { Wasm } from "./wasm.ts";

/** Tensors by the number that model_tensor knows them by: those of a layer, then those of head and text. */
const LAYER_TENSORS = [
  ...["input.weight", "input.scale", "recurrent.weight", "recurrent.scale", "bias"],
  ...["gain", "cell.gain", "cell.bias"],
  ...["code.input.weight", "code.input.scale", "code.recurrent.weight", "code.recurrent.scale"],
  ...["modulation.weight", "modulation.scale"],
];
const OTHER_TENSORS = [
  ...["head.weight", "head.scale", "head.bias"],
  ...["text.embedding", "text.weight", "text.scale", "text.code.weight"],
];

/** For each layer the settings of Engine.intervene, or nothing. */
export type Settings = (Float32Array | null)[];

export class Model {
  readonly architecture: Architecture;
  readonly unitsPerRawUnit: number;
  readonly wasm: Wasm;
  /** The weights as they are in the file: for what is read off them, not for predictions. */
  readonly tensors: Weights["tensors"];
  /** Hand codes of a model that knows text, [N, D]. */
  readonly hands: Float32Array;
  /** The hand code that was learned, in a learned hand: others are added to it. */
  readonly learned: Float32Array | null;
  /** Blocks of states that are not used any more: the engine's memory is a stack, so they are used again. */
  readonly #free: number[] = [];
  readonly #lost = new FinalizationRegistry<number>((pointer) => this.#free.push(pointer));
  /** The settings that the instance runs under now. */
  #settings: Settings | null = null;

  /**
   * wasm: an instance whose model is not used any more, to take its memory over. Throws EngineError when the weights do
   * not fit the engine's memory.
   */
  constructor(module: WebAssembly.Module, checkpoint: Weights, wasm = new Wasm(module)) {
    this.architecture = checkpoint.architecture;
    this.unitsPerRawUnit = checkpoint.unitsPerRawUnit;
    this.wasm = wasm;
    this.tensors = checkpoint.tensors;
    const { layers, hidden, mixtures, code, text } = checkpoint.architecture;
    const cell = cellNumber(checkpoint.architecture);
    const sizes = text ? [text.alphabet.length, text.reach, text.embedding, text.hand] : [0, 0, 0, 0];
    this.wasm.call("model_create", "model", layers, hidden, mixtures, cell, code, ...sizes);
    const load = (name: string, number: number, layer: number): void => {
      const tensor = checkpoint.tensors.get(name);
      if (tensor === undefined) return;
      this.wasm.scratch(() => this.wasm.call("model_tensor", name, number, layer, this.wasm.write(tensor)));
    };
    for (let layer = 0; layer < layers; layer++) {
      LAYER_TENSORS.forEach((name, number) => {
        load(`lstm.${layer}.${name}`, number, layer);
      });
    }
    OTHER_TENSORS.forEach((name, k) => {
      load(name, LAYER_TENSORS.length + k, 0);
    });
    this.wasm.call("model_ready", "model");
    this.hands = handCodes(checkpoint);
    this.learned = (checkpoint.tensors.get(HAND_CODE) as Float32Array | undefined) ?? null;
  }

  /** The instance, running under these settings and no others. */
  under(settings: Settings): Wasm {
    if (settings !== this.#settings) {
      settings.forEach((each, layer) => {
        this.intervene(layer, each);
      });
      this.#settings = settings;
    }
    return this.wasm;
  }

  /** Sets or ends the intervention on a layer, until other settings are run under. */
  intervene(layer: number, settings: Float32Array | null): void {
    const { wasm } = this;
    wasm.scratch(() =>
      wasm.call("intervene", "intervene", layer, settings === null ? 0 : wasm.write(settings)),
    );
  }

  /** Memory for a state: a pointer. */
  block(): number {
    return this.#free.pop() ?? this.wasm.alloc(this.wasm.call("state_bytes", "state"));
  }

  /** The block is given back when its owner is garbage. */
  watch(owner: object, pointer: number): void {
    this.#lost.register(owner, pointer, owner);
  }

  /** The owner gives its block back. */
  reclaim(owner: object, pointer: number): void {
    this.#lost.unregister(owner);
    this.#free.push(pointer);
  }
}

/** The states of a model and their texts: the twin of host.py. */

import type { Architecture } from "../checkpoint/architecture.ts";
import { EngineError, textCodes } from "./arguments.ts";
import type { Model, Settings } from "./model.ts";
import type { Wasm } from "./wasm.ts";

/** One of the checkpoint's hands by its number, or a hand code [D]. */
export type Hand = number | Float32Array;

/** What the model remembers of an ink: made by Engine.start or copy, changed by consume, trace and sample. */
export class State {
  readonly engine: Host;
  #address: number;
  /** Characters of its text; 0 without one. */
  characters = 0;

  /** Not for callers: Engine.start and State.copy make states. */
  constructor(engine: Host, address: number) {
    this.engine = engine;
    this.#address = address;
  }

  /** Where it lies in the engine's memory. */
  get address(): number {
    if (this.#address === 0) throw new EngineError("state: used after free()");
    return this.#address;
  }

  /** The character of the text that comes next, 0 to n; n past the last. */
  get pointer(): number {
    return this.engine.wasm.call("state_pointer", "pointer", this.address);
  }

  /** The probability that the pointer moves on after the next offset; 0 without a text. */
  get advance(): number {
    return this.engine.wasm.call("state_advance", "advance", this.address);
  }

  /** Another state with the same memory. */
  copy(): State {
    return this.engine.copy(this);
  }

  /** Gives the block back, to be used by a later state. */
  free(): void {
    if (this.#address !== 0) this.engine.reclaim(this, this.#address);
    this.#address = 0;
  }
}

/** States of a model under interventions; Engine adds what is computed from them. */
export class Host {
  readonly architecture: Architecture;
  readonly unitsPerRawUnit: number;
  readonly #model: Model;
  readonly #settings: Settings;

  constructor(model: Model) {
    this.architecture = model.architecture;
    this.unitsPerRawUnit = model.unitsPerRawUnit;
    this.#model = model;
    this.#settings = new Array<null>(model.architecture.layers).fill(null);
  }

  /** The instance, under this engine's interventions. */
  get wasm(): Wasm {
    return this.#model.under(this.#settings);
  }

  /**
   * Changes cells of a layer after every later step: settings [5, H], on (0 or 1), scale of c, shift of c, scale of h,
   * shift of h; null for no intervention.
   */
  intervene(layer: number, settings: Float32Array | null): void {
    const { layers, hidden } = this.architecture;
    if (!(Number.isInteger(layer) && layer >= 0 && layer < layers)) {
      throw new EngineError(`intervene: layer: expected 0 to ${layers - 1}, found ${layer}`);
    }
    if (settings !== null && settings.length !== 5 * hidden) {
      throw new EngineError(`intervene: settings: expected ${5 * hidden} numbers, found ${settings.length}`);
    }
    this.#model.under(this.#settings);
    this.#model.intervene(layer, settings);
    this.#settings[layer] = settings?.slice() ?? null;
  }

  /** The state before a line: zero, one zero offset consumed; about to write a text, in a hand, where there is one. */
  start(text = "", hand?: Hand): State {
    const state = this.#state();
    this.wasm.call("state_reset", "start", state.address);
    if (text !== "") this.setText(state, text);
    if (hand !== undefined || this.#model.learned !== null) this.setHand(state, hand ?? null);
    this.wasm.call("consume", "start", state.address, 0, 0, 0);
    return state;
  }

  /** Gives a state another text, whose first character comes next; what it remembers of the ink stays. */
  setText(state: State, text: string): void {
    const codes = textCodes(this.architecture.text, text);
    this.wasm.scratch(() =>
      this.wasm.call("state_text", "text", this.at(state), this.wasm.write(codes), codes.length),
    );
    state.characters = codes.length;
  }

  /** Gives a state another hand; null for no particular hand. In a learned hand it is added to the code that was learned. */
  setHand(state: State, hand: Hand | null): void {
    this.wasm.scratch(() => {
      const { learned } = this.#model;
      const given = hand === null ? null : this.#hand(hand);
      const code =
        given === null || learned === null ? (given ?? learned) : given.map((x, k) => learned[k]! + x);
      this.wasm.call("state_hand", "hand", this.at(state), code === null ? 0 : this.wasm.write(code));
    });
  }

  /** Puts the pointer of a text at a character for the next step; with `hold`, until the next call. */
  point(state: State, pointer: number, { hold = false } = {}): void {
    const last = state.characters;
    if (!(last > 0 && Number.isInteger(pointer) && pointer >= 0 && pointer <= last)) {
      const expected = last > 0 ? `0 to ${last}` : "a state with a text";
      throw new EngineError(`pointer: expected ${expected}, found ${pointer}`);
    }
    this.wasm.call("state_point", "pointer", this.at(state), pointer, Number(hold));
  }

  copy(state: State): State {
    const from = this.at(state);
    const other = this.#state();
    this.wasm.call("state_copy", "copy", other.address, from);
    other.characters = state.characters;
    return other;
  }

  /** What State.free does. */
  reclaim(state: State, address: number): void {
    this.#model.reclaim(state, address);
  }

  /** Cell states of a state, [L, H]. */
  cells(state: State): Float32Array<ArrayBuffer> {
    return this.#layers("state_c", state);
  }

  /** Hidden states of a state, [L, H]. */
  hiddenStates(state: State): Float32Array<ArrayBuffer> {
    return this.#layers("state_h", state);
  }

  /** Where a state lies, if it is one of this engine. */
  protected at(state: State): number {
    if (state.engine !== this) throw new EngineError("state: expected one of this engine, found another's");
    return state.address;
  }

  #layers(where: "state_c" | "state_h", state: State): Float32Array<ArrayBuffer> {
    const { layers, hidden } = this.architecture;
    const out = new Float32Array(layers * hidden);
    for (let layer = 0; layer < layers; layer++) {
      out.set(this.wasm.read(this.at(state) + this.wasm.call(where, "state", layer), hidden), layer * hidden);
    }
    return out;
  }

  #state(): State {
    const state = new State(this, this.#model.block());
    this.#model.watch(state, state.address);
    return state;
  }

  /** A hand code [D]. */
  #hand(hand: Hand): Float32Array {
    const { text } = this.architecture;
    if (text === undefined) {
      throw new EngineError("hand: expected a model that knows text, found one that does not");
    }
    if (typeof hand !== "number") {
      if (hand.length === text.hand && hand.every(Number.isFinite)) return hand;
      throw new EngineError(`hand: expected ${text.hand} finite numbers, found [${hand.join(", ")}]`);
    }
    if (!(Number.isInteger(hand) && hand >= 0 && hand < text.hands)) {
      throw new EngineError(`hand: expected one of ${text.hands} hands, found ${hand}`);
    }
    return this.#model.hands.subarray(hand * text.hand, (hand + 1) * text.hand);
  }
}

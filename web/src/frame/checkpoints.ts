/** The checkpoints that the page's host offers, the choice between them, and the bytes of one. */

import { effect, type Signal } from "@preact/signals-core";
import { type Checkpoint, CheckpointError, decodeCheckpoint } from "../checkpoint/checkpoint.ts";
import type { Taught } from "../checkpoint/hand.ts";
import { into } from "../draw/redraw.ts";
import type { RecogniserFiles } from "../engine/text/recogniser.ts";
import type { Pool } from "../worker/pool.ts";
import { element } from "./controls.ts";

/** An entry of checkpoints/index.json. */
export interface Offer {
  readonly name: string;
  readonly file: string;
  readonly default: boolean;
  /** Whether it can write a typed text. */
  readonly text?: boolean;
  /** The file of its atlas (spec/atlas.md), where there is one. */
  readonly atlas?: string;
  /** Which of the two checkpoints it is that come with the Python package; left out for others. */
  readonly included?: "default" | "text";
}

/** The checkpoint that the workers run. */
export interface Loaded {
  /** The engine, compiled. */
  readonly module: WebAssembly.Module;
  readonly checkpoint: Checkpoint;
  /** Its file. */
  readonly name: string;
  /** The file of its atlas; null where it has none. */
  readonly atlas: string | null;
  readonly included: Offer["included"];
  /** The hand that the reader has taught it, where it writes in that. */
  readonly hand: OwnHand | null;
}

/** A learned hand: the name of the file that it is downloaded as, and the share of it in a checkpoint. */
export interface OwnHand {
  readonly file: string;
  readonly share: number;
  /** The lines, where the hand or the browser keeps them; null where they are not known. */
  readonly taught: () => Taught | null;
}

/** The checkpoint that the page's address names, as it is in its file. */
export interface Base extends Loaded {
  /** SHA-256 of the file, in hexadecimal; null where the browser gives pages none: without https, but on localhost. */
  readonly sha256: string | null;
}

/** Puts a learned hand on a checkpoint, at a part of its share (all of it: 1); null where it was not learned on that. */
export type Worn = (base: Base, part?: number) => Pick<Loaded, "checkpoint" | "hand"> | null;

/** What the page runs. */
export interface Open {
  readonly base: Signal<Base | null>;
  /** The reader's learned hand, while all figures write with it; null otherwise. */
  readonly worn: Signal<Worn | null>;
  /** What the workers run: the base, or the base in that hand. */
  readonly loaded: Signal<Loaded | null>;
}

/** Something could not be fetched; the message is one sentence for people. */
export class FetchError extends Error {}

export async function listCheckpoints(): Promise<readonly Offer[]> {
  const what = "The list of checkpoints";
  const response = await get("checkpoints/index.json", what);
  const offers: unknown = await response.json().catch(() => null);
  if (!Array.isArray(offers) || offers.length === 0 || !offers.every(isOffer)) {
    throw new FetchError(`${what} names none; start the page with a checkpoint: pentrace serve -c FILE.`);
  }
  return offers;
}

/** The offer that a name or a file's stem asks for; the default one for ""; undefined if there is none. */
export function choose(offers: readonly Offer[], name: string): Offer | undefined {
  if (name === "") return offers.find((offer) => offer.default) ?? offers[0];
  return offers.find((offer) => offer.name === name || addressName(offer) === name);
}

/** What `?checkpoint=` calls an offer: its file without the ending. */
export function addressName({ file }: Offer): string {
  return file.replace(/\.safetensors$/, "");
}

/** A file of the page, compiled. what: what it is called in an error. */
async function compiled(file: string, what: string): Promise<WebAssembly.Module> {
  const bytes = await bytesOf(await get(file, what), what);
  return WebAssembly.compile(bytes).catch(() => {
    throw new FetchError(
      `${what} could not be loaded: expected WebAssembly in ${file}, found something else; reload the page.`,
    );
  });
}

function fetchEngine(): Promise<WebAssembly.Module> {
  return compiled("engine.wasm", "The engine");
}

/** progress: called with the share that has come, where the size is known. */
async function fetchCheckpoint(
  { file, name }: Offer,
  progress: (share: number) => void,
): Promise<ArrayBuffer> {
  const what = `The checkpoint “${name}”`;
  const response = await get(`checkpoints/${encodeURIComponent(file)}`, what);
  const size = Number(response.headers.get("Content-Length"));
  if (response.body === null || !(size > 0)) return bytesOf(response, what);
  let come = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        come += chunk.length;
        progress(Math.min(come / size, 1));
        controller.enqueue(chunk);
      },
    }),
  );
  return bytesOf(new Response(counted), what);
}

async function get(address: string, what: string): Promise<Response> {
  const response = await fetch(new URL(address, document.baseURI)).catch(() => null);
  if (response === null) throw new FetchError(`${what} could not be loaded: the server does not answer.`);
  if (!response.ok) throw new FetchError(`${what} could not be loaded: the server says ${response.status}.`);
  return response;
}

async function bytesOf(response: Response, what: string): Promise<ArrayBuffer> {
  return response.arrayBuffer().catch(() => {
    throw new FetchError(`${what} could not be loaded: the connection broke off; try again.`);
  });
}

function isOffer(value: unknown): value is Offer {
  if (typeof value !== "object" || value === null) return false;
  const { name, file, atlas } = value as Record<string, unknown>;
  return [name, file, atlas ?? ""].every((text) => typeof text === "string");
}

/** The checkpoint that knows text, once one figure has asked for it. */
let text: Promise<Base> | null = null;

/**
 * A checkpoint that knows text: the page's own if it does, else the first one that is offered; null where none is.
 * It is fetched once for all figures. Throws FetchError or CheckpointError.
 */
export async function loadText(
  own: Base,
  offers: readonly Offer[],
  progress: (share: number) => void = () => {},
): Promise<Base | null> {
  if (own.checkpoint.architecture.text) return own;
  const offer = offers.find(({ text }) => text === true);
  if (offer === undefined) return null;
  text ??= fetchCheckpoint(offer, progress).then((bytes) => baseOf(bytes, offer, own.module));
  return text.catch((error: unknown) => {
    text = null;
    throw error;
  });
}

async function baseOf(bytes: ArrayBuffer, offer: Offer, module: WebAssembly.Module): Promise<Base> {
  const { file: name, atlas = null, included } = offer;
  const checkpoint = decodeCheckpoint(new Uint8Array(bytes), name);
  return { module, checkpoint, name, atlas, included, hand: null, sha256: await sha256Of(bytes) };
}

/** Throws FetchError. */
export async function loadRecogniser(): Promise<RecogniserFiles> {
  const what = "The recogniser";
  const [module, weights] = await Promise.all([
    compiled("recogniser.wasm", what),
    get("recogniser.safetensors", what).then((response) => bytesOf(response, what)),
  ]);
  return { module, weights: new Uint8Array(weights) };
}

/** learn.wasm, compiled (spec/hand.md). Throws FetchError. */
export function loadLearner(): Promise<WebAssembly.Module> {
  return compiled("learn.wasm", "The part that learns");
}

async function sha256Of(bytes: ArrayBuffer): Promise<string | null> {
  if (!window.isSecureContext) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What happened, for people. */
export interface Telling {
  readonly problem: Signal<string>;
  readonly progress: Signal<number>;
  /** The checkpoints that can be opened here, once they are known. */
  readonly offers: Signal<readonly Offer[]>;
}

/** Loads the checkpoint that a control names, and again when it names another. */
export async function openCheckpoints(
  chosen: Signal<string>,
  { base, worn, loaded }: Open,
  pool: Pool,
  telling: Telling,
): Promise<void> {
  effect(() => {
    if (base.value === null) return;
    const { module, name, atlas, included } = base.value;
    const { checkpoint, hand } = worn.value?.(base.value) ?? base.value;
    pool.open({ module, checkpoint });
    loaded.value = { module, checkpoint, name, atlas, included, hand };
  });
  const tell = (error: unknown): void => {
    if (error instanceof CheckpointError) {
      telling.problem.value = `This checkpoint cannot be used: ${error.message}.`;
    } else if (error instanceof FetchError) telling.problem.value = error.message;
    else {
      telling.problem.value = "The engine could not be started; reload the page.";
      throw error;
    }
  };
  // All are requested at once; errors are reported below.
  let engine: Promise<WebAssembly.Module> | null = fetchEngine();
  engine.catch(() => {});
  const offers = await listCheckpoints().catch(tell);
  if (offers === undefined) return;
  telling.offers.value = offers;
  offerChoice(offers, chosen);
  let newest = 0;
  effect(() => {
    const offer = choose(offers, chosen.value);
    const request = ++newest;
    if (offer === undefined) {
      telling.problem.value = `There is no checkpoint “${chosen.value}” here; choose another.`;
      return;
    }
    telling.problem.value = "";
    telling.progress.value = 0;
    engine ??= fetchEngine();
    Promise.all([engine, fetchCheckpoint(offer, into(telling.progress))])
      .then(async ([module, bytes]) => {
        const found = await baseOf(bytes, offer, module);
        if (request === newest) base.value = found;
      })
      .catch((error: unknown) => {
        engine = null;
        tell(error);
      });
  });
}

/** A menu, where there is something to choose. */
function offerChoice(offers: readonly Offer[], chosen: Signal<string>): void {
  const menu = element("checkpoint", HTMLSelectElement);
  for (const offer of offers) menu.append(new Option(offer.name, addressName(offer)));
  menu.addEventListener("change", () => {
    const offer = choose(offers, menu.value);
    chosen.value = offer?.default ? "" : menu.value;
  });
  effect(() => {
    const offer = choose(offers, chosen.value);
    if (offer !== undefined) menu.value = addressName(offer);
  });
  element("models", HTMLLabelElement).hidden = offers.length < 2;
}

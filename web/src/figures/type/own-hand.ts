/** The reader's own letters: the line of the first figure, once it is known what it says, or the lines of the learned hand. */

import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { into } from "../../draw/redraw.ts";
import { packed } from "../../engine/source.ts";
import { plain, unknownIn } from "../../engine/text/spelling.ts";
import type { Prime, PrimeReply } from "./prime.ts";
import type { TextModel } from "./text-model.ts";
import type { TypeWiring } from "./wiring.ts";

/** The line with the character of each of its points; null where it is not wanted or not known. */
export function ownHandOf(
  { frame, desk, parts }: TypeWiring,
  { text, recognises, clients }: TextModel,
): ReadonlySignal<Prime | null> {
  const { own, said } = frame.state;
  const reply = signal<PrimeReply | null>(null);
  const alphabet = computed(() => text.value?.checkpoint.architecture.text?.alphabet ?? []);
  const words = computed(() => plain(said.value, alphabet.value).split(/\s+/).filter(Boolean).join(" "));
  /** Why the letters cannot be looked for; empty where they can. */
  const missing = computed(() => {
    if (desk.isExample.value) return "Write a line in the figure above, and say here what it says.";
    if (words.value === "") return "Say what your line says: then your letters can be found in it.";
    const [unknown] = unknownIn(words.value, alphabet.value);
    return unknown ? `The model has not learned “${unknown.character}”; write a line without it.` : "";
  });
  const ready = computed(() => own.value && text.value !== null && recognises.value && missing.value === "");
  effect(() => {
    if (!ready.value) {
      reply.value = null;
      return;
    }
    // A line that grows is read when the pen rests.
    if (desk.writing.value) return;
    const strokes = desk.ink.value.map(packed);
    clients().best.ask("prime", { strokes, text: words.value }, into(reply));
  });
  const found = (): string => {
    if (reply.value === null) return "Looking for the letters in your line.";
    if (reply.value.prime !== null) return "Your letters are found, and the text is written on in your hand.";
    return `This does not fit your line, in which the recogniser reads “${reply.value.reads}”.`;
  };
  effect(() => {
    parts.own.textContent = missing.value || found();
  });
  return computed(() => (own.value ? (reply.value?.prime ?? null) : null));
}

/** The lines of the learned hand that is written in; null where it is mixed with another, or they are not known. */
export function taughtOf({ text, mine, recognises, clients }: TextModel): ReadonlySignal<Prime | null> {
  const prime = signal<Prime | null>(null);
  effect(() => {
    const taught = mine.value === 1 && recognises.value ? (text.value?.hand?.taught() ?? null) : null;
    if (taught === null) prime.value = null;
    else clients().best.ask("taught", taught, into(prime));
  });
  return prime;
}

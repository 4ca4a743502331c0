/** Interventions: changes made to cells after every step (spec/engine.md, Interventions). */

import { BAD_ARGUMENT, NOT_FINITE, NOT_READY, OK } from "./errors";
import { cellBytes, hidden, layer, layers } from "./model";

/** settings f32 [5, H], or 0 for none. Nothing changes when it returns an error. */
export function setInterventions(index: i32, settings: usize): i32 {
  if (!layers) return NOT_READY;
  if (index < 0 || index >= layers) return BAD_ARGUMENT;
  const at = layer(index);
  if (!settings) {
    at.intervened = false;
    return OK;
  }
  for (let k = 0; k < 5 * hidden; k++) {
    const value = load<f32>(settings + k * 4);
    if (!isFinite(value)) return NOT_FINITE;
    if (k < hidden && value != 0 && value != 1) return BAD_ARGUMENT;
  }
  const stride = cellBytes();
  for (let cell = 0; cell < hidden; cell++) {
    const to = at.settings + cell * 4;
    store<i32>(to, load<f32>(settings + cell * 4) == 1 ? -1 : 0);
    for (let row = 1; row < 5; row++) {
      store<f32>(<usize>to + <usize>row * stride, load<f32>(settings + (row * hidden + cell) * 4));
    }
  }
  at.intervened = true;
  return OK;
}

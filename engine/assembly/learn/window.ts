/**
 * A window of some lines: forward through its steps, and back. The states go on from window to window; gradients do not go
 * back beyond one.
 *
 * Letter key: as in sizes.ts.
 */

import { alloc, mark, release } from "../memory";
import { add } from "../vector";
import { NOT_FINITE, OK, OUT_OF_MEMORY } from "../errors";
import { mixBack, normaliseGatesBack, openBack, readOutBack } from "./backward";
import { addAlong, addAlongBack, clearAlongBack, placeDirections, project, projectBack, remember } from "./directions";
import { fillWeights, keepStates } from "./drop";
import { mix, normaliseGates, open, readOut } from "./forward";
import { Matrix, placeOf } from "./matrix";
import { nats } from "./nats";
import { BLOCK, gather, spread } from "./parameters";
import { C, Cp, G, H, Hp, R, Rp, W, bytes, stride } from "./sizes";
import { CELL, CODE, HEAD, HIDDEN, LINES, RECORD, SLOPE, SUMS, placeTape } from "./tape";
import { Script, addText, advanceBack, clearTextBack, handCodeBack, textBack } from "./text";

/** The recurrent weights, i8, in the places of the matrix below. */
let whole: usize = 0;
/** [Hp, W]; of these weights some may be left out. */
const recurrent = changetype<Matrix>(memory.data(16, 16));
/** Whether it is filled and none is left out. */
let complete: bool = false;
/** [Cp, G] and [Hp, Rp]. */
const modulation = changetype<Matrix>(memory.data(16, 16));
const head = changetype<Matrix>(memory.data(16, 16));
/** Parameters, spread, and the gradient of each line. */
let parameters: usize = 0;
let gradients: usize = 0;
/** h and c before the window, and the gradients by both, [N, Hp]. */
let hBefore: usize = 0;
let cBefore: usize = 0;
let dh: usize = 0;
let dc: usize = 0;
let dHead: usize = 0;
/** h as the read-out sees it, [N, Hp]. */
let seenByHead: usize = 0;
/** What h is multiplied by before the read-out, [N, Hp]. */
let kept: usize = 0;
/** The share that is left out, and the number of the step. */
let drop: f32 = 0;
let number: i32 = 0;
/** Gradients by normalised pre-activations and code, then by the sums, [N, W]. */
let dMix: usize = 0;
/** Products of the code with the modulation, then the gradients by them, [N, G]. */
let turns: usize = 0;
let scratch: usize = 0;

/** A line of the table: offsets f32 [., 3], whose row k is consumed before row k + 1 is predicted; the first and the last
 * row that are consumed here, the last excluded; its state f32 [2, Hp], h and c; its text, or 0; its number. */
@unmanaged
class Part {
  offsets: usize;
  begin: i32;
  end: i32;
  state: usize;
  text: usize;
  line: i32;
}

export function placeWindow(): void {
  whole = alloc(Hp * W);
  recurrent.place(Hp, W);
  modulation.place(Cp, G);
  head.place(Hp, Rp);
  parameters = alloc(<i32>BLOCK);
  gradients = alloc(<i32>BLOCK * LINES);
  hBefore = rows(Hp);
  cBefore = rows(Hp);
  dh = rows(Hp);
  dc = rows(Hp);
  dHead = rows(Hp);
  seenByHead = rows(Hp);
  kept = rows(Hp);
  dMix = rows(W);
  turns = rows(G);
  placeDirections(LINES);
  scratch = rows(W);
  complete = false;
}

function rows(n: i32): usize {
  return alloc(n * LINES * 4);
}

/** int8 rows of the file: 0 recurrent [4H, H], 1 code's recurrent [C, H], 2 modulation [4H, C], 3 head [R, H]. */
export function placeMatrix(which: i32, source: usize): void {
  const inner = which == 2 ? C : H;
  const outer = which == 1 ? C : which == 3 ? R : 4 * H;
  for (let row = 0; row < outer; row++) {
    const to = which == 1 ? G + row : which == 3 ? row : Hp * (row / H) + (row % H);
    for (let k = 0; k < inner; k++) {
      const value = <f32>load<i8>(source++);
      if (which == 2) modulation.set(k, to, value);
      else if (which == 3) head.set(k, to, value);
      else store<i8>(whole + placeOf(Hp, k, to), <i8>value);
    }
  }
  complete = false;
}

/**
 * Reads the parts [n] of some lines on from their states, which are then those after them; sums f64 [n] get the nats. With
 * `to`, unless 0, the gradients by the flat parameters, a row of `stride` bytes each. `share` of the recurrent weights and
 * of the hidden states before the read-out are left out, by random numbers of this `step`.
 */
export function readWindow(flat: usize, n: i32, table: usize, sums: usize, to: usize, share: f32, step: i32): i32 {
  spread(flat, parameters);
  drop = share;
  number = step;
  if (!complete || drop > 0) fillWeights(whole, recurrent, drop, number);
  complete = drop == 0;
  const before = mark();
  for (let first = 0; first < n; first += LINES) {
    const lines = min(LINES, n - first);
    const parts = table + <usize>first * offsetof<Part>();
    const code = some(lines, parts, sums + <usize>first * 8, to ? to + <usize>first * stride : 0);
    release(before);
    if (code < 0) return code;
  }
  return OK;
}

function part(table: usize, line: i32): Part {
  return changetype<Part>(table + <usize>line * offsetof<Part>());
}

function some(lines: i32, table: usize, sums: usize, to: usize): i32 {
  let steps = 0;
  for (let line = 0; line < lines; line++) {
    const at = part(table, line);
    steps = max(steps, at.end - at.begin);
    memory.copy(hBefore + bytes(line * Hp), at.state, bytes(Hp));
    memory.copy(cBefore + bytes(line * Hp), at.state + bytes(Hp), bytes(Hp));
    store<f64>(sums + <usize>line * 8, 0);
  }
  placeTape(lines);
  // without gradients two records take turns
  const records = to ? steps : min(steps, 2);
  const tape = <usize>alloc(records * <i32>RECORD);
  if (!tape) return OUT_OF_MEMORY;
  for (let step = 0; step < steps; step++) {
    const record = tape + <usize>(step % records) * RECORD;
    const last = step ? tape + <usize>((step - 1) % records) * RECORD : 0;
    const code = forward(lines, table, step, record, last, sums, to != 0);
    if (code < 0) return code;
  }
  if (to) {
    memory.fill(gradients, 0, BLOCK * LINES);
    clearTextBack();
    memory.fill(dh, 0, bytes(Hp * LINES));
    memory.fill(dc, 0, bytes(Hp * LINES));
    for (let step = steps - 1; step >= 0; step--) {
      const record = tape + <usize>step * RECORD;
      backward(lines, table, step, record, step ? record - RECORD : 0);
    }
    for (let line = 0; line < lines; line++) {
      const gradient = gradients + <usize>line * BLOCK;
      handCodeBack(line, gradient);
      gather(gradient, to + <usize>line * stride);
    }
  }
  return OK;
}

function forward(lines: i32, table: usize, step: i32, record: usize, last: usize, sums: usize, slopes: bool): i32 {
  const h = last ? last + HIDDEN : hBefore, c = last ? last + CELL : cBefore;
  recurrent.times(h, record + SUMS, lines);
  project(h, record, lines);
  for (let line = 0; line < lines; line++) {
    const at = part(table, line), row = at.begin + step;
    if (row >= at.end) continue;
    mix(parameters, record, line, at.offsets + bytes(row * 3), scratch);
    addAlong(parameters, record, line, scratch);
    if (at.text) addText(changetype<Script>(at.text), line, row, step == 0, parameters, scratch);
    normaliseGates(record, line, scratch);
  }
  turnsOf(record, lines);
  for (let line = 0; line < lines; line++) {
    const at = part(table, line), row = at.begin + step;
    if (row >= at.end) continue;
    if (!open(parameters, record, line, c + bytes(line * Hp), turns + bytes(line * G))) return NOT_FINITE;
    remember(record + HIDDEN + bytes(line * Hp));
    if (drop > 0) keepStates(kept + bytes(line * Hp), drop, number, at.line, row);
    if (row + 1 < at.end) continue;
    memory.copy(at.state, record + HIDDEN + bytes(line * Hp), bytes(Hp));
    memory.copy(at.state + bytes(Hp), record + CELL + bytes(line * Hp), bytes(Hp));
  }
  times(seenByHead, record + HIDDEN, lines);
  head.times(seenByHead, record + HEAD, lines);
  for (let line = 0; line < lines; line++) {
    const at = part(table, line), row = at.begin + step;
    if (row >= at.end) continue;
    readOut(parameters, record, line, scratch);
    const target = at.offsets + bytes((row + 1) * 3);
    const slope = slopes ? record + SLOPE + bytes(line * Rp) : 0;
    const sum = sums + <usize>line * 8;
    const value = load<f64>(sum) + nats(scratch, load<f32>(target), load<f32>(target, 4), load<f32>(target, 8), slope);
    if (!isFinite(value)) return NOT_FINITE;
    store<f64>(sum, value);
    if (!slope || !at.text) continue;
    const advance = bytes(R - 1);
    store<f32>(slope + advance, advanceBack(changetype<Script>(at.text), row, load<f32>(scratch + advance)));
  }
  return OK;
}

function backward(lines: i32, table: usize, step: i32, record: usize, last: usize): void {
  const c = last ? last + CELL : cBefore;
  for (let line = 0; line < lines; line++) {
    const slope = record + SLOPE + bytes(line * Rp);
    if (!reaches(table, line, step)) {
      memory.fill(slope, 0, bytes(Rp));
      continue;
    }
    const at = part(table, line);
    if (drop > 0) keepStates(kept + bytes(line * Hp), drop, number, at.line, at.begin + step);
    readOutBack(parameters, record, line, gradients + <usize>line * BLOCK);
  }
  head.timesBack(record + SLOPE, dHead, bytes(Hp), lines);
  times(dHead, dHead, lines);
  for (let at: usize = 0, end = bytes(Hp * lines); at < end; at += 16) add(dh + at, v128.load(dHead + at));
  turnsOf(record, lines);
  for (let line = 0; line < lines; line++) {
    const cells = bytes(line * Hp), d = dMix + bytes(line * W), turned = turns + bytes(line * G);
    const to = gradients + <usize>line * BLOCK;
    if (reaches(table, line, step)) openBack(parameters, record, line, c + cells, dh + cells, dc + cells, d, turned, to, scratch);
    else memory.fill(turned, 0, bytes(G));
  }
  if (Cp) modulation.timesBack(turns, dMix + bytes(G), bytes(W), lines);
  clearAlongBack(lines);
  for (let line = 0; line < lines; line++) {
    const at = part(table, line), d = dMix + bytes(line * W);
    const offset = at.offsets + bytes((at.begin + step) * 3);
    if (!reaches(table, line, step)) {
      memory.fill(d, 0, bytes(W));
      continue;
    }
    normaliseGatesBack(record, line, d);
    if (at.text) textBack(line, d);
    addAlongBack(parameters, record, line, d, gradients + <usize>line * BLOCK);
    mixBack(parameters, record, line, offset, d, gradients + <usize>line * BLOCK);
  }
  recurrent.timesBack(dMix, dh, bytes(Hp), lines);
  projectBack(dh, lines, dHead);
}

/** What the codes of a record turn, to `turns`. */
function turnsOf(record: usize, lines: i32): void {
  if (Cp) modulation.times(record + CODE, turns, lines);
  else memory.fill(turns, 0, bytes(G * lines));
}

/** to = from without the hidden states that are left out, [N, Hp]. */
function times(to: usize, from: usize, lines: i32): void {
  if (drop == 0) {
    if (to != from) memory.copy(to, from, bytes(Hp * lines));
    return;
  }
  for (let at: usize = 0, end = bytes(Hp * lines); at < end; at += 16) {
    v128.store(to + at, f32x4.mul(v128.load(from + at), v128.load(kept + at)));
  }
}

/** Whether a line's part has such a step. */
function reaches(table: usize, line: i32, step: i32): bool {
  const at = part(table, line);
  return at.begin + step < at.end;
}

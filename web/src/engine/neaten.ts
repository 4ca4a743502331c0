/**
 * Neatening: an ink drawn again as a mix of the reader's movements and the model's (spec/neaten.md).
 *
 * Letter key: K mixture components, n offsets.
 */

import type { Engine, State } from "./engine.ts";
import { mixtureOf } from "./mixture.ts";
import { commonOffsets } from "./path-common.ts";

/** tau: deviation of the reader's hand from what it meant, model units. */
const HAND = 0.5;
/** g: the share of the distance to the reader's pen that each step takes back. */
const RETURN = 0.06;

/** After an offset that lifts the pen: where both pens are, and the model's state. */
interface Mark {
  /** Offsets read. */
  readonly row: number;
  readonly state: State;
  readonly apart: Vector;
  readonly lifted: boolean;
}

interface Vector {
  readonly x: number;
  readonly y: number;
}

/** Neatens an ink that grows: what it has in common with the one before is kept, stroke by stroke. */
export class Neatener {
  readonly #engine: Engine;
  readonly #marks: Mark[];
  #share = Number.NaN;
  #own = new Float32Array(0);
  #neat = new Float32Array(0);

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#marks = [{ row: 0, state: engine.start(), apart: { x: 0, y: 0 }, lifted: false }];
  }

  /** Neatened offsets [n, 3] of prepared offsets [n, 3]. share: the model's, 0 to 1. firstLifted: the origin is a dot. */
  neaten(own: Float32Array, share: number, firstLifted: boolean): Float32Array {
    const mark = this.#back(own, share);
    const neat = new Float32Array(own.length);
    neat.set(this.#neat.subarray(0, 3 * mark.row));
    const state = mark.state.copy();
    // R - N
    let { apart, lifted } = mark;
    if (mark.row === 0) lifted = firstLifted;
    for (let row = mark.row; row < own.length / 3; row++) {
      const [u, pen] = [{ x: own[3 * row]!, y: own[3 * row + 1]! }, own[3 * row + 2]!];
      const v = lifted ? plus(u, apart, 1) : this.#mixed(state, u, share, apart);
      const step = Float32Array.of(v.x, v.y, pen);
      neat.set(step, 3 * row);
      this.#engine.consume(state, step);
      apart = { x: apart.x + u.x - step[0]!, y: apart.y + u.y - step[1]! };
      lifted = pen === 1;
      if (lifted) this.#marks.push({ row: row + 1, state: state.copy(), apart, lifted });
    }
    state.free();
    this.#own = own.slice();
    this.#neat = neat;
    this.#share = share;
    return neat.slice();
  }

  /** The last mark in what an ink has in common with the one before; those after it are dropped. */
  #back(own: Float32Array, share: number): Mark {
    const same = share === this.#share ? commonOffsets(this.#own, own) : 0;
    while (this.#marks.length > 1 && this.#marks.at(-1)!.row > same) this.#marks.pop()!.state.free();
    return this.#marks.at(-1)!;
  }

  #mixed(state: State, u: Vector, share: number, apart: Vector): Vector {
    const meant = expectedOffset(this.#engine.mixture(state), u);
    const mix = { x: u.x + share * (meant.x - u.x), y: u.y + share * (meant.y - u.y) };
    return plus(mix, apart, RETURN);
  }
}

/** m: what was meant by an offset u, given the mixture [1 + 6K] of the next offset. */
export function expectedOffset(mixture: Float32Array, u: Vector): Vector {
  const terms = mixtureOf(mixture).components.map(({ weight, x: muX, y: muY, sigmaX, sigmaY, rho }) => {
    const [xx, yy, xy] = [sigmaX ** 2, sigmaY ** 2, rho * sigmaX * sigmaY];
    // S + tau^2 I
    const [a, b] = [xx + HAND ** 2, yy + HAND ** 2];
    const determinant = a * b - xy * xy;
    const [dx, dy] = [u.x - muX, u.y - muY];
    // (S + tau^2 I)^-1 d
    const [wx, wy] = [(b * dx - xy * dy) / determinant, (a * dy - xy * dx) / determinant];
    const logWeight = Math.log(weight) - Math.log(determinant) / 2 - (dx * wx + dy * wy) / 2;
    return { logWeight, x: muX + xx * wx + xy * wy, y: muY + xy * wx + yy * wy };
  });
  const most = Math.max(...terms.map(({ logWeight }) => logWeight));
  let [total, x, y] = [0, 0, 0];
  for (const term of terms) {
    const weight = Math.exp(term.logWeight - most);
    total += weight;
    x += weight * term.x;
    y += weight * term.y;
  }
  return { x: x / total, y: y / total };
}

function plus(a: Vector, b: Vector, times: number): Vector {
  return { x: a.x + times * b.x, y: a.y + times * b.y };
}

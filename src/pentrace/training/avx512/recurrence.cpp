// The recurrence of an LSTM layer for training, forward and backward, in one call for all steps. The same computation as
// pentrace/training/recurrence.py.
//
// Each thread takes its share of the lines through all steps, so threads never wait for each other. Products have
// bfloat16 factors and float32 sums. Cell states, and sums over time, stay in float32.
//
// Letter key: T steps, B lines (a multiple of 16), H hidden, P = H rounded up to 32, K = H + inputs rounded up to 32,
// M = size of the code rounded up to 32 (0: no code), N = 4P + M columns of a product: four gates and the code.
// Beyond H, a row of P has zeros in weights and scales, and is not counted in means.

#include <malloc.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "products.h"

namespace {

constexpr float EPSILON = 1e-5f;  // spec/engine.md

// What a step saves for the backward pass, each P bfloat16 values of a line.
enum Kept { INPUT, FORGET, CELL, OUTPUT, TANH, CELL_NORMAL, NORMAL, KEPT_PLAIN = CELL_NORMAL, KEPT_NORMALISED = 10 };

enum Kind { PLAIN, NORMALISED, MODULATED };

struct Size {
    int T, B, H, P, K, M;
    Kind kind;
    int N() const { return 4 * P + M; }
    long kept() const { return long(kind == PLAIN ? KEPT_PLAIN : KEPT_NORMALISED) * P; }
    __mmask16 real(int v) const { return lanes_below(H - v); }
};

Size sized(const int* size) { return {size[0], size[1], size[2], size[3], size[4], size[6], Kind(size[5])}; }

struct Scales {
    const float *bias, *gain;            // [4][P]
    const float *cell_gain, *cell_bias;  // [P]
};

// The gain of the layer normalisation.
template <Kind kind>
Vec gain(const float* own, const float* more) {
    const Vec x = _mm512_loadu_ps(own);
    return kind == MODULATED ? _mm512_add_ps(x, _mm512_loadu_ps(more)) : x;
}

struct Moments {
    Vec mean, inverse;
};

// Of the H values in a row.
Moments moments(const float* x, const Size& s) {
    Vec sum = all(0), squares = all(0);
    for (int v = 0; v < s.H; v += TILE) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(s.real(v), x + v));
    const Vec mean = all(_mm512_reduce_add_ps(sum) / s.H);
    for (int v = 0; v < s.H; v += TILE) {
        Vec d = _mm512_maskz_sub_ps(s.real(v), _mm512_loadu_ps(x + v), mean);
        squares = _mm512_fmadd_ps(d, d, squares);
    }
    return {mean, all(1 / std::sqrt(_mm512_reduce_add_ps(squares) / s.H + EPSILON))};
}

// One line, one step: products a [4][P], what the code adds to the gains `more` [4][P], and c before -> c after, h, and
// what the backward pass needs.
template <Kind kind>
void cell(const float* a, const float* more, const float* c, float* after, bf16* h, bf16* kept, float* inverses, const Size& s,
          const Scales& w, float* output) {
    constexpr bool normalised = kind != PLAIN;
    const int P = s.P;
    Moments of[4];
    if (normalised)
        for (int k = 0; k < 4; k++) {
            of[k] = moments(a + k * P, s);
            inverses[k] = _mm512_cvtss_f32(of[k].inverse);
        }
    for (int v = 0; v < P; v += TILE) {
        Vec gate[4];
        for (int k = 0; k < 4; k++) {
            Vec x = _mm512_loadu_ps(a + k * P + v), bias = _mm512_loadu_ps(w.bias + k * P + v);
            if (normalised) {
                x = _mm512_maskz_mul_ps(s.real(v), _mm512_sub_ps(x, of[k].mean), of[k].inverse);
                store(kept + (NORMAL + k) * P + v, x);
                x = _mm512_fmadd_ps(x, gain<kind>(w.gain + k * P + v, more + k * P + v), bias);
            } else {
                x = _mm512_add_ps(x, bias);
            }
            gate[k] = k == CELL ? hyperbolic(x) : sigmoid(x);
            store(kept + k * P + v, gate[k]);
        }
        Vec now = _mm512_fmadd_ps(gate[FORGET], _mm512_loadu_ps(c + v), _mm512_mul_ps(gate[INPUT], gate[CELL]));
        _mm512_storeu_ps(after + v, now);
        _mm512_storeu_ps(output + v, gate[OUTPUT]);
    }
    Moments of_c{};
    if (normalised) {
        of_c = moments(after, s);
        inverses[4] = _mm512_cvtss_f32(of_c.inverse);
    }
    for (int v = 0; v < P; v += TILE) {
        Vec x = _mm512_loadu_ps(after + v);
        if (normalised) {
            x = _mm512_maskz_mul_ps(s.real(v), _mm512_sub_ps(x, of_c.mean), of_c.inverse);
            store(kept + CELL_NORMAL * P + v, x);
            x = _mm512_fmadd_ps(x, _mm512_loadu_ps(w.cell_gain + v), _mm512_loadu_ps(w.cell_bias + v));
        }
        Vec t = hyperbolic(x);
        store(kept + TANH * P + v, t);
        store(h + v, _mm512_mul_ps(_mm512_loadu_ps(output + v), t), s.real(v));
    }
}

struct Sums {
    float *bias, *gain;            // [4][P]
    float *cell_gain, *cell_bias;  // [P]
};

// The backward pass of one line and step: gradients of h and c after -> of the products d [4][P], of what the code adds
// to the gains d_more [4][P], and of c before (in dc).
template <Kind kind>
void cell_back(const bf16* given, const float* dh, float* dc, const float* more, const float* c, const bf16* kept,
               const float* inverses, bf16* d, bf16* d_more, const Size& s, const Scales& w, const Sums& sums,
               float* scratch) {
    constexpr bool normalised = kind != PLAIN;
    const int P = s.P;
    const Vec one = all(1);
    Vec mean = all(0), along = all(0);
    for (int v = 0; v < P; v += TILE) {  // through h = o tanh(...)
        Vec g = _mm512_add_ps(load(given + v, s.real(v)), _mm512_loadu_ps(dh + v));
        Vec t = load(kept + TANH * P + v), o = load(kept + OUTPUT * P + v);
        Vec x = _mm512_mul_ps(_mm512_mul_ps(g, o), _mm512_fnmadd_ps(t, t, one));
        _mm512_storeu_ps(scratch + 4 * P + v, _mm512_mul_ps(_mm512_mul_ps(g, t), _mm512_mul_ps(o, _mm512_sub_ps(one, o))));
        if (normalised) {
            Vec n = load(kept + CELL_NORMAL * P + v);
            add_to(sums.cell_bias + v, x);
            add_to(sums.cell_gain + v, _mm512_mul_ps(x, n));
            x = _mm512_mul_ps(x, _mm512_loadu_ps(w.cell_gain + v));
            mean = _mm512_add_ps(mean, x);
            along = _mm512_fmadd_ps(x, n, along);
        }
        _mm512_storeu_ps(scratch + v, x);
    }
    Vec cell_mean = all(_mm512_reduce_add_ps(mean) / s.H), cell_along = all(_mm512_reduce_add_ps(along) / s.H);
    Vec means[4], alongs[4];
    for (int k = 0; k < 4; k++) means[k] = alongs[k] = all(0);
    for (int v = 0; v < P; v += TILE) {  // through the gates
        Vec x = _mm512_loadu_ps(scratch + v), now = _mm512_loadu_ps(dc + v);
        if (normalised) {
            Vec n = load(kept + CELL_NORMAL * P + v);
            x = _mm512_sub_ps(_mm512_sub_ps(x, cell_mean), _mm512_mul_ps(n, cell_along));
            x = _mm512_maskz_mul_ps(s.real(v), x, all(inverses[4]));
        }
        now = _mm512_add_ps(now, x);
        Vec i = load(kept + INPUT * P + v), f = load(kept + FORGET * P + v), g = load(kept + CELL * P + v);
        Vec gate[4];
        gate[INPUT] = _mm512_mul_ps(_mm512_mul_ps(now, g), _mm512_mul_ps(i, _mm512_sub_ps(one, i)));
        gate[FORGET] =
            _mm512_mul_ps(_mm512_mul_ps(now, _mm512_loadu_ps(c + v)), _mm512_mul_ps(f, _mm512_sub_ps(one, f)));
        gate[CELL] = _mm512_mul_ps(_mm512_mul_ps(now, i), _mm512_fnmadd_ps(g, g, one));
        gate[OUTPUT] = _mm512_loadu_ps(scratch + 4 * P + v);
        _mm512_storeu_ps(dc + v, _mm512_mul_ps(now, f));
        for (int k = 0; k < 4; k++) {
            add_to(sums.bias + k * P + v, gate[k]);
            if (!normalised) {
                store(d + k * P + v, gate[k]);
                continue;
            }
            Vec n = load(kept + (NORMAL + k) * P + v);
            const Vec of_gain = _mm512_mul_ps(gate[k], n);
            add_to(sums.gain + k * P + v, of_gain);
            if (kind == MODULATED) store(d_more + k * P + v, of_gain);
            x = _mm512_mul_ps(gate[k], gain<kind>(w.gain + k * P + v, more + k * P + v));
            means[k] = _mm512_add_ps(means[k], x);
            alongs[k] = _mm512_fmadd_ps(x, n, alongs[k]);
            _mm512_storeu_ps(scratch + k * P + v, x);
        }
    }
    if (!normalised) return;
    for (int k = 0; k < 4; k++) {
        const Vec m = all(_mm512_reduce_add_ps(means[k]) / s.H), q = all(_mm512_reduce_add_ps(alongs[k]) / s.H);
        const Vec by = all(inverses[k]);
        for (int v = 0; v < P; v += TILE) {
            Vec n = load(kept + (NORMAL + k) * P + v);
            Vec x = _mm512_sub_ps(_mm512_sub_ps(_mm512_loadu_ps(scratch + k * P + v), m), _mm512_mul_ps(n, q));
            store(d + k * P + v, _mm512_maskz_mul_ps(s.real(v), x, by));
        }
    }
}

// The packed weights of the products.
struct Packed {
    const bf16 *weights, *modulation;
};

template <Kind kind>
void forward(const Size& s, int threads, const Packed& w, const Scales& scales, bf16* rows, float* c, bf16* kept,
             float* inverses, bf16* code) {
    share(s.B, threads, [&](int from, int lines, int) {
        const long P = s.P, N = s.N();
        Buffer<float> a(lines * N), more(kind == MODULATED ? lines * 4 * P : 0), output(P);
        for (int t = 0; t < s.T; t++) {
            const long at = long(t) * s.B + from;
            product(rows + at * s.K, s.K, w.weights, a.data(), N, lines, N, s.K);
            if (kind == MODULATED) {
                for (int b = 0; b < lines; b++)
                    for (int v = 0; v < s.M; v += TILE)
                        store(code + (at + b) * s.M + v, _mm512_loadu_ps(a.data() + b * N + 4 * P + v));
                product(code + at * s.M, s.M, w.modulation, more.data(), 4 * P, lines, 4 * P, s.M);
            }
            for (int b = 0; b < lines; b++) {
                const long row = at + b;
                cell<kind>(a.data() + b * N, more.data() + b * 4 * P, c + row * P, c + (row + s.B) * P,
                           rows + (row + s.B) * s.K, kept + row * s.kept(), inverses + row * 5, s, scales,
                           output.data());
            }
        }
    });
}

// `w.modulation` is packed as for the forward pass, `back` as for the backward pass.
template <Kind kind>
void backward(const Size& s, int threads, const Packed& w, const bf16* back, const Scales& scales, const bf16* given,
              float* dh, float* dc, const float* c, const bf16* kept, const float* inverses, const bf16* code, bf16* d,
              bf16* d_more, float* sums) {
    share(s.B, threads, [&](int from, int lines, int thread) {
        const long P = s.P, N = s.N();
        float* mine = sums + thread * 10 * P;
        const Sums into{mine, mine + 4 * P, mine + 8 * P, mine + 9 * P};
        Buffer<float> scratch(5 * P), more(kind == MODULATED ? lines * 4 * P : 0), d_code(lines * s.M);
        for (int t = s.T - 1; t >= 0; t--) {
            const long at = long(t) * s.B + from;
            if (kind == MODULATED)
                product(code + at * s.M, s.M, w.modulation, more.data(), 4 * P, lines, 4 * P, s.M);
            for (int b = 0; b < lines; b++) {
                const long row = at + b;
                cell_back<kind>(given + row * s.H, dh + (from + b) * P, dc + (from + b) * P, more.data() + b * 4 * P,
                                c + row * P, kept + row * s.kept(), inverses + row * 5, d + row * N,
                                d_more + row * 4 * P, s, scales, into, scratch.data());
            }
            if (kind == MODULATED) {
                product(d_more + at * 4 * P, 4 * P, back, d_code.data(), s.M, lines, s.M, 4 * P);
                for (int b = 0; b < lines; b++)
                    for (int v = 0; v < s.M; v += TILE)
                        store(d + (at + b) * N + 4 * P + v, _mm512_loadu_ps(d_code.data() + b * s.M + v));
            }
            product(d + at * N, N, w.weights, dh + from * P, P, lines, P, N);
        }
    });
}

// A row of weights n of a gate, as it is multiplied: those of h, some of them dropped, then those of the inputs.
struct Weights {
    int H, P, K, N, inputs;
    Drop drop;
    uint32_t place(int n, int k) const { return (uint32_t(n) * K + k) / DEPTH; }
    __mmask32 kept(int n, int k) const {
        const __mmask32 of_inputs = k + DEPTH <= H ? 0 : k >= H ? 0xffffffff : 0xffffffff << (H - k);
        return drop.kept(place(n, k)) | of_inputs;
    }
};

// Weights into both packed forms, which are zero before.
void pack(const Weights& w, const float* recurrent, const float* inputs, bf16* ahead, bf16* back) {
    Buffer<float> lines(2 * w.K);
    const __m512i column = _mm512_mullo_epi32(
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0), _mm512_set1_epi32(TILE));
    for (int gate = 0; gate < 4; gate++)
        for (int u = 0; u < w.H; u += 2) {
            const int n = gate * w.P + u, pair = u + 1 < w.H ? 2 : 1;
            std::fill(lines.begin(), lines.end(), 0);
            for (int b = 0; b < pair; b++) {
                const long from = gate * w.H + u + b;
                float* line = lines.data() + b * w.K;
                for (int k = 0; k < w.H; k++) line[k] = recurrent[from * w.H + k] * w.drop.scale();
                for (int k = 0; k < w.inputs; k++) line[w.H + k] = inputs[from * w.inputs + k];
            }
            for (int k = 0; k < w.K; k += DEPTH) {
                __m512i of[2];
                for (int b = 0; b < 2; b++) {
                    const float* line = lines.data() + b * w.K + k;
                    __m512i x = (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(line + TILE), _mm512_loadu_ps(line));
                    of[b] = _mm512_maskz_mov_epi16(w.kept(n + b, k), x);
                    bf16* to = ahead + (long((n + b) / TILE) * (w.K / DEPTH) + k / DEPTH) * TILE * DEPTH;
                    if (b < pair) _mm512_i32scatter_epi32((int*)to + (n + b) % TILE, column, of[b], 4);
                }
                for (int half = 0; half < 2 && k + half * TILE < w.P; half++) {
                    auto part = [&](__m512i x) {
                        return half ? _mm512_extracti64x4_epi64(x, 1) : _mm512_castsi512_si256(x);
                    };
                    __m512i x = _mm512_or_si512(_mm512_cvtepu16_epi32(part(of[0])),
                                                _mm512_slli_epi32(_mm512_cvtepu16_epi32(part(of[1])), 16));
                    const long strip = k / TILE + half;
                    const __mmask16 real = lanes_below(w.H - k - half * TILE);
                    bf16* to = back + (strip * (w.N / DEPTH) + n / DEPTH) * TILE * DEPTH + n % DEPTH / 2 * DEPTH;
                    _mm512_mask_storeu_epi32(to, real, x);
                }
            }
        }
}

// Gradient of the packed weights [4P][K] -> those of the weights.
void unpack(const Weights& w, const float* total, float* recurrent, float* inputs) {
    for (int gate = 0; gate < 4; gate++)
        for (int u = 0; u < w.H; u++) {
            const int n = gate * w.P + u;
            const long to = gate * w.H + u;
            const float* from = total + long(n) * w.K;
            for (int k = 0; k < w.H; k += TILE) {
                const __mmask16 kept = w.kept(n, k / DEPTH * DEPTH) >> (k % DEPTH);
                const Vec x = _mm512_maskz_mul_ps(kept, _mm512_loadu_ps(from + k), all(w.drop.scale()));
                _mm512_mask_storeu_ps(recurrent + to * w.H + k, lanes_below(w.H - k), x);
            }
            for (int k = 0; k < w.inputs; k++) inputs[to * w.inputs + k] = from[w.H + k];
        }
}

}  // namespace

extern "C" {

// Keeps memory that an update frees for the next update: clearing new pages took a fifth of the time. For tiles, asks
// Linux for their use; returns 0 if it is granted.
int pentrace_prepare() {
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, INT32_MAX);
    mallopt(M_TOP_PAD, 1 << 28);
#if TILES
    const int ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18;
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA);
#else
    return 0;
#endif
}

// Weights [4H][H] and [4H][inputs], float32 -> both packed forms, which are zero before: for the forward pass
// [N / 16][K / 32][16][16][2]; for the backward pass, without the inputs, [P / 16][N / 32][16][16][2]. The part of the
// code, beyond 4P, is not touched. A share of drop / 2^16 of the recurrent weights is dropped, the others are scaled up.
void pentrace_pack(const int* size, int inputs, uint32_t seed, int drop, const float* recurrent, const float* from_x,
                   bf16* ahead, bf16* back) {
    const Size s = sized(size);
    pack({s.H, s.P, s.K, s.N(), inputs, {seed, drop}}, recurrent, from_x, ahead, back);
}

// Gradients of the packed weights [N][K] -> the gradients of the weights.
void pentrace_unpack(const int* size, int inputs, uint32_t seed, int drop, const float* total, float* recurrent,
                     float* from_x) {
    const Size s = sized(size);
    unpack({s.H, s.P, s.K, s.N(), inputs, {seed, drop}}, total, recurrent, from_x);
}

// Inputs: rows [T + 1][B][K] with h before the first step and all inputs; c [T + 1][B][P] with c before the first step;
// modulation [4P / 16][M / 32][16][16][2]. Fills the rest of rows and c, kept [T][B][5 or 10][P], inverses [T][B][5]
// and, with a code, code [T][B][M].
void pentrace_forward(const int* size, int threads, const bf16* packed, const bf16* modulation,
                      const float* const* scales, bf16* rows, float* c, bf16* kept, float* inverses, bf16* code) {
    const Size s = sized(size);
    const Scales w{scales[0], scales[1], scales[2], scales[3]};
    const auto run = s.kind == PLAIN ? forward<PLAIN> : s.kind == NORMALISED ? forward<NORMALISED> : forward<MODULATED>;
    run(s, threads, {packed, modulation}, w, rows, c, kept, inverses, code);
}

// Inputs: gradients of all h, given [T][B][H]; of the last h, beside those, and of the last c, dh and dc [B][P]; and
// back [M / 16][4P / 32][16][16][2]. dh and dc become the gradients of h and c before the first step. Fills d [T][B][N],
// of the products, and with a code d_more [T][B][4][P], of what the code adds to the gains. Adds to
// sums [threads][10][P]: bias 4, gain 4, cell gain, cell bias.
void pentrace_backward(const int* size, int threads, const bf16* packed, const bf16* modulation, const bf16* back,
                       const float* const* scales, const bf16* given, float* dh, float* dc, const float* c,
                       const bf16* kept, const float* inverses, const bf16* code, bf16* d, bf16* d_more, float* sums) {
    const Size s = sized(size);
    const Scales w{scales[0], scales[1], scales[2], scales[3]};
    const auto run =
        s.kind == PLAIN ? backward<PLAIN> : s.kind == NORMALISED ? backward<NORMALISED> : backward<MODULATED>;
    run(s, threads, {packed, modulation}, back, w, given, dh, dc, c, kept, inverses, code, d, d_more, sums);
}
}

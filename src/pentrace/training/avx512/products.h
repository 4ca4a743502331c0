// Products of bfloat16 matrices with float32 sums, and lines shared out among threads.
//
// One kernel computes a block of 32 x 32 results. With TILES=1 it uses the tile registers of AMX, with TILES=0 the
// vector instructions of AVX-512 BF16. Everything else in this folder is the same for both.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "vectors.h"

constexpr int TILE = 16;   // lines, or columns, of a tile
constexpr int DEPTH = 32;  // bfloat16 values in a row of a tile

// The left factor of a block: two tiles of 16 lines, in steps of 32 factors. Distances are in bfloat16 values.
struct Left {
    const bf16 *upper, *lower;  // the first step of lines 0 to 15, and of lines 16 to 31 (null: there are none)
    long line, step;            // from one line to the next, and from one step to the next
};

// The right factor: two strips of 16 columns. A step of a strip is 16 pairs of factors x 16 columns.
struct Right {
    const bf16 *first, *second;
};

// The four tiles of results. Distances are in floats.
struct Out {
    float* at;
    long line, right, lower;  // from one line to the next, to the tile on the right, to the tile below
};

#if TILES

// The configuration of the tile registers, for the thread that holds one of these.
struct Registers {
    alignas(64) uint8_t palette[64] = {};
    Registers() {
        palette[0] = 1;
        for (int k = 0; k < 8; k++) {
            palette[16 + 2 * k] = 64;  // bytes in a row
            palette[48 + k] = 16;      // rows
        }
        _tile_loadconfig(palette);
    }
    ~Registers() { _tile_release(); }
};

// out = left * right, or with `add` out += left * right.
inline void block(const Left& left, const Right& right, int steps, bool add, const Out& out) {
    const long bytes = out.line * 4;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    if (add) {
        _tile_loadd(0, out.at, bytes);
        _tile_loadd(1, out.at + out.right, bytes);
        if (left.lower) {
            _tile_loadd(2, out.at + out.lower, bytes);
            _tile_loadd(3, out.at + out.lower + out.right, bytes);
        }
    }
    for (int k = 0; k < steps; k++) {
        _tile_loadd(6, right.first + k * TILE * DEPTH, 64);
        _tile_loadd(7, right.second + k * TILE * DEPTH, 64);
        _tile_loadd(4, left.upper + k * left.step, left.line * 2);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        if (left.lower) {
            _tile_loadd(5, left.lower + k * left.step, left.line * 2);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
    }
    _tile_stored(0, out.at, bytes);
    _tile_stored(1, out.at + out.right, bytes);
    if (left.lower) {
        _tile_stored(2, out.at + out.lower, bytes);
        _tile_stored(3, out.at + out.lower + out.right, bytes);
    }
}

#else

struct Registers {};

// 8 lines of a block: with 16 sums in registers the processor need not wait for one before it begins the next.
inline void eight_lines(const bf16* left, long line, long step, const Right& right, int steps, bool add, float* out,
                        long out_line, long out_right) {
    constexpr int LINES = 8;
    Vec first[LINES], second[LINES];
#pragma GCC unroll 8
    for (int r = 0; r < LINES; r++) {
        first[r] = add ? _mm512_loadu_ps(out + r * out_line) : all(0);
        second[r] = add ? _mm512_loadu_ps(out + r * out_line + out_right) : all(0);
    }
    for (int k = 0; k < steps; k++)
        for (int pair = 0; pair < TILE; pair++) {
            const long at = (long(k) * TILE + pair) * DEPTH;
            const __m512bh a = (__m512bh)_mm512_loadu_si512(right.first + at);
            const __m512bh b = (__m512bh)_mm512_loadu_si512(right.second + at);
            const bf16* factors = left + k * step + 2 * pair;
#pragma GCC unroll 8
            for (int r = 0; r < LINES; r++) {
                int32_t two;
                std::memcpy(&two, factors + r * line, sizeof two);
                const __m512bh x = (__m512bh)_mm512_set1_epi32(two);
                first[r] = _mm512_dpbf16_ps(first[r], x, a);
                second[r] = _mm512_dpbf16_ps(second[r], x, b);
            }
        }
#pragma GCC unroll 8
    for (int r = 0; r < LINES; r++) {
        _mm512_storeu_ps(out + r * out_line, first[r]);
        _mm512_storeu_ps(out + r * out_line + out_right, second[r]);
    }
}

// out = left * right, or with `add` out += left * right.
inline void block(const Left& left, const Right& right, int steps, bool add, const Out& out) {
    for (int r = 0; r < TILE; r += 8)
        eight_lines(left.upper + r * left.line, left.line, left.step, right, steps, add, out.at + r * out.line,
                    out.line, out.right);
    for (int r = 0; r < TILE && left.lower; r += 8)
        eight_lines(left.lower + r * left.line, left.line, left.step, right, steps, add,
                    out.at + out.lower + r * out.line, out.line, out.right);
}

#endif

// out[lines][columns] = left[lines][depth] * packed. Lines are a multiple of 16, columns and depth of 32. `packed` is
// [columns / 16][depth / 32][16][16][2]: two factors side by side, then 16 columns, then 16 such pairs.
inline void product(const bf16* left, long left_stride, const bf16* packed, float* out, long out_stride, int lines,
                    int columns, int depth) {
    const long strip = TILE * DEPTH * long(depth / DEPTH);
    for (int n = 0; n < columns; n += 2 * TILE) {
        const bf16* first = packed + n / TILE * strip;
        for (int m = 0; m < lines; m += 2 * TILE) {
            const bf16* upper = left + m * left_stride;
            const bf16* lower = m + TILE < lines ? upper + TILE * left_stride : nullptr;
            block({upper, lower, left_stride, DEPTH}, {first, first + strip}, depth / DEPTH, false,
                  {out + m * out_stride + n, out_stride, TILE, TILE * out_stride});
        }
    }
}

// Runs work(first line, lines, thread) on so many threads. Each has whole tiles of the lines.
template <class Work>
void share(int lines, int threads, Work work) {
    const int tiles = lines / TILE;
    threads = threads < tiles ? threads : tiles;
    std::vector<std::thread> others;
    for (int k = 0; k < threads; k++) {
        const int from = tiles * k / threads * TILE, to = tiles * (k + 1) / threads * TILE;
        auto run = [=] {
            Registers registers;
            work(from, to - from, k);
        };
        if (k + 1 < threads)
            others.emplace_back(run);
        else
            run();
    }
    for (auto& other : others) other.join();
}

// Products of bfloat16 in tiles (AMX), and lines shared out among threads.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <thread>
#include <vector>

#include "vectors.h"

constexpr int TILE = 16;   // lines, or columns, of a tile
constexpr int DEPTH = 32;  // bfloat16 values of a tile's row

struct Tiles {
    alignas(64) uint8_t palette[64] = {};
    Tiles() {
        palette[0] = 1;
        for (int k = 0; k < 8; k++) {
            palette[16 + 2 * k] = 64;  // bytes of a row
            palette[48 + k] = 16;      // rows
        }
        _tile_loadconfig(palette);
    }
    ~Tiles() { _tile_release(); }
};

// out[lines][columns] = left[lines][depth] * packed, by blocks of 32 x 32 in four tiles. `packed` is
// [columns / 16][depth / 32][16][16][2]: pairs of factors side by side, as the tiles want them.
inline void product(const bf16* left, long left_stride, const bf16* packed, float* out, long out_stride, int lines,
             int columns, int depth) {
    const long tile = TILE * DEPTH, strip = tile * (depth / DEPTH);
    for (int n = 0; n < columns; n += 2 * TILE) {
        const bf16* first = packed + n / TILE * strip;
        const bf16* second = first + strip;
        for (int m = 0; m < lines; m += 2 * TILE) {
            const bf16* a = left + m * left_stride;
            float* c = out + m * out_stride + n;
            const bool two = m + TILE < lines;
            _tile_zero(0);
            _tile_zero(1);
            _tile_zero(2);
            _tile_zero(3);
            for (int k = 0; k < depth / DEPTH; k++) {
                _tile_loadd(6, first + k * tile, 64);
                _tile_loadd(7, second + k * tile, 64);
                _tile_loadd(4, a + k * DEPTH, left_stride * 2);
                _tile_dpbf16ps(0, 4, 6);
                _tile_dpbf16ps(1, 4, 7);
                if (two) {
                    _tile_loadd(5, a + TILE * left_stride + k * DEPTH, left_stride * 2);
                    _tile_dpbf16ps(2, 5, 6);
                    _tile_dpbf16ps(3, 5, 7);
                }
            }
            _tile_stored(0, c, out_stride * 4);
            _tile_stored(1, c + TILE, out_stride * 4);
            if (two) {
                _tile_stored(2, c + TILE * out_stride, out_stride * 4);
                _tile_stored(3, c + TILE * out_stride + TILE, out_stride * 4);
            }
        }
    }
}

// Runs work(first line, lines, thread) over lines, in tiles, on that many threads.
template <class Work>
void share(int lines, int threads, Work work) {
    const int tiles = lines / TILE;
    threads = threads < tiles ? threads : tiles;
    std::vector<std::thread> others;
    for (int k = 0; k < threads; k++) {
        const int from = tiles * k / threads * TILE, to = tiles * (k + 1) / threads * TILE;
        auto run = [=] {
            Tiles tiles_on;
            work(from, to - from, k);
        };
        if (k + 1 < threads)
            others.emplace_back(run);
        else
            run();
    }
    for (auto& other : others) other.join();
}

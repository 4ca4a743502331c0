// Sums over time: how much each factor of each product takes part, for all steps and lines at once.

#include <algorithm>
#include <cstring>

#include "tiles.h"

namespace {

constexpr int CHUNK = 1024;  // rows at a time, few enough for the second-level cache

// 16 columns of 32 rows, zero beyond the last row -> columns side by side: a left tile.
void turned(const bf16* rows, long stride, int count, bf16* tile) {
    if (count < DEPTH) std::memset(tile, 0, 2 * TILE * DEPTH);
    for (int n = 0; n < std::min(count, DEPTH); n++)
        for (int k = 0; k < TILE; k++) tile[k * DEPTH + n] = rows[n * stride + k];
}

// The same columns with rows in pairs: a right tile.
void paired(const bf16* rows, long stride, int count, bf16* tile) {
    for (int n = 0; n < DEPTH; n += 2) {
        auto row = [&](int at) {
            const __m256i x = _mm256_loadu_si256((const __m256i*)(rows + at * stride));
            return _mm512_cvtepu16_epi32(x);
        };
        const __m512i none = _mm512_setzero_si512();
        const __m512i first = n < count ? row(n) : none, second = n + 1 < count ? row(n + 1) : none;
        _mm512_store_si512(tile + n * TILE, _mm512_or_si512(first, _mm512_slli_epi32(second, 16)));
    }
}

}  // namespace

// d [N][columns] and rows [N][K] -> their products summed over N, out [columns / 32][K / 32][2][2][16 of K][16 of
// columns], the tiles of a square of 32 x 32 in the order of K, then columns. Columns and K are multiples of 32.
extern "C" void pentrace_outer(int N, int columns, int K, int threads, const bf16* d, const bf16* rows, float* out) {
    const int strips = columns / (2 * TILE);
    share(strips * TILE, threads, [=](int from, int count, int) {
        const int deep = CHUNK / DEPTH;
        const long tile = TILE * DEPTH;
        Buffer<bf16> left(deep * tile * (K / TILE)), right(2 * deep * tile);
        for (int n = 0; n < N; n += CHUNK) {
            const int blocks = (std::min(CHUNK, N - n) + DEPTH - 1) / DEPTH;
            for (int k = 0; k < K / TILE; k++)
                for (int b = 0; b < blocks; b++) {
                    const long row = n + b * DEPTH;
                    turned(rows + row * K + k * TILE, K, N - row, left.data() + (long(k) * deep + b) * tile);
                }
            for (int strip = from / TILE; strip < (from + count) / TILE; strip++) {
                for (int half = 0; half < 2; half++)
                    for (int b = 0; b < blocks; b++) {
                        const long row = n + b * DEPTH;
                        const bf16* at = d + row * columns + (2 * strip + half) * TILE;
                        paired(at, columns, N - row, right.data() + (long(half) * deep + b) * tile);
                    }
                for (int k = 0; k < K / TILE; k += 2) {
                    float* to = out + (long(strip) * (K / TILE) + k) * 2 * TILE * TILE;
                    const bf16 *a = left.data() + long(k) * deep * tile, *c = right.data();
                    if (n == 0) {
                        _tile_zero(0);
                        _tile_zero(1);
                        _tile_zero(2);
                        _tile_zero(3);
                    } else {
                        _tile_loadd(0, to, 64);
                        _tile_loadd(1, to + 256, 64);
                        _tile_loadd(2, to + 512, 64);
                        _tile_loadd(3, to + 768, 64);
                    }
                    for (int b = 0; b < blocks; b++) {
                        _tile_loadd(4, a + b * tile, 64);
                        _tile_loadd(5, a + (deep + b) * tile, 64);
                        _tile_loadd(6, c + b * tile, 64);
                        _tile_loadd(7, c + (deep + b) * tile, 64);
                        _tile_dpbf16ps(0, 4, 6);
                        _tile_dpbf16ps(1, 4, 7);
                        _tile_dpbf16ps(2, 5, 6);
                        _tile_dpbf16ps(3, 5, 7);
                    }
                    _tile_stored(0, to, 64);
                    _tile_stored(1, to + 256, 64);
                    _tile_stored(2, to + 512, 64);
                    _tile_stored(3, to + 768, 64);
                }
            }
        }
    });
}

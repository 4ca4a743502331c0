// Gradients of weights: products summed over all steps and lines at once.

#include <algorithm>
#include <cstring>

#include "products.h"

namespace {

constexpr int CHUNK = 1024;  // rows at a time, few enough for the second-level cache

// 16 columns of 32 rows, with zeros after the last row -> their transpose, a tile of the left factor.
void transpose(const bf16* rows, long stride, int count, bf16* tile) {
    if (count < DEPTH) std::memset(tile, 0, 2 * TILE * DEPTH);
    for (int n = 0; n < std::min(count, DEPTH); n++)
        for (int k = 0; k < TILE; k++) tile[k * DEPTH + n] = rows[n * stride + k];
}

// The same columns with the rows in pairs: a step of the right factor.
void pair(const bf16* rows, long stride, int count, bf16* tile) {
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
// columns]: the four tiles of a square of 32 x 32, those of K first. Columns and K are multiples of 32.
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
                    transpose(rows + row * K + k * TILE, K, N - row, left.data() + (long(k) * deep + b) * tile);
                }
            for (int strip = from / TILE; strip < (from + count) / TILE; strip++) {
                for (int half = 0; half < 2; half++)
                    for (int b = 0; b < blocks; b++) {
                        const long row = n + b * DEPTH;
                        const bf16* at = d + row * columns + (2 * strip + half) * TILE;
                        pair(at, columns, N - row, right.data() + (long(half) * deep + b) * tile);
                    }
                for (int k = 0; k < K / TILE; k += 2) {
                    const bf16* upper = left.data() + long(k) * deep * tile;
                    float* to = out + (long(strip) * (K / TILE) + k) * 2 * TILE * TILE;
                    block({upper, upper + deep * tile, DEPTH, tile}, {right.data(), right.data() + deep * tile}, blocks,
                          n > 0, {to, TILE, TILE * TILE, 2 * TILE * TILE});
                }
            }
        }
    });
}

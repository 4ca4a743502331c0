// Dropout, the read-out, the mixture's likelihood and their gradients, in one pass over the hidden states. The same as
// Loss._points in pentrace/training/loss.py.
//
// Letter key: N points (a multiple of 16), H hidden, K columns of a hidden state's row (a multiple of 32), M mixture
// components, R = 1 + 6M read-out rows, Q = R rounded up to 32.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "products.h"

namespace {

constexpr int BLOCK = 32;  // points at a time
constexpr float LOG_2PI = 1.8378770664f, LOG_4 = 1.3862943611f;

struct Size {
    int N, H, K, M;
    int R() const { return 1 + 6 * M; }
    long P() const { return (H + DEPTH - 1) / DEPTH * DEPTH; }
    long Q() const { return (R() + DEPTH - 1) / DEPTH * DEPTH; }
    __mmask32 real(int k) const { return k + DEPTH <= H ? 0xffffffff : k >= H ? 0 : (1u << (H - k)) - 1; }
};

// 16 components of the mixture at a time. "(n)" is an equation of Graves 2013.
struct Component {
    Vec logit, u, v, rho, w, over, log_normal;  // w = u - rho v; over = w / (1 - rho^2)
    Vec by_x, by_y;                             // 1 / sigma

    Component(const float* z, int M, int k, float dx, float dy) {
        const __mmask16 m = lanes_below(M - k);
        auto at = [&](int part) { return _mm512_maskz_loadu_ps(m, z + 1 + part * M + k); };
        logit = at(0);
        const Vec log_x = at(3), log_y = at(4), r = at(5);
        by_x = exponential(_mm512_sub_ps(all(0), log_x));
        by_y = exponential(_mm512_sub_ps(all(0), log_y));
        u = _mm512_mul_ps(_mm512_sub_ps(all(dx), at(1)), by_x);  // (21)
        v = _mm512_mul_ps(_mm512_sub_ps(all(dy), at(2)), by_y);
        // with e = exp(-2 |r|): |tanh r| = (1 - e) / (1 + e), 1 - tanh^2 r = 4 e / (1 + e)^2
        const Vec size = _mm512_abs_ps(r), e = exponential(_mm512_mul_ps(size, all(-2)));
        const Vec one_e = _mm512_add_ps(e, all(1));
        rho = _mm512_mul_ps(_mm512_sub_ps(all(1), e), inverse(one_e));  // (22)
        rho = _mm512_mask_sub_ps(rho, _mm512_cmp_ps_mask(r, all(0), _CMP_LT_OQ), all(0), rho);
        const Vec log_rest = _mm512_sub_ps(_mm512_fnmadd_ps(all(2), size, all(LOG_4)),
                                           _mm512_mul_ps(all(2), logarithm(one_e)));
        const Vec over_rest = _mm512_mul_ps(_mm512_mul_ps(one_e, one_e),
                                            _mm512_mul_ps(all(0.25f), exponential(_mm512_add_ps(size, size))));
        w = _mm512_fnmadd_ps(rho, v, u);
        over = _mm512_mul_ps(w, over_rest);
        const Vec square = _mm512_fmadd_ps(w, over, _mm512_mul_ps(v, v));  // (25)
        log_normal = _mm512_sub_ps(all(-LOG_2PI), _mm512_add_ps(log_x, log_y));  // (24)
        log_normal = _mm512_fnmadd_ps(all(0.5f), _mm512_add_ps(log_rest, square), log_normal);
    }
};

// log of the sum of exp(x), x [M]
float log_sum(const float* x, int M) {
    Vec top = all(-INFINITY), sum = all(0);
    for (int k = 0; k < M; k += TILE)
        top = _mm512_max_ps(top, _mm512_mask_loadu_ps(all(-INFINITY), lanes_below(M - k), x + k));
    const float most = _mm512_reduce_max_ps(top);
    for (int k = 0; k < M; k += TILE) {
        const __mmask16 m = lanes_below(M - k);
        const Vec e = exponential(_mm512_sub_ps(_mm512_maskz_loadu_ps(m, x + k), all(most)));
        sum = _mm512_add_ps(sum, _mm512_maskz_mov_ps(m, e));
    }
    return most + std::log(_mm512_reduce_add_ps(sum));
}

// Read-out z [R] and the offset that was written -> its nats, position and pen together. z becomes their gradient.
double point(float* z, const float* offset, int M, float* joint) {
    for (int k = 0; k < M; k += TILE) {
        const Component c(z, M, k, offset[0], offset[1]);
        _mm512_mask_storeu_ps(joint + k, lanes_below(M - k), _mm512_add_ps(c.logit, c.log_normal));
    }
    const float log_weights = log_sum(z + 1, M), log_joint = log_sum(joint, M);
    for (int k = 0; k < M; k += TILE) {
        const __mmask16 m = lanes_below(M - k);
        const Component c(z, M, k, offset[0], offset[1]);
        const Vec weight = exponential(_mm512_sub_ps(c.logit, all(log_weights)));
        const Vec share = exponential(_mm512_sub_ps(_mm512_add_ps(c.logit, c.log_normal), all(log_joint)));
        const Vec minus = _mm512_mul_ps(share, all(-1));
        const Vec to_v = _mm512_fmsub_ps(c.rho, c.over, c.v);  // d log N / dv
        auto put = [&](int part, Vec x) { _mm512_mask_storeu_ps(z + 1 + part * M + k, m, x); };
        const Vec bend = _mm512_fnmadd_ps(_mm512_mul_ps(c.rho, c.w), c.over, _mm512_fmadd_ps(c.w, c.v, c.rho));
        put(5, _mm512_mul_ps(minus, bend));
        put(4, _mm512_mul_ps(minus, _mm512_fnmadd_ps(c.v, to_v, all(-1))));
        put(3, _mm512_mul_ps(minus, _mm512_fmadd_ps(c.u, c.over, all(-1))));
        put(2, _mm512_mul_ps(minus, _mm512_sub_ps(all(0), _mm512_mul_ps(to_v, c.by_y))));
        put(1, _mm512_mul_ps(minus, _mm512_mul_ps(c.over, c.by_x)));
        put(0, _mm512_add_ps(weight, minus));
    }
    const bool lift = offset[2] > 0.5f;
    const float e = std::exp(-std::fabs(z[0])), pen = z[0] > 0 ? 1 / (1 + e) : e / (1 + e);
    const float nats_pen = std::log1p(e) + std::fmax(lift ? -z[0] : z[0], 0.0f);  // (18)
    z[0] = pen - lift;
    return double(log_weights - log_joint) + nats_pen;  // (19), (23), (26)
}

void pack_row(const float* line, int columns, long depth, int n, bf16* to) {
    to += long(n / TILE) * depth * TILE + n % TILE * 2;
    for (int k = 0; k < columns; k++) {
        const __m256i x = narrow(all(line[k]));
        to[long(k / DEPTH) * TILE * DEPTH + k % DEPTH / 2 * DEPTH + k % 2] = _mm256_extract_epi16(x, 0);
    }
}

}  // namespace

extern "C" {

// Inputs: hidden [N][K], of which H columns count; weight [R][H]; bias [R]; offsets [sets][N][3]; shares [sets]; real
// [N], which points count. Results: kept [N][K], hidden after dropout of a share of drop / 2^16, zero beyond H; d [N][Q],
// the gradient of the read-out, for all sets by their shares. Adds to d_bias [threads][Q], and the nats of the first set
// to nats [threads].
void pentrace_read_out(const int* size, int threads, uint32_t seed, int drop, const bf16* hidden, const float* weight,
                       const float* bias, int sets, const float* offsets, const float* shares, const uint8_t* real,
                       bf16* kept, bf16* d, double* nats, float* d_bias) {
    const Size s{size[0], size[1], size[2], size[3]};
    const Drop dropping{seed, drop};
    Buffer<bf16> packed(s.Q() * s.P());
    Buffer<float> line(s.P());
    for (int n = 0; n < s.R(); n++) {
        for (int k = 0; k < s.H; k++) line[k] = weight[long(n) * s.H + k] * dropping.scale();
        pack_row(line.data(), s.H, s.P(), n, packed.data());
    }
    share(s.N, threads, [&](int from, int lines, int thread) {
        const long Q = s.Q();
        Buffer<float> z(BLOCK * Q), joint(s.M), sum(Q), each(Q);
        double total = 0;
        for (int first = from; first < from + lines; first += BLOCK) {
            const int count = std::min(BLOCK, from + lines - first);
            for (int b = first; b < first + count; b++)
                for (int k = 0; k < s.K; k += DEPTH) {
                    const long at = long(b) * s.K + k;
                    const __mmask32 m = s.real(k) & dropping.kept(at / DEPTH);
                    _mm512_storeu_si512(kept + at, _mm512_maskz_loadu_epi16(m, hidden + at));
                }
            product(kept + long(first) * s.K, s.K, packed.data(), z.data(), Q, count, Q, s.P());
            for (int b = 0; b < count; b++) {
                float* row = z.data() + b * Q;
                const int n = first + b;
                for (int k = 0; k < s.R(); k++) row[k] += bias[k];
                Buffer<float> mixed(Q);
                for (int set = 0; set < sets && real[n]; set++) {
                    std::copy(row, row + Q, each.data());
                    const double found = point(each.data(), offsets + 3 * (long(set) * s.N + n), s.M, joint.data());
                    if (set == 0) total += found;
                    for (int k = 0; k < Q; k += TILE)
                        add_to(mixed.data() + k, _mm512_mul_ps(all(shares[set]), _mm512_loadu_ps(each.data() + k)));
                }
                for (int k = 0; k < Q; k += TILE) {
                    const Vec x = _mm512_loadu_ps(mixed.data() + k);
                    add_to(sum.data() + k, x);
                    store(d + n * Q + k, x);
                }
            }
        }
        for (int k = 0; k < Q; k++) d_bias[thread * Q + k] += sum[k];
        nats[thread] += total;
    });
}

// d, as pentrace_read_out returns it -> scale times the gradient of hidden, d_hidden [N][H].
void pentrace_read_out_back(const int* size, int threads, uint32_t seed, int drop, float scale, const float* weight,
                            const bf16* d, bf16* d_hidden) {
    const Size s{size[0], size[1], size[2], size[3]};
    const Drop dropping{seed, drop};
    Buffer<bf16> packed(s.Q() * s.P());
    Buffer<float> column(s.Q());
    for (int k = 0; k < s.H; k++) {
        for (int n = 0; n < s.R(); n++) column[n] = weight[long(n) * s.H + k] * dropping.scale() * scale;
        pack_row(column.data(), s.R(), s.Q(), k, packed.data());
    }
    share(s.N, threads, [&](int from, int lines, int) {
        const long P = s.P();
        Buffer<float> dh(BLOCK * P);
        for (int first = from; first < from + lines; first += BLOCK) {
            const int count = std::min(BLOCK, from + lines - first);
            product(d + first * s.Q(), s.Q(), packed.data(), dh.data(), P, count, P, s.Q());
            for (int b = 0; b < count; b++)
                for (int k = 0; k < s.H; k += DEPTH) {
                    const long n = first + b;
                    const __mmask32 m = s.real(k) & dropping.kept((n * s.K + k) / DEPTH);
                    for (int half = 0; half < 2; half++) {
                        const int at = k + half * TILE;
                        const Vec x = _mm512_maskz_loadu_ps(__mmask16(m >> (half * TILE)), dh.data() + b * P + at);
                        store(d_hidden + n * s.H + at, x, lanes_below(s.H - at));
                    }
                }
        }
    });
}
}

// Sixteen numbers at a time (AVX-512): arithmetic, bfloat16, and random bits.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstdlib>
#include <vector>

typedef uint16_t bf16;

// Memory that begins at a cache line: rows of a tile that cross cache lines take seven times as long to load.
template <class T>
struct Aligned {
    typedef T value_type;
    T* allocate(size_t n) { return static_cast<T*>(std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64)); }
    void deallocate(T* p, size_t) { std::free(p); }
    bool operator==(const Aligned&) const { return true; }
    bool operator!=(const Aligned&) const { return false; }
};
template <class T>
using Buffer = std::vector<T, Aligned<T>>;
typedef __m512 Vec;

// The first n lanes of 16.
inline __mmask16 lanes_below(int n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (1 << n) - 1; }

inline Vec all(float x) { return _mm512_set1_ps(x); }
inline Vec load(const bf16* p) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_loadu_si256((const __m256i*)p)), 16));
}
inline Vec load(const bf16* p, __mmask16 m) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(_mm256_maskz_loadu_epi16(m, p)), 16));
}
inline __m256i narrow(Vec x) { return (__m256i)_mm512_cvtneps_pbh(x); }
inline void store(bf16* p, Vec x) { _mm256_storeu_si256((__m256i*)p, narrow(x)); }
inline void store(bf16* p, Vec x, __mmask16 m) { _mm256_mask_storeu_epi16(p, m, narrow(x)); }
inline void add_to(float* p, Vec x) { _mm512_storeu_ps(p, _mm512_add_ps(_mm512_loadu_ps(p), x)); }

// 1 / x to about 1 part in 2^22
inline Vec inverse(Vec x) {
    Vec y = _mm512_rcp14_ps(x);
    return _mm512_mul_ps(y, _mm512_fnmadd_ps(x, y, all(2)));
}

// e^x by 2^n times a polynomial on [-0.5, 0.5] ln 2, to about 2 units in the last place
inline Vec exponential(Vec x) {
    x = _mm512_min_ps(_mm512_max_ps(x, all(-87)), all(87));
    Vec n = _mm512_roundscale_ps(_mm512_mul_ps(x, all(1.44269504f)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    Vec r = _mm512_fnmadd_ps(n, all(0.693145752f), x);
    r = _mm512_fnmadd_ps(n, all(1.42860677e-6f), r);
    Vec p = all(1.0f / 720);
    p = _mm512_fmadd_ps(p, r, all(1.0f / 120));
    p = _mm512_fmadd_ps(p, r, all(1.0f / 24));
    p = _mm512_fmadd_ps(p, r, all(1.0f / 6));
    p = _mm512_fmadd_ps(p, r, all(0.5f));
    p = _mm512_fmadd_ps(p, r, all(1));
    p = _mm512_fmadd_ps(p, r, all(1));
    return _mm512_scalef_ps(p, n);
}
inline Vec sigmoid(Vec x) { return inverse(_mm512_add_ps(all(1), exponential(_mm512_sub_ps(all(0), x)))); }
inline Vec hyperbolic(Vec x) {
    return _mm512_fnmadd_ps(all(2), inverse(_mm512_add_ps(all(1), exponential(_mm512_add_ps(x, x)))), all(1));
}

// ln x for x in [1, 2]
inline Vec logarithm(Vec x) {
    Vec t = _mm512_mul_ps(_mm512_sub_ps(x, all(1)), inverse(_mm512_add_ps(x, all(1)))), q = _mm512_mul_ps(t, t);
    Vec p = all(2.0f / 11);
    p = _mm512_fmadd_ps(p, q, all(2.0f / 9));
    p = _mm512_fmadd_ps(p, q, all(2.0f / 7));
    p = _mm512_fmadd_ps(p, q, all(2.0f / 5));
    p = _mm512_fmadd_ps(p, q, all(2.0f / 3));
    p = _mm512_fmadd_ps(p, q, all(2));
    return _mm512_mul_ps(p, t);
}

// Random bits for dropout: of 32 neighbours a share of drop / 2^16 is dropped. They depend on seed and place only.
struct Drop {
    uint32_t seed;
    int drop;
    float scale() const { return 65536.0f / (65536 - drop); }
    __mmask32 kept(uint32_t place) const {
        if (drop == 0) return 0xffffffff;
        const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        // the finaliser of MurmurHash3 on a counter
        __m512i x = _mm512_add_epi32(_mm512_set1_epi32(place * 16), lanes);
        x = _mm512_add_epi32(_mm512_mullo_epi32(x, _mm512_set1_epi32(0x9e3779b1)), _mm512_set1_epi32(seed));
        x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 16));
        x = _mm512_mullo_epi32(x, _mm512_set1_epi32(0x85ebca6b));
        x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 13));
        x = _mm512_mullo_epi32(x, _mm512_set1_epi32(0xc2b2ae35));
        x = _mm512_xor_si512(x, _mm512_srli_epi32(x, 16));
        return _mm512_cmpge_epu16_mask(x, _mm512_set1_epi16(drop));
    }
};

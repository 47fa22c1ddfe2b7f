// Products of bfloat16 by the processor's own instruction (AVX512-BF16), where it has one: pairs are multiplied and added
// in float32. Compiled for that instruction alone; `hasDotBf16` says whether it may be called.
#pragma once

#include "lanes.h"

#if defined(__x86_64__) && defined(__linux__) && (defined(__clang__) || (defined(__GNUC__) && __GNUC__ >= 10))
#define CLINRAGEN_DOT_BF16 1
#include <immintrin.h>
#else
#define CLINRAGEN_DOT_BF16 0
#endif

namespace clinragen {

#if CLINRAGEN_DOT_BF16
#define CLINRAGEN_DOT_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))

inline bool hasDotBf16() {
  static const bool has = __builtin_cpu_supports("avx512bf16") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512vl");
  return has;
}

// One step of 32 over the inner dimension; a mask leaves out what lies behind the row's end.
template <int R, int N>
CLINRAGEN_DOT_TARGET CLINRAGEN_INLINE void dotStep(__m512 (&sums)[N][R], const at::BFloat16* x, int64_t stride,
                                                   const at::BFloat16* w, int64_t k, __mmask32 mask) {
  __m512bh parts[N];
#pragma GCC unroll 4
  for (int j = 0; j < N; ++j) {
    parts[j] = (__m512bh)_mm512_maskz_loadu_epi16(mask, w + j * k);
    // The processor does not see far enough ahead by itself: with this, weights come in three times as fast.
    _mm_prefetch(reinterpret_cast<const char*>(w + j * k) + 8192, _MM_HINT_T0);
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; ++r) {
    const __m512bh part = (__m512bh)_mm512_maskz_loadu_epi16(mask, x + r * stride);
#pragma GCC unroll 4
    for (int j = 0; j < N; ++j) sums[j][r] = _mm512_dpbf16_ps(sums[j][r], part, parts[j]);
  }
}

// out[r][j] = Σ x[r][i] w[j][i] for R rows of x and N of w, which are k long.
template <int R, int N>
CLINRAGEN_DOT_TARGET CLINRAGEN_INLINE void dotBf16(const at::BFloat16* x, int64_t stride, const at::BFloat16* w, int64_t k,
                                                   float* out, int64_t outStride) {
  __m512 sums[N][R];
#pragma GCC unroll 4
  for (int j = 0; j < N; ++j)
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) sums[j][r] = _mm512_setzero_ps();
  int64_t i = 0;
  for (; i + 32 <= k; i += 32) dotStep<R, N>(sums, x + i, stride, w + i, k, ~__mmask32(0));
  if (i < k) dotStep<R, N>(sums, x + i, stride, w + i, k, (__mmask32(1) << (k - i)) - 1);
#pragma GCC unroll 4
  for (int j = 0; j < N; ++j)
#pragma GCC unroll 8
    for (int r = 0; r < R; ++r) out[r * outStride + j] = sum((Floats)sums[j][r]);
}

template <int R>
CLINRAGEN_DOT_TARGET inline void dotRowsBf16(const at::BFloat16* x, int64_t stride, const at::BFloat16* w, int64_t k,
                                             float* out, int64_t outStride, int64_t begin, int64_t end) {
  int64_t n = begin;
  for (; n + 2 <= end; n += 2) dotBf16<R, 2>(x, stride, w + n * k, k, out + n, outStride);
  if (n < end) dotBf16<R, 1>(x, stride, w + n * k, k, out + n, outStride);
}

CLINRAGEN_DOT_TARGET inline void productsBf16(const at::BFloat16* x, int64_t stride, int64_t rows, const at::BFloat16* w,
                                              int64_t k, float* out, int64_t outStride, int64_t begin, int64_t end) {
  const int64_t tile = 16;  // weights' rows that stay in the nearest cache for all rows of x
  for (int64_t n = begin; n < end; n += tile) {
    const int64_t to = std::min(end, n + tile);
    int64_t r = 0;
    for (; r + 8 <= rows; r += 8) dotRowsBf16<8>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);
    for (; r + 4 <= rows; r += 4) dotRowsBf16<4>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);
    for (; r + 2 <= rows; r += 2) dotRowsBf16<2>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);
    for (; r < rows; ++r) dotRowsBf16<1>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);
  }
}
#else
inline bool hasDotBf16() { return false; }
inline void productsBf16(const at::BFloat16*, int64_t, int64_t, const at::BFloat16*, int64_t, float*, int64_t, int64_t,
                         int64_t) {}
#endif

}  // namespace clinragen

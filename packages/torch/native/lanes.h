// Sixteen numbers at a time in the compiler's own vector extension: one source for AVX-512, AVX2, SSE2 and NEON.
//
// Arithmetic is in float32, whatever the tensors hold. Sums are made in the same order everywhere, so results do not
// depend on the number of threads.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <cstring>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wpsabi"  // vectors are passed between inlined functions only
#pragma GCC optimize("O3")
#endif

// A kernel's copies for the instruction sets that matter; the loader picks one, so that what is built on one machine runs
// on another. Elsewhere the compiler's default must do. One variant alone, for tests: CXXFLAGS="-DCLINRAGEN_CLONES=" or
// CXXFLAGS="-DCLINRAGEN_CLONES=__attribute__((target(\"avx2\")))".
#if defined(CLINRAGEN_CLONES)
#elif defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define CLINRAGEN_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLINRAGEN_CLONES
#endif
#define CLINRAGEN_INLINE inline __attribute__((always_inline))

namespace clinragen {

constexpr int64_t kLanes = 16;
typedef float Floats __attribute__((vector_size(64)));
typedef uint32_t Words __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef uint16_t Halves __attribute__((vector_size(32)));

CLINRAGEN_INLINE Floats all(float value) { return Floats{} + value; }

CLINRAGEN_INLINE Floats load(const float* from) {
  Floats lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
CLINRAGEN_INLINE Floats load(const at::BFloat16* from) {
  Halves bits;
  std::memcpy(&bits, from, sizeof bits);
  return (Floats)(__builtin_convertvector(bits, Words) << 16);
}
CLINRAGEN_INLINE void store(float* to, Floats lanes) { std::memcpy(to, &lanes, sizeof lanes); }
CLINRAGEN_INLINE void store(at::BFloat16* to, Floats lanes) {
  // To the nearest, ties to even; NaN stays NaN.
  const Words bits = (Words)lanes;
  const Words rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  const Words kept = (Words)(lanes != lanes);
  const Halves narrow = __builtin_convertvector((rounded & ~kept) | (kept & 0x7fc0u), Halves);
  std::memcpy(to, &narrow, sizeof narrow);
}

// The first n lanes; the others are `rest`.
template <typename T>
CLINRAGEN_INLINE Floats loadSome(const T* from, int64_t n, float rest = 0) {
  if (n >= kLanes) return load(from);
  float wide[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) wide[i] = i < n ? static_cast<float>(from[i]) : rest;
  return load(wide);
}
template <typename T>
CLINRAGEN_INLINE void storeSome(T* to, Floats lanes, int64_t n) {
  if (n >= kLanes) return store(to, lanes);
  T some[kLanes];
  store(some, lanes);
  for (int64_t i = 0; i < n; ++i) to[i] = some[i];
}

CLINRAGEN_INLINE Floats choose(Ints mask, Floats yes, Floats no) {
  return (Floats)(((Words)mask & (Words)yes) | (~(Words)mask & (Words)no));
}
CLINRAGEN_INLINE Floats larger(Floats a, Floats b) { return choose(a > b, a, b); }

CLINRAGEN_INLINE float sum(Floats lanes) {
  typedef float Half __attribute__((vector_size(32)));
  typedef float Quarter __attribute__((vector_size(16)));
  Half halves[2];
  std::memcpy(halves, &lanes, sizeof lanes);
  const Half half = halves[0] + halves[1];
  Quarter quarters[2];
  std::memcpy(quarters, &half, sizeof half);
  const Quarter four = quarters[0] + quarters[1];
  return (four[0] + four[2]) + (four[1] + four[3]);
}
CLINRAGEN_INLINE bool any(Ints mask) {
  uint64_t parts[8];
  std::memcpy(parts, &mask, sizeof parts);
  return (parts[0] | parts[1] | parts[2] | parts[3] | parts[4] | parts[5] | parts[6] | parts[7]) != 0;
}
CLINRAGEN_INLINE float largest(Floats lanes) {
  float parts[kLanes];
  store(parts, lanes);
  float most = parts[0];
  for (int64_t i = 1; i < kLanes; ++i) most = parts[i] > most ? parts[i] : most;
  return most;
}

// e^x within 2 units in the last place (Cephes' polynomial); 0 below −87.
CLINRAGEN_INLINE Floats exponential(Floats x) {
  const Floats clamped = choose(x > 88.0f, all(88.0f), choose(x < -87.0f, all(-87.0f), x));
  const Floats shifted = clamped * 1.44269504088896341f + 12582912.0f;  // the shift rounds to whole numbers
  const Floats n = shifted - 12582912.0f;
  const Floats r = clamped - n * 0.693359375f - n * -2.12194440e-4f;
  Floats y = all(1.9875691500e-4f);
  y = y * r + 1.3981999507e-3f;
  y = y * r + 8.3334519073e-3f;
  y = y * r + 4.1665795894e-2f;
  y = y * r + 1.6666665459e-1f;
  y = y * r + 5.0000001201e-1f;
  y = y * r * r + r + 1.0f;
  // n, read from the shifted number's bits: to convert NaN to a whole number is undefined.
  const Words power = ((Words)shifted - 0x4b400000u + 127u) << 23;
  return choose(x < -87.0f, all(0), y * (Floats)power);
}

// Which elements a dropout keeps: a hash of a seed, the row and the column, so that nothing need be stored, and the
// outcome does not depend on how rows are shared among threads.
struct Keeper {
  uint32_t threshold;
  uint32_t first = 0;
  uint32_t second = 0;
  float scale;
  uint64_t seed;

  Keeper(double p, uint64_t seed)
      : threshold(static_cast<uint32_t>(p * 4294967296.0)), scale(static_cast<float>(1.0 / (1.0 - p))), seed(seed) {}

  CLINRAGEN_INLINE void row(uint64_t index) {
    uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15ull;  // splitmix64
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    z ^= z >> 31;
    first = static_cast<uint32_t>(z);
    second = static_cast<uint32_t>(z >> 32);
  }
  // All ones where the elements from `column` on are kept.
  CLINRAGEN_INLINE Ints keeps(int64_t column) const {
    const Words counts = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    Words x = counts + (static_cast<uint32_t>(column) + first);
    x = (x ^ (x >> 16)) * 0x7feb352du;
    x = (x ^ (x >> 15)) * 0x846ca68bu;
    x = (x ^ (x >> 16)) + second;
    return (Ints)(x >= threshold);
  }
};

}  // namespace clinragen

// t5_decode_step: one more token for every row, through all blocks of a T5 decoder with cached keys and values; and
// best_continuations: the beams' best next tokens.
//
// A step reads every weight once for a handful of rows: it is bound by memory, and by what each call of an operator costs.
// Here a step is one call, and products read the weights as they lie, in their own precision.

#include "dot_bf16.h"
#include "fused.h"

namespace clinragen {

namespace {

int64_t padded(int64_t n) { return (n + kLanes - 1) / kLanes * kLanes; }

// Rows of float32, each padded with zeros to whole lanes.
struct Rows {
  int64_t count, width, stride;
  std::vector<float> values;
  Rows(int64_t count, int64_t width) : count(count), width(width), stride(padded(width)), values(count * stride) {}
  float* row(int64_t r) { return values.data() + r * stride; }
  const float* row(int64_t r) const { return values.data() + r * stride; }
};

// out[r][n] = Σ x[r][i] w[n][i] for R rows and n in [begin, end), two weights' rows at a time.
template <int R, typename T>
CLINRAGEN_INLINE void productOf(const float* x, int64_t stride, const T* w, int64_t k, float* out, int64_t outStride,
                                int64_t begin, int64_t end) {
  int64_t n = begin;
  for (; n + 2 <= end; n += 2) {
    const T *first = w + n * k, *second = first + k;
    Floats a[R]{}, b[R]{};
    const auto step = [&](Floats u, Floats v, int64_t i) __attribute__((always_inline)) {
#pragma GCC unroll 8
      for (int r = 0; r < R; ++r) {
        const Floats part = load(x + r * stride + i);
        a[r] += u * part;
        b[r] += v * part;
      }
    };
    int64_t i = 0;
    for (; i + kLanes <= k; i += kLanes) step(load(first + i), load(second + i), i);
    if (i < k) step(loadSome(first + i, k - i), loadSome(second + i, k - i), i);
    for (int r = 0; r < R; ++r) {
      out[r * outStride + n] = sum(a[r]);
      out[r * outStride + n + 1] = sum(b[r]);
    }
  }
  if (n < end) {
    for (int r = 0; r < R; ++r) {
      Floats a{};
      for (int64_t i = 0; i < k; i += kLanes) a += loadSome(w + n * k + i, k - i) * load(x + r * stride + i);
      out[r * outStride + n] = sum(a);
    }
  }
}

#define CLINRAGEN_PRODUCT(T)                                                                                           \
  CLINRAGEN_CLONES void products(const float* x, int64_t stride, int64_t rows, const T* w, int64_t k, float* out,       \
                                 int64_t outStride, int64_t begin, int64_t end) {                                      \
    const int64_t tile = 16; /* weights' rows that stay in the nearest cache for all rows of x */                      \
    for (int64_t n = begin; n < end; n += tile) {                                                                      \
      const int64_t to = std::min(end, n + tile);                                                                      \
      int64_t r = 0;                                                                                                   \
      for (; r + 8 <= rows; r += 8) productOf<8>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);  \
      for (; r + 4 <= rows; r += 4) productOf<4>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);  \
      for (; r + 2 <= rows; r += 2) productOf<2>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);  \
      for (; r < rows; ++r) productOf<1>(x + r * stride, stride, w, k, out + r * outStride, outStride, n, to);          \
    }                                                                                                                  \
  }                                                                                                                    \
  CLINRAGEN_CLONES void normed(const float* x, const T* w, float* out, int64_t d, float epsilon) {                      \
    Floats squares{};                                                                                                  \
    for (int64_t i = 0; i < d; i += kLanes) squares += load(x + i) * load(x + i);                                      \
    const float scale = 1.0f / std::sqrt(sum(squares) / static_cast<float>(d) + epsilon);                              \
    for (int64_t i = 0; i < d; i += kLanes) store(out + i, load(x + i) * scale * loadSome(w + i, d - i));              \
  }                                                                                                                    \
  CLINRAGEN_CLONES void widened(const T* from, float* to, int64_t n) {                                                  \
    for (int64_t i = 0; i < n; i += kLanes) store(to + i, loadSome(from + i, n - i));                                  \
  }                                                                                                                    \
  CLINRAGEN_CLONES void narrowed(const float* from, T* to, int64_t n) {                                                 \
    for (int64_t i = 0; i < n; i += kLanes) storeSome(to + i, loadSome(from + i, n - i), n - i);                       \
  }
CLINRAGEN_PRODUCT(float)
CLINRAGEN_PRODUCT(at::BFloat16)

// out[r][n] = Σ x[r][i] w[n][i] for n in [begin, end); `narrow` is x in bfloat16, where that is used.
template <typename T>
void productsFor(const float* x, const at::BFloat16* narrow, int64_t stride, int64_t rows, const T* w, int64_t k, float* out,
                 int64_t outStride, int64_t begin, int64_t end) {
  if constexpr (std::is_same_v<T, at::BFloat16>) {
    if (narrow != nullptr) return productsBf16(narrow, stride, rows, w, k, out, outStride, begin, end);
  }
  products(x, stride, rows, w, k, out, outStride, begin, end);
}

// x in bfloat16 where weights are and the processor multiplies that directly, as any product of bfloat16 tensors has it.
struct Narrow {
  std::vector<at::BFloat16> values;
  Narrow(const float* x, int64_t n, at::ScalarType weights) {
    if (weights != at::kBFloat16 || !hasDotBf16()) return;
    values.resize(n);
    narrowed(x, values.data(), n);
  }
  const at::BFloat16* data() const { return values.empty() ? nullptr : values.data(); }
};

// out [rows, n] = x Wᵀ for W [n, k] of bfloat16 or float32.
void product(const Rows& x, const at::Tensor& w, float* out, int64_t outStride) {
  const Narrow narrow(x.row(0), static_cast<int64_t>(x.values.size()), w.scalar_type());
  CLINRAGEN_BY_TYPE(w.scalar_type(), T, [&] {
    at::parallel_for(0, w.size(0), grain(x.width), [&](int64_t begin, int64_t end) {
      productsFor(x.row(0), narrow.data(), x.stride, x.count, pointer<T>(w), x.width, out, outStride, begin, end);
    });
  });
}
void product(const Rows& x, const at::Tensor& w, Rows& out) { product(x, w, out.row(0), out.stride); }

void norm(const Rows& x, const at::Tensor& w, Rows& out, double epsilon) {
  CLINRAGEN_BY_TYPE(w.scalar_type(), T, [&] {
    for (int64_t r = 0; r < x.count; ++r)
      normed(x.row(r), pointer<T>(w), out.row(r), x.width, static_cast<float>(epsilon));
  });
}

CLINRAGEN_INLINE void softmaxInPlace(float* scores, int64_t n) {
  Floats most = all(-INFINITY);
  for (int64_t i = 0; i < n; i += kLanes) most = larger(loadSome(scores + i, n - i, -INFINITY), most);
  const float top = largest(most);
  Floats total{};
  for (int64_t i = 0; i < n; i += kLanes) {
    const Floats weight = exponential(loadSome(scores + i, n - i, -INFINITY) - top);
    total += weight;
    storeSome(scores + i, weight, n - i);
  }
  const float share = 1.0f / sum(total);
  for (int64_t i = 0; i < n; i += kLanes) storeSome(scores + i, loadSome(scores + i, n - i) * share, n - i);
}

CLINRAGEN_CLONES void maskedSoftmax(float* scores, const float* bias, int64_t n) {
  if (bias != nullptr) {
    for (int64_t i = 0; i < n; i += kLanes)
      storeSome(scores + i, loadSome(scores + i, n - i) + loadSome(bias + i, n - i), n - i);
  }
  softmaxInPlace(scores, n);
}

// Where a row's past stands: the position t of row r in the physical row lineage[r][t] of the cache [R, h, room, w].
struct Past {
  const int64_t* lineage;
  int64_t heads, room, width, at;
  int64_t offset(int64_t row, int64_t head, int64_t t) const {
    return ((lineage[row * room + t] * heads + head) * room + t) * width;
  }
};

#define CLINRAGEN_ATTEND(T)                                                                                            \
  CLINRAGEN_CLONES void attendPast(const float* q, const T* keys, const T* values, const float* bias, Past past,        \
                                   int64_t row, int64_t head, float* scores, float* out) {                             \
    const int64_t w = past.width;                                                                                      \
    for (int64_t t = 0; t <= past.at; ++t) {                                                                           \
      const T* key = keys + past.offset(row, head, t);                                                                 \
      Floats along{};                                                                                                  \
      for (int64_t i = 0; i < w; i += kLanes) along += loadSome(q + i, w - i) * loadSome(key + i, w - i);              \
      scores[t] = sum(along) + bias[t];                                                                                \
    }                                                                                                                  \
    softmaxInPlace(scores, past.at + 1);                                                                               \
    for (int64_t i = 0; i < w; i += kLanes) {                                                                          \
      Floats found{};                                                                                                  \
      for (int64_t t = 0; t <= past.at; ++t) found += scores[t] * loadSome(values + past.offset(row, head, t) + i, w - i); \
      storeSome(out + i, found, w - i);                                                                                \
    }                                                                                                                  \
  }
CLINRAGEN_ATTEND(float)
CLINRAGEN_ATTEND(at::BFloat16)

// Beams of an item read its source together: keys [S, w], values [w, S]; rows of q and out are `stride` apart.
template <typename T>
void attendSource(const float* q, int64_t stride, int64_t beams, const T* keys, const T* values, const float* bias, int64_t w,
                  int64_t length, float* out) {
  constexpr auto type = std::is_same_v<T, float> ? at::kFloat : at::kBFloat16;
  Rows queries(beams, w), scores(beams, length), found(beams, w);
  for (int64_t beam = 0; beam < beams; ++beam) std::copy_n(q + beam * stride, w, queries.row(beam));
  const Narrow shortQueries(queries.row(0), static_cast<int64_t>(queries.values.size()), type);
  productsFor(queries.row(0), shortQueries.data(), queries.stride, beams, keys, w, scores.row(0), scores.stride, 0, length);
  for (int64_t beam = 0; beam < beams; ++beam) maskedSoftmax(scores.row(beam), bias, length);
  const Narrow shortScores(scores.row(0), static_cast<int64_t>(scores.values.size()), type);
  productsFor(scores.row(0), shortScores.data(), scores.stride, beams, values, length, found.row(0), found.stride, 0, w);
  for (int64_t beam = 0; beam < beams; ++beam) std::copy_n(found.row(beam), w, out + beam * stride);
}

CLINRAGEN_CLONES void gate(float* a, const float* b, int64_t n) {
  for (int64_t i = 0; i < n; i += kLanes) {
    const Floats x = load(a + i);
    const Floats t = 1.0f - 2.0f / (exponential(2.0f * 0.7978845608028654f * (x + 0.044715f * x * x * x)) + 1.0f);
    store(a + i, 0.5f * x * (1.0f + t) * load(b + i));
  }
}

void add(Rows& x, const Rows& y) {
  for (size_t i = 0; i < x.values.size(); ++i) x.values[i] += y.values[i];
}

enum { kNormSelf, kQ, kK, kV, kO, kNormCross, kCrossQ, kCrossO, kNormFeed, kIn, kGateIn, kOut, kPerBlock };

at::Tensor decodeStep(const at::Tensor& tokens, const at::Tensor& table, at::TensorList weights, const at::Tensor& finalNorm,
                      const at::Tensor& head, at::TensorList keys, at::TensorList values, at::TensorList sourceKeys,
                      at::TensorList sourceValues, const at::Tensor& positionBias, const Optional<at::Tensor>& sourceBias,
                      const at::Tensor& lineage, int64_t at, int64_t heads, bool gated, double epsilon, double headScale) {
  Plain plain;
  TORCH_CHECK(tokens.scalar_type() == at::kLong && tokens.device().is_cpu() && lineage.scalar_type() == at::kLong &&
                  lineage.device().is_cpu() && lineage.is_contiguous(),
              "t5_decode_step: ids and lineage must be int64 on the CPU");
  TORCH_CHECK(table.dim() == 2, "t5_decode_step: the table is ", table.sizes());
  const at::Tensor ids = tokens.contiguous();
  const int64_t blocks = keys.size(), rows = ids.numel(), d = table.size(1), vocabulary = head.size(0);
  TORCH_CHECK(static_cast<int64_t>(weights.size()) == blocks * kPerBlock && values.size() == keys.size() &&
                  sourceKeys.size() == keys.size() && sourceValues.size() == keys.size() && blocks > 0 && heads > 0,
              "t5_decode_step: ", weights.size(), " weights for ", blocks, " blocks");
  for (const at::Tensor& tensor : weights) {
    requireFused(tensor, "a weight");
    TORCH_CHECK(tensor.is_contiguous(), "t5_decode_step: weights must be contiguous");
  }
  for (const auto& list : {keys, values, sourceKeys, sourceValues}) {
    for (const at::Tensor& tensor : list) {
      requireFused(tensor, "a cache");
      TORCH_CHECK(tensor.dim() == 4 && tensor.is_contiguous() && tensor.scalar_type() == keys[0].scalar_type() &&
                      tensor.size(1) == heads,
                  "t5_decode_step: a cache is ", tensor.sizes());
    }
  }
  const int64_t room = keys[0].size(2), w = keys[0].size(3), inner = heads * w;
  const int64_t items = sourceKeys[0].size(0), length = sourceKeys[0].size(2), beams = items == 0 ? 0 : rows / items;
  TORCH_CHECK(at >= 0 && at < room && beams * items == rows && keys[0].size(0) == rows && sourceKeys[0].size(3) == w &&
                  sourceValues[0].size(0) == items && sourceValues[0].size(2) == w && sourceValues[0].size(3) == length,
              "t5_decode_step: position ", at, " of ", room, " for ", rows, " rows of ", items, " items");
  requireFused(positionBias, "the position bias");
  TORCH_CHECK(positionBias.scalar_type() == at::kFloat && positionBias.is_contiguous() &&
                  positionBias.numel() == heads * room * room,
              "t5_decode_step: the position bias is ", positionBias.sizes());
  TORCH_CHECK(lineage.numel() == rows * room, "t5_decode_step: lineage is ", lineage.sizes());
  for (const at::Tensor& tensor : {table, head, finalNorm}) {
    requireFused(tensor, "a weight");
    TORCH_CHECK(tensor.is_contiguous(), "t5_decode_step: weights must be contiguous");
  }
  TORCH_CHECK(head.dim() == 2 && head.size(1) == d && finalNorm.numel() == d, "t5_decode_step: the head is ", head.sizes());
  if (sourceBias.has_value() && sourceBias->defined()) requireFused(*sourceBias, "the source's mask");
  const at::Tensor blocked = sourceBias.has_value() && sourceBias->defined() ? sourceBias->to(at::kFloat).contiguous() : at::Tensor();
  TORCH_CHECK(!blocked.defined() || blocked.numel() == items * length, "t5_decode_step: the source's mask is ", blocked.sizes());
  for (int64_t i = 0; i < blocks; ++i) {
    const auto weight = weights.slice(i * kPerBlock, kPerBlock);
    const int64_t ff = weight[kIn].size(0);
    const auto is = [&](int which, int64_t n, int64_t k) {
      TORCH_CHECK(weight[which].numel() == n * k && (k == 1 || (weight[which].dim() == 2 && weight[which].size(1) == k)),
                  "t5_decode_step: weight ", which, " of block ", i, " is ", weight[which].sizes());
    };
    for (const int which : {kNormSelf, kNormCross, kNormFeed}) is(which, d, 1);
    for (const int which : {kQ, kK, kV, kCrossQ}) is(which, inner, d);
    for (const int which : {kO, kCrossO}) is(which, d, inner);
    is(kIn, ff, d);
    is(kGateIn, ff, d);
    is(kOut, d, ff);
    TORCH_CHECK(keys[i].sizes() == keys[0].sizes() && values[i].sizes() == keys[0].sizes() &&
                    sourceKeys[i].sizes() == sourceKeys[0].sizes() && sourceValues[i].sizes() == sourceValues[0].sizes(),
                "t5_decode_step: caches of different shapes");
  }

  Rows x(rows, d), y(rows, d), normalised(rows, d), q(rows, inner), k(rows, inner), v(rows, inner), found(rows, inner);
  auto* past = pointer<int64_t>(lineage);
  const auto* chosen = pointer<int64_t>(ids);
  for (int64_t r = 0; r < rows; ++r) {
    TORCH_CHECK_INDEX(chosen[r] >= 0 && chosen[r] < table.size(0), "token ", chosen[r], " is out of the vocabulary of ", table.size(0));
    past[r * room + at] = r;
    for (int64_t t = 0; t < at; ++t)
      TORCH_CHECK_INDEX(past[r * room + t] >= 0 && past[r * room + t] < rows, "lineage ", past[r * room + t], " of ", rows, " rows");
    CLINRAGEN_BY_TYPE(table.scalar_type(), T, [&] { widened(pointer<T>(table) + chosen[r] * d, x.row(r), d); });
  }
  const Past where{past, heads, room, w, at};
  for (int64_t i = 0; i < blocks; ++i) {
    const auto weight = weights.slice(i * kPerBlock, kPerBlock);
    norm(x, weight[kNormSelf], normalised, epsilon);
    product(normalised, weight[kQ], q);
    product(normalised, weight[kK], k);
    product(normalised, weight[kV], v);
    CLINRAGEN_BY_TYPE(keys[i].scalar_type(), T, [&] {
      T *ownKeys = pointer<T>(keys[i]), *ownValues = pointer<T>(values[i]);
      at::parallel_for(0, rows * heads, std::max<int64_t>(1, grain(2 * w * (at + 1))), [&](int64_t begin, int64_t end) {
        std::vector<float> scores(at + 1 + kLanes);
        for (int64_t rh = begin; rh < end; ++rh) {
          const int64_t r = rh / heads, h = rh % heads, slot = (rh * room + at) * w;
          narrowed(k.row(r) + h * w, ownKeys + slot, w);
          narrowed(v.row(r) + h * w, ownValues + slot, w);
          attendPast(q.row(r) + h * w, ownKeys, ownValues, pointer<float>(positionBias) + (h * room + at) * room, where, r, h,
                     scores.data(), found.row(r) + h * w);
        }
      });
    });
    product(found, weight[kO], y);
    add(x, y);

    norm(x, weight[kNormCross], normalised, epsilon);
    product(normalised, weight[kCrossQ], q);
    CLINRAGEN_BY_TYPE(sourceKeys[i].scalar_type(), T, [&] {
      at::parallel_for(0, items * heads, 1, [&](int64_t begin, int64_t end) {
        for (int64_t bh = begin; bh < end; ++bh) {
          const int64_t b = bh / heads, h = bh % heads;
          attendSource(q.row(b * beams) + h * w, q.stride, beams, pointer<T>(sourceKeys[i]) + bh * w * length,
                       pointer<T>(sourceValues[i]) + bh * w * length,
                       blocked.defined() ? pointer<float>(blocked) + b * length : nullptr, w, length,
                       found.row(b * beams) + h * w);
        }
      });
    });
    product(found, weight[kCrossO], y);
    add(x, y);

    norm(x, weight[kNormFeed], normalised, epsilon);
    Rows in(rows, weight[kIn].size(0));
    if (gated) {
      Rows up(rows, in.width);
      product(normalised, weight[kIn], in);
      product(normalised, weight[kGateIn], up);
      gate(in.values.data(), up.values.data(), static_cast<int64_t>(in.values.size()));
    } else {
      product(normalised, weight[kIn], in);
      for (float& value : in.values) value = value < 0 ? 0 : value;  // NaN stays
    }
    product(in, weight[kOut], y);
    add(x, y);
  }
  norm(x, finalNorm, normalised, epsilon);
  if (headScale != 1)
    for (float& value : normalised.values) value *= static_cast<float>(headScale);
  const at::Tensor logits = at::empty({rows, vocabulary}, table.options().dtype(at::kFloat));
  product(normalised, head, pointer<float>(logits), vocabulary);
  return logits;
}

CLINRAGEN_CLONES float logSum(const float* logits, int64_t n) {
  Floats most = all(-INFINITY);
  for (int64_t i = 0; i < n; i += kLanes) most = larger(loadSome(logits + i, n - i, -INFINITY), most);
  const float top = largest(most);
  Floats total{};
  for (int64_t i = 0; i < n; i += kLanes) total += exponential(loadSome(logits + i, n - i, -INFINITY) - top);
  return top + std::log(sum(total));
}

// Keeps the `count` best of what it is shown, best first; of equals the one shown first. NaN is above all, as in ATen's
// topk: what went wrong is not hidden behind what is left.
struct Best {
  float* values;
  int64_t* indices;
  int64_t count;
  static bool above(float a, float b) { return a > b || (a != a && b == b); }
  float worst() const { return values[count - 1]; }
  void show(float value, int64_t index) {
    int64_t at = count - 1;
    for (; at > 0 && above(value, values[at - 1]); --at) {
      values[at] = values[at - 1];
      indices[at] = indices[at - 1];
    }
    values[at] = value;
    indices[at] = index;
  }
  // Places that nothing above −∞ has taken get the first indices that are left, so that none comes twice.
  void fill() {
    int64_t index = 0;
    for (int64_t at = 0; at < count; ++at) {
      if (indices[at] >= 0) continue;
      while (std::find(indices, indices + count, index) != indices + count) ++index;
      indices[at] = index;
    }
  }
};

CLINRAGEN_CLONES void showRow(const float* logits, float shift, int64_t n, int64_t offset, Best best) {
  if (shift != shift) {
    for (int64_t j = 0; j < std::min(n, best.count) && best.worst() == best.worst(); ++j) best.show(shift, offset + j);
    return;
  }
  for (int64_t i = 0; i < n; i += kLanes) {
    const Floats scores = loadSome(logits + i, n - i, -INFINITY) + shift;
    if (!any(scores > best.worst())) continue;
    for (int64_t j = 0; j < std::min(kLanes, n - i); ++j)
      if (scores[j] > best.worst()) best.show(scores[j], offset + i + j);
  }
}

std::tuple<at::Tensor, at::Tensor> bestContinuations(const at::Tensor& given, const at::Tensor& sums, int64_t beams,
                                                     int64_t count) {
  Plain plain;
  requireFused(given, "logits");
  TORCH_CHECK(given.dim() == 2 && beams > 0 && given.size(0) % beams == 0 && sums.numel() == given.size(0) &&
                  sums.scalar_type() == at::kFloat && sums.device().is_cpu() && count > 0 && count <= beams * given.size(1),
              "best_continuations: logits are ", given.sizes(), ", sums ", sums.sizes(), ", for ", count, " of ", beams, " beams");
  const at::Tensor logits = given.to(at::kFloat).contiguous(), before = sums.contiguous();
  const int64_t items = logits.size(0) / beams, n = logits.size(1);
  const at::Tensor values = at::full({items, count}, -INFINITY, logits.options());
  const at::Tensor indices = at::full({items, count}, -1, logits.options().dtype(at::kLong));
  at::parallel_for(0, items, 1, [&](int64_t begin, int64_t end) {
    for (int64_t item = begin; item < end; ++item) {
      Best best{pointer<float>(values) + item * count, pointer<int64_t>(indices) + item * count, count};
      for (int64_t beam = 0; beam < beams; ++beam) {
        const int64_t row = item * beams + beam;
        const float* from = pointer<float>(logits) + row * n;
        showRow(from, pointer<float>(before)[row] - logSum(from, n), n, beam * n, best);
      }
      best.fill();
    }
  });
  return {values, indices};
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(clinragen, library) {
  library.def(
      "t5_decode_step(Tensor ids, Tensor table, Tensor[] weights, Tensor final_norm, Tensor head, Tensor[] keys, "
      "Tensor[] values, Tensor[] source_keys, Tensor[] source_values, Tensor position_bias, Tensor? source_bias, "
      "Tensor lineage, int at, int heads, bool gated, float epsilon, float head_scale) -> Tensor",
      &decodeStep);
  library.def("best_continuations(Tensor logits, Tensor sums, int beams, int count) -> (Tensor, Tensor)", &bestContinuations);
}

}  // namespace clinragen

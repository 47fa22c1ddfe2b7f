// biased_attention: softmax(q kᵀ + bias + mask) v, where the bias is learned (T5's relative positions) and weights may be
// dropped. ATen's fused attention takes no bias that needs a gradient.

#include "fused.h"

namespace clinragen {

namespace {

// Scores [Q, K] of one head, in place to weights. A dropped weight keeps its value, which backward needs, but is stored
// with its sign turned; `dropped` gets the weights that count.
template <typename T>
CLINRAGEN_INLINE void softmaxRow(T* scores, T* dropped, const float* bias, const float* mask, float* row,
                                 const Keeper& keeper, int64_t keys) {
  Floats most = all(-INFINITY);
  for (int64_t i = 0; i < keys; i += kLanes) {
    Floats score = loadSome(scores + i, keys - i, -INFINITY);
    if (bias != nullptr) score += loadSome(bias + i, keys - i);
    if (mask != nullptr) score += loadSome(mask + i, keys - i);
    most = larger(score, most);
    store(row + i, score);
  }
  const float top = largest(most);
  Floats total{};
  for (int64_t i = 0; i < keys; i += kLanes) {
    const Floats weight = exponential(load(row + i) - top);
    total += weight;
    store(row + i, weight);
  }
  const float share = 1.0f / sum(total);
  for (int64_t i = 0; i < keys; i += kLanes) {
    const Floats weight = load(row + i) * share;
    if (dropped == nullptr) {
      storeSome(scores + i, weight, keys - i);
      continue;
    }
    const Ints keeps = keeper.keeps(i);
    storeSome(scores + i, choose(keeps, weight, -weight), keys - i);
    storeSome(dropped + i, choose(keeps, weight * keeper.scale, all(0)), keys - i);
  }
}

// From the gradient of the weights that count to that of the scores, in place; dbias [K] grows by it.
template <typename T>
CLINRAGEN_INLINE void softmaxBackwardRow(const T* weights, T* gradient, T* dropped, float* dbias, float scale, int64_t keys) {
  Floats along{};
  for (int64_t i = 0; i < keys; i += kLanes) {
    const Floats weight = loadSome(weights + i, keys - i);
    const Floats kept = (Floats)((Words)weight & ~(Words)((Ints)weight >> 31));  // 0 where the sign is turned
    along += kept * loadSome(gradient + i, keys - i);
  }
  const float mean = sum(along) * scale;
  for (int64_t i = 0; i < keys; i += kLanes) {
    const Floats weight = loadSome(weights + i, keys - i);
    const Ints drops = (Ints)weight >> 31;
    const Floats size = (Floats)((Words)weight & 0x7fffffffu);
    const Floats g = (Floats)((Words)(loadSome(gradient + i, keys - i) * scale) & ~(Words)drops);
    const Floats d = size * (g - mean);
    storeSome(gradient + i, d, keys - i);
    if (dropped != nullptr) storeSome(dropped + i, (Floats)((Words)(weight * scale) & ~(Words)drops), keys - i);
    if (dbias != nullptr) storeSome(dbias + i, loadSome(dbias + i, keys - i) + d, keys - i);
  }
}

#define CLINRAGEN_SOFTMAX(T)                                                                                           \
  CLINRAGEN_CLONES void softmaxRows(T* scores, T* dropped, const float* bias, const float* mask, float* row,            \
                                    Keeper keeper, int64_t begin, int64_t end, int64_t heads, int64_t queries,         \
                                    int64_t keys) {                                                                    \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      keeper.row(r);                                                                                                   \
      softmaxRow(scores + r * keys, dropped == nullptr ? nullptr : dropped + r * keys,                                 \
                 bias == nullptr ? nullptr : bias + r % (heads * queries) * keys,                                      \
                 mask == nullptr ? nullptr : mask + r / (heads * queries) * keys, row, keeper, keys);                  \
    }                                                                                                                  \
  }                                                                                                                    \
  CLINRAGEN_CLONES void softmaxBackwardRows(const T* weights, T* gradient, T* dropped, float* dbias, float scale,       \
                                            int64_t begin, int64_t end, int64_t batch, int64_t rows, int64_t keys) {   \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      for (int64_t b = 0; b < batch; ++b) {                                                                            \
        const int64_t at = (b * rows + r) * keys;                                                                      \
        softmaxBackwardRow(weights + at, gradient + at, dropped == nullptr ? nullptr : dropped + at,                   \
                           dbias == nullptr ? nullptr : dbias + r * keys, scale, keys);                                \
      }                                                                                                                \
    }                                                                                                                  \
  }
CLINRAGEN_SOFTMAX(float)
CLINRAGEN_SOFTMAX(at::BFloat16)

// [B, L, h·w] → [B·h, L, w] and back
at::Tensor apart(const at::Tensor& x, int64_t heads) {
  const int64_t b = x.size(0), l = x.size(1), w = x.size(2) / heads;
  return x.reshape({b, l, heads, w}).transpose(1, 2).reshape({b * heads, l, w});
}
at::Tensor together(const at::Tensor& x, int64_t heads) {
  const int64_t b = x.size(0) / heads, l = x.size(1), w = x.size(2);
  return x.view({b, heads, l, w}).transpose(1, 2).reshape({b, l, heads * w});
}

struct BiasedAttention : torch::autograd::Function<BiasedAttention> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& query, const at::Tensor& key,
                            const at::Tensor& value, const Optional<at::Tensor>& maybeBias,
                            const Optional<at::Tensor>& maybeMask, int64_t heads, double p) {
    Plain plain;
    const at::Tensor bias = maybeBias.value_or(at::Tensor()), mask = maybeMask.value_or(at::Tensor());
    const at::Tensor q = apart(query, heads), k = apart(key, heads), v = apart(value, heads);
    const int64_t queries = q.size(1), keys = k.size(1), rows = q.size(0) * queries;
    const at::Tensor weights = at::bmm(q, k.transpose(1, 2));  // [B·h, Q, K]
    const at::Tensor dropped = p > 0 ? at::empty_like(weights) : at::Tensor();
    const at::Tensor wideBias = bias.defined() ? bias.to(at::kFloat).contiguous() : bias;
    const at::Tensor wideMask = mask.defined() ? mask.to(at::kFloat).contiguous() : mask;
    const Keeper keeper(p, p > 0 ? nextSeed() : 0);
    CLINRAGEN_BY_TYPE(weights.scalar_type(), T, [&] {
      at::parallel_for(0, rows, grain(keys), [&](int64_t begin, int64_t end) {
        std::vector<float> row(keys + kLanes);
        softmaxRows(pointer<T>(weights), p > 0 ? pointer<T>(dropped) : nullptr,
                    bias.defined() ? pointer<float>(wideBias) : nullptr, mask.defined() ? pointer<float>(wideMask) : nullptr,
                    row.data(), keeper, begin, end, heads, queries, keys);
      });
    });
    const at::Tensor out = at::bmm(p > 0 ? dropped : weights, v);
    ctx->save_for_backward({q, k, v, weights});
    ctx->saved_data["heads"] = heads;
    ctx->saved_data["p"] = p;
    ctx->saved_data["bias"] = bias.defined() && bias.requires_grad();
    if (bias.defined()) {
      ctx->saved_data["biasShape"] = bias.sizes().vec();
      ctx->saved_data["biasType"] = static_cast<int64_t>(bias.scalar_type());
    }
    return together(out, heads);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &q = saved[0], &k = saved[1], &v = saved[2], &weights = saved[3];
    const int64_t heads = ctx->saved_data["heads"].toInt(), queries = q.size(1), keys = k.size(1);
    const int64_t batch = q.size(0) / heads;
    const double p = ctx->saved_data["p"].toDouble();
    const bool wantsBias = ctx->saved_data["bias"].toBool();
    const at::Tensor g = apart(gradients[0].to(q.scalar_type()), heads);
    const at::Tensor dscores = at::bmm(g, v.transpose(1, 2));
    const at::Tensor dropped = p > 0 ? at::empty_like(weights) : at::Tensor();
    at::Tensor dbias = wantsBias ? at::zeros({heads * queries, keys}, q.options().dtype(at::kFloat)) : at::Tensor();
    CLINRAGEN_BY_TYPE(weights.scalar_type(), T, [&] {
      // Items of the batch in turn for each row: the bias's gradient is summed in one order.
      at::parallel_for(0, heads * queries, grain(batch * keys), [&](int64_t begin, int64_t end) {
        softmaxBackwardRows(pointer<T>(weights), pointer<T>(dscores), p > 0 ? pointer<T>(dropped) : nullptr,
                            wantsBias ? pointer<float>(dbias) : nullptr, static_cast<float>(1.0 / (1.0 - p)), begin, end,
                            batch, heads * queries, keys);
      });
    });
    const at::Tensor dv = at::bmm((p > 0 ? dropped : weights).transpose(1, 2), g);
    const at::Tensor dq = at::bmm(dscores, k), dk = at::bmm(dscores.transpose(1, 2), q);
    if (wantsBias) {
      dbias = dbias.view(ctx->saved_data["biasShape"].toIntVector())
                  .to(static_cast<at::ScalarType>(ctx->saved_data["biasType"].toInt()));
    }
    return {together(dq, heads), together(dk, heads), together(dv, heads), dbias, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor biasedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Optional<at::Tensor>& bias,
                           const Optional<at::Tensor>& mask, int64_t heads, double p) {
  requireFused(q, "q");
  TORCH_CHECK(p >= 0 && p < 1, "a share to drop is at least 0 and below 1, not ", p);
  TORCH_CHECK(q.dim() == 3 && k.dim() == 3 && k.sizes() == v.sizes() && heads > 0 && q.size(2) % heads == 0 &&
                  q.size(2) == k.size(2) && q.size(0) == k.size(0) && k.scalar_type() == q.scalar_type() &&
                  v.scalar_type() == q.scalar_type() && k.device().is_cpu() && v.device().is_cpu(),
              "biased_attention: q is ", q.sizes(), ", k ", k.sizes(), ", v ", v.sizes(), ", for ", heads, " heads");
  const int64_t queries = q.size(1), keys = k.size(1);
  const at::Tensor b = bias.value_or(at::Tensor()), m = mask.value_or(at::Tensor());
  if (b.defined()) {
    requireFused(b, "bias");
    TORCH_CHECK(b.dim() >= 3 && b.size(-1) == keys && b.size(-2) == queries && b.size(-3) == heads &&
                    b.numel() == heads * queries * keys,
                "biased_attention: bias is ", b.sizes(), ", expected [1, ", heads, ", ", queries, ", ", keys, "]");
  }
  if (m.defined()) {
    requireFused(m, "mask");
    TORCH_CHECK(m.dim() >= 2 && m.size(0) == q.size(0) && m.size(-1) == keys && m.numel() == q.size(0) * keys &&
                    !m.requires_grad(),
                "biased_attention: mask is ", m.sizes(), ", expected [", q.size(0), ", 1, 1, ", keys, "], without gradient");
  }
  return BiasedAttention::apply(q, k, v, bias, mask, heads, p);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(clinragen, library) {
  library.def(
      "biased_attention(Tensor q, Tensor k, Tensor v, Tensor? bias, Tensor? mask, int heads, float p) -> Tensor",
      &biasedAttention);
}

}  // namespace clinragen

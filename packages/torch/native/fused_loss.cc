// cross_entropy: the mean negative log-likelihood of labels, weighed or not, from logits of any precision, without copies
// of the logits.

#include "fused.h"

namespace clinragen {

namespace {

template <typename T>
CLINRAGEN_INLINE float logSumExp(const T* logits, int64_t n) {
  Floats most = all(-INFINITY);
  for (int64_t i = 0; i < n; i += kLanes) most = larger(loadSome(logits + i, n - i, -INFINITY), most);
  const float top = largest(most);
  Floats total{};
  for (int64_t i = 0; i < n; i += kLanes) total += exponential(loadSome(logits + i, n - i, -INFINITY) - top);
  return top + std::log(sum(total));
}

#define CLINRAGEN_LOSS(T)                                                                                              \
  CLINRAGEN_CLONES void lossRows(const T* logits, const int64_t* labels, float* lse, float* loss, int64_t ignored,      \
                                 int64_t begin, int64_t end, int64_t n) {                                              \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      if (labels[r] == ignored) {                                                                                      \
        loss[r] = 0;                                                                                                   \
        continue;                                                                                                      \
      }                                                                                                                \
      lse[r] = logSumExp(logits + r * n, n);                                                                           \
      loss[r] = lse[r] - static_cast<float>(logits[r * n + labels[r]]);                                                \
    }                                                                                                                  \
  }                                                                                                                    \
  CLINRAGEN_CLONES void lossBackwardRows(const T* logits, const int64_t* labels, const float* lse,                      \
                                         const float* weights, T* out, int64_t ignored, float each, int64_t begin,     \
                                         int64_t end, int64_t n) {                                                     \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      T* row = out + r * n;                                                                                            \
      const float scale = weights == nullptr ? each : each * weights[r];                                               \
      if (labels[r] == ignored) {                                                                                      \
        std::fill(row, row + n, T(0));                                                                                 \
        continue;                                                                                                      \
      }                                                                                                                \
      const T* from = logits + r * n;                                                                                  \
      for (int64_t i = 0; i < n; i += kLanes)                                                                          \
        storeSome(row + i, exponential(loadSome(from + i, n - i) - lse[r]) * scale, n - i);                            \
      const float at = std::exp(static_cast<float>(from[labels[r]]) - lse[r]);                                         \
      row[labels[r]] = T((at - 1.0f) * scale);                                                                         \
    }                                                                                                                  \
  }
CLINRAGEN_LOSS(float)
CLINRAGEN_LOSS(at::BFloat16)

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& given, const at::Tensor& labels,
                            const Optional<at::Tensor>& maybeWeights, int64_t ignored) {
    Plain plain;
    const at::Tensor weights = maybeWeights.value_or(at::Tensor());
    const at::Tensor logits = given.contiguous(), targets = labels.contiguous();
    const int64_t rows = logits.size(0), n = logits.size(1);
    const at::Tensor lse = at::empty({rows}, logits.options().dtype(at::kFloat)), losses = at::empty_like(lse);
    const auto* ids = pointer<int64_t>(targets);
    int64_t counted = 0;
    for (int64_t r = 0; r < rows; ++r) {
      if (ids[r] == ignored) continue;
      TORCH_CHECK_INDEX(ids[r] >= 0 && ids[r] < n, "label ", ids[r], " is out of bounds for ", n, " classes");
      ++counted;
    }
    CLINRAGEN_BY_TYPE(logits.scalar_type(), T, [&] {
      at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
        lossRows(pointer<T>(logits), ids, pointer<float>(lse), pointer<float>(losses), ignored, begin, end, n);
      });
    });
    const at::Tensor w = weights.defined() ? weights.to(at::kFloat).contiguous() : weights;
    // NaN where nothing counts, as ATen's.
    const double total = w.defined() ? w.sum().item<double>() : static_cast<double>(counted);
    ctx->save_for_backward({logits, targets, lse, w});
    ctx->saved_data["ignored"] = ignored;
    ctx->saved_data["total"] = total;
    return (w.defined() ? losses * w : losses).sum() / total;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &logits = saved[0], &targets = saved[1], &lse = saved[2], &w = saved[3];
    const int64_t rows = logits.size(0), n = logits.size(1);
    const auto scale = static_cast<float>(gradients[0].item<double>() / ctx->saved_data["total"].toDouble());
    const int64_t ignored = ctx->saved_data["ignored"].toInt();
    const at::Tensor out = at::empty_like(logits);
    CLINRAGEN_BY_TYPE(logits.scalar_type(), T, [&] {
      at::parallel_for(0, rows, 1, [&](int64_t begin, int64_t end) {
        lossBackwardRows(pointer<T>(logits), pointer<int64_t>(targets), pointer<float>(lse),
                         w.defined() ? pointer<float>(w) : nullptr, pointer<T>(out), ignored, scale, begin, end, n);
      });
    });
    return {out, at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor crossEntropy(const at::Tensor& logits, const at::Tensor& labels, const Optional<at::Tensor>& weights,
                        int64_t ignored) {
  requireFused(logits, "logits");
  TORCH_CHECK(logits.dim() == 2 && labels.dim() == 1 && labels.size(0) == logits.size(0) && labels.scalar_type() == at::kLong &&
                  labels.device().is_cpu(),
              "cross_entropy: logits are ", logits.sizes(), ", labels ", labels.sizes(), " of ", labels.scalar_type());
  const at::Tensor w = weights.value_or(at::Tensor());
  if (w.defined()) {
    requireFused(w, "weights");
    TORCH_CHECK(w.sizes() == labels.sizes() && !w.requires_grad(), "cross_entropy: weights are ", w.sizes(), ", labels ",
                labels.sizes());
  }
  return CrossEntropy::apply(logits, labels, weights, ignored);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(clinragen, library) {
  library.def("cross_entropy(Tensor logits, Tensor labels, Tensor? weights, int ignored) -> Tensor", &crossEntropy);
}

}  // namespace clinragen

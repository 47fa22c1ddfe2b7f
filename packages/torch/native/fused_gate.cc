// gated_gelu: dropout(gelu(gate) · up), with the approximation by tanh that T5 uses, in one pass each way.

#include "fused.h"

namespace clinragen {

namespace {

constexpr float kSlope = 0.7978845608028654f;  // √(2/π)
constexpr float kCube = 0.044715f;

CLINRAGEN_INLINE Floats hyperbolicTangent(Floats x) { return 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f); }

template <typename T>
CLINRAGEN_INLINE void forwardRow(const T* gate, const T* up, T* out, const Keeper& keeper, bool drops, int64_t d) {
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats x = loadSome(gate + i, d - i);
    const Floats t = hyperbolicTangent(kSlope * (x + kCube * x * x * x));
    Floats y = 0.5f * x * (1.0f + t) * loadSome(up + i, d - i);
    if (drops) y = choose(keeper.keeps(i), y * keeper.scale, all(0));
    storeSome(out + i, y, d - i);
  }
}

template <typename T>
CLINRAGEN_INLINE void backwardRow(const T* gate, const T* up, const T* gradient, T* dgate, T* dup, const Keeper& keeper,
                                  bool drops, int64_t d) {
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats x = loadSome(gate + i, d - i);
    Floats g = loadSome(gradient + i, d - i);
    if (drops) g = choose(keeper.keeps(i), g * keeper.scale, all(0));
    const Floats t = hyperbolicTangent(kSlope * (x + kCube * x * x * x));
    const Floats slope = 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * kSlope * (1.0f + 3.0f * kCube * x * x);
    storeSome(dgate + i, g * loadSome(up + i, d - i) * slope, d - i);
    storeSome(dup + i, g * 0.5f * x * (1.0f + t), d - i);
  }
}

#define CLINRAGEN_GATE(T)                                                                                              \
  CLINRAGEN_CLONES void gateForward(const T* gate, const T* up, T* out, Keeper keeper, bool drops, int64_t begin,       \
                                    int64_t end, int64_t d) {                                                          \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      keeper.row(r);                                                                                                   \
      forwardRow(gate + r * d, up + r * d, out + r * d, keeper, drops, d);                                             \
    }                                                                                                                  \
  }                                                                                                                    \
  CLINRAGEN_CLONES void gateBackward(const T* gate, const T* up, const T* g, T* dgate, T* dup, Keeper keeper,           \
                                     bool drops, int64_t begin, int64_t end, int64_t d) {                              \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      keeper.row(r);                                                                                                   \
      backwardRow(gate + r * d, up + r * d, g + r * d, dgate + r * d, dup + r * d, keeper, drops, d);                   \
    }                                                                                                                  \
  }
CLINRAGEN_GATE(float)
CLINRAGEN_GATE(at::BFloat16)

struct GatedGelu : torch::autograd::Function<GatedGelu> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& gate, const at::Tensor& up, double p) {
    Plain plain;
    const at::Tensor a = gate.contiguous(), b = up.contiguous();
    const uint64_t seed = p > 0 ? nextSeed() : 0;
    const int64_t d = a.size(-1), n = d == 0 ? 0 : a.numel() / d;
    const at::Tensor out = at::empty_like(a);
    CLINRAGEN_BY_TYPE(a.scalar_type(), T, [&] {
      at::parallel_for(0, n, grain(d), [&](int64_t begin, int64_t end) {
        gateForward(pointer<T>(a), pointer<T>(b), pointer<T>(out), Keeper(p, seed), p > 0, begin, end, d);
      });
    });
    ctx->save_for_backward({a, b});
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = static_cast<int64_t>(seed);
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &a = saved[0], &b = saved[1];
    const at::Tensor g = gradients[0].to(a.scalar_type()).contiguous();
    const at::Tensor da = at::empty_like(a), db = at::empty_like(b);
    const double p = ctx->saved_data["p"].toDouble();
    const auto seed = static_cast<uint64_t>(ctx->saved_data["seed"].toInt());
    const int64_t d = a.size(-1), n = d == 0 ? 0 : a.numel() / d;
    CLINRAGEN_BY_TYPE(a.scalar_type(), T, [&] {
      at::parallel_for(0, n, grain(d), [&](int64_t begin, int64_t end) {
        gateBackward(pointer<T>(a), pointer<T>(b), pointer<T>(g), pointer<T>(da), pointer<T>(db), Keeper(p, seed), p > 0,
                     begin, end, d);
      });
    });
    return {da, db, at::Tensor()};
  }
};

at::Tensor gatedGelu(const at::Tensor& gate, const at::Tensor& up, double p) {
  requireFused(gate, "gate");
  requireFused(up, "up");
  TORCH_CHECK(p >= 0 && p < 1, "a share to drop is at least 0 and below 1, not ", p);
  TORCH_CHECK(gate.dim() >= 1 && gate.sizes() == up.sizes() && gate.scalar_type() == up.scalar_type(),
              "gated_gelu: gate is ", gate.sizes(), " of ", gate.scalar_type(), ", up ", up.sizes(), " of ", up.scalar_type());
  return GatedGelu::apply(gate, up, p);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(clinragen, library) {
  library.def("gated_gelu(Tensor gate, Tensor up, float p) -> Tensor", &gatedGelu);
}

}  // namespace clinragen

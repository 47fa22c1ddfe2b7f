// rms_norm and dropout_add: what stands between a transformer's layers.

#include "fused.h"

namespace clinragen {

namespace {

// x [n, d] → out [n, d] = x · rstd · weight; rstd [n] = 1/√(mean x² + ε)
template <typename X, typename Y>
CLINRAGEN_INLINE void normRow(const X* x, const float* weight, Y* out, float* rstd, int64_t d, float epsilon) {
  Floats squares{};
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats part = loadSome(x + i, d - i);
    squares += part * part;
  }
  *rstd = 1.0f / std::sqrt(sum(squares) / static_cast<float>(d) + epsilon);
  for (int64_t i = 0; i < d; i += kLanes) {
    storeSome(out + i, loadSome(x + i, d - i) * *rstd * loadSome(weight + i, d - i), d - i);
  }
}

// dx = rstd · (g·w − x̂ · mean(g·w·x̂)); dw += g·x̂
template <typename X, typename Y>
CLINRAGEN_INLINE void normBackwardRow(const X* x, const float* weight, const Y* gradient, float rstd, X* dx, float* dw,
                                      int64_t d) {
  Floats along{};
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats g = loadSome(gradient + i, d - i);
    const Floats scaled = loadSome(x + i, d - i) * rstd;
    along += g * loadSome(weight + i, d - i) * scaled;
    storeSome(dw + i, loadSome(dw + i, d - i) + g * scaled, d - i);
  }
  const float mean = sum(along) / static_cast<float>(d);
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats g = loadSome(gradient + i, d - i) * loadSome(weight + i, d - i);
    storeSome(dx + i, (g - loadSome(x + i, d - i) * (rstd * mean)) * rstd, d - i);
  }
}

#define CLINRAGEN_NORM(X, Y)                                                                                           \
  CLINRAGEN_CLONES void norm(const X* x, const float* w, Y* out, float* rstd, int64_t begin, int64_t end, int64_t d,    \
                             float epsilon) {                                                                          \
    for (int64_t r = begin; r < end; ++r) normRow(x + r * d, w, out + r * d, rstd + r, d, epsilon);                    \
  }                                                                                                                    \
  CLINRAGEN_CLONES void normBackward(const X* x, const float* w, const Y* g, const float* rstd, X* dx, float* dw,       \
                                     int64_t begin, int64_t end, int64_t d) {                                          \
    for (int64_t r = begin; r < end; ++r) normBackwardRow(x + r * d, w, g + r * d, rstd[r], dx + r * d, dw, d);         \
  }
CLINRAGEN_NORM(float, float)
CLINRAGEN_NORM(float, at::BFloat16)
CLINRAGEN_NORM(at::BFloat16, float)
CLINRAGEN_NORM(at::BFloat16, at::BFloat16)

struct RmsNorm : torch::autograd::Function<RmsNorm> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& given, const at::Tensor& weight,
                            double epsilon) {
    const auto type = productType(weight.scalar_type());  // as x̂ · weight has it, with x̂ in the type of the weight
    Plain plain;
    const at::Tensor x = given.contiguous();
    const int64_t d = weight.numel(), n = d == 0 ? 0 : x.numel() / d;
    const at::Tensor w = weight.to(at::kFloat).contiguous();
    const at::Tensor out = at::empty(x.sizes(), x.options().dtype(type));
    const at::Tensor rstd = at::empty({n}, w.options());
    CLINRAGEN_BY_TYPE(x.scalar_type(), X, [&] {
      CLINRAGEN_BY_TYPE(type, Y, [&] {
        at::parallel_for(0, n, grain(d), [&](int64_t begin, int64_t end) {
          norm(pointer<X>(x), pointer<float>(w), pointer<Y>(out), pointer<float>(rstd), begin, end, d,
               static_cast<float>(epsilon));
        });
      });
    });
    ctx->save_for_backward({x, w, rstd});
    ctx->saved_data["type"] = static_cast<int64_t>(weight.scalar_type());
    return out;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const auto saved = ctx->get_saved_variables();
    const at::Tensor &x = saved[0], &w = saved[1], &rstd = saved[2];
    const at::Tensor g = gradients[0].contiguous();
    const int64_t d = w.numel(), n = rstd.numel();
    const at::Tensor dx = at::empty_like(x);
    // Rows are summed in blocks of a fixed size: the same sums for any number of threads.
    const int64_t block = 64, blocks = (n + block - 1) / block;
    const at::Tensor parts = at::zeros({blocks, d}, w.options());
    CLINRAGEN_BY_TYPE(x.scalar_type(), X, [&] {
      CLINRAGEN_BY_TYPE(g.scalar_type(), Y, [&] {
        at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
          for (int64_t b = begin; b < end; ++b) {
            normBackward(pointer<X>(x), pointer<float>(w), pointer<Y>(g), pointer<float>(rstd), pointer<X>(dx),
                         pointer<float>(parts) + b * d, b * block, std::min(n, (b + 1) * block), d);
          }
        });
      });
    });
    const auto type = static_cast<at::ScalarType>(ctx->saved_data["type"].toInt());
    return {dx, parts.sum(0).to(type), at::Tensor()};
  }
};

// residual + dropout(x), and back: only x's gradient changes.
template <typename X>
CLINRAGEN_INLINE void addRow(const float* residual, const X* x, float* out, const Keeper& keeper, int64_t d) {
  for (int64_t i = 0; i < d; i += kLanes) {
    const Floats kept = choose(keeper.keeps(i), loadSome(x + i, d - i) * keeper.scale, all(0));
    storeSome(out + i, residual == nullptr ? kept : loadSome(residual + i, d - i) + kept, d - i);
  }
}
template <typename X, typename Y>
CLINRAGEN_INLINE void dropRow(const X* x, Y* out, const Keeper& keeper, int64_t d) {
  for (int64_t i = 0; i < d; i += kLanes) {
    storeSome(out + i, choose(keeper.keeps(i), loadSome(x + i, d - i) * keeper.scale, all(0)), d - i);
  }
}

#define CLINRAGEN_ADD(X)                                                                                               \
  CLINRAGEN_CLONES void dropAdd(const float* residual, const X* x, float* out, Keeper keeper, int64_t begin,            \
                                int64_t end, int64_t d) {                                                              \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      keeper.row(r);                                                                                                   \
      addRow(residual + r * d, x + r * d, out + r * d, keeper, d);                                                     \
    }                                                                                                                  \
  }
CLINRAGEN_ADD(float)
CLINRAGEN_ADD(at::BFloat16)
#define CLINRAGEN_DROP(X, Y)                                                                                           \
  CLINRAGEN_CLONES void drop(const X* x, Y* out, Keeper keeper, int64_t begin, int64_t end, int64_t d) {                \
    for (int64_t r = begin; r < end; ++r) {                                                                            \
      keeper.row(r);                                                                                                   \
      dropRow(x + r * d, out + r * d, keeper, d);                                                                      \
    }                                                                                                                  \
  }
CLINRAGEN_DROP(float, float)
CLINRAGEN_DROP(float, at::BFloat16)
CLINRAGEN_DROP(at::BFloat16, at::BFloat16)
CLINRAGEN_DROP(at::BFloat16, float)

at::Tensor dropped(const at::Tensor& x, at::ScalarType type, double p, uint64_t seed) {
  const int64_t d = x.size(-1), n = d == 0 ? 0 : x.numel() / d;
  const at::Tensor out = at::empty(x.sizes(), x.options().dtype(type));
  CLINRAGEN_BY_TYPE(x.scalar_type(), X, [&] {
    CLINRAGEN_BY_TYPE(type, Y, [&] {
      at::parallel_for(0, n, grain(d), [&](int64_t begin, int64_t end) {
        drop(pointer<X>(x), pointer<Y>(out), Keeper(p, seed), begin, end, d);
      });
    });
  });
  return out;
}

struct DropoutAdd : torch::autograd::Function<DropoutAdd> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& residual, const at::Tensor& given,
                            double p) {
    Plain plain;
    const at::Tensor base = residual.to(at::kFloat).contiguous(), x = given.contiguous();
    const uint64_t seed = nextSeed();
    const int64_t d = x.size(-1), n = d == 0 ? 0 : x.numel() / d;
    const at::Tensor out = at::empty(x.sizes(), base.options());
    CLINRAGEN_BY_TYPE(x.scalar_type(), X, [&] {
      at::parallel_for(0, n, grain(d), [&](int64_t begin, int64_t end) {
        dropAdd(pointer<float>(base), pointer<X>(x), pointer<float>(out), Keeper(p, seed), begin, end, d);
      });
    });
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = static_cast<int64_t>(seed);
    ctx->saved_data["residual"] = static_cast<int64_t>(residual.scalar_type());
    ctx->saved_data["x"] = static_cast<int64_t>(given.scalar_type());
    return out;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const at::Tensor g = gradients[0].contiguous();
    const auto type = [&](const char* name) { return static_cast<at::ScalarType>(ctx->saved_data[name].toInt()); };
    return {g.to(type("residual")),
            dropped(g, type("x"), ctx->saved_data["p"].toDouble(), static_cast<uint64_t>(ctx->saved_data["seed"].toInt())),
            at::Tensor()};
  }
};

struct Dropout : torch::autograd::Function<Dropout> {
  static at::Tensor forward(torch::autograd::AutogradContext* ctx, const at::Tensor& x, double p) {
    Plain plain;
    const uint64_t seed = nextSeed();
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = static_cast<int64_t>(seed);
    return dropped(x.contiguous(), x.scalar_type(), p, seed);
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* ctx,
                                                 torch::autograd::variable_list gradients) {
    refuseSecondOrder();
    Plain plain;
    const at::Tensor g = gradients[0].contiguous();
    return {dropped(g, g.scalar_type(), ctx->saved_data["p"].toDouble(),
                    static_cast<uint64_t>(ctx->saved_data["seed"].toInt())),
            at::Tensor()};
  }
};

void requireShare(double p) { TORCH_CHECK(p >= 0 && p < 1, "a share to drop is at least 0 and below 1, not ", p); }

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  requireFused(x, "x");
  requireFused(weight, "weight");
  TORCH_CHECK(weight.dim() == 1 && x.dim() >= 1 && x.size(-1) == weight.size(0), "rms_norm: x is ", x.sizes(),
              ", weight ", weight.sizes());
  return RmsNorm::apply(x, weight, epsilon);
}

at::Tensor dropoutAdd(const at::Tensor& residual, const at::Tensor& x, double p) {
  requireFused(residual, "residual");
  requireFused(x, "x");
  requireShare(p);
  TORCH_CHECK(x.dim() >= 1 && residual.sizes() == x.sizes(), "dropout_add: residual is ", residual.sizes(), ", x ", x.sizes());
  return DropoutAdd::apply(residual, x, p);
}

at::Tensor dropout(const at::Tensor& x, double p) {
  requireFused(x, "x");
  requireShare(p);
  TORCH_CHECK(x.dim() >= 1, "dropout: x has no dimension");
  return Dropout::apply(x, p);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(clinragen, library) {
  library.def("rms_norm(Tensor x, Tensor weight, float epsilon) -> Tensor", &rmsNorm);
  library.def("dropout_add(Tensor residual, Tensor x, float p) -> Tensor", &dropoutAdd);
  library.def("dropout(Tensor x, float p) -> Tensor", &dropout);
}

}  // namespace clinragen

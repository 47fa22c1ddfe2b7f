// What the fused operators share. They stand beside ATen's in the dispatcher, under `clinragen::`, and are for CPU tensors
// of float32 and bfloat16; on other devices and types the same is made of ATen's operators, in TypeScript. Their gradients
// cannot be differentiated again, and say so where that is asked for.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <mutex>

#include "compat.h"
#include "lanes.h"

namespace clinragen {

// Inside an operator of ours nothing is cast and nothing recorded again.
struct Plain {
  c10::impl::ExcludeDispatchKeyGuard casts{c10::autocast_dispatch_keyset};
  at::NoGradGuard records;
};

// Under create_graph a gradient of ours would come back as if it depended on nothing, and what is differentiated next would
// be wrong without a word.
inline void refuseSecondOrder() {
  TORCH_CHECK(!at::GradMode::is_enabled(), "gradients of the engine's own operators cannot be differentiated again");
}

// A seed from PyTorch's own generator, whose state is saved and restored with a run.
inline uint64_t nextSeed() {
  auto generator = at::detail::getDefaultCPUGenerator();
  auto* state = at::check_generator<at::CPUGeneratorImpl>(generator);
  std::lock_guard<std::mutex> lock(state->mutex_);
  return state->random64();
}

inline void requireFused(const at::Tensor& tensor, const char* name) {
  TORCH_CHECK(tensor.device().is_cpu(), name, " must be on the CPU");
  TORCH_CHECK(tensor.scalar_type() == at::kFloat || tensor.scalar_type() == at::kBFloat16, name,
              " must be of float32 or bfloat16, not ", tensor.scalar_type());
  TORCH_CHECK(tensor.layout() == at::kStrided && !tensor.is_neg(), name, " must be a plain tensor");
}

// The type that matrix products want their inputs in: autocast's where it is on and is one that is written here. (From
// another, autocast casts by itself.)
inline at::ScalarType productType(at::ScalarType otherwise) {
  return autocastEnabled(at::kCPU) && autocastDtype(at::kCPU) == at::kBFloat16 ? at::kBFloat16 : otherwise;
}

// Rows that are worth a thread's waking.
inline int64_t grain(int64_t width) { return std::max<int64_t>(1, 32768 / std::max<int64_t>(1, width)); }

// Calls body(T*) with T the tensor's type.
#define CLINRAGEN_BY_TYPE(type, T, ...) \
  [&] {                                 \
    if ((type) == at::kFloat) {         \
      using T = float;                  \
      return __VA_ARGS__();             \
    }                                   \
    using T = at::BFloat16;             \
    return __VA_ARGS__();               \
  }()

template <typename T>
T* pointer(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

}  // namespace clinragen

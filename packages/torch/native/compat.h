// What differs between the libtorch versions that the addon is built against (1.13 to the newest).
#pragma once

#include <ATen/ATen.h>
#include <ATen/autocast_mode.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <string>

#define CLINRAGEN_TORCH_AT_LEAST(major, minor) \
  (TORCH_VERSION_MAJOR > (major) || (TORCH_VERSION_MAJOR == (major) && TORCH_VERSION_MINOR >= (minor)))

namespace clinragen {

#if CLINRAGEN_TORCH_AT_LEAST(2, 4)
template <typename T>
using Optional = std::optional<T>;
#else
template <typename T>
using Optional = c10::optional<T>;
#endif

inline void setAutocast(at::DeviceType device, bool enabled, at::ScalarType dtype) {
#if CLINRAGEN_TORCH_AT_LEAST(2, 4)
  at::autocast::set_autocast_enabled(device, enabled);
  at::autocast::set_autocast_dtype(device, dtype);
#else
  if (device == at::kCPU) {
    at::autocast::set_cpu_enabled(enabled);
    at::autocast::set_autocast_cpu_dtype(dtype);
  } else {
    at::autocast::set_enabled(enabled);
    at::autocast::set_autocast_gpu_dtype(dtype);
  }
#endif
}

inline bool autocastEnabled(at::DeviceType device) {
#if CLINRAGEN_TORCH_AT_LEAST(2, 4)
  return at::autocast::is_autocast_enabled(device);
#else
  return device == at::kCPU ? at::autocast::is_cpu_enabled() : at::autocast::is_enabled();
#endif
}

inline at::ScalarType autocastDtype(at::DeviceType device) {
#if CLINRAGEN_TORCH_AT_LEAST(2, 4)
  return at::autocast::get_autocast_dtype(device);
#else
  return device == at::kCPU ? at::autocast::get_autocast_cpu_dtype() : at::autocast::get_autocast_gpu_dtype();
#endif
}

// The widest instruction set that ATen's kernels use.
inline std::string cpuCapability() {
#if CLINRAGEN_TORCH_AT_LEAST(2, 0)
  return at::get_cpu_capability();
#else
  const std::string config = at::show_config();
  const std::string key = "CPU capability usage: ";
  const auto found = config.find(key);
  if (found == std::string::npos) return "DEFAULT";
  const auto from = found + key.size();
  return config.substr(from, config.find_first_of("\n ,", from) - from);
#endif
}

}  // namespace clinragen

// The addon: what src/native.ts declares. It speaks ATen and numbers; src/ speaks TypeScript.
//
// Errors cross as plain JavaScript errors with ATen's first line; src/errors.ts adds the operator and the shapes.

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/Version.h>
#include <c10/core/GradMode.h>
#include <node_api.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/cuda.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <sstream>

#include "compat.h"
#include "table.h"
#include "wire.h"

namespace clinragen {

namespace {

// One per Node environment (main thread or worker): handles never cross threads.
struct State {
  Table table;
  std::vector<Operator> operators;
  std::map<std::string, int> operatorIndex;
  std::vector<at::Generator> generators;
  std::vector<size_t> freeGenerators;
  double* arguments = nullptr;
  size_t argumentCapacity = 0;
  double* results = nullptr;
  size_t resultCapacity = 0;
  std::vector<double> pending;  // results of the last call where they were too many for the buffer
  std::vector<std::string> pendingStrings;
  std::vector<std::string> strings;
  std::vector<double> created;
  c10::Stack stack;
  int64_t reportedBytes = 0;   // what V8 was told
  int64_t callsBelowHalf = 0;  // calls since memory was last above half of that
};

State& stateOf(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return *static_cast<State*>(data);
}

// The text before ATen's C++ backtrace.
std::string describe(const std::exception& error) {
  if (const auto* c10Error = dynamic_cast<const c10::Error*>(&error)) return c10Error->what_without_backtrace();
  return error.what();
}

// V8 hears of tensor memory in steps: a call per tensor would cost more than the tensor. And it hears of less only when
// memory stayed low for long: it collects garbage at every rise, and a training step's rises and falls are the scopes'
// business, not the collector's.
void reportMemory(napi_env env, State& state) {
  const int64_t bytes = state.table.estimatedBytes();
  if (bytes >= state.reportedBytes / 2) state.callsBelowHalf = 0;
  const bool rose = bytes > state.reportedBytes + (32 << 20);
  const bool fell = bytes < state.reportedBytes - (32 << 20) && ++state.callsBelowHalf > 100000;
  if (rose || fell) {
    int64_t total = 0;
    napi_adjust_external_memory(env, bytes - state.reportedBytes, &total);
    state.reportedBytes = bytes;
    state.callsBelowHalf = 0;
  }
}

// Large buffers come and go with every step. By default each is asked of the system anew and given back, page by page:
// a tenth of a training step. What the environment says of either stands.
void keepLargeBuffers() {
#if defined(__GLIBC__)
  if (std::getenv("MALLOC_MMAP_THRESHOLD_") == nullptr && std::getenv("MALLOC_TRIM_THRESHOLD_") == nullptr) {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
  }
  setenv("THP_MEM_ALLOC_ENABLE", "1", 0);  // PyTorch then asks for huge pages for what is large
#endif
}

template <typename Body>
napi_value guarded(napi_env env, Body&& body) {
  try {
    return body();
  } catch (const UseAfterFree& error) {
    napi_throw_error(env, "USE_AFTER_FREE", error.what());
  } catch (const std::exception& error) {
    napi_throw_error(env, "ATEN", describe(error).c_str());
  } catch (...) {
    napi_throw_error(env, "ATEN", "an error of unknown kind");
  }
  return nullptr;
}

template <size_t N>
struct Arguments {
  napi_value values[N];
  size_t count = N;
  napi_env env;
  Arguments(napi_env e, napi_callback_info info) : env(e) { napi_get_cb_info(e, info, &count, values, nullptr, nullptr); }
  double number(size_t i) const {
    double value = 0;
    if (i >= count || napi_get_value_double(env, values[i], &value) != napi_ok) {
      throw std::runtime_error("argument " + std::to_string(i) + " of the addon's function must be a number");
    }
    return value;
  }
  bool flag(size_t i) const {
    bool value = false;
    if (i < count) napi_get_value_bool(env, values[i], &value);
    return value;
  }
  std::string text(size_t i) const {
    size_t length = 0;
    if (i >= count || napi_get_value_string_utf8(env, values[i], nullptr, 0, &length) != napi_ok) {
      throw std::runtime_error("argument " + std::to_string(i) + " of the addon's function must be a string");
    }
    std::string value(length, '\0');
    napi_get_value_string_utf8(env, values[i], value.data(), length + 1, &length);
    return value;
  }
  bool isNullish(size_t i) const {
    if (i >= count) return true;
    napi_valuetype type;
    napi_typeof(env, values[i], &type);
    return type == napi_undefined || type == napi_null;
  }
  std::pair<uint8_t*, size_t> bytes(size_t i) const {
    napi_typedarray_type type;
    size_t length = 0;
    void* data = nullptr;
    if (i >= count || napi_get_typedarray_info(env, values[i], &type, &length, &data, nullptr, nullptr) != napi_ok) {
      throw std::runtime_error("argument " + std::to_string(i) + " of the addon's function must be a typed array");
    }
    static const size_t widths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};
    return {static_cast<uint8_t*>(data), length * widths[type]};
  }
};

napi_value toNumber(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

napi_value toBoolean(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

napi_value toText(napi_env env, const std::string& value) {
  napi_value result;
  napi_create_string_utf8(env, value.data(), value.size(), &result);
  return result;
}

napi_value undefined(napi_env env) {
  napi_value result;
  napi_get_undefined(env, &result);
  return result;
}

// Hands `pending` over in the result buffer; a negative count says how many numbers the buffer must hold.
napi_value deliver(napi_env env, State& state) {
  const size_t n = state.pending.size();
  if (n > state.resultCapacity) return toNumber(env, -static_cast<double>(n));
  std::memcpy(state.results, state.pending.data(), n * sizeof(double));
  return toNumber(env, static_cast<double>(n));
}

napi_value Attach(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    const auto in = args.bytes(0);
    const auto out = args.bytes(1);
    state.arguments = reinterpret_cast<double*>(in.first);
    state.argumentCapacity = in.second / sizeof(double);
    state.results = reinterpret_cast<double*>(out.first);
    state.resultCapacity = out.second / sizeof(double);
    return undefined(env);
  });
}

napi_value Fetch(napi_env env, napi_callback_info) {
  return guarded(env, [&] { return deliver(env, stateOf(env)); });
}

// All of ATen's names, one a line.
napi_value OperatorNames(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    std::set<std::string> names;
    for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) {
      if (name.name.rfind("aten::", 0) == 0) names.insert(name.name.substr(6) + "|" + name.overload_name);
    }
    std::string joined;
    for (const auto& name : names) joined += name + "\n";
    return toText(env, joined);
  });
}

std::string escape(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + "\"";
}

// describe(name, overload) -> JSON of the schema, with the number that call() takes; "" where this libtorch has no such
// operator.
napi_value Describe(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    std::string name = args.text(0);
    if (name.find("::") == std::string::npos) name = "aten::" + name;
    const std::string overload = args.text(1);
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found.has_value()) return toText(env, "");
    const auto& schema = found->schema();
    const std::string key = name + "." + overload;
    auto known = state.operatorIndex.find(key);
    if (known == state.operatorIndex.end()) {
      state.operators.push_back({*found, findReturnedArguments(schema)});
      known = state.operatorIndex.emplace(key, static_cast<int>(state.operators.size()) - 1).first;
    }
    std::ostringstream json;
    json << "{\"id\":" << known->second << ",\"overload\":" << escape(overload) << ",\"args\":[";
    bool first = true;
    for (const auto& argument : schema.arguments()) {
      json << (first ? "" : ",") << "{\"name\":" << escape(argument.name())
           << ",\"type\":" << escape(argument.real_type()->str()) << ",\"n\":" << (argument.N() ? *argument.N() : 0)
           << ",\"keyword\":" << (argument.kwarg_only() ? "true" : "false")
           << ",\"optional\":" << (argument.default_value() ? "true" : "false")
           << ",\"written\":" << (argument.alias_info() != nullptr && argument.alias_info()->isWrite() ? "true" : "false")
           << "}";
      first = false;
    }
    json << "],\"returns\":[";
    const auto& returned = state.operators[known->second].returnsArgument;
    for (size_t i = 0; i < schema.returns().size(); ++i) {
      json << (i == 0 ? "" : ",") << "{\"name\":" << escape(schema.returns()[i].name())
           << ",\"type\":" << escape(schema.returns()[i].real_type()->str()) << ",\"argument\":" << returned[i] << "}";
    }
    json << "]}";
    return toText(env, json.str());
  });
}

// call(id, strings?): arguments stand in the argument buffer. Returns the handle where the operator returns one new
// tensor; else the count of numbers in the result buffer.
napi_value Call(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    const Operator& op = state.operators.at(static_cast<size_t>(args.number(0)));
    state.strings.clear();
    if (!args.isNullish(1)) {
      uint32_t n = 0;
      napi_get_array_length(env, args.values[1], &n);
      for (uint32_t i = 0; i < n; ++i) {
        napi_value element;
        napi_get_element(env, args.values[1], i, &element);
        size_t length = 0;
        napi_get_value_string_utf8(env, element, nullptr, 0, &length);
        std::string text(length, '\0');
        napi_get_value_string_utf8(env, element, text.data(), length + 1, &length);
        state.strings.push_back(std::move(text));
      }
    }
    const auto& schema = op.handle.schema();
    c10::Stack stack = std::move(state.stack);
    stack.clear();
    try {
      Reader in(state.arguments, state.arguments + state.argumentCapacity);
      for (const auto& argument : schema.arguments()) {
        stack.push_back(readArgument(in, argument, state.table, state.strings, state.generators));
      }
      op.handle.callBoxed(stack);
      if (stack.size() != op.returnsArgument.size()) throw std::runtime_error("the operator broke its schema");
      napi_value result;
      if (stack.size() == 1 && op.returnsArgument[0] == -1 && stack[0].isTensor() && stack[0].toTensor().defined()) {
        result = toNumber(env, state.table.put(stack[0].toTensor()));
      } else {
        state.pendingStrings.clear();
        state.created.clear();
        try {
          Writer out(state.results, state.resultCapacity, state.pending);
          for (size_t i = 0; i < stack.size(); ++i) {
            if (op.returnsArgument[i] >= 0) continue;
            writeValue(out, stack[i], state.table, state.created, state.pendingStrings);
          }
          result = toNumber(env, out.overflowed() ? -static_cast<double>(out.used()) : static_cast<double>(out.used()));
        } catch (...) {
          for (const double handle : state.created) state.table.release(handle);
          throw;
        }
      }
      stack.clear();
      state.stack = std::move(stack);
      reportMemory(env, state);
      return result;
    } catch (...) {
      stack.clear();
      state.stack = std::move(stack);
      throw;
    }
  });
}

// The strings of the last call's results, by index.
napi_value ResultString(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    return toText(env, stateOf(env).pendingStrings.at(static_cast<size_t>(args.number(0))));
  });
}

napi_value Release(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    const bool freed = state.table.release(args.number(0));
    reportMemory(env, state);
    return toBoolean(env, freed);
  });
}

// meta(handle): dtype, device kind, device index, requires grad, is leaf, dimensions, then the shape.
napi_value Meta(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    const at::Tensor& tensor = state.table.get(args.number(0));
    auto& out = state.pending;
    out.clear();
    out.push_back(static_cast<double>(tensor.scalar_type()));
    out.push_back(static_cast<double>(tensor.device().type()));
    out.push_back(static_cast<double>(tensor.device().has_index() ? tensor.device().index() : -1));
    out.push_back(tensor.requires_grad() ? 1 : 0);
    out.push_back(tensor.is_leaf() ? 1 : 0);
    out.push_back(static_cast<double>(tensor.dim()));
    for (const int64_t size : tensor.sizes()) out.push_back(static_cast<double>(size));
    return deliver(env, state);
  });
}

napi_value DeviceName(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    return toText(env, stateOf(env).table.get(args.number(0)).device().str());
  });
}

// fromBytes(dtype, bytes): the shape stands in the argument buffer as n, sizes.
napi_value FromBytes(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    Reader in(state.arguments, state.arguments + state.argumentCapacity);
    std::vector<int64_t> shape(static_cast<size_t>(in.next()));
    for (auto& size : shape) size = static_cast<int64_t>(in.next());
    const auto dtype = static_cast<at::ScalarType>(static_cast<int>(args.number(0)));
    const auto bytes = args.bytes(1);
    at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(dtype));
    if (tensor.nbytes() != bytes.second) {
      std::ostringstream message;
      message << "a tensor of shape " << tensor.sizes() << " and type " << dtype << " takes " << tensor.nbytes()
              << " bytes, " << bytes.second << " were given";
      throw std::runtime_error(message.str());
    }
    if (dtype == at::kBool) {
      // Any byte but 0 and 1 in a bool is undefined behaviour in C++, and files are not to be trusted.
      std::transform(bytes.first, bytes.first + bytes.second, static_cast<bool*>(tensor.data_ptr()),
                     [](uint8_t byte) { return byte != 0; });
    } else if (bytes.second > 0) {
      std::memcpy(tensor.data_ptr(), bytes.first, bytes.second);
    }
    const double handle = state.table.put(std::move(tensor));
    reportMemory(env, state);
    return toNumber(env, handle);
  });
}

napi_value ToBytes(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    at::Tensor tensor = stateOf(env).table.get(args.number(0)).detach().to(at::kCPU).contiguous();
    const auto bytes = args.bytes(1);
    if (bytes.second != tensor.nbytes()) throw std::runtime_error("the array given for the tensor's bytes has another size");
    if (bytes.second > 0) std::memcpy(bytes.first, tensor.data_ptr(), bytes.second);
    return undefined(env);
  });
}

napi_value Item(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    return toNumber(env, stateOf(env).table.get(args.number(0)).item().toDouble());
  });
}

std::vector<at::Tensor> readTensors(Reader& in, Table& table) {
  std::vector<at::Tensor> tensors(static_cast<size_t>(in.next()));
  for (auto& tensor : tensors) {
    const double handle = in.next();
    if (handle >= 0) tensor = table.get(handle);
  }
  return tensors;
}

// backward(retain, create): roots, their gradients (-1 for ones) and the leaves wanted (none for all) in the buffer.
napi_value Backward(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    Reader in(state.arguments, state.arguments + state.argumentCapacity);
    const auto roots = readTensors(in, state.table);
    const auto gradients = readTensors(in, state.table);
    const auto leaves = readTensors(in, state.table);
    torch::autograd::backward(roots, gradients, args.flag(0), args.flag(1), leaves);
    return undefined(env);
  });
}

napi_value GradientsOf(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<3> args(env, info);
    State& state = stateOf(env);
    Reader in(state.arguments, state.arguments + state.argumentCapacity);
    const auto outputs = readTensors(in, state.table);
    const auto gradients = readTensors(in, state.table);
    const auto inputs = readTensors(in, state.table);
    const auto found = torch::autograd::grad(outputs, inputs, gradients, args.flag(0), args.flag(1), args.flag(2));
    state.pending.clear();
    for (const auto& tensor : found) state.pending.push_back(tensor.defined() ? state.table.put(tensor) : -1);
    return deliver(env, state);
  });
}

napi_value Grad(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    const at::Tensor gradient = state.table.get(args.number(0)).grad();
    return toNumber(env, gradient.defined() ? state.table.put(gradient) : -1);
  });
}

napi_value SetGrad(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    const double gradient = args.number(1);
    at::Tensor& tensor = state.table.get(args.number(0));
    if (gradient < 0) {
      tensor.mutable_grad().reset();
      return undefined(env);
    }
    const at::Tensor value = state.table.get(gradient);
    if (value.sizes() != tensor.sizes()) {
      std::ostringstream message;
      message << "a gradient of shape " << value.sizes() << " for a tensor of shape " << tensor.sizes();
      throw std::runtime_error(message.str());
    }
    if (value.scalar_type() != tensor.scalar_type() || value.device() != tensor.device()) {
      std::ostringstream message;
      message << "a gradient of type " << value.scalar_type() << " on " << value.device() << " for a tensor of type "
              << tensor.scalar_type() << " on " << tensor.device();
      throw std::runtime_error(message.str());
    }
    // Fused optimizers walk the weights and their gradients side by side through memory: both need the same layout, which
    // autograd's own gradients have.
    tensor.mutable_grad() =
        value.strides() == tensor.strides() ? value : at::empty_like(tensor).copy_(value).detach();
    return undefined(env);
  });
}

napi_value SetRequiresGrad(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    stateOf(env).table.get(args.number(0)).set_requires_grad(args.flag(1));
    return undefined(env);
  });
}

napi_value SetGradEnabled(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    const bool before = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(args.flag(0));
    return toBoolean(env, before);
  });
}

// enterAutocast(device, dtype, enabled) -> a number that leaveAutocast takes to put things back.
napi_value EnterAutocast(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<3> args(env, info);
    const at::DeviceType device = at::Device(args.text(0)).type();
    const int before = (autocastEnabled(device) ? 1000 : 0) + static_cast<int>(autocastDtype(device));
    setAutocast(device, args.flag(2), static_cast<at::ScalarType>(static_cast<int>(args.number(1))));
    at::autocast::increment_nesting();
    return toNumber(env, before);
  });
}

napi_value LeaveAutocast(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    const int before = static_cast<int>(args.number(1));
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    setAutocast(at::Device(args.text(0)).type(), before >= 1000, static_cast<at::ScalarType>(before % 1000));
    return undefined(env);
  });
}

napi_value ManualSeed(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    at::manual_seed(static_cast<uint64_t>(args.number(0)));
    return undefined(env);
  });
}

double putGenerator(State& state, at::Generator generator) {
  if (state.freeGenerators.empty()) {
    state.generators.push_back(std::move(generator));
    return static_cast<double>(state.generators.size() - 1);
  }
  const size_t index = state.freeGenerators.back();
  state.freeGenerators.pop_back();
  state.generators[index] = std::move(generator);
  return static_cast<double>(index);
}

// newGenerator(device, seed) -> index.
napi_value NewGenerator(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    const at::Device device(args.text(0));
    at::Generator generator;
    if (device.is_cpu()) {
      generator = at::detail::createCPUGenerator(static_cast<uint64_t>(args.number(1)));
    } else {
      generator = at::globalContext().defaultGenerator(device).clone();
      generator.set_current_seed(static_cast<uint64_t>(args.number(1)));
    }
    return toNumber(env, putGenerator(state, generator));
  });
}

// defaultGenerator(device) -> index of the device's own generator.
napi_value DefaultGenerator(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    const at::Device device(args.text(0));
    return toNumber(env, putGenerator(state, at::globalContext().defaultGenerator(device)));
  });
}

napi_value ReleaseGenerator(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    const auto index = static_cast<size_t>(args.number(0));
    state.generators.at(index) = at::Generator();
    state.freeGenerators.push_back(index);
    return undefined(env);
  });
}

napi_value GeneratorState(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    State& state = stateOf(env);
    at::Generator& generator = generatorAt(state.generators, args.number(0));
    std::lock_guard<std::mutex> lock(generator.mutex());
    return toNumber(env, state.table.put(generator.get_state()));
  });
}

napi_value SetGeneratorState(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<2> args(env, info);
    State& state = stateOf(env);
    at::Generator& generator = generatorAt(state.generators, args.number(0));
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(state.table.get(args.number(1)));
    return undefined(env);
  });
}

napi_value Threads(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> args(env, info);
    if (!args.isNullish(0)) at::set_num_threads(static_cast<int>(args.number(0)));
    return toNumber(env, at::get_num_threads());
  });
}

napi_value Memory(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    State& state = stateOf(env);
    state.pending = {static_cast<double>(state.table.live()), static_cast<double>(state.table.bytes())};
    return deliver(env, state);
  });
}

napi_value Info(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    const std::string config = at::show_config();
    std::string blas = "unknown";
    const auto at = config.find("BLAS_INFO=");
    if (at != std::string::npos) blas = config.substr(at + 10, config.find(',', at) - at - 10);
    std::ostringstream json;
    json << "{\"version\":" << escape(TORCH_VERSION) << ",\"cuda\":" << (torch::cuda::is_available() ? "true" : "false")
         << ",\"cudaDevices\":" << static_cast<int>(torch::cuda::device_count()) << ",\"threads\":" << at::get_num_threads()
         << ",\"blas\":" << escape(blas) << ",\"cpuCapability\":" << escape(cpuCapability())
         << ",\"config\":" << escape(config) << "}";
    return toText(env, json.str());
  });
}

napi_value Init(napi_env env, napi_value exports) {
  keepLargeBuffers();
  auto* state = new State();
  napi_set_instance_data(
      env, state, [](napi_env, void* data, void*) { delete static_cast<State*>(data); }, nullptr);
  const std::pair<const char*, napi_callback> functions[] = {
      {"attach", Attach},
      {"fetch", Fetch},
      {"operatorNames", OperatorNames},
      {"describe", Describe},
      {"call", Call},
      {"resultString", ResultString},
      {"release", Release},
      {"meta", Meta},
      {"deviceName", DeviceName},
      {"fromBytes", FromBytes},
      {"toBytes", ToBytes},
      {"item", Item},
      {"backward", Backward},
      {"gradientsOf", GradientsOf},
      {"grad", Grad},
      {"setGrad", SetGrad},
      {"setRequiresGrad", SetRequiresGrad},
      {"setGradEnabled", SetGradEnabled},
      {"enterAutocast", EnterAutocast},
      {"leaveAutocast", LeaveAutocast},
      {"manualSeed", ManualSeed},
      {"newGenerator", NewGenerator},
      {"defaultGenerator", DefaultGenerator},
      {"releaseGenerator", ReleaseGenerator},
      {"generatorState", GeneratorState},
      {"setGeneratorState", SetGeneratorState},
      {"threads", Threads},
      {"memory", Memory},
      {"info", Info},
  };
  for (const auto& [name, callback] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}

}  // namespace

}  // namespace clinragen

NAPI_MODULE_INIT() { return clinragen::Init(env, exports); }

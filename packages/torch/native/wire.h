// The wire between TypeScript and ATen: one Float64Array each way instead of a Node-API call per argument.
//
// TypeScript knows an operator's schema, so it writes each argument as a tag and its numbers; this side reads them by the
// same schema. Tags are the same in src/wire.ts.
#pragma once

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <vector>

#include "table.h"

namespace clinragen {

enum Tag : int {
  kNone = 0,
  kDefault = 1,
  kTensor = 2,
  kInt = 3,
  kDouble = 4,
  kBool = 5,
  kInts = 6,      // n, then n numbers
  kDoubles = 7,   // n, then n numbers
  kBools = 8,     // n, then n numbers
  kTensors = 9,   // n, then n handles; -1 stands for None
  kString = 10,   // index into the strings of the call
  kGenerator = 11,
  kScalars = 12,  // n, then n pairs of (is whole number, value)
};

struct Operator {
  c10::OperatorHandle handle;
  // For each return value: the argument that it is (in-place and out= operators), or -1 for a new one.
  std::vector<int> returnsArgument;
};

class Reader {
 public:
  Reader(const double* at, const double* end) : at_(at), end_(end) {}
  double next() {
    if (at_ >= end_) throw std::runtime_error("the argument buffer is too short");
    return *at_++;
  }

 private:
  const double* at_;
  const double* end_;
};

// The generator of that number; forged and stale numbers are refused, because an undefined generator would crash.
at::Generator& generatorAt(std::vector<at::Generator>& generators, double index);

c10::IValue readArgument(Reader& in, const c10::Argument& argument, Table& table,
                         const std::vector<std::string>& strings, std::vector<at::Generator>& generators);

// Writes results into the shared buffer, and into `rest`, whole, as soon as they are too many for it: JavaScript then
// gives a larger one and fetches them.
class Writer {
 public:
  Writer(double* at, size_t capacity, std::vector<double>& rest) : at_(at), capacity_(capacity), rest_(rest) {}
  void write(double value) {
    if (used_ < capacity_) {
      at_[used_] = value;
    } else {
      if (used_ == capacity_) rest_.assign(at_, at_ + capacity_);
      rest_.push_back(value);
    }
    ++used_;
  }
  size_t used() const { return used_; }
  bool overflowed() const { return used_ > capacity_; }

 private:
  double* at_;
  size_t capacity_;
  size_t used_ = 0;
  std::vector<double>& rest_;
};

void writeValue(Writer& out, const c10::IValue& value, Table& table, std::vector<double>& created,
                std::vector<std::string>& strings);

std::vector<int> findReturnedArguments(const c10::FunctionSchema& schema);

}  // namespace clinragen

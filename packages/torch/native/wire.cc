#include "wire.h"

#include "compat.h"

#include <ATen/core/jit_type.h>
#include <c10/util/Exception.h>

#include <sstream>

namespace clinragen {

namespace {

using c10::TypeKind;

[[noreturn]] void mismatch(const c10::Argument& argument, int tag) {
  std::ostringstream message;
  message << "argument '" << argument.name() << "' is of type " << argument.type()->str() << ", which tag " << tag
          << " of the wire does not fit";
  throw std::runtime_error(message.str());
}

c10::IValue readList(Reader& in, int tag, const c10::TypePtr& element, const c10::Argument& argument, Table& table) {
  const auto n = static_cast<size_t>(in.next());
  const TypeKind kind = element->kind();
  if (tag == kTensors) {
    if (kind == TypeKind::OptionalType) {
      c10::List<Optional<at::Tensor>> list;
      list.reserve(n);
      for (size_t i = 0; i < n; ++i) {
        const double handle = in.next();
        if (handle < 0) {
          list.push_back(Optional<at::Tensor>());
        } else {
          list.push_back(Optional<at::Tensor>(table.get(handle)));
        }
      }
      return c10::IValue(std::move(list));
    }
    c10::List<at::Tensor> list;
    list.reserve(n);
    for (size_t i = 0; i < n; ++i) list.push_back(table.get(in.next()));
    return c10::IValue(std::move(list));
  }
  if (tag == kBools) {
    c10::List<bool> list;
    for (size_t i = 0; i < n; ++i) list.push_back(in.next() != 0);
    return c10::IValue(std::move(list));
  }
  if (tag == kScalars || kind == TypeKind::NumberType) {
    c10::List<at::Scalar> list;
    for (size_t i = 0; i < n; ++i) {
      const bool whole = in.next() != 0;
      const double value = in.next();
      list.push_back(whole ? at::Scalar(static_cast<int64_t>(value)) : at::Scalar(value));
    }
    return c10::IValue(std::move(list));
  }
  if (kind == TypeKind::FloatType) {
    c10::List<double> list;
    list.reserve(n);
    for (size_t i = 0; i < n; ++i) list.push_back(in.next());
    return c10::IValue(std::move(list));
  }
  if (kind == TypeKind::IntType || kind == TypeKind::SymIntType) {
    c10::List<int64_t> list;
    list.reserve(n);
    for (size_t i = 0; i < n; ++i) list.push_back(static_cast<int64_t>(in.next()));
    return c10::IValue(std::move(list));
  }
  mismatch(argument, tag);
}

}  // namespace

at::Generator& generatorAt(std::vector<at::Generator>& generators, double index) {
  if (index >= 0 && index < static_cast<double>(generators.size())) {
    at::Generator& generator = generators[static_cast<size_t>(index)];
    if (generator.defined()) return generator;
  }
  throw std::runtime_error("there is no such generator");
}

c10::IValue readArgument(Reader& in, const c10::Argument& argument, Table& table,
                         const std::vector<std::string>& strings, std::vector<at::Generator>& generators) {
  const int tag = static_cast<int>(in.next());
  c10::TypePtr type = argument.type();
  if (tag == kDefault) {
    if (!argument.default_value()) throw std::runtime_error("argument '" + argument.name() + "' has no default");
    return *argument.default_value();
  }
  if (tag == kNone) {
    if (type->kind() != TypeKind::OptionalType) {
      throw std::runtime_error("argument '" + argument.name() + "' may not be null");
    }
    return c10::IValue();
  }
  if (type->kind() == TypeKind::OptionalType) type = type->expectRef<c10::OptionalType>().getElementType();
  const TypeKind kind = type->kind();
  switch (tag) {
    case kTensor:
      if (kind != TypeKind::TensorType) mismatch(argument, tag);
      return c10::IValue(table.get(in.next()));
    case kInt: {
      const auto value = static_cast<int64_t>(in.next());
      if (kind == TypeKind::FloatType) return c10::IValue(static_cast<double>(value));
      if (kind == TypeKind::IntType || kind == TypeKind::SymIntType || kind == TypeKind::NumberType) {
        return c10::IValue(value);
      }
      mismatch(argument, tag);
    }
    case kDouble:
      if (kind != TypeKind::FloatType && kind != TypeKind::NumberType) mismatch(argument, tag);
      return c10::IValue(in.next());
    case kBool:
      if (kind != TypeKind::BoolType && kind != TypeKind::NumberType) mismatch(argument, tag);
      return c10::IValue(in.next() != 0);
    case kInts:
    case kDoubles:
    case kBools:
    case kTensors:
    case kScalars:
      if (kind != TypeKind::ListType) mismatch(argument, tag);
      return readList(in, tag, type->expectRef<c10::ListType>().getElementType(), argument, table);
    case kString: {
      const std::string& text = strings.at(static_cast<size_t>(in.next()));
      if (kind == TypeKind::DeviceObjType) return c10::IValue(at::Device(text));
      if (kind == TypeKind::StringType) return c10::IValue(text);
      mismatch(argument, tag);
    }
    case kGenerator:
      if (kind != TypeKind::GeneratorType) mismatch(argument, tag);
      return c10::IValue(generatorAt(generators, in.next()));
    default:
      mismatch(argument, tag);
  }
}

void writeValue(Writer& out, const c10::IValue& value, Table& table, std::vector<double>& created,
                std::vector<std::string>& strings) {
  const auto put = [&](const at::Tensor& tensor) {
    const double handle = tensor.defined() ? table.put(tensor) : -1.0;
    if (handle >= 0) created.push_back(handle);
    out.write(handle);
  };
  if (value.isTensor()) {
    out.write(kTensor);
    put(value.toTensor());
  } else if (value.isNone()) {
    out.write(kNone);
  } else if (value.isInt()) {
    out.write(kInt);
    out.write(static_cast<double>(value.toInt()));
  } else if (value.isDouble()) {
    out.write(kDouble);
    out.write(value.toDouble());
  } else if (value.isBool()) {
    out.write(kBool);
    out.write(value.toBool() ? 1 : 0);
  } else if (value.isSymInt()) {
    out.write(kInt);
    out.write(static_cast<double>(value.toSymInt().expect_int()));
  } else if (value.isTensorList()) {
    const auto list = value.toTensorVector();
    out.write(kTensors);
    out.write(static_cast<double>(list.size()));
    for (const auto& tensor : list) put(tensor);
  } else if (value.isIntList()) {
    const auto list = value.toIntVector();
    out.write(kInts);
    out.write(static_cast<double>(list.size()));
    for (const int64_t whole : list) out.write(static_cast<double>(whole));
  } else if (value.isDoubleList()) {
    const auto list = value.toDoubleVector();
    out.write(kDoubles);
    out.write(static_cast<double>(list.size()));
    for (const double number : list) out.write(number);
  } else if (value.isBoolList()) {
    const auto list = value.toBoolList();
    out.write(kBools);
    out.write(static_cast<double>(list.size()));
    for (const bool flag : list) out.write(flag ? 1 : 0);
  } else if (value.isString() || value.isDevice()) {
    out.write(kString);
    out.write(static_cast<double>(strings.size()));
    strings.push_back(value.isString() ? value.toStringRef() : value.toDevice().str());
  } else if (value.isScalar()) {
    const auto scalar = value.toScalar();
    if (scalar.isComplex()) throw std::runtime_error("the operator returned a complex number, which has no form here");
    out.write(scalar.isFloatingPoint() ? kDouble : kInt);
    out.write(scalar.toDouble());
  } else {
    throw std::runtime_error("the operator returned a value of type " + value.tagKind() + ", which has no form here");
  }
}

std::vector<int> findReturnedArguments(const c10::FunctionSchema& schema) {
  std::vector<int> result;
  for (const auto& returned : schema.returns()) {
    int index = -1;
    const auto* alias = returned.alias_info();
    if (alias != nullptr && alias->isWrite()) {
      for (size_t i = 0; i < schema.arguments().size(); ++i) {
        const auto* other = schema.arguments()[i].alias_info();
        if (other != nullptr && other->isWrite() && other->beforeSets() == alias->beforeSets() &&
            schema.arguments()[i].type()->kind() == c10::TypeKind::TensorType) {
          index = static_cast<int>(i);
          break;
        }
      }
    }
    result.push_back(index);
  }
  return result;
}

}  // namespace clinragen

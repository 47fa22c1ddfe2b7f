// Handles: what JavaScript holds instead of tensors.
//
// A handle is a whole number below 2^53: slot index (28 bits) and generation (24 bits). A freed slot's generation moves
// on, so a stale handle is recognised instead of reaching another tensor's memory.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <stdexcept>
#include <unordered_map>
#include <vector>

namespace clinragen {

struct UseAfterFree : std::runtime_error {
  UseAfterFree() : std::runtime_error("the tensor was freed already (use after free)") {}
};

class Table {
 public:
  double put(at::Tensor tensor) {
    uint32_t index;
    if (free_.empty()) {
      index = static_cast<uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Slot& slot = slots_[index];
    hold(slot, tensor);
    slot.tensor = std::move(tensor);
    slot.live = true;
    ++live_;
    return static_cast<double>(slot.generation) * kIndexRange + index;
  }

  at::Tensor& get(double handle) {
    Slot* slot = find(handle);
    if (slot == nullptr) throw UseAfterFree();
    return slot->tensor;
  }

  // False where the handle was freed before: freeing twice is harmless.
  bool release(double handle) {
    Slot* slot = find(handle);
    if (slot == nullptr) return false;
    letGo(*slot);
    slot->tensor.reset();
    slot->live = false;
    slot->generation = (slot->generation + 1) & 0xFFFFFF;
    free_.push_back(static_cast<uint32_t>(slot - slots_.data()));
    --live_;
    return true;
  }

  int64_t live() const { return live_; }

  // Cheap, and near enough for the garbage collector: a storage's size as it was when its first handle was made.
  int64_t estimatedBytes() const { return bytes_; }

  // Exact: operators may have resized or exchanged storages since.
  int64_t bytes() const {
    std::unordered_map<const void*, size_t> sizes;
    for (const Slot& slot : slots_) {
      if (!slot.live || !slot.tensor.defined() || !slot.tensor.has_storage()) continue;
      sizes[slot.tensor.storage().unsafeGetStorageImpl()] = slot.tensor.storage().nbytes();
    }
    int64_t total = 0;
    for (const auto& size : sizes) total += static_cast<int64_t>(size.second);
    return total;
  }

 private:
  static constexpr double kIndexRange = 268435456.0;  // 2^28

  struct Slot {
    at::Tensor tensor;
    uint32_t generation = 0;
    bool live = false;
    const void* storage = nullptr;  // under which the slot was counted; set_() may give the tensor another one later
  };

  Slot* find(double handle) {
    if (!(handle >= 0 && handle < kIndexRange * 16777216.0)) return nullptr;
    const auto whole = static_cast<uint64_t>(handle);
    if (static_cast<double>(whole) != handle) return nullptr;
    const uint32_t index = whole & 0xFFFFFFF;
    const uint32_t generation = static_cast<uint32_t>(whole >> 28);
    if (index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    return slot.live && slot.generation == generation ? &slot : nullptr;
  }

  // Views share a storage: its bytes count once, however many handles reach it.
  void hold(Slot& slot, const at::Tensor& tensor) {
    slot.storage = nullptr;
    if (!tensor.defined() || !tensor.has_storage()) return;
    slot.storage = tensor.storage().unsafeGetStorageImpl();
    Held& held = storages_[slot.storage];
    if (held.handles++ > 0) return;
    held.bytes = static_cast<int64_t>(tensor.storage().nbytes());
    bytes_ += held.bytes;
  }

  void letGo(Slot& slot) {
    const auto found = storages_.find(slot.storage);
    if (found == storages_.end() || --found->second.handles > 0) return;
    bytes_ -= found->second.bytes;
    storages_.erase(found);
  }

  struct Held {
    int64_t handles = 0;
    int64_t bytes = 0;
  };

  std::vector<Slot> slots_;
  std::vector<uint32_t> free_;
  std::unordered_map<const void*, Held> storages_;
  int64_t live_ = 0;
  int64_t bytes_ = 0;
};

}  // namespace clinragen

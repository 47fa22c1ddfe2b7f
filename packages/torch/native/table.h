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
    count(tensor, +1);
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
    count(slot->tensor, -1);
    slot->tensor.reset();
    slot->live = false;
    slot->generation = (slot->generation + 1) & 0xFFFFFF;
    free_.push_back(static_cast<uint32_t>(slot - slots_.data()));
    --live_;
    return true;
  }

  int64_t live() const { return live_; }
  int64_t bytes() const { return bytes_; }

 private:
  static constexpr double kIndexRange = 268435456.0;  // 2^28

  struct Slot {
    at::Tensor tensor;
    uint32_t generation = 0;
    bool live = false;
  };

  Slot* find(double handle) {
    if (!(handle >= 0 && handle < kIndexRange * 16777216.0)) return nullptr;
    const auto whole = static_cast<uint64_t>(handle);
    const uint32_t index = whole & 0xFFFFFFF;
    const uint32_t generation = static_cast<uint32_t>(whole >> 28);
    if (index >= slots_.size()) return nullptr;
    Slot& slot = slots_[index];
    return slot.live && slot.generation == generation ? &slot : nullptr;
  }

  // Views share a storage: its bytes count once, however many handles reach it. The size is remembered at first sight,
  // because an operator may resize the storage while handles are out.
  void count(const at::Tensor& tensor, int delta) {
    if (!tensor.defined() || !tensor.has_storage()) return;
    const void* key = tensor.storage().unsafeGetStorageImpl();
    if (delta > 0) {
      auto& entry = storages_[key];
      if (entry.handles++ == 0) {
        entry.bytes = static_cast<int64_t>(tensor.storage().nbytes());
        bytes_ += entry.bytes;
      }
      return;
    }
    auto found = storages_.find(key);
    if (found == storages_.end()) return;  // set_() gave the tensor another storage since
    if (--found->second.handles == 0) {
      bytes_ -= found->second.bytes;
      storages_.erase(found);
    }
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

// SPDX-License-Identifier: Apache-2.0
// Source: DWARF 5, section 6.4.2.
#include "rt/frame_program.h"

#include <array>
#include <cstring>

namespace plumb::rt::detail {
namespace {

// The operation of an expression that takes the frame register and an offset.
constexpr std::uint8_t kBregFrame = 0x70 + kFrameRegister;

/// Reads bytes in order; knows where they end.
class Cursor {
 public:
  Cursor(const std::uint8_t* at, const std::uint8_t* end) : at_(at), end_(end) {}

  [[nodiscard]] bool at_end() const { return at_ >= end_; }
  [[nodiscard]] const std::uint8_t* position() const { return at_; }
  void skip(std::uint64_t bytes) {
    at_ = bytes > static_cast<std::uint64_t>(end_ - at_) ? end_ : at_ + bytes;
  }

  template <typename Int>
  Int fixed() {
    Int value{};
    if (end_ - at_ < static_cast<std::ptrdiff_t>(sizeof value)) {
      at_ = end_;
      return value;
    }
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  std::uint64_t uleb() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; at_ < end_; shift += 7) {
      const std::uint64_t byte = *at_++;
      if (shift < 64) value |= (byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  }

  std::int64_t sleb() {
    std::uint64_t value = 0;
    unsigned shift = 0;
    std::uint64_t byte = 0;
    while (at_ < end_) {
      byte = *at_++;
      if (shift < 64) value |= (byte & 0x7F) << shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    if (shift < 64 && (byte & 0x40) != 0) value |= ~std::uint64_t{0} << shift;
    return static_cast<std::int64_t>(value);
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

/// A record of .eh_frame: its bytes behind the length.
Cursor open_record(const std::uint8_t* at) {
  std::uint32_t length = 0;
  std::memcpy(&length, at, sizeof length);
  at += sizeof length;
  return {at, at + length};
}

std::uint64_t encoded_bytes(std::uint8_t encoding) {
  switch (encoding & 0x07u) {
    case 2:
      return 2;
    case 3:
      return 4;
    default:
      return 8;
  }
}

struct Common {
  std::uint64_t code_factor = 1;
  std::int64_t data_factor = 1;
  std::uint8_t pointer_encoding = 0;
  bool has_augmentation = false;
};

class FrameProgram {
 public:
  FrameProgram(std::uintptr_t function, std::uintptr_t pc) : location_(function), pc_(pc) {}

  UnwindRow run(const std::uint8_t* description) {
    Cursor entry = open_record(description);
    const std::uint8_t* const id_at = entry.position();
    const auto distance = entry.fixed<std::uint32_t>();
    Cursor common = open_record(id_at - distance);
    read_common(common);
    entry.skip(2 * encoded_bytes(common_.pointer_encoding));  // Start and size of the function.
    if (common_.has_augmentation) entry.skip(entry.uleb());
    execute(common);
    initial_ = row_;
    execute(entry);
    return is_understood_ ? row_ : UnwindRow{};
  }

 private:
  void read_common(Cursor& in) {
    in.fixed<std::uint32_t>();  // Its id, 0.
    const auto version = in.fixed<std::uint8_t>();
    const auto* const augmentation = reinterpret_cast<const char*>(in.position());
    in.skip(std::strlen(augmentation) + 1);
    common_.code_factor = in.uleb();
    common_.data_factor = in.sleb();
    if (version == 1) {
      in.fixed<std::uint8_t>();
    } else {
      in.uleb();
    }
    if (*augmentation != 'z') return;
    common_.has_augmentation = true;
    const std::uint64_t bytes = in.uleb();
    Cursor data(in.position(), in.position() + bytes);
    in.skip(bytes);
    for (const char* letter = augmentation + 1; *letter != '\0'; ++letter) {
      if (*letter == 'R') common_.pointer_encoding = data.fixed<std::uint8_t>();
      if (*letter == 'L') data.fixed<std::uint8_t>();
      if (*letter == 'P') data.skip(encoded_bytes(data.fixed<std::uint8_t>()));
    }
  }

  void execute(Cursor in) {
    while (!in.at_end() && location_ <= pc_ && is_understood_) {
      const auto operation = in.fixed<std::uint8_t>();
      const std::uint8_t low = operation & 0x3Fu;
      switch (operation >> 6u) {
        case 1:  // advance_loc
          advance(low);
          break;
        case 2:  // offset
          saved_at(low, static_cast<std::int64_t>(in.uleb()) * common_.data_factor);
          break;
        case 3:  // restore
          restore(low);
          break;
        default:
          execute_extended(operation, in);
      }
    }
  }

  // Beyond pc_ the loop ends: what follows is of later addresses.
  void advance(std::uint64_t delta) { location_ += delta * common_.code_factor; }

  void execute_extended(std::uint8_t operation, Cursor& in) {
    switch (operation) {
      case 0x00:  // nop
        return;
      case 0x01:  // set_loc
        in.skip(encoded_bytes(common_.pointer_encoding));
        is_understood_ = false;
        return;
      case 0x02:
        return advance(in.fixed<std::uint8_t>());
      case 0x03:
        return advance(in.fixed<std::uint16_t>());
      case 0x04:
        return advance(in.fixed<std::uint32_t>());
      case 0x0A:
        return remember();
      case 0x0B:
        return recall();
      case 0x2D:  // AARCH64_negate_ra_state: return addresses are read as if they were signed.
        return;
      case 0x2E:  // GNU_args_size
        in.uleb();
        return;
      default:
        if (!execute_cfa(operation, in)) execute_register(operation, in);
    }
  }

  bool execute_cfa(std::uint8_t operation, Cursor& in) {
    switch (operation) {
      case 0x0C: {  // def_cfa
        const std::uint64_t reg = in.uleb();
        set_cfa(reg, static_cast<std::int64_t>(in.uleb()));
        return true;
      }
      case 0x0D:  // def_cfa_register
        set_cfa(in.uleb(), row_.cfa_offset);
        return true;
      case 0x0E:  // def_cfa_offset
        row_.cfa_offset = static_cast<std::int32_t>(in.uleb());
        return true;
      case 0x0F:  // def_cfa_expression
        set_cfa_expression(in);
        return true;
      case 0x12: {  // def_cfa_sf
        const std::uint64_t reg = in.uleb();
        set_cfa(reg, in.sleb() * common_.data_factor);
        return true;
      }
      case 0x13:  // def_cfa_offset_sf
        row_.cfa_offset = static_cast<std::int32_t>(in.sleb() * common_.data_factor);
        return true;
      default:
        return false;
    }
  }

  void execute_register(std::uint8_t operation, Cursor& in) {
    const std::uint64_t reg = in.uleb();
    switch (operation) {
      case 0x05:  // offset_extended
        return saved_at(reg, static_cast<std::int64_t>(in.uleb()) * common_.data_factor);
      case 0x06:  // restore_extended
        return restore(reg);
      case 0x07:  // undefined: of the return address, that there is no caller
        if (reg == kReturnRegister) row_.kind = UnwindRow::Kind::End;
        return;
      case 0x08:  // same_value
        if (reg == kFrameRegister) row_.frame_offset = UnwindRow::kSame;
        if (reg == kReturnRegister) row_.pc_offset = UnwindRow::kSame;
        return;
      case 0x09:  // register
        in.uleb();
        if (reg == kFrameRegister || reg == kReturnRegister) is_understood_ = false;
        return;
      case 0x10:  // expression
      case 0x16:  // val_expression
        saved_by_expression(operation, reg, in);
        return;
      case 0x11:  // offset_extended_sf
        return saved_at(reg, in.sleb() * common_.data_factor);
      case 0x14:  // val_offset
        in.uleb();
        if (reg == kFrameRegister || reg == kReturnRegister) is_understood_ = false;
        return;
      default:
        is_understood_ = false;
    }
  }

  void set_cfa(std::uint64_t reg, std::int64_t offset) {
    row_.cfa_offset = static_cast<std::int32_t>(offset);
    if (row_.kind == UnwindRow::Kind::End) return;
    if (reg == kStackRegister) {
      row_.kind = UnwindRow::Kind::StackPointer;
    } else if (reg == kFrameRegister) {
      row_.kind = UnwindRow::Kind::FramePointer;
    } else {
      row_.kind = UnwindRow::Kind::None;  // r10 while a stack is being realigned.
    }
  }

  // Functions that realign their stack keep the CFA in memory: breg OFFSET of rbp, deref.
  void set_cfa_expression(Cursor& in) {
    const std::uint64_t bytes = in.uleb();
    Cursor expression(in.position(), in.position() + bytes);
    in.skip(bytes);
    constexpr std::uint8_t kDereference = 0x06;
    if (expression.fixed<std::uint8_t>() == kBregFrame) {
      const std::int64_t offset = expression.sleb();
      if (expression.fixed<std::uint8_t>() == kDereference && expression.at_end()) {
        row_.kind = UnwindRow::Kind::Indirect;
        row_.cfa_offset = static_cast<std::int32_t>(offset);
        return;
      }
    }
    row_.kind = UnwindRow::Kind::None;
  }

  // The same functions say of rbp: saved at breg 0 of it, which is where rbp points.
  void saved_by_expression(std::uint8_t operation, std::uint64_t reg, Cursor& in) {
    const std::uint64_t bytes = in.uleb();
    Cursor expression(in.position(), in.position() + bytes);
    in.skip(bytes);
    if (reg == kReturnRegister) is_understood_ = false;
    if (reg != kFrameRegister) return;
    constexpr std::uint8_t kByExpression = 0x10;
    const bool is_at_frame = operation == kByExpression &&
                             expression.fixed<std::uint8_t>() == kBregFrame &&
                             expression.sleb() == 0 && expression.at_end();
    if (is_at_frame) {
      row_.frame_offset = UnwindRow::kAtFrame;
    } else {
      is_understood_ = false;
    }
  }

  void saved_at(std::uint64_t reg, std::int64_t offset) {
    if (reg == kFrameRegister) row_.frame_offset = static_cast<std::int32_t>(offset);
    if (reg == kReturnRegister) row_.pc_offset = static_cast<std::int32_t>(offset);
  }

  void restore(std::uint64_t reg) {
    if (reg == kFrameRegister) row_.frame_offset = initial_.frame_offset;
    if (reg == kReturnRegister) row_.pc_offset = initial_.pc_offset;
  }

  void remember() {
    if (remembered_count_ == remembered_.size()) {
      is_understood_ = false;
    } else {
      remembered_[remembered_count_++] = row_;
    }
  }

  void recall() {
    if (remembered_count_ == 0) {
      is_understood_ = false;
    } else {
      row_ = remembered_[--remembered_count_];
    }
  }

  Common common_;
  std::uintptr_t location_;
  const std::uintptr_t pc_;
  UnwindRow row_;  // The registers that matter, as they are so far.
  UnwindRow initial_;
  std::array<UnwindRow, 8> remembered_{};
  std::size_t remembered_count_ = 0;
  bool is_understood_ = true;
};

}  // namespace

UnwindRow run_frame_program(const void* description, std::uintptr_t function, std::uintptr_t pc) {
  return FrameProgram(function, pc).run(static_cast<const std::uint8_t*>(description));
}

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
// The protobuf wire format, as far as profile.proto needs it: the fields of a message that streams
// by, and the fields of a record in memory.
// Source: https://protobuf.dev/programming-guides/encoding/

#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/byte_reader.h"
#include "base/limits.h"
#include "base/try.h"
#include "base/window.h"

namespace plumb {

/// Wire types. Plain integers, not an enum: the input decides what is in them.
inline constexpr std::uint64_t kWireVarint = 0;
inline constexpr std::uint64_t kWireFixed64 = 1;
inline constexpr std::uint64_t kWireBytes = 2;
inline constexpr std::uint64_t kWireFixed32 = 5;

/// One field of a message: a number, or bytes that view the input.
struct WireField {
  std::uint64_t number = 0;
  std::uint64_t type = 0;
  std::uint64_t value = 0;   ///< Of a varint.
  std::string_view bytes;    ///< Of a length-delimited field.
  std::uint64_t offset = 0;  ///< Of `bytes`, or of the field's key, in the input.
};

/// Reads the next field. False if there is none that can be read: wire_error() says why.
inline bool take_wire_field(ByteReader& in, WireField& field) {
  field.offset = in.offset();
  const std::uint64_t key = in.varint();
  field.number = key >> 3;
  field.type = key & 7;
  switch (field.type) {
    case kWireVarint:
      field.value = in.varint();
      return in.ok();
    case kWireBytes: {
      const std::uint64_t length = in.varint();
      field.offset = in.offset();
      field.bytes = in.take(length);
      return in.ok();
    }
    case kWireFixed64:
      in.take(8);
      return in.ok();
    case kWireFixed32:
      in.take(4);
      return in.ok();
    default:
      return false;
  }
}

/// Why take_wire_field() could not read `field`.
inline Error wire_error(const ByteReader& in, const WireField& field) {
  if (!in.ok()) return in.error();
  return Error(ErrorCode::NotRecognized, "unknown wire type " + std::to_string(field.type))
      .at(field.offset);
}

/// Says that a field, which is known, is of another type than it should be.
inline Error bad_wire_type(const WireField& field) {
  return Error(ErrorCode::NotRecognized, "type mismatch").at(field.offset);
}

/// Appends the numbers of a repeated integer field, packed or not. Errors: bad_wire_type(), those
/// of a varint.
template <typename Int>
Result<void> read_repeated(const WireField& field, std::vector<Int>& out) {
  if (field.type == kWireVarint) {
    out.push_back(static_cast<Int>(field.value));
    return {};
  }
  if (field.type != kWireBytes) return bad_wire_type(field);
  ByteReader in(field.bytes, field.offset);
  while (!in.at_end()) out.push_back(static_cast<Int>(in.varint()));
  if (!in.ok()) return in.error();
  return {};
}

/// Takes one more block of a message from `window`, and calls `visit(field)`, which returns a bool
/// or a Result<bool>, for each top-level field that ends in it. False if `visit` did so. `keep` is
/// 0 for the first block and then handed on. The bytes of a field may be read Window::kSlackBytes
/// past their end, and are gone after the call.
///
/// In front of each field, `take(bytes)` gets the rest of the block, which is not empty, and may
/// take whole fields from it: it returns how many bytes they have.
///
/// Errors: those of `visit` and of the source; Truncated if the input ends inside a field;
/// NotRecognized on an unknown wire type; LimitExceeded for a field longer than `limits` allow.
template <typename Visit, typename Take>
Result<bool> walk_block(Window& window, const Limits& limits, std::size_t& keep, Visit&& visit,
                        Take&& take) {
  TRY_ASSIGN(const std::string_view view, window.advance(keep));
  ByteReader in(view, window.offset());
  std::size_t done = 0;
  WireField field;
  while (done < view.size()) {
    if (const std::size_t taken = take(view.substr(done)); taken != 0) {
      in.take(taken);
      done += taken;
      continue;
    }
    if (!take_wire_field(in, field)) {
      Error error = wire_error(in, field);
      if (error.code() != ErrorCode::Truncated || window.at_end()) return error;
      if (view.size() - done > limits.record_bytes) {
        return Error(ErrorCode::LimitExceeded,
                     "a field is longer than " + std::to_string(limits.record_bytes) + " bytes")
            .at(window.offset() + done);
      }
      break;
    }
    if constexpr (std::is_same_v<decltype(visit(field)), bool>) {
      if (!visit(field)) return false;
    } else {
      TRY_ASSIGN(const bool go_on, visit(field));
      if (!go_on) return false;
    }
    done = in.position();
  }
  keep = view.size() - done;
  return true;
}

}  // namespace plumb

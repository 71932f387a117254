// SPDX-License-Identifier: Apache-2.0
// JSON as it is written, for documents that may be large.
//
//   JsonWriter json(out);
//   json.begin_object();
//   json.field("schema", "plumb.raw/1");
//   json.key("samples").begin_array();
//   ...
//   json.end_array();
//   json.end_object();

#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/writer.h"

namespace plumb {

/// Appends `text` in quotes and escaped; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Puts the commas. Who calls it sees to it that what begins ends.
class JsonWriter {
 public:
  explicit JsonWriter(Writer& out) : out_(out) {}

  void begin_object() { open("{"); }
  void end_object() { close("}"); }
  void begin_array() { open("["); }
  void end_array() { close("]"); }

  /// The next value is that of `name`, which needs no escaping.
  JsonWriter& key(std::string_view name);
  /// The next element of an array stands on a line of its own.
  JsonWriter& line();

  void text(std::string_view value);
  void flag(bool value) { literal(value ? "true" : "false"); }
  void null() { literal("null"); }
  /// "0x4a2f": numbers of 64 bits are not safe in JSON.
  void address(std::uint64_t value);
  template <std::integral Int>
  void number(Int value) {
    literal(std::to_string(value));
  }
  /// In the shortest form that reads back as the same number; not finite: null.
  void real(double value);
  /// A value that is JSON already.
  void literal(std::string_view json);

  void field(std::string_view name, std::string_view value) { key(name).text(value); }
  void field(std::string_view name, const char* value) { key(name).text(value); }
  template <std::integral Int>
  void field(std::string_view name, Int value) {
    if constexpr (std::same_as<Int, bool>) {
      key(name).flag(value);
    } else {
      key(name).number(value);
    }
  }

 private:
  void open(std::string_view bracket);
  void close(std::string_view bracket);
  void separate();

  Writer& out_;
  std::string scratch_;
  bool is_first_ = true;  // Nothing stands before it in this object or array.
  bool is_behind_key_ = false;
};

}  // namespace plumb

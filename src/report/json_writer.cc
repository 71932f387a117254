// SPDX-License-Identifier: Apache-2.0
#include "report/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

bool needs_care(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\';
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\r':
      out += "\\r";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20) {
    out += c;
    return;
  }
  out += "\\u00";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;
  while (plain < text.size() && !needs_care(text[plain])) ++plain;
  out += text.substr(0, plain);
  if (plain < text.size()) {
    for (const char c : valid_utf8(text.substr(plain))) append_escaped(out, c);
  }
  out += '"';
}

JsonWriter& JsonWriter::key(std::string_view name) {
  out_ << (is_first_ ? "\"" : ",\"") << name << "\":";
  is_first_ = false;
  is_behind_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::line() {
  out_ << (is_first_ ? "\n" : ",\n");
  is_first_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (!is_first_ && !is_behind_key_) out_ << ",";
  is_first_ = false;
  is_behind_key_ = false;
}

void JsonWriter::open(std::string_view bracket) {
  literal(bracket);
  is_first_ = true;
}

void JsonWriter::close(std::string_view bracket) {
  out_ << bracket;
  is_first_ = false;
}

void JsonWriter::literal(std::string_view json) {
  separate();
  out_ << json;
}

void JsonWriter::text(std::string_view value) {
  scratch_.clear();
  append_json_string(scratch_, value);
  literal(scratch_);
}

void JsonWriter::address(std::uint64_t value) {
  literal("\"0x" + to_hex(value) + '"');
}

void JsonWriter::real(double value) {
  if (!std::isfinite(value)) return null();
  std::array<char, 32> digits;
  const auto [end, code] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  literal(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
}

}  // namespace plumb

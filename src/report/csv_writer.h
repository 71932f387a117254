// SPDX-License-Identifier: Apache-2.0
// Tables as comma-separated values (RFC 4180, with line feeds), for spreadsheets and scripts.

#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include "base/writer.h"

namespace plumb {

/// Writes cell by cell.
class CsvWriter {
 public:
  explicit CsvWriter(Writer& out) : out_(out) {}

  /// Quoted where a comma, a quote, a line end or a blank at an end makes it necessary.
  CsvWriter& cell(std::string_view text);
  CsvWriter& cell(const char* text) { return cell(std::string_view(text)); }
  template <std::integral Int>
  CsvWriter& cell(Int number) {
    return plain(std::to_string(number));
  }
  /// part / whole in percent, with its sign and at most four decimals; empty if whole is 0.
  CsvWriter& percent(std::int64_t part, std::int64_t whole);
  void end_row();

  /// A whole row of texts, such as the heads of the columns.
  void row(std::initializer_list<std::string_view> texts);

 private:
  CsvWriter& plain(std::string_view text);

  Writer& out_;
  bool is_first_ = true;
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/csv_writer.h"

#include <array>
#include <cstdio>

namespace plumb {
namespace {

bool needs_quotes(std::string_view text) {
  if (text.empty()) return false;
  return text.find_first_of(",\"\r\n") != std::string_view::npos || text.front() == ' ' ||
         text.back() == ' ';
}

}  // namespace

CsvWriter& CsvWriter::plain(std::string_view text) {
  if (!is_first_) out_ << ",";
  is_first_ = false;
  out_ << text;
  return *this;
}

CsvWriter& CsvWriter::cell(std::string_view text) {
  if (!needs_quotes(text)) return plain(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return plain(quoted + '"');
}

CsvWriter& CsvWriter::percent(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return plain({});
  const double share = static_cast<double>(part) / static_cast<double>(whole) * 100;
  std::array<char, 64> text;
  const int size = std::snprintf(text.data(), text.size(), "%.4f", share);
  std::string_view digits(text.data(), static_cast<std::size_t>(size));
  digits.remove_suffix(digits.size() - 1 - digits.find_last_not_of('0'));
  if (digits.ends_with('.')) digits.remove_suffix(1);
  return plain(digits == "-0" ? "0" : digits);
}

void CsvWriter::end_row() {
  out_ << "\n";
  is_first_ = true;
}

void CsvWriter::row(std::initializer_list<std::string_view> texts) {
  for (const std::string_view text : texts) cell(text);
  end_row();
}

}  // namespace plumb

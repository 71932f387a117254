// SPDX-License-Identifier: Apache-2.0
// JsonRecords: JSON that has many records of a log in one line, with a line for each.
//
//   {"hits":{"hits":[{"_source":{"message":"goroutine 1 [running]:"}},{...}]}}       Elasticsearch
//   {"data":{"result":[{"stream":{},"values":[["17...","goroutine 1 [running]:"]]}]}}         Loki
//   [{"textPayload":"goroutine 1 [running]:"},{...}]                                       jq -c .
//   {"logEvents":[{"message":"goroutine 1 [running]:"}]}{"logEvents":[...]}           AWS Firehose
//   {"results":[[{"field":"@message","value":"goroutine 1 [running]:"},...],...]}      Insights
//
// Nobody says which array is that of the records. So a line is cut in front of every object or
// array that is an element of one, unless it is in an element that has said its text already.
// Pieces without text are left out: they are of what the records are packed in. Rows, as of Loki
// and CloudWatch Insights, become objects with the labels of their stream (record_process.h), and
// may be spread over lines.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

/// What is longer is no line that a reader of dumps holds: it passes over such. No line of a dump
/// comes near this, unless it is a record that holds all of a dump.
inline constexpr std::size_t kLongestLine = std::size_t{16} << 20;

/// Cuts lines. A piece that is longer than kLongestLine is handed on before it ends. Not
/// thread-safe.
class JsonCutter {
 public:
  /// Joined: JSON goes on from line to line until it is closed.
  enum class Lines : std::uint8_t { Whole, Joined };

  explicit JsonCutter(Lines lines = Lines::Whole) : joins_lines_(lines == Lines::Joined) {}

  /// Appends to `out` the lines that `block`, the next bytes of the input, completes.
  void cut(std::string_view block, std::string& out);

  /// Ends the input.
  void finish(std::string& out) { end_line({}, out); }

 private:
  void take_string(std::string_view& block);
  void end_string();
  void add_outside(char c, std::string& out);
  void open(char c, std::string& out);
  [[nodiscard]] bool is_in_row(char c) const;
  void close();
  void end_piece(std::string_view end, std::string& out);
  void end_line(std::string_view end, std::string& out);

  std::string piece_;
  std::size_t string_ = std::string::npos;  // Where it begins in piece_, if it has not ended.
  bool is_escaped_ = false;                 // The next byte of the string.
  std::string key_;                         // The last string that was no value.
  std::string holder_;                      // The key of the last object or array.
  std::string open_;                        // '{' or '[' for each that is open.
  std::string labels_;                      // Of the stream whose rows these are.
  std::size_t text_depth_ = 0;              // Of the element that has said its text; 0: none.
  char last_ = '\0';                        // Of the line, outside of strings and not blank.
  bool has_text_ = false;                   // The piece.
  bool is_cut_ = false;                     // The line.
  bool joins_lines_ = false;
};

/// Another source, with its lines cut if it begins with such JSON.
class JsonRecords final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override { cutter_.cut(block, out); }
  void finish(std::string& out) override { cutter_.finish(out); }

  JsonCutter cutter_;
};

}  // namespace plumb

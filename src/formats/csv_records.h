// SPDX-License-Identifier: Apache-2.0
// CsvRecords: a log that was exported as a table of CSV, with a record of JSON for each row.
//
//   "_raw","_time","host"                             Splunk, Kibana, Datadog, Azure, Grafana ...
//   "main.f(0x1, 0x2)","2026-11-22T19:41:03Z","h-1"
//
//   {"labels":{"host":"h-1"},"_raw":"main.f(0x1, 0x2)"}
//
// The first line names the columns: what it calls as json_log_keys() does is a text, what it calls
// as those do who say where a program runs is a label. A row that has not as many fields as the
// first line stays as it is.
//
// Source: RFC 4180; Kibana may write semicolons.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "formats/rewriting_source.h"

namespace plumb {

class CsvRecords final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  // What a column is called in the record.
  struct Column {
    std::string key;  // Empty: it is left out.
    bool is_label = false;
  };

  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  void take(char c, std::string& out);
  void end_row(std::string& out);
  void write_record(std::string& out) const;

  char separator_ = ',';
  std::vector<Column> columns_;
  std::vector<std::string> fields_;  // Of the row, without their quotes; the last one may go on.
  std::string row_;                  // As it stands.
  bool in_quotes_ = false;
  bool is_behind_quote_ = false;  // That ended the field, unless another one follows.
  bool is_header_ = true;         // The row.
};

}  // namespace plumb

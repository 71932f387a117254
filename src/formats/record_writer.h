// SPDX-License-Identifier: Apache-2.0
// RecordWriter: a record of a log as a line of JSON, for who reads such lines.
//
//   {"labels":{"pod_name":"web-1"},"textPayload":"goroutine 1 [running]:"}

#pragma once

#include <string>
#include <string_view>

namespace plumb {

class RecordWriter {
 public:
  /// Adds a field that tells where the record is from.
  void add_label(std::string_view key, std::string_view value) { add(key, value, labels_); }
  /// Adds a text of the record, whose CRs are left out.
  void add_text(std::string_view key, std::string_view value) { add(key, value, texts_); }

  [[nodiscard]] bool has_text() const { return !texts_.empty(); }

  /// Appends the line.
  void write(std::string& out) const;

 private:
  static void add(std::string_view key, std::string_view value, std::string& fields);

  std::string labels_;
  std::string texts_;
};

}  // namespace plumb

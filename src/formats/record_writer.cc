// SPDX-License-Identifier: Apache-2.0
#include "formats/record_writer.h"

namespace plumb {
namespace {

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += {'\\', c};
    } else if (c == '\n') {
      out += "\\n";
    } else if (c != '\r') {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

void RecordWriter::add(std::string_view key, std::string_view value, std::string& fields) {
  if (!fields.empty()) fields += ',';
  append_quoted(key, fields);
  fields += ':';
  append_quoted(value, fields);
}

void RecordWriter::write(std::string& out) const {
  out += '{';
  if (!labels_.empty()) out.append("\"labels\":{").append(labels_).append("},");
  out.append(texts_).append("}\n");
}

}  // namespace plumb

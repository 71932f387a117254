// SPDX-License-Identifier: Apache-2.0
#include "formats/journal_record.h"

#include <array>
#include <optional>

#include "base/strings.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// What the process is called; docker writes for those in its containers.
constexpr std::array<std::string_view, 3> kNames = {"CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_COMM"};

}  // namespace

std::string find_journal_process(std::string_view line) {
  if (!line.starts_with('{')) return {};
  const std::optional<std::string> number = unwrap_json(line, "_PID");
  if (!number || !is_digits(*number)) return {};
  std::string process = unwrap_json(line, "_HOSTNAME").value_or("");
  for (const std::string_view key : kNames) {
    const std::optional<std::string> name = unwrap_json(line, key);
    if (!name) continue;
    process.append(" ").append(*name);
    break;
  }
  return process + '[' + *number + ']';
}

}  // namespace plumb

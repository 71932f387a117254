// SPDX-License-Identifier: Apache-2.0
#include "formats/record_process.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// What a process is called: in the journal first the best name, as docker writes for those in its
// containers; elsewhere those of its pod, container or stream, as Fluent Bit, Vector, Google Cloud,
// stern and CloudWatch write them.
constexpr std::array<std::string_view, 10> kFields = {
    "CONTAINER_NAME", "SYSLOG_IDENTIFIER", "_COMM",          "_HOSTNAME",     "_PID",
    "pod_name",       "podName",           "container_name", "containerName", "logStreamName"};
constexpr std::size_t kHost = 3;
constexpr std::size_t kNumber = 4;
constexpr std::string_view kLastLetters = "REMDe";  // Of kFields.
using FieldValues = std::array<std::string_view, kFields.size()>;

// Labels that Loki and OpenTelemetry give to lines, which then make streams of their own.
constexpr std::array<std::string_view, 12> kLabelsOfLines = {
    "detected_level",     "level",           "severity",
    "severity_text",      "severity_number", "stream",
    "trace_id",           "span_id",         "flags",
    "observed_timestamp", "__error__",       "__error_details__"};

FieldValues find_fields(std::string_view line) {
  FieldValues values;
  while (const auto field = take_json_field(line)) {
    const std::string_view name = field->name;
    if (name.empty() || !contains(kLastLetters, name.substr(name.size() - 1))) continue;
    const auto known = std::ranges::find(kFields, name);
    if (known == kFields.end()) continue;
    std::string_view& value = values[static_cast<std::size_t>(known - kFields.begin())];
    if (value.empty()) value = field->value;
  }
  return values;
}

// The name in `"kubernetes":{"pod":{"uid":"...","name":"web-1"}}`, as Elastic's collectors write
// it; with the quote behind it, empty if there is none.
std::string_view find_pod_name(std::string_view line) {
  constexpr std::string_view kPod = "\"pod\"";
  std::string_view rest = line.substr(std::min(line.find(kPod), line.size()));
  if (!consume_prefix(rest, kPod) || !consume_mark(rest, ':') || !rest.starts_with('{')) return {};
  while (const auto field = take_json_field(rest)) {
    if (field->name == "name") return field->value;
  }
  return {};
}

// " app", empty for no value.
std::string word_of(std::string_view value) {
  return value.empty() ? std::string() : ' ' + take_json_string(value).value_or("");
}

RecordProcess find_named_process(std::string_view line) {
  const FieldValues values = find_fields(line);
  std::string_view number = values[kNumber];
  std::string process;
  if (consume_suffix(number, "\"") && is_digits(number)) {
    process = take_json_string(values[kHost]).value_or("");
    const auto name = std::find_if(values.begin(), values.begin() + kHost,
                                   [](std::string_view value) { return !value.empty(); });
    if (name != values.begin() + kHost) process += word_of(*name);
  } else {
    number = {};
    for (std::size_t i = kNumber + 1; i < values.size(); ++i) process += word_of(values[i]);
    if (process.empty()) process = word_of(find_pod_name(line));
    if (process.empty()) return {};
  }
  return {process + '[' + std::string(number) + ']', line.size()};
}

// `labels` is `"app":"web","pod":"web-1"},"line":...`.
RecordProcess find_labelled_process(std::string_view line, std::string_view labels) {
  RecordProcess found;
  while (!consume_prefix(labels, "}")) {
    const std::string_view key = take_json_token(labels);
    if (key.empty() || !consume_prefix(labels, ":")) return {};
    const std::string_view value = take_json_token(labels);
    if (value.empty()) return {};
    consume_prefix(labels, ",");
    const std::string_view name = without_quotes(key);
    if (std::ranges::find(kLabelsOfLines, name) != kLabelsOfLines.end()) continue;
    found.name.append(key).append("=").append(value).append(" ");
  }
  if (found.name.empty() || !labels.starts_with(",\"")) return {};
  found.name += "[]";  // What stands in brackets at the end is a number, and there is none.
  found.length = line.size() - labels.size();
  return found;
}

}  // namespace

RecordProcess find_record_process(std::string_view line) {
  std::string_view labels = line;
  if (consume_prefix(labels, R"({"labels":{)")) return find_labelled_process(line, labels);
  return line.starts_with('{') ? find_named_process(line) : RecordProcess();
}

}  // namespace plumb

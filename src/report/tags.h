// SPDX-License-Identifier: Apache-2.0
// The `tags` report: for each label key, its values by the weight of their samples.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "report/report_input.h"
#include "report/sample_view.h"

namespace plumb {

struct TagValue {
  std::string value;  ///< Text of a string label; a number with its unit of a numeric one.
  std::int64_t weight = 0;
  bool is_number = false;
  std::int64_t least = 0;  ///< Of the numbers that read so,
  std::int64_t most = 0;   ///< in TagKey::unit.
};

struct TagKey {
  std::string key;
  std::string unit;  ///< Of its numbers: "bytes"; empty: none.
  std::int64_t total = 0;
  std::vector<TagValue> values;  ///< Heaviest first, then by value.
};

struct TagsReport {
  std::string sample_type;
  ValueFormat format;
  std::int64_t total = 0;
  std::vector<TagKey> keys;  ///< By name.
};

TagsReport build_tags(const ReportInput& input);

void render_tags_text(const TagsReport& report, Writer& out);
void render_tags_json(const TagsReport& report, Writer& out);
void render_tags_csv(const TagsReport& report, Writer& out);

}  // namespace plumb

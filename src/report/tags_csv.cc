// SPDX-License-Identifier: Apache-2.0
#include "report/csv_writer.h"
#include "report/tags.h"

namespace plumb {

void render_tags_csv(const TagsReport& report, Writer& out) {
  CsvWriter csv(out);
  csv.row({"key", "value", "weight", "weight_percent", "unit"});
  for (const TagKey& key : report.keys) {
    for (const TagValue& value : key.values) {
      csv.cell(key.key).cell(value.value);
      csv.cell(report.format.times_ratio(value.weight)).percent(value.weight, report.total);
      csv.cell(report.format.sample_unit);
      csv.end_row();
    }
  }
}

}  // namespace plumb

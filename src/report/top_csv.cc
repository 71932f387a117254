// SPDX-License-Identifier: Apache-2.0
#include "report/csv_writer.h"
#include "report/top.h"

namespace plumb {

void render_top_csv(const TopReport& report, Writer& out) {
  CsvWriter csv(out);
  csv.row({"function", "flat", "flat_percent", "cum", "cum_percent", "unit", "inlined"});
  for (const TopRow& row : report.rows) {
    csv.cell(row.name);
    csv.cell(report.format.times_ratio(row.flat)).percent(row.flat, report.total);
    csv.cell(report.format.times_ratio(row.cum)).percent(row.cum, report.total);
    csv.cell(report.format.sample_unit).cell(to_string(row.inlining));
    csv.end_row();
  }
}

}  // namespace plumb

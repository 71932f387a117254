// SPDX-License-Identifier: Apache-2.0
#include "report/csv_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace plumb {
namespace {

TEST(CsvWriter, QuotesWhatNeedsIt) {
  StringWriter out;
  CsvWriter csv(out);
  csv.row({"plain", "a,b", "say \"no\"", "two\nlines", " blank", ""});
  csv.cell("x").cell(-5).cell(std::numeric_limits<std::uint64_t>::max());
  csv.end_row();
  EXPECT_EQ(out.text(),
            "plain,\"a,b\",\"say \"\"no\"\"\",\"two\nlines\",\" blank\",\n"
            "x,-5,18446744073709551615\n");
}

TEST(CsvWriter, WritesPercentWithItsSign) {
  StringWriter out;
  CsvWriter csv(out);
  csv.percent(1, 3).percent(-1, 2).percent(0, 7).percent(5, 0).percent(-1, 100'000'000);
  csv.percent(20, 10);
  csv.end_row();
  EXPECT_EQ(out.text(), "33.3333,-50,0,,0,200\n");
}

}  // namespace
}  // namespace plumb

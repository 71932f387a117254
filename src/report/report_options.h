// SPDX-License-Identifier: Apache-2.0
// What a report is asked for. Names and defaults are pprof's; the command line, the shell and the
// web fill this from the one options table in app/options.

#pragma once

#include <cstdint>
#include <string>

namespace plumb {

enum class SortOrder : std::uint8_t { Flat, Cum };

struct ReportOptions {
  std::string sample_index = {};  ///< Index or name of a sample type; empty: the profile's default.
  SortOrder sort = SortOrder::Flat;
  std::int64_t nodecount = -1;   ///< At most so many nodes; -1: the command's default; 0: all.
  double nodefraction = 0.005;   ///< Hide nodes below this share of the total.
  double edgefraction = 0.001;   ///< Hide edges below this share of the total.
  bool trim = true;              ///< False: no limits, as if the three above were 0.
  std::string unit = "minimum";  ///< "minimum": one for the report; "auto": per value; or a name.
  double divide_by = 1;          ///< Values are divided by this for display.
  bool mean = false;             ///< Divide each value by the first value of its sample.
  bool compact_labels = false;   ///< Leave out the header lines about the profile.
  bool drop_negative = false;    ///< Leave out nodes whose value is negative (diffs).
};

}  // namespace plumb

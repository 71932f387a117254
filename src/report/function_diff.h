// SPDX-License-Identifier: Apache-2.0
// The difference of two profiles of any kind, function by function: what `top` of the one and `top`
// of the other say, side by side.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/writer.h"
#include "report/change.h"
#include "report/report_input.h"

namespace plumb {

struct FunctionChange {
  std::string name;
  std::int64_t flat_before = 0;
  std::int64_t flat_after = 0;
  std::int64_t cum_before = 0;
  std::int64_t cum_after = 0;
};

struct FunctionDiff {
  std::string before_name;  ///< As people should see them.
  std::string after_name;
  std::string sample_type;
  ValueFormat format;
  std::int64_t before = 0;  ///< Sums of |value| over all samples.
  std::int64_t after = 0;
  SortOrder sort = SortOrder::Flat;     ///< By which change the rows are sorted and counted.
  std::vector<FunctionChange> changes;  ///< Every function; largest change first.
  std::size_t dropped = 0;              ///< That -drop_negative took out of `changes`.

  /// The change that counts.
  [[nodiscard]] std::int64_t change_of(const FunctionChange& change) const;
};

/// Both inputs are of ReportKind::Top, with the same options. Numbers in another unit of the same
/// kind are converted.
///
/// Errors: Usage if the values are not of the same type.
Result<FunctionDiff> build_function_diff(const ReportInput& before, const ReportInput& after);

/// `least`: leave out what changed by less; `row_count`: show so many, 0: all.
void render_function_diff_text(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                               Writer& out);
void render_function_diff_json(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                               Writer& out);
void render_function_diff_csv(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                              Writer& out);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Values with units, and percentages, as pprof prints them.
//
// Units come in families (bytes; time; Google compute units), each with a base unit and an order of
// sizes. A value of an unknown unit ("count") is shown as it is.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb {

/// A value in the unit it is shown in.
struct Scaled {
  double value = 0;
  std::string unit;  ///< "MB", "ms"; empty for counts.
};

/// Converts `value` from unit `from` to unit `to`; `to` may be "minimum" or "auto": the largest
/// unit in which the value is at least 1.
Scaled scale_value(std::int64_t value, std::string_view from, std::string_view to);

/// scale_value() with one pair of units, for many values.
struct UnitScale {
  double factor = 1;   ///< Of `from`, in base units of its family.
  double divisor = 1;  ///< Of the unit shown.
  std::string unit;

  [[nodiscard]] double operator()(std::int64_t value) const {
    return static_cast<double>(value) * factor / divisor;
  }
};

/// Requires: `to` is neither "minimum" nor "auto".
UnitScale find_unit_scale(std::string_view from, std::string_view to);

/// True if there is a family of units that both belong to.
bool units_are_related(std::string_view a, std::string_view b);

/// "1.50ms", "41", "0": at most two decimals, no unit behind 0.
std::string format_value(std::int64_t value, std::string_view from, std::string_view to);

/// "97.56%", "  100%", "0.0012%": |value / total| in at least six columns.
std::string format_percentage(std::int64_t value, std::int64_t total);
/// The same without the padding: "12.5%".
std::string short_percentage(std::int64_t value, std::int64_t total);

inline constexpr std::int64_t kNanosPerMilli = 1'000'000;
inline constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
inline constexpr double kSecondsPerMinute = 60;

/// The conversion of Go on amd64: towards zero; what does not fit becomes the smallest integer.
std::int64_t truncate_to_int64(double value);

/// `nanos` since 1970 in the local time zone: "2026-11-22 17:55:51 UTC".
std::string format_local_time(std::int64_t nanos);

/// The same with fraction and offset, as Go prints a time:
/// "2026-11-22 17:55:51.26752307 +0000 UTC".
std::string format_precise_time(std::int64_t nanos);

/// `nanos` as Go prints a duration: "1h0m2.5s", "1.5ms", "0s".
std::string format_duration(std::int64_t nanos);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Expectations are what pprof's own functions give for the same arguments.

#include "base/units.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "support/temporary_directory.h"

namespace plumb {
namespace {

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

struct ValueCase {
  std::int64_t value;
  std::string_view from;
  std::string_view to;
  std::string_view text;
};

void expect_values(std::span<const ValueCase> cases) {
  for (const ValueCase& c : cases) {
    EXPECT_EQ(format_value(c.value, c.from, c.to), c.text)
        << c.value << " from " << c.from << " to " << c.to;
  }
}

TEST(FormatValue, ScalesBytesByPowersOf1024) {
  constexpr ValueCase kCases[] = {
      {0, "bytes", "minimum", "0"},
      {1, "bytes", "minimum", "1B"},
      {1023, "bytes", "minimum", "1023B"},
      {1024, "bytes", "minimum", "1kB"},
      {1536, "bytes", "auto", "1.50kB"},
      {1048575, "bytes", "auto", "1024kB"},
      {1048576, "byte", "MB", "1MB"},
      {5368709120, "B", "minimum", "5GB"},
      {3298534883328, "bytes", "auto", "3TB"},
      {1125899906842623, "bytes", "auto", "1024TB"},
      {7881299347898368, "bytes", "auto", "7PB"},
      {-1536, "bytes", "minimum", "-1.50kB"},
      {1536, "kb", "B", "1572864B"},
      {2, "MB", "kb", "2048kB"},
      {3, "pb", "tb", "3072TB"},
      {512, "kilobyte", "minimum", "512kB"},
      {4096, "Mbyte", "minimum", "4GB"},
      {123456789, "bytes", "gb", "0.11GB"},
      {1, "bytes", "pb", "0"},
  };
  expect_values(kCases);
}

TEST(FormatValue, ScalesTimesUpToHours) {
  constexpr ValueCase kCases[] = {
      {1, "nanoseconds", "minimum", "1ns"},
      {1000, "ns", "minimum", "1us"},
      {999994, "ns", "auto", "999.99us"},
      {999996, "ns", "auto", "1000us"},
      {90000000, "nanoseconds", "ms", "90ms"},
      {1500, "us", "ms", "1.50ms"},
      {3599, "s", "auto", "3599s"},
      {3600, "s", "auto", "1hrs"},
      {90, "seconds", "hrs", "0.03hrs"},
      {2, "hours", "s", "7200s"},
      {2, "hr", "auto", "2hrs"},
      {7, "milliseconds", "nanoseconds", "7000000ns"},
      {5, "minutes", "auto", "5"},
      {5, "ns", "seconds", "0"},
      {-1, "ns", "hrs", "0"},
  };
  expect_values(kCases);
}

TEST(FormatValue, RoundsTheBinaryValueToTwoDecimals) {
  constexpr ValueCase kCases[] = {
      {4999, "ns", "ms", "0"},       {5000, "ns", "ms", "0.01ms"},  {5001, "ns", "ms", "0.01ms"},
      {10000, "ns", "ms", "0.01ms"}, {15000, "ns", "ms", "0.01ms"}, {25000, "ns", "ms", "0.03ms"},
  };
  expect_values(kCases);
}

TEST(FormatValue, ScalesComputeUnits) {
  constexpr ValueCase kCases[] = {
      {5, "nanogcu", "auto", "5n*GCU"},   {2500, "nanogcu", "auto", "2.50u*GCU"},
      {2500, "GCU", "auto", "2.50k*GCU"}, {1, "gcu", "milligcu", "1000m*GCU"},
      {3, "kilogcus", "gcu", "3000GCU"},  {7, "teragcu", "auto", "7T*GCU"},
      {7, "petagcu", "auto", "7P*GCU"},   {0, "nanogcu", "auto", "0"},
      {1, "microgcu", "megagcu", "0"},
  };
  expect_values(kCases);
}

TEST(FormatValue, TakesUnitNamesAsLooselyAsPprof) {
  constexpr ValueCase kCases[] = {
      {1536, "KiloBytes", "b", "1572864B"},  // Any case, one plural s.
      {1, "gbyte", "MBS", "1024MB"},         // Also where no plural is meant.
      {5, "MS", "s", "0.01s"},               //
      {1, "s", "ss", "1s"},                  // "ss" is 2 bytes long: no plural.
      {8, "bs", "b", "8b"},                  // Neither is "bs": an unknown unit.
      {5, "\xCE\xBCs", "auto", "5"},         // The plural s of a 3-byte micro sign is cut off.
      {5, "\xCE\xBCss", "auto", "5us"},      //
      {1, "gcu", "m*GCU", "1GCU"},           // Printed names are not accepted.
  };
  expect_values(kCases);
}

TEST(FormatValue, FallsBackWhereUnitsDoNotFit) {
  constexpr ValueCase kCases[] = {
      {1536, "bytes", "widgets", "1536B"},
      {5, "s", "bytes", "5s"},
      {1024, "bytes", "", "1024B"},
      {3, "ns", "", "0"},
      {41, "count", "minimum", "41"},
      {41, "count", "count", "41"},
      {3, "count", "sample", "3"},
      {3, "count", "unit", "3"},
      {3, "count", "widgets", "3widgets"},
      {3, "widgets", "widgets", "3widgets"},
      {0, "widgets", "widgets", "0"},
      {3, "objects", "auto", "3"},
      {3, "", "auto", "3"},
      {3, "", "s", "3s"},
      {3, "count", "", "3"},
  };
  expect_values(kCases);
}

TEST(FormatValue, SurvivesTheLargestNumbers) {
  constexpr ValueCase kCases[] = {
      {kMax, "bytes", "minimum", "8192PB"},
      {-kMax, "bytes", "minimum", "-8192PB"},
      {kMin, "bytes", "minimum", "-9223372036854775808B"},  // It has no positive twin.
      {kMax, "count", "auto", "9223372036854775808"},       // As a double.
      {kMin, "count", "auto", "-9223372036854775808"},
      {9007199254740993, "count", "auto", "9007199254740992"},
  };
  expect_values(kCases);
}

TEST(FormatPercentage, DropsTheSignAndKeepsTwoDigits) {
  struct Case {
    std::int64_t value;
    std::int64_t total;
    std::string_view text;
  };
  constexpr Case kCases[] = {
      {0, 0, "    0%"},
      {5, 0, "    0%"},
      {0, 5, "    0%"},
      {1, 1, "  100%"},
      {-1, 1, "  100%"},
      {1, -1, "  100%"},
      {40, 41, "97.56%"},
      {1, 41, " 2.44%"},
      {-7, 41, "17.07%"},
      {9994, 10000, "99.94%"},
      {9995, 10000, "  100%"},
      {99949, 100000, "99.95%"},
      {10005, 10000, "  100%"},
      {100051, 100000, "100.05%"},
      {101, 100, "101.00%"},
      {1000, 1, "100000.00%"},
      {1, 100, " 1.00%"},
      {99, 10000, " 0.99%"},
      {999, 100000, "    1%"},
      {1, 1000, "  0.1%"},
      {12, 1000000, "0.0012%"},
      {83, 1000000000, "8.3e-06%"},
      {1, kMax, "1.1e-17%"},
      {kMin, kMax, "  100%"},
      {9949, 1000000, " 0.99%"},
      {9951, 1000000, "    1%"},
      {kMax, 1, "922337203685477580800.00%"},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(format_percentage(c.value, c.total), c.text) << c.value << " of " << c.total;
  }
}

TEST(TruncateToInt64, GivesTheSmallestIntegerForWhatDoesNotFit) {
  struct Case {
    double value;
    std::int64_t integer;
  };
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Case cases[] = {
      {0, 0},
      {-0.9, 0},
      {1.999, 1},
      {-1.999, -1},
      {0x1p63, kMin},
      {9223372036854774784.0, 9223372036854774784},
      {-0x1p63, kMin},
      {-9223372036854777856.0, kMin},
      {1e300, kMin},
      {-1e300, kMin},
      {std::nan(""), kMin},
      {kInfinity, kMin},
      {-kInfinity, kMin},
  };
  for (const Case& c : cases) EXPECT_EQ(truncate_to_int64(c.value), c.integer) << c.value;
}

// Sets the time zone while it lives.
class ScopedZone {
 public:
  explicit ScopedZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  ScopedZone(const ScopedZone&) = delete;
  ScopedZone& operator=(const ScopedZone&) = delete;
  ~ScopedZone() {
    unsetenv("TZ");
    tzset();
  }
};

// A file of a zone that is always `offset` seconds ahead, in four bytes. The name has three
// letters.
std::string zone_file(std::string_view offset, std::string_view name) {
  const std::string zeros(3, '\0');
  std::string file = "TZif" + std::string(16, '\0');  // Of version 1.
  file += std::string(16, '\0');                      // Neither marks nor leap seconds nor changes.
  file += zeros + '\1' + zeros + '\4';                // One zone, four bytes of names.
  file += offset;
  return file + '\0' + '\0' + std::string(name) + '\0';
}

TEST(FormatLocalTime, RoundsDownAlsoBefore1970) {
  const ScopedZone utc("UTC0");
  EXPECT_EQ(format_local_time(1'795'370'151'999'999'999), "2026-11-22 17:55:51 UTC");
  EXPECT_EQ(format_local_time(0), "1970-01-01 00:00:00 UTC");
  EXPECT_EQ(format_local_time(-1), "1969-12-31 23:59:59 UTC");
  EXPECT_EQ(format_local_time(-1'000'000'000), "1969-12-31 23:59:59 UTC");
  EXPECT_EQ(format_local_time(kMin), "1677-09-21 00:12:43 UTC");
  EXPECT_EQ(format_local_time(kMax), "2262-04-11 23:47:16 UTC");
}

TEST(FormatLocalTime, UsesTheLocalZone) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.write("zone", zone_file("\xFF\xFF\xB9\xB0", "EST"));
  const ScopedZone zone(file.c_str());
  EXPECT_EQ(format_local_time(1'795'370'151'000'000'000), "2026-11-22 12:55:51 EST");
}

TEST(FormatLocalTime, FollowsTheZoneWhereverItHasBeenBefore) {
  const test::TemporaryDirectory directory;
  const std::string file = directory.write("zone", zone_file("\xFF\xFF\xB9\xB0", "EST"));
  for (int round = 0; round < 2; ++round) {
    {
      const ScopedZone none("No/Where");
      EXPECT_EQ(format_local_time(1'795'370'151'000'000'000), "2026-11-22 17:55:51 UTC");
    }
    const ScopedZone zone(file.c_str());
    EXPECT_EQ(format_local_time(1'795'370'151'000'000'000), "2026-11-22 12:55:51 EST");
  }
}

TEST(FormatLocalTime, IsThatOfUtcForAZoneWithoutAFileAsInGo) {
  for (const char* const name : {"", ":", "EST5", "No/Where", "/no/where"}) {
    const ScopedZone zone(name);
    EXPECT_EQ(format_local_time(1'795'370'151'000'000'000), "2026-11-22 17:55:51 UTC") << name;
    EXPECT_EQ(format_precise_time(0), "1970-01-01 00:00:00 +0000 UTC") << name;
  }
}

TEST(FormatPreciseTime, ShowsTheFractionWithoutTrailingZeros) {
  const ScopedZone utc("UTC0");
  EXPECT_EQ(format_precise_time(1'795'370'151'267'523'070),
            "2026-11-22 17:55:51.26752307 +0000 UTC");
  EXPECT_EQ(format_precise_time(1'795'370'151'000'000'000), "2026-11-22 17:55:51 +0000 UTC");
  EXPECT_EQ(format_precise_time(-1), "1969-12-31 23:59:59.999999999 +0000 UTC");
  EXPECT_EQ(format_precise_time(5), "1970-01-01 00:00:00.000000005 +0000 UTC");
}

TEST(FormatPreciseTime, ShowsTheOffsetOfTheLocalZone) {
  const test::TemporaryDirectory directory;
  const std::string zeros(2, '\0');
  const std::string file = directory.write("zone", zone_file(zeros + "\x4D\x58", "IST"));
  const ScopedZone zone(file.c_str());
  EXPECT_EQ(format_precise_time(100'000'000), "1970-01-01 05:30:00.1 +0530 IST");
}

TEST(FormatDuration, IsWrittenAsGoWritesIt) {
  struct Case {
    std::int64_t nanos;
    std::string_view text;
  };
  constexpr Case kCases[] = {
      {0, "0s"},
      {1, "1ns"},
      {-999, "-999ns"},
      {1'000, "1\xc2\xb5s"},
      {1'100, "1.1\xc2\xb5s"},
      {2'200'000, "2.2ms"},
      {999'999'999, "999.999999ms"},
      {3'300'000'000, "3.3s"},
      {60'000'000'000, "1m0s"},
      {3'600'000'000'001, "1h0m0.000000001s"},
      {-5'400'500'000'000, "-1h30m0.5s"},
      {kMin, "-2562047h47m16.854775808s"},
      {kMax, "2562047h47m16.854775807s"},
  };
  for (const Case& c : kCases) EXPECT_EQ(format_duration(c.nanos), c.text);
}

}  // namespace
}  // namespace plumb

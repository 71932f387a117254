// SPDX-License-Identifier: Apache-2.0
#include "app/settings.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "app/command_line.h"

namespace plumb::cli {
namespace {

struct Outcome {
  ReportOptions options;
  std::vector<std::string> notices;
};

Outcome options_of(const std::vector<std::string_view>& words) {
  CommandLine line;
  EXPECT_TRUE(parse_command_line(words, line));
  Outcome outcome;
  const auto options = report_options(
      line.settings, [&outcome](std::string_view notice) { outcome.notices.emplace_back(notice); });
  EXPECT_TRUE(options);
  if (options) outcome.options = *options;
  return outcome;
}

struct ShortcutCase {
  const char* flag;
  const char* sample_index;
  bool mean;
};

TEST(Settings, ShortcutsSelectASampleType) {
  constexpr ShortcutCase kCases[] = {
      {"-inuse_space", "inuse_space", false}, {"-inuse_objects", "inuse_objects", false},
      {"-alloc_space", "alloc_space", false}, {"-alloc_objects", "alloc_objects", false},
      {"-total_delay", "delay", false},       {"-contentions", "contentions", false},
      {"-mean_delay", "delay", true},
  };
  for (const ShortcutCase& c : kCases) {
    SCOPED_TRACE(c.flag);
    const Outcome outcome = options_of({"top", c.flag, "f"});
    EXPECT_EQ(outcome.options.sample_index, c.sample_index);
    EXPECT_EQ(outcome.options.mean, c.mean);
    EXPECT_TRUE(outcome.notices.empty());
  }
}

TEST(Settings, TheFirstOfSeveralSelectionsInPprofsOrderWins) {
  const Outcome two = options_of({"top", "-alloc_space", "-inuse_space", "f"});
  EXPECT_EQ(two.options.sample_index, "inuse_space");
  EXPECT_EQ(two.notices,
            std::vector<std::string>{"Multiple value selections, ignoring -alloc_space"});

  const Outcome with_index = options_of({"top", "-mean_delay", "-sample_index=contentions", "f"});
  EXPECT_EQ(with_index.options.sample_index, "contentions");
  EXPECT_TRUE(with_index.options.mean);
  EXPECT_EQ(with_index.notices,
            std::vector<std::string>{"Multiple value selections, ignoring -mean_delay"});
}

TEST(Settings, ADivisorOfZeroIsRefused) {
  Settings settings;
  settings.report.divide_by = 0;
  const auto options = report_options(settings, [](std::string_view) {});
  ASSERT_FALSE(options);
  EXPECT_EQ(options.error().code(), ErrorCode::Usage);
  EXPECT_EQ(options.error().message(), "zero divisor specified");
}

TEST(Settings, HalfAClientCertificateIsRefused) {
  Settings only_key;
  only_key.tls_key = "key.pem";
  const auto without_cert = fetch_options(only_key, "/");
  ASSERT_FALSE(without_cert);
  EXPECT_EQ(without_cert.error().message(),
            "-tls_key is specified, so -tls_cert must also be specified");

  Settings only_cert;
  only_cert.tls_cert = "cert.pem";
  const auto without_key = fetch_options(only_cert, "/");
  ASSERT_FALSE(without_key);
  EXPECT_EQ(without_key.error().message(),
            "-tls_cert is specified, so -tls_key must also be specified");
}

TEST(Settings, FetchOptionsCarryWhatWasAsked) {
  Settings settings;
  settings.seconds = 5;
  settings.timeout_seconds = std::numeric_limits<std::int64_t>::max();
  settings.tls_ca = "ca.pem";
  const auto fetch = fetch_options(settings, "/debug/pprof/goroutine");
  ASSERT_TRUE(fetch);
  EXPECT_EQ(fetch->seconds, 5);
  EXPECT_EQ(fetch->timeout_seconds, std::numeric_limits<int>::max());
  EXPECT_EQ(fetch->tls_ca, "ca.pem");
  EXPECT_EQ(fetch->bare_host_path, "/debug/pprof/goroutine");
}

}  // namespace
}  // namespace plumb::cli

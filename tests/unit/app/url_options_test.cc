// SPDX-License-Identifier: Apache-2.0
#include "app/url_options.h"

#include <gtest/gtest.h>

#include "app/host_port.h"

namespace plumb::cli {
namespace {

TEST(UrlOptions, SetWhatPprofsParametersSay) {
  Settings settings;
  ASSERT_TRUE(apply_url(settings, {{"f", "main"},
                                   {"n", "20"},
                                   {"g", "lines"},
                                   {"trim", "f"},
                                   {"rel", "t"},
                                   {"nf", "0.01"},
                                   {"p", "somebody else's"}}));
  EXPECT_EQ(settings.report.filters.focus, "main");
  EXPECT_EQ(settings.report.nodecount, 20);
  EXPECT_EQ(settings.granularity, "lines");
  EXPECT_FALSE(settings.report.trim);
  EXPECT_TRUE(settings.report.relative_percentages);
  EXPECT_EQ(settings.report.nodefraction, 0.01);
}

TEST(UrlOptions, EmptyValuesSayNothing) {
  Settings settings;
  settings.report.filters.focus = "given on the command line";
  ASSERT_TRUE(apply_url(settings, {{"f", ""}, {"n", ""}, {"trim", ""}}));
  EXPECT_EQ(settings.report.filters.focus, "given on the command line");
  EXPECT_TRUE(settings.report.trim);
}

TEST(UrlOptions, SayWhatIsWrongInPprofsWords) {
  Settings settings;
  const auto bad = apply_url(settings, {{"g", "bogus"}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().message(),
            "error setting config field granularity: invalid \"granularity\" value \"bogus\"");
  EXPECT_FALSE(apply_url(settings, {{"n", "many"}}));
  EXPECT_FALSE(apply_url(settings, {{"trim", "maybe"}}));
}

TEST(UrlOptions, EveryParameterIsOfAnOption) {
  for (const UrlParameter& parameter : url_parameters()) {
    EXPECT_NE(find_option(parameter.option), nullptr) << parameter.option;
  }
}

TEST(ShellQuoted, IsOneWordForSh) {
  EXPECT_EQ(shell_quoted("-focus=a b"), "'-focus=a b'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted("cpu.pb.gz"), "cpu.pb.gz");
  EXPECT_EQ(shell_quoted(""), "''");
}

struct AddressRow {
  const char* text;
  const char* host;
  int port;
};

TEST(HostPort, IsReadAsByPprof) {
  for (const AddressRow& row : {AddressRow{":8081", "localhost", 8081},
                                {":", "localhost", 0},
                                {"0.0.0.0:80", "0.0.0.0", 80},
                                {"[::1]:1", "::1", 1},
                                {"host:", "host", 0}}) {
    const auto at = parse_host_port(row.text);
    ASSERT_TRUE(at) << row.text;
    EXPECT_EQ(at->host, row.host);
    EXPECT_EQ(at->port, row.port);
  }
  for (const char* text : {"8081", "", "::1:80", ":abc", ":70000", ":-1", "[::1:80"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
  EXPECT_EQ(parse_host_port("8081").error().message(),
            "could not split http address: address 8081: missing port in address");
  EXPECT_EQ(parse_host_port("[::1]:80")->url_host(), "[::1]");
}

}  // namespace
}  // namespace plumb::cli

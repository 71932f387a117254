// SPDX-License-Identifier: Apache-2.0
#include "fetch/url.h"

#include <gtest/gtest.h>

#include <vector>

namespace plumb {
namespace {

// What find_url() makes of a source, for people; "file" where it is no URL.
std::string found(std::string_view source) {
  const auto url = find_url(source);
  return url ? to_string(*url) : "file";
}

struct FindRow {
  const char* name;
  const char* source;
  const char* url;
};

class FindUrl : public testing::TestWithParam<FindRow> {};

TEST_P(FindUrl, FollowsTheRuleOfPprof) {
  EXPECT_EQ(found(GetParam().source), GetParam().url);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, FindUrl,
    testing::Values(
        FindRow{"Whole", "http://host/debug/pprof/heap", "http://host/debug/pprof/heap"},
        FindRow{"HostPort", "localhost:6060", "http://localhost:6060"},
        FindRow{"HostPortSlash", "localhost:6060/", "http://localhost:6060/"},
        FindRow{"HostPortPath", "host:6060/debug/pprof/goroutine",
                "http://host:6060/debug/pprof/goroutine"},
        FindRow{"HostPortQuery", "host:6060/p?debug=2", "http://host:6060/p?debug=2"},
        FindRow{"QueryWithoutPath", "host:6060?debug=2", "http://host:6060?debug=2"},
        FindRow{"Address", "127.0.0.1:6060", "http://127.0.0.1:6060"},
        FindRow{"UnderscoreIsNoScheme", "my_host:6060/x", "http://my_host:6060/x"},
        FindRow{"Version6", "[::1]:6060/x", "http://[::1]:6060/x"},
        FindRow{"Version6Zone", "http://[fe80::1%25eth0]:6060/", "http://[fe80::1%25eth0]:6060/"},
        FindRow{"PortAlone", ":6060", "http://localhost:6060"},
        FindRow{"SchemeInCapitals", "HTTPS://Host/x", "https://Host/x"},
        FindRow{"Insecure", "https+insecure://host/x", "https+insecure://host/x"},
        FindRow{"OtherScheme", "ftp://host/x", "ftp://host/x"},
        FindRow{"UrlInQuery", "host:80/x?u=http://y", "http://host:80/x?u=http://y"},
        FindRow{"Fragment", "http://host/x#frame", "http://host/x"},
        FindRow{"SpaceInPath", "http://host/a b", "http://host/a%20b"},
        FindRow{"Password", "http://me:secret@host/x", "http://me:xxxxx@host/x"},
        FindRow{"PasswordWithoutScheme", "me:secret@host:6060/x", "http://me:xxxxx@host:6060/x"},
        FindRow{"LocalFile", "heap.pb.gz", "file"}, FindRow{"HostWithoutPort", "localhost", "file"},
        FindRow{"PathWithColon", "dumps/12:30.txt", "file"},
        FindRow{"AbsolutePath", "/tmp/a:1", "file"},
        FindRow{"FileScheme", "file:///etc/passwd", "file"},
        FindRow{"FileNameThatIsNoPort", "dump-12:30:07.txt", "file"},
        FindRow{"PortTooLarge", "http://host:65536/", "file"},
        FindRow{"PortNotANumber", "http://host:abc/", "file"},
        FindRow{"BadScheme", "ht_tp://host/x", "file"}, FindRow{"NoHost", "http:///x", "file"},
        FindRow{"HalfBracket", "http://[::1/x", "file"},
        FindRow{"TextAfterBracket", "http://[::1]x/", "file"},
        FindRow{"LineFeed", "http://host/a\nb", "file"},
        FindRow{"BackslashInHost", "http://good\\@evil/", "http://good%5C@evil/"},
        FindRow{"SpaceInHost", "http://ho st/", "file"},
        FindRow{"LineFeedInPassword", "http://me:a%0ab@host/", "file"},
        FindRow{"TwoSlashesBehindThePort", "host:6060//debug", "http://host:6060//debug"},
        FindRow{"Empty", "", "file"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Url, NamesAPortThatIsOutOfRange) {
  constexpr FindRow kRows[] = {
      {"the first", "localhost:65536", "65536"},
      {"alone", ":70000", "70000"},
      {"with a path", "host:70000/debug/pprof/heap?x=http://a:1", "70000"},
      {"with a query", "host:99999?debug=2", "99999"},
      {"of a URL", "http://me:secret@host:70000/x", "70000"},
      {"of IPv6", "[::1]:70000", "70000"},
      {"of many digits", "h:99999999999999999999", "99999999999999999999"},
      {"the last", "localhost:65535", ""},
      {"zeros in front", "localhost:0000006060", ""},
      {"no number", "host:port", ""},
      {"a file", "dumps/a:70000", ""},
      {"a time", "dump-12:30:70000", ""},
      {"no host", "ho st:70000", ""},
      {"none", "heap.pb.gz", ""},
      {"empty", "", ""},
  };
  for (const FindRow& row : kRows) {
    EXPECT_EQ(find_port_out_of_range(row.source), row.url) << row.name;
  }
}

TEST(Url, DecodesUserAndPassword) {
  const auto url = parse_url("http://a%40b:c%3Ad@host/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->user, "a@b");
  EXPECT_EQ(url->password, "c:d");
  EXPECT_EQ(client_url(*url), "http://host/");
}

TEST(Url, HidesPasswordsOfSourcesThatAreNoUrls) {
  EXPECT_EQ(without_password("http://me:secret@host:1/x?y=a:b@c"),
            "http://me:xxxxx@host:1/x?y=a:b@c");
  EXPECT_EQ(without_password("me:secret@host:6060/x"), "me:xxxxx@host:6060/x");
  EXPECT_EQ(without_password("http://me:se%zz@host/x"), "http://me:xxxxx@host/x");
  EXPECT_EQ(without_password("http://me:se/c?r#et@host/x"), "http://me:xxxxx@host/x");
  EXPECT_EQ(without_password("http://me:a@b@host/x"), "http://me:xxxxx@host/x");
  for (const char* source : {"http://me@host/x", "http://host:1/a:b@c", "dumps/a:b@c.txt", "12:30",
                             "a@b:c", "heap.pb.gz", "", "-"}) {
    EXPECT_EQ(without_password(source), source);
  }
}

TEST(Url, ClientGetsPlainHttps) {
  EXPECT_EQ(client_url(*parse_url("https+insecure://me:pw@host:1/x?y")), "https://host:1/x?y");
}

TEST(Url, KnowsThePortsOfTheSchemes) {
  EXPECT_EQ(host_and_port(*parse_url("http://host")), "host:80");
  EXPECT_EQ(host_and_port(*parse_url("https://host")), "host:443");
  EXPECT_EQ(host_and_port(*parse_url("https+insecure://[::1]:7")), "[::1]:7");
  EXPECT_EQ(host_name(*parse_url("http://[FE80::1]:7")), "fe80::1");
}

struct CompleteRow {
  const char* name;
  const char* url;
  const char* bare_path;
  int seconds;
  const char* completed;
};

class CompleteUrl : public testing::TestWithParam<CompleteRow> {};

TEST_P(CompleteUrl, AddsWhatIsMissing) {
  const CompleteRow& row = GetParam();
  EXPECT_EQ(to_string(complete_url(*parse_url(row.url), row.bare_path, row.seconds)),
            row.completed);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, CompleteUrl,
    testing::Values(
        CompleteRow{"BareHost", "http://h:1", "/debug/pprof/profile", -1,
                    "http://h:1/debug/pprof/profile"},
        CompleteRow{"Slash", "http://h:1/", "/debug/pprof/profile", -1,
                    "http://h:1/debug/pprof/profile"},
        CompleteRow{"BareHostWithQuery", "http://h:1", "/debug/pprof/goroutine?debug=2", -1,
                    "http://h:1/debug/pprof/goroutine?debug=2"},
        CompleteRow{"QueryOfTheUrlWins", "http://h:1/?debug=1", "/debug/pprof/goroutine?debug=2",
                    -1, "http://h:1/debug/pprof/goroutine?debug=1"},
        CompleteRow{"IndexPage", "http://h:1/debug/pprof/", "/debug/pprof/goroutine?debug=2", -1,
                    "http://h:1/debug/pprof/goroutine?debug=2"},
        CompleteRow{"IndexPageBelowPrefix", "http://h:1/admin/debug/pprof", "/debug/pprof/heap", -1,
                    "http://h:1/admin/debug/pprof/heap"},
        CompleteRow{"PathStays", "http://h:1/debug/pprof/heap?gc=1", "/debug/pprof/profile", -1,
                    "http://h:1/debug/pprof/heap?gc=1"},
        CompleteRow{"SecondsAppended", "http://h:1/p?a=b", "/x", 5, "http://h:1/p?a=b&seconds=5"},
        CompleteRow{"SecondsReplaced", "http://h:1/p?seconds=30&a=b", "/x", 5,
                    "http://h:1/p?a=b&seconds=5"},
        CompleteRow{"SecondsOnce", "http://h:1/p?seconds=1&seconds=2", "/x", 5,
                    "http://h:1/p?seconds=5"},
        CompleteRow{"QueryAsGoWritesIt", "http://h:1/p?z=1&a=%20b&c=+d%2F&e&a=0", "/x", -1,
                    "http://h:1/p?a=+b&a=0&c=+d%2F&e=&z=1"},
        CompleteRow{"QueryWithoutWhatGoDoesNotRead", "http://h:1/p?z=1;a=2&b=%zz&&k=v", "/x", -1,
                    "http://h:1/p?k=v"},
        CompleteRow{"NoSeconds", "http://h:1/p?seconds=30", "/x", 0, "http://h:1/p?seconds=30"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(RequestTimeout, IsWhatAPersonSaysIfNothingIsCollected) {
  EXPECT_EQ(request_timeout_ms(*parse_url("http://h/debug/pprof/goroutine"), -1, 2), 2'000);
  EXPECT_EQ(request_timeout_ms(*parse_url("http://h/debug/pprof/heap?seconds=0"), 0, 2), 2'000);
}

TEST(RequestTimeout, FollowsTheRuleOfPprof) {
  const Url plain = *parse_url("http://h/p");
  const Url with_seconds = *parse_url("http://h/p?seconds=20");
  EXPECT_EQ(request_timeout_ms(plain, -1, -1), 65'000);
  EXPECT_EQ(request_timeout_ms(plain, 10, -1), 20'000);
  EXPECT_EQ(request_timeout_ms(plain, 10, 3), 8'000);
  EXPECT_EQ(request_timeout_ms(with_seconds, -1, -1), 35'000);
  EXPECT_EQ(request_timeout_ms(with_seconds, -1, 25), 30'000);
  EXPECT_EQ(request_timeout_ms(*parse_url("http://h/debug/pprof/profile"), -1, 30), 35'000);
  EXPECT_EQ(request_timeout_ms(*parse_url("http://h/p?seconds=-1"), -1, -1), 65'000);
  EXPECT_EQ(request_timeout_ms(*parse_url("http://h/p?seconds=99999999999"), -1, -1), 65'000);
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "fetch/proxy.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace plumb {
namespace {

struct NoProxyRow {
  const char* name;
  const char* no_proxy;
  const char* url;
  bool is_proxied;
};

class NoProxy : public testing::TestWithParam<NoProxyRow> {};

TEST_P(NoProxy, DecidesAsGoDoes) {
  const ProxySettings settings{"http://p:1", "http://p:1", GetParam().no_proxy, false};
  const auto proxy = choose_proxy(settings, *parse_url(GetParam().url));
  ASSERT_TRUE(proxy) << proxy.error().message();
  EXPECT_EQ(*proxy, GetParam().is_proxied ? "http://p:1" : "");
}

INSTANTIATE_TEST_SUITE_P(
    Rules, NoProxy,
    testing::Values(NoProxyRow{"NothingExempt", "", "http://example.com/", true},
                    NoProxyRow{"LocalhostNever", "", "http://localhost:6060/", false},
                    NoProxyRow{"LoopbackNever", "", "http://127.3.2.1/", false},
                    NoProxyRow{"Loopback6Never", "", "https://[::1]/", false},
                    NoProxyRow{"NameBelowLocalhostIsProxied", "", "http://x.localhost/", true},
                    NoProxyRow{"Star", "foo.com,*", "http://example.com/", false},
                    NoProxyRow{"Name", "foo.com, Example.COM", "http://EXAMPLE.com/", false},
                    NoProxyRow{"NameBelow", "example.com", "http://a.b.example.com/", false},
                    NoProxyRow{"NameOnlyEndsAlike", "ample.com", "http://example.com/", true},
                    NoProxyRow{"DotIsBelowOnly", ".example.com", "http://example.com/", true},
                    NoProxyRow{"DotMatchesBelow", ".example.com", "http://a.example.com/", false},
                    NoProxyRow{"StarDot", "*.example.com", "http://a.example.com/", false},
                    NoProxyRow{"PortMatches", "example.com:80", "http://example.com/", false},
                    NoProxyRow{"PortDiffers", "example.com:80", "https://example.com/", true},
                    NoProxyRow{"Address", "10.1.2.3", "http://10.1.2.3:99/", false},
                    NoProxyRow{"AddressAndPort", "10.1.2.3:99", "http://10.1.2.3:99/", false},
                    NoProxyRow{"AddressOtherPort", "10.1.2.3:98", "http://10.1.2.3:99/", true},
                    NoProxyRow{"Network", "10.0.0.0/8", "http://10.200.0.1/", false},
                    NoProxyRow{"NetworkOddBits", "10.1.2.128/25", "http://10.1.2.127/", true},
                    NoProxyRow{"NetworkOfAll", "0.0.0.0/0", "http://10.1.2.127/", false},
                    NoProxyRow{"Network6", "fd00::/8", "http://[fd12::1]:80/", false},
                    NoProxyRow{"Network6IsNotVersion4", "::/0", "http://10.1.2.3/", true},
                    NoProxyRow{"Address6", "fd12::1", "http://[fd12:0::1]/", false},
                    NoProxyRow{"Address6AndPort", "[fd12::1]:81", "http://[fd12::1]/", true},
                    NoProxyRow{"BadNetworkIsAName", "10.0.0.0/99", "http://10.0.0.1/", true},
                    NoProxyRow{"EmptyEntries", ",, ,", "http://example.com/", true}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(Proxy, DependsOnTheScheme) {
  const ProxySettings settings{"http://plain:1", "http://secure:2", "", false};
  EXPECT_EQ(*choose_proxy(settings, *parse_url("http://h/")), "http://plain:1");
  EXPECT_EQ(*choose_proxy(settings, *parse_url("https://h/")), "http://secure:2");
  EXPECT_EQ(*choose_proxy(settings, *parse_url("https+insecure://h/")), "http://secure:2");
}

TEST(Proxy, AddressWithoutSchemeIsHttp) {
  const ProxySettings settings{"proxy:3128", "me:pw@proxy", "", false};
  EXPECT_EQ(*choose_proxy(settings, *parse_url("http://h/")), "http://proxy:3128");
  EXPECT_EQ(*choose_proxy(settings, *parse_url("https://h/")), "http://me:pw@proxy");
}

TEST(Proxy, SocksProxyLooksUpNames) {
  const ProxySettings settings{"socks5://proxy:1080", "", "", false};
  EXPECT_EQ(*choose_proxy(settings, *parse_url("http://h/")), "socks5h://proxy:1080");
}

TEST(Proxy, RefusesWhatIsNoUrl) {
  const ProxySettings settings{"http://a b", "", "", false};
  const auto proxy = choose_proxy(settings, *parse_url("http://h/"));
  ASSERT_FALSE(proxy);
  EXPECT_EQ(proxy.error().message(), "HTTP_PROXY is not the URL of a proxy");
  EXPECT_TRUE(choose_proxy(settings, *parse_url("http://localhost/")));
}

TEST(Proxy, IsRefusedInCgiPrograms) {
  const ProxySettings settings{"http://p:1", "http://p:1", "", true};
  EXPECT_FALSE(choose_proxy(settings, *parse_url("http://h/")));
  EXPECT_TRUE(choose_proxy(settings, *parse_url("https://h/")));
}

TEST(Proxy, UpperCaseVariablesWin) {
  setenv("HTTP_PROXY", "upper", 1);
  setenv("http_proxy", "lower", 1);
  unsetenv("HTTPS_PROXY");
  setenv("https_proxy", "lower", 1);
  const ProxySettings settings = ProxySettings::from_environment();
  EXPECT_EQ(settings.http, "upper");
  EXPECT_EQ(settings.https, "lower");
  for (const char* name : {"HTTP_PROXY", "http_proxy", "https_proxy"}) unsetenv(name);
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Whatever a browser sends: a head is read or refused, and what was read is free of what later
// steps rely on not to see.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "web/guard.h"
#include "web/http_parser.h"

namespace {

constexpr std::array<std::string_view, 4> kOurNames = {"localhost", "127.0.0.1", "::1", "[::1]"};

void require(bool condition) {
  if (!condition) std::abort();
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// With or without a port.
bool is_name_of_ours(std::string_view host) {
  const std::string lower = plumb::to_lower(host);
  return std::ranges::any_of(kOurNames, [&lower](std::string_view name) {
    return lower.starts_with(name) && (lower.size() == name.size() || lower[name.size()] == ':');
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumb::web;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = find_head_end(text);
  require(end == std::string_view::npos || end <= size);
  const auto head = parse_head(text.substr(0, end));
  if (!head) return 0;
  const HttpRequest& request = head->request;
  require(request.path.starts_with('/') && !has_control(request.path));
  require(request.headers.size() <= kMostHeaders);
  require(!request.header("host").empty());
  for (const auto& [name, value] : request.headers) {
    require(!name.empty() && !has_control(name));
    require(value.find('\n') == std::string::npos && value.find('\r') == std::string::npos);
  }
  for (const auto& [name, value] : request.query.pairs()) {
    std::string back;
    require(percent_decode(percent_encode(value), true, back) && back == value);
  }
  // A name that is no name of ours never gets through.
  const Guard guard("localhost", "token");
  if (!guard.check(request)) {
    require(is_name_of_ours(request.header("host")));
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Whatever a browser sends: a head is read or refused, and what was read is free of what later
// steps rely on not to see.

#include <arpa/inet.h>

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

void require(bool condition) {
  if (!condition) std::abort();
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

// With or without a port.
bool is_name_of_ours(std::string_view host) {
  std::string name = plumb::to_lower(host);
  const std::size_t colon = name.rfind(':');
  const bool has_port = name.starts_with('[')
                            ? name.find("]:") != std::string::npos
                            : colon != std::string::npos && colon == name.find(':');
  if (has_port) name.resize(colon);
  if (name == "localhost") return true;
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  // Addresses of this machine.
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, name.c_str(), bytes.data()) == 1) return bytes[0] == 127;
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) != 1) return false;
  const bool is_mapped = bytes[10] == 0xff && bytes[11] == 0xff && bytes[12] == 127;
  return is_mapped || (bytes[15] == 1 && std::all_of(bytes.begin(), bytes.begin() + 15,
                                                     [](unsigned char byte) { return byte == 0; }));
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

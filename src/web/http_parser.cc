// SPDX-License-Identifier: Apache-2.0
#include "web/http_parser.h"

#include <algorithm>

#include "base/strings.h"
#include "base/try.h"

namespace plumb::web {
namespace {

Error malformed(std::string_view what) {
  return {ErrorCode::Malformed, std::string(what)};
}

// RFC 9110, "token": what methods and names of headers are made of.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

// A tab is a blank in values of headers, and nothing else anywhere else.
enum class Tab : bool { Refuse, Allow };

bool has_control(std::string_view text, Tab tab) {
  return std::ranges::any_of(text, [tab](char c) {
    if (c == '\t') return tab == Tab::Refuse;
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

std::string_view take_line(std::string_view& head) {
  std::string_view line = take_until(head, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Result<void> parse_target(std::string_view target, HttpRequest& request) {
  // Proxies are sent whole URLs, and this is none.
  if (!target.starts_with('/') || has_control(target, Tab::Refuse) ||
      target.find(' ') != std::string_view::npos) {
    return malformed("the target of the request is no path");
  }
  target = target.substr(0, target.find('#'));
  const std::string_view path = take_until(target, '?');
  if (!percent_decode(path, false, request.path)) {
    return malformed("the path is not percent-encoded well");
  }
  if (has_control(request.path, Tab::Refuse)) return malformed("the path has control characters");
  request.query_text = target;
  request.query = parse_query(target);
  return {};
}

Result<void> parse_first_line(std::string_view line, HttpHead& head) {
  const std::string_view method = take_until(line, ' ');
  const std::string_view target = take_until(line, ' ');
  if (!is_token(method)) return malformed("the method is no word");
  if (line != "HTTP/1.1" && line != "HTTP/1.0") {
    if (line.starts_with("HTTP/")) {
      return Error(ErrorCode::Usage, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    return malformed("no HTTP request");
  }
  head.keep_alive = line == "HTTP/1.1";
  head.request.method = method;
  return parse_target(target, head.request);
}

Result<void> parse_content_length(std::string_view value, HttpHead& head) {
  const bool is_number =
      !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  const auto length = parse_int<std::uint64_t>(value);
  if (!is_number || !length) return malformed("Content-Length is no number");
  head.content_length = *length;
  return {};
}

Result<void> apply_header(std::string_view name, std::string_view value, HttpHead& head) {
  if (name == "content-length") {
    if (!head.request.header(name).empty()) return malformed("two Content-Length headers");
    return parse_content_length(value, head);
  }
  if (name == "transfer-encoding") {
    return Error(ErrorCode::Usage, "Transfer-Encoding is not supported; send a Content-Length");
  }
  if (name == "host" && !head.request.header(name).empty()) return malformed("two Host headers");
  if (name == "connection") {
    const std::string options = to_lower(value);
    if (options.find("close") != std::string::npos) head.keep_alive = false;
    if (options.find("keep-alive") != std::string::npos) head.keep_alive = true;
  }
  if (name == "expect") head.expects_continue = to_lower(value) == "100-continue";
  return {};
}

Result<void> parse_header(std::string_view line, HttpHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return malformed("a header without a colon");
  const std::string_view raw_name = line.substr(0, colon);
  if (!is_token(raw_name)) return malformed("a header whose name is no word");
  const std::string_view value = trim(line.substr(colon + 1));
  if (has_control(value, Tab::Allow)) return malformed("a header with control characters");
  if (head.request.headers.size() == kMostHeaders) {
    return Error(ErrorCode::LimitExceeded, "more than 100 headers");
  }
  std::string name = to_lower(raw_name);
  TRY(apply_header(name, value, head));
  head.request.headers.emplace_back(std::move(name), std::string(value));
  return {};
}

}  // namespace

std::size_t find_head_end(std::string_view bytes) {
  const std::size_t with_returns = bytes.find("\r\n\r\n");
  const std::size_t without = bytes.find("\n\n");
  if (with_returns == std::string_view::npos && without == std::string_view::npos) {
    return std::string_view::npos;
  }
  return with_returns < without ? with_returns + 4 : without + 2;
}

Result<HttpHead> parse_head(std::string_view bytes) {
  HttpHead head;
  TRY(parse_first_line(take_line(bytes), head));
  while (!bytes.empty()) {
    const std::string_view line = take_line(bytes);
    if (line.empty()) break;
    TRY(parse_header(line, head));
  }
  if (head.request.header("host").empty()) return malformed("no Host header");
  return head;
}

}  // namespace plumb::web

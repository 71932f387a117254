// SPDX-License-Identifier: Apache-2.0
#include "web/http_message.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace plumb::web {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view find_first(const std::vector<NameValue>& pairs, std::string_view name) {
  const auto found = std::ranges::find(pairs, name, &NameValue::first);
  return found == pairs.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

std::string_view Query::get(std::string_view name) const {
  return find_first(pairs_, name);
}

std::string_view HttpRequest::header(std::string_view name) const {
  return find_first(headers, name);
}

HttpResponse text_response(int status, std::string_view message) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::string(message) + '\n'};
}

HttpResponse json_response(std::string json) {
  return {.content_type = "application/json", .body = std::move(json)};
}

HttpResponse redirect_response(int status, std::string location) {
  HttpResponse response = text_response(status, status_text(status));
  response.headers.emplace_back("Location", std::move(location));
  return response;
}

std::string_view status_text(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 400:
      return "Bad Request";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Internal Server Error";
  }
}

bool percent_decode(std::string_view text, bool plus_is_blank, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return false;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return true;
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

Query parse_query(std::string_view text) {
  std::vector<NameValue> pairs;
  for (const std::string_view pair : split(text, '&')) {
    if (pair.empty()) continue;
    std::string_view rest = pair;
    const std::string_view name = take_until(rest, '=');
    NameValue decoded;
    if (percent_decode(name, true, decoded.first) && percent_decode(rest, true, decoded.second)) {
      pairs.push_back(std::move(decoded));
    }
  }
  return Query(std::move(pairs));
}

}  // namespace plumb::web

// SPDX-License-Identifier: Apache-2.0
// Sources: Parse() in net/url/url.go of Go, and adjustURL() in internal/driver/fetch.go of pprof.

#include "fetch/url.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "base/strings.h"

namespace plumb {
namespace {

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

// Takes "scheme:" off the front. Nothing if there is no scheme, which is not wrong by itself.
std::string take_scheme(std::string_view& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_letter(text.empty() ? ' ' : text[0])) return "";
  const std::string_view scheme = text.substr(0, colon);
  const bool valid = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
  if (!valid) return "";
  text.remove_prefix(colon + 1);
  return to_lower(scheme);
}

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::optional<std::string> decode_percent(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_value(text[i + 1]);
    const int low = hex_value(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

// Escapes all but the characters that `is_plain` is true of.
template <typename IsPlain>
std::string encode_percent(std::string_view text, const IsPlain& is_plain) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      result += c;
    } else {
      result += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return result;
}

// Encodes what may not stand in a URL and keeps every other byte, existing escapes included.
std::string encode_rest(std::string_view text) {
  constexpr std::string_view kUnsafe = " \"<>\\^`{|}";
  return encode_percent(text, [&](char c) {
    return static_cast<unsigned char>(c) < 0x80 && kUnsafe.find(c) == std::string_view::npos;
  });
}

// Query encoding of Go: all but letters, digits and "-_.~" is escaped, a space as a plus sign.
std::string encode_query_word(std::string_view text) {
  constexpr std::string_view kPlain = "-_.~ ";
  std::string result = encode_percent(text, [&](char c) {
    return is_letter(c) || is_digit(c) || kPlain.find(c) != std::string_view::npos;
  });
  std::ranges::replace(result, ' ', '+');
  return result;
}

std::optional<std::string> decode_query_word(std::string_view text) {
  std::string with_spaces(text);
  std::ranges::replace(with_spaces, '+', ' ');
  return decode_percent(with_spaces);
}

// As url.Values of Go has it: sorted by key. What it does not read is left out.
std::string sorted_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (value.empty() || contains(value, ";")) continue;
    const auto key = decode_query_word(take_until(value, '='));
    const auto decoded = decode_query_word(value);
    if (key && decoded) parameters.emplace_back(*key, *decoded);
  }
  std::ranges::stable_sort(parameters, {}, [](const auto& parameter) { return parameter.first; });
  std::string result;
  for (const auto& [key, value] : parameters) {
    if (!result.empty()) result += '&';
    result += encode_query_word(key) + '=' + encode_query_word(value);
  }
  return result;
}

bool is_valid_port(std::string_view port) {
  if (port.empty()) return true;
  const auto number = parse_int<std::uint32_t>(port);
  return number && *number <= 65535;
}

bool is_valid_host(std::string_view host) {
  if (host.starts_with('[')) {
    host.remove_prefix(1);
    return host.size() > 1 && std::all_of(host.begin(), host.end() - 1, [](char c) {
             return hex_value(c) >= 0 || is_letter(c) || c == ':' || c == '.' || c == '%';
           });
  }
  return std::all_of(host.begin(), host.end(), [](char c) {
    const bool mark = c == '-' || c == '.' || c == '_' || c == '~';
    return is_letter(c) || is_digit(c) || mark || static_cast<unsigned char>(c) >= 0x80;
  });
}

bool parse_user(std::string_view text, Url& url) {
  const auto user = decode_percent(take_until(text, ':'));
  const auto password = decode_percent(text);
  if (!user || !password) return false;
  if (std::any_of(user->begin(), user->end(), is_control)) return false;
  if (std::any_of(password->begin(), password->end(), is_control)) return false;
  url.user = *user;
  url.password = *password;
  return true;
}

// Parses "user:password@host:port".
bool parse_authority(std::string_view text, Url& url) {
  const std::size_t at = text.rfind('@');
  if (at != std::string_view::npos) {
    if (!parse_user(text.substr(0, at), url)) return false;
    text.remove_prefix(at + 1);
  }
  std::size_t host_end = text.find(':');
  if (text.starts_with('[')) {
    const std::size_t bracket = text.find(']');
    if (bracket == std::string_view::npos) return false;
    host_end = bracket + 1;
    if (host_end < text.size() && text[host_end] != ':') return false;
  }
  url.host = text.substr(0, host_end);
  if (host_end < text.size()) url.port = text.substr(host_end + 1);
  // ":6060" is a server on this machine, as Go's dialer has it.
  if (url.host.empty() && !url.port.empty()) url.host = "localhost";
  return !url.host.empty() && is_valid_host(url.host) && is_valid_port(url.port);
}

std::string join(const Url& url, std::string_view scheme, std::string_view user) {
  std::string text = std::string(scheme) + "://";
  text += user;
  text += url.host;
  if (!url.port.empty()) text += ':' + url.port;
  text += url.path;
  if (!url.query.empty()) text += '?' + url.query;
  return text;
}

bool starts_authority(std::string_view text) {
  return text.starts_with("//");
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_control)) return std::nullopt;
  Url url;
  url.scheme = take_scheme(text);
  if (url.scheme.empty() || !starts_authority(text)) return std::nullopt;
  text.remove_prefix(2);
  std::string_view rest = take_until(text, '#');
  std::string_view path = take_until(rest, '?');
  const std::size_t slash = path.find('/');
  if (!parse_authority(path.substr(0, slash), url)) return std::nullopt;
  if (slash != std::string_view::npos) url.path = encode_rest(path.substr(slash));
  url.query = encode_rest(rest);
  return url;
}

std::optional<Url> find_url(std::string_view source) {
  std::string_view rest = source;
  const std::string scheme = take_scheme(rest);
  if (!scheme.empty() && starts_authority(rest)) return parse_url(source);
  // Without a scheme, only a colon before the first slash makes it "host:port" and not a path.
  const std::size_t segment_end = std::min(source.find_first_of("/?#"), source.size());
  const bool has_colon = source.substr(0, segment_end).find(':') != std::string_view::npos;
  // "file:" is pprof's exception. What writes "://" but has no valid scheme is no host either.
  const bool is_authority =
      source.substr(0, segment_end).ends_with(':') && starts_authority(source.substr(segment_end));
  if (!has_colon || scheme == "file" || is_authority) return std::nullopt;
  return parse_url("http://" + std::string(source));
}

std::string_view find_port_out_of_range(std::string_view source) {
  const std::size_t scheme = source.find("://");
  const bool has_scheme = scheme != source.npos && source.find_first_of("/?#") == scheme + 1;
  const std::size_t begin = has_scheme ? scheme + 3 : 0;
  const std::size_t end = std::min(source.find_first_of("/?#", begin), source.size());
  const std::size_t colon = source.substr(0, end).rfind(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view port = source.substr(colon + 1, end - colon - 1);
  if (!is_digits(port) || is_valid_port(port)) return {};
  std::string with_a_port(source);
  with_a_port.replace(colon + 1, port.size(), "1");
  return find_url(with_a_port) ? port : std::string_view();
}

std::string host_name(const Url& url) {
  std::string_view host = url.host;
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return to_lower(host);
}

std::string effective_port(const Url& url) {
  if (!url.port.empty()) return url.port;
  return url.scheme == "http" ? "80" : "443";
}

std::string host_and_port(const Url& url) {
  return url.host + ':' + effective_port(url);
}

std::string to_string(const Url& url) {
  std::string user = encode_rest(url.user);
  if (!url.password.empty()) user += ":xxxxx";
  if (!user.empty()) user += '@';
  return join(url, url.scheme, user);
}

std::string without_password(std::string_view source) {
  const std::size_t scheme = source.find("://");
  const bool has_scheme = scheme != std::string_view::npos;
  const std::size_t start = has_scheme ? scheme + 3 : 0;
  // A password that makes the URL invalid may hold what ends the authority of a valid one.
  const std::size_t end =
      find_url(source) ? source.find_first_of("/?#", start) : std::string_view::npos;
  const std::string_view authority = source.substr(0, end).substr(start);
  const std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.find(':');
  if (at == std::string_view::npos || colon >= at) return std::string(source);
  // Without a scheme a slash in front of the colon makes it a path.
  if (!has_scheme && authority.find('/') < colon) return std::string(source);
  std::string text(source.substr(0, start + colon + 1));
  text += "xxxxx";
  text += source.substr(start + at);
  return text;
}

std::string client_url(const Url& url) {
  return join(url, url.scheme == "https+insecure" ? "https" : url.scheme, "");
}

std::optional<std::string_view> find_parameter(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    std::string_view value = take_until(query, '&');
    if (take_until(value, '=') == key) return value;
  }
  return std::nullopt;
}

std::string with_parameter(std::string_view query, std::string_view key, std::string_view value) {
  std::string result;
  bool done = false;
  const auto append = [&result](std::string_view part) {
    if (!result.empty()) result += '&';
    result += part;
  };
  const std::string setting = std::string(key) + '=' + std::string(value);
  while (!query.empty()) {
    const std::string_view part = take_until(query, '&');
    if (part.substr(0, part.find('=')) != key) {
      append(part);
    } else if (!done) {
      append(setting);
      done = true;
    }
  }
  if (!done) append(setting);
  return result;
}

Url complete_url(Url url, std::string_view bare_path, int seconds) {
  constexpr std::string_view kIndex = "/debug/pprof";
  std::string_view prefix = url.path;
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  const bool is_index = prefix.ends_with(kIndex);
  if (is_index) prefix.remove_suffix(kIndex.size());
  if (is_index || prefix.empty()) {
    url.path = std::string(prefix) + std::string(take_until(bare_path, '?'));
    while (!bare_path.empty()) {
      std::string_view value = take_until(bare_path, '&');
      const std::string_view key = take_until(value, '=');
      if (!find_parameter(url.query, key)) url.query = with_parameter(url.query, key, value);
    }
  }
  if (seconds > 0) url.query = with_parameter(url.query, "seconds", std::to_string(seconds));
  url.query = sorted_query(url.query);
  return url;
}

std::int64_t request_timeout_ms(const Url& url, int seconds, int timeout_seconds) {
  constexpr std::int64_t kGraceMs = 5000;
  if (seconds <= 0) {
    const auto text = find_parameter(url.query, "seconds");
    seconds = text ? parse_int<std::int32_t>(*text).value_or(0) : 0;
  }
  if (timeout_seconds > 0) {
    // Go's CPU profile takes 30 s if nobody says how many.
    const bool takes_a_while = seconds > 0 || url.path.ends_with("/profile");
    return std::int64_t{timeout_seconds} * 1000 + (takes_a_while ? kGraceMs : 0);
  }
  return seconds > 0 ? std::int64_t{seconds} * 1500 + kGraceMs : 60'000 + kGraceMs;
}

}  // namespace plumb

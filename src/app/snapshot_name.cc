// SPDX-License-Identifier: Apache-2.0
#include "app/snapshot_name.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/ascii.h"
#include "base/strings.h"
#include "base/units.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kShape = "00000000T000000.000Z";  // 0: a digit.

bool has_shape(std::string_view text) {
  return text.size() == kShape.size() && std::ranges::equal(text, kShape, [](char c, char of) {
           return of == '0' ? is_digit(c) : c == of;
         });
}

std::string_view name_of(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

int digits_value(std::string_view digits) {
  return parse_int<int>(digits).value_or(0);
}

}  // namespace

std::string time_name(std::int64_t time_ns) {
  const auto seconds = static_cast<std::time_t>(time_ns / kNanosPerSecond);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%S", &parts);  // NOLINT(cert-err33-c)
  std::string millis = std::to_string(time_ns % kNanosPerSecond / kNanosPerMilli);
  millis.insert(0, 3 - std::min<std::size_t>(millis.size(), 3), '0');
  return std::string(text.data()) + '.' + millis + 'Z';
}

std::int64_t time_of_snapshot(std::string_view path) {
  const std::string_view name = name_of(path).substr(0, kShape.size());
  if (!has_shape(name)) return 0;
  std::tm parts{};
  parts.tm_year = digits_value(name.substr(0, 4)) - 1900;
  parts.tm_mon = digits_value(name.substr(4, 2)) - 1;
  parts.tm_mday = digits_value(name.substr(6, 2));
  parts.tm_hour = digits_value(name.substr(9, 2));
  parts.tm_min = digits_value(name.substr(11, 2));
  parts.tm_sec = digits_value(name.substr(13, 2));
  const std::time_t seconds = ::timegm(&parts);
  // Later than nanoseconds in 64 bits reach, or no time of the Unix clock.
  constexpr std::time_t kLast = 9'000'000'000;
  if (seconds <= 0 || seconds > kLast) return 0;
  return std::int64_t{seconds} * kNanosPerSecond +
         digits_value(name.substr(16, 3)) * kNanosPerMilli;
}

bool is_snapshot_name(std::string_view path) {
  const std::string_view name = name_of(path);
  return has_shape(name.substr(0, kShape.size())) &&
         (name.ends_with(".goroutine.txt") || name.ends_with(".goroutine.pb.gz"));
}

}  // namespace plumb::cli

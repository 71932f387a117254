// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <mutex>
#include <optional>
#include <span>

#include "base/strings.h"

namespace plumb {
namespace {

struct Unit {
  std::string_view name;  // As printed.
  std::array<std::string_view, 3> aliases;
  double factor;  // In base units.
};

struct UnitFamily {
  std::span<const Unit> units;  // By size.
  Unit fallback;                // For values below the smallest unit and for unknown targets.
};

constexpr Unit kBytes[] = {
    {"B", {"b", "byte"}, 1},
    {"kB", {"kb", "kbyte", "kilobyte"}, 1024.0},
    {"MB", {"mb", "mbyte", "megabyte"}, 1048576.0},
    {"GB", {"gb", "gbyte", "gigabyte"}, 1073741824.0},
    {"TB", {"tb", "tbyte", "terabyte"}, 1099511627776.0},
    {"PB", {"pb", "pbyte", "petabyte"}, 1125899906842624.0},
};
constexpr Unit kTimes[] = {
    {"ns", {"ns", "nanosecond"}, 1},    {"us", {"\xCE\xBCs", "us", "microsecond"}, 1e3},
    {"ms", {"ms", "millisecond"}, 1e6}, {"s", {"s", "sec", "second"}, 1e9},
    {"hrs", {"hour", "hr"}, 3600e9},
};
constexpr Unit kComputeUnits[] = {
    {"n*GCU", {"nanogcu"}, 1e-9}, {"u*GCU", {"microgcu"}, 1e-6}, {"m*GCU", {"milligcu"}, 1e-3},
    {"GCU", {"gcu"}, 1},          {"k*GCU", {"kilogcu"}, 1e3},   {"M*GCU", {"megagcu"}, 1e6},
    {"G*GCU", {"gigagcu"}, 1e9},  {"T*GCU", {"teragcu"}, 1e12},  {"P*GCU", {"petagcu"}, 1e15},
};
constexpr UnitFamily kFamilies[] = {
    {kBytes, {"B", {}, 1}},
    {kTimes, {"s", {}, 1e9}},
    {kComputeUnits, {"GCU", {}, 1}},
};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

const Unit* find_unit(const UnitFamily& family, std::string_view name) {
  std::string alias = lower(name);
  if (alias.size() > 2 && alias.back() == 's') alias.pop_back();
  if (alias.empty()) return nullptr;
  for (const Unit& unit : family.units) {
    for (const std::string_view known : unit.aliases) {
      if (known == alias) return &unit;
    }
  }
  return nullptr;
}

const Unit& largest_fitting(const UnitFamily& family, double base_value) {
  const Unit* best = nullptr;
  for (const Unit& unit : family.units) {
    if (base_value / unit.factor >= 1.0) best = &unit;
  }
  return best == nullptr ? family.fallback : *best;
}

std::optional<Scaled> convert(const UnitFamily& family, std::int64_t value, std::string_view from,
                              std::string_view to) {
  const Unit* const source = find_unit(family, from);
  if (source == nullptr) return std::nullopt;
  const double base_value = static_cast<double>(value) * source->factor;
  if (to == "minimum" || to == "auto") {
    const Unit& unit = largest_fitting(family, base_value);
    return Scaled{base_value / unit.factor, std::string(unit.name)};
  }
  const Unit* const known = find_unit(family, to);
  const Unit& target = known == nullptr ? family.fallback : *known;
  return Scaled{base_value / target.factor, std::string(target.name)};
}

template <typename... Args>
std::string print(const char* format, Args... args) {
  std::array<char, 400> text;  // The largest double has 309 digits.
  const int length = std::snprintf(text.data(), text.size(), format, args...);
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace

Scaled scale_value(std::int64_t value, std::string_view from, std::string_view to) {
  if (value < 0 && value != std::numeric_limits<std::int64_t>::min()) {
    Scaled scaled = scale_value(-value, from, to);
    scaled.value = -scaled.value;
    return scaled;
  }
  for (const UnitFamily& family : kFamilies) {
    if (auto scaled = convert(family, value, from, to)) return *std::move(scaled);
  }
  const bool plain =
      to == "count" || to == "sample" || to == "unit" || to == "minimum" || to == "auto";
  return {static_cast<double>(value), plain ? std::string() : std::string(to)};
}

UnitScale find_unit_scale(std::string_view from, std::string_view to) {
  for (const UnitFamily& family : kFamilies) {
    const Unit* const source = find_unit(family, from);
    if (source == nullptr) continue;
    const Unit* const known = find_unit(family, to);
    const Unit& target = known == nullptr ? family.fallback : *known;
    return {source->factor, target.factor, std::string(target.name)};
  }
  return {1, 1, scale_value(0, from, to).unit};
}

bool units_are_related(std::string_view a, std::string_view b) {
  for (const UnitFamily& family : kFamilies) {
    if (find_unit(family, a) != nullptr && find_unit(family, b) != nullptr) return true;
  }
  return false;
}

std::string format_value(std::int64_t value, std::string_view from, std::string_view to) {
  const Scaled scaled = scale_value(value, from, to);
  std::array<char, 400> digits;  // The largest double has 309 in front of the point.
  const auto [end, code] = std::to_chars(digits.data(), digits.data() + digits.size(), scaled.value,
                                         std::chars_format::fixed, 2);
  std::string text(digits.data(), end);
  if (text.ends_with(".00")) text.resize(text.size() - 3);
  if (text == "0" || text == "-0") return "0";
  return text + scaled.unit;
}

std::string format_percentage(std::int64_t value, std::int64_t total) {
  double percent = 0;
  if (total != 0) {
    percent = std::fabs(static_cast<double>(value) / static_cast<double>(total)) * 100;
  }
  if (percent >= 99.95 && percent <= 100.05) return "  100%";
  return print(percent >= 1.0 ? "%5.2f%%" : "%5.2g%%", percent);
}

std::string short_percentage(std::int64_t value, std::int64_t total) {
  return std::string(trim(format_percentage(value, total)));
}

std::int64_t truncate_to_int64(double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63.
  if (!(value >= -kLimit && value < kLimit)) return std::numeric_limits<std::int64_t>::min();
  return static_cast<std::int64_t>(value);
}

namespace {

// Whether `zone`, a value of $TZ, names a zone that there is a file of. Go knows no others.
bool has_zone_file(std::string_view zone) {
  consume_prefix(zone, ":");
  if (zone.empty()) return false;
  if (zone.starts_with('/')) return ::access(std::string(zone).c_str(), R_OK) == 0;
  constexpr std::array<std::string_view, 4> kFolders = {
      "/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/"};
  return std::ranges::any_of(kFolders, [zone](std::string_view folder) {
    return ::access((std::string(folder) + std::string(zone)).c_str(), R_OK) == 0;
  });
}

// Whether the C library's local time is Go's. Looks for a file once for each new value of $TZ.
// Thread-safe.
bool is_local_zone_known() {
  const char* const zone = std::getenv("TZ");
  if (zone == nullptr) return true;
  static std::mutex mutex;
  static std::string asked;
  static std::optional<bool> answer;
  const std::scoped_lock lock(mutex);
  if (!answer || asked != zone) {
    asked = zone;
    answer = has_zone_file(zone);
  }
  return *answer;
}

// The local time of the second that `nanos` lies in, by a format of strftime.
std::string format_second(std::int64_t nanos, const char* format) {
  std::int64_t seconds = nanos / kNanosPerSecond;
  if (nanos % kNanosPerSecond < 0) --seconds;
  const auto time = static_cast<std::time_t>(seconds);
  std::tm local{};
  if (is_local_zone_known()) {
    localtime_r(&time, &local);
  } else {
    gmtime_r(&time, &local);
    local.tm_zone = "UTC";
  }
  std::array<char, 64> text;
  return {text.data(), std::strftime(text.data(), text.size(), format, &local)};
}

// ".25" for 250 of 1000; nothing for 0. `digits`: of the whole fraction.
std::string fraction_text(std::uint64_t part, std::size_t digits) {
  std::string text = std::to_string(part);
  text.insert(0, digits - std::min(digits, text.size()), '0');
  text.erase(text.find_last_not_of('0') + 1);
  return text.empty() ? text : '.' + text;
}

}  // namespace

std::string format_local_time(std::int64_t nanos) {
  return format_second(nanos, "%Y-%m-%d %H:%M:%S %Z");
}

std::string format_precise_time(std::int64_t nanos) {
  std::int64_t part = nanos % kNanosPerSecond;
  if (part < 0) part += kNanosPerSecond;
  return format_second(nanos, "%Y-%m-%d %H:%M:%S") +
         fraction_text(static_cast<std::uint64_t>(part), 9) + format_second(nanos, " %z %Z");
}

std::string format_duration(std::int64_t nanos) {
  const std::string sign = nanos < 0 ? "-" : "";
  const std::uint64_t size =
      nanos < 0 ? 0 - static_cast<std::uint64_t>(nanos) : static_cast<std::uint64_t>(nanos);
  if (size == 0) return "0s";
  const auto in_unit = [&](std::uint64_t unit, std::size_t digits, const char* name) {
    return sign + std::to_string(size / unit) + fraction_text(size % unit, digits) + name;
  };
  if (size < 1'000) return in_unit(1, 0, "ns");
  if (size < 1'000'000) return in_unit(1'000, 3, "\xc2\xb5s");
  if (size < kNanosPerSecond) return in_unit(1'000'000, 6, "ms");
  const std::uint64_t seconds = size / kNanosPerSecond;
  std::string text = sign;
  if (seconds >= 3600) text += std::to_string(seconds / 3600) + 'h';
  if (seconds >= 60) text += std::to_string(seconds / 60 % 60) + 'm';
  return text + std::to_string(seconds % 60) + fraction_text(size % kNanosPerSecond, 9) + 's';
}

}  // namespace plumb

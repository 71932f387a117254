// SPDX-License-Identifier: Apache-2.0
// Samples and losses as text, one a line, for tables of what an input must give. Frames leaf first:
//
//   2 48 {job=ingest} {bytes=24} main.f a.go:7 < 4698c0 @1
//   1 record cut short @7

#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb::test {

inline std::string describe_location(const Profile& profile, const Location& location) {
  std::string text;
  if (location.line_count == 0) {
    char address[32];
    std::snprintf(address, sizeof address, "%llx",
                  static_cast<unsigned long long>(location.address));
    text = address;
  }
  for (const Line& line : profile.lines_of(location)) {
    const Function& function = profile.function(line.function);
    if (!text.empty()) text += " + ";
    text += std::string(profile.text(function.name)) + ' ' +
            std::string(profile.text(function.file)) + ':' + std::to_string(line.line);
  }
  return text;
}

inline std::string describe_sample(const Profile& profile, std::size_t i) {
  std::string text;
  for (const std::int64_t value : profile.values(i)) text += std::to_string(value) + ' ';
  for (const Label& label : profile.labels(i)) {
    text += '{' + std::string(profile.text(label.key)) + '=';
    text += label.is_string() ? std::string(profile.text(label.str)) : std::to_string(label.num);
    text += "} ";
  }
  std::vector<LocationId> stack;
  profile.read_stack(i, stack);
  for (std::size_t frame = 0; frame < stack.size(); ++frame) {
    if (frame > 0) text += " < ";
    text += describe_location(profile, profile.location(stack[frame]));
  }
  if (stack.empty()) text.pop_back();
  return text;
}

inline std::string describe_losses(const std::vector<Loss>& losses) {
  std::string text;
  for (const Loss& loss : losses) {
    text += std::to_string(loss.count) + ' ' + loss.what + " @" + std::to_string(loss.first_place) +
            '\n';
  }
  return text;
}

/// The samples and, behind them, what was lost.
inline std::string describe_samples(const Profile& profile) {
  std::string text;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    text += describe_sample(profile, i) + '\n';
  }
  return text + describe_losses(profile.losses);
}

/// `400000-401000+0 /bin/x abc`, one a line.
inline std::string describe_mappings(const Profile& profile) {
  std::string text;
  for (const Mapping& mapping : profile.mappings) {
    char range[80];
    std::snprintf(range, sizeof range, "%llx-%llx+%llx",
                  static_cast<unsigned long long>(mapping.start),
                  static_cast<unsigned long long>(mapping.limit),
                  static_cast<unsigned long long>(mapping.offset));
    text += range;
    for (const StringId part : {mapping.file, mapping.build_id}) {
      if (part.index != 0) text += ' ' + std::string(profile.text(part));
    }
    text += '\n';
  }
  return text;
}

/// `type/unit type/unit; period 5 type/unit`
inline std::string describe_types(const Profile& profile) {
  const auto name = [&profile](const ValueType& type) {
    return std::string(profile.text(type.type)) + '/' + std::string(profile.text(type.unit));
  };
  std::string text;
  for (const ValueType& type : profile.sample_types) text += name(type) + ' ';
  if (!text.empty()) text.back() = ';';
  return text + " period " + std::to_string(profile.period) + ' ' + name(profile.period_type);
}

/// Reads every beginning of `text` and says of the first that is wrong why, "" if all are right:
/// one that is read has the samples of the whole, but perhaps for its last one; one that ends
/// before `said_before` says that something is missing.
template <typename Read>
std::string find_bad_cut(const std::string& text, std::size_t said_before, Read&& read) {
  const auto whole = read(text);
  if (!whole) return "the whole is not read: " + whole.error().describe();
  for (std::size_t length = 0; length < text.size(); ++length) {
    const auto cut = read(text.substr(0, length));
    const std::string place = "at " + std::to_string(length) + ": ";
    if (!cut) {
      if (cut.error().message().empty()) return place + "no message";
      continue;
    }
    if (length < said_before && cut->losses.empty()) return place + "nothing is said to be missing";
    if (cut->sample_count() > whole->sample_count()) return place + "more samples than in all";
    for (std::size_t i = 0; i + 1 < cut->sample_count(); ++i) {
      if (describe_sample(*cut, i) != describe_sample(*whole, i)) return place + "other samples";
    }
  }
  return {};
}

}  // namespace plumb::test

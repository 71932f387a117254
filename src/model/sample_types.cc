// SPDX-License-Identifier: Apache-2.0
#include "model/sample_types.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"

namespace plumb {
namespace {

struct TypeText {
  std::string_view type;
  std::string_view unit;
};

TypeText text_of(const Profile& profile, const ValueType& type) {
  return {profile.text(type.type), profile.text(type.unit)};
}

// As Go prints the struct, whose last two fields are always 0.
std::string go_text(const TypeText& type) {
  return "{" + std::string(type.type) + " " + std::string(type.unit) + " 0 0}";
}

std::optional<std::size_t> find_type(const Profile& profile, std::string_view name) {
  for (std::size_t i = 0; i < profile.sample_types.size(); ++i) {
    if (profile.text(profile.sample_types[i].type) == name) return i;
  }
  return std::nullopt;
}

Result<void> select_types(Profile& profile, const std::vector<std::string>& names) {
  std::vector<std::size_t> chosen;
  for (const std::string& name : names) {
    const auto index = find_type(profile, name);
    if (!index) {
      return Error(ErrorCode::Malformed, "\"" + name + "\" sample type is not found in profile");
    }
    chosen.push_back(*index);
  }
  bool is_same = chosen.size() == profile.sample_types.size();
  for (std::size_t i = 0; i < chosen.size() && is_same; ++i) is_same = chosen[i] == i;
  if (is_same) return {};
  profile.select_sample_types(chosen);
  const std::string_view old_default = profile.text(profile.default_sample_type);
  if (std::ranges::find(names, old_default) == names.end()) {
    profile.default_sample_type = profile.sample_types.front().type;
  }
  return {};
}

bool are_compatible(const TypeText& a, const TypeText& b) {
  const auto singular = [](std::string_view name) {
    if (name.ends_with('s')) name.remove_suffix(1);
    return name;
  };
  if (singular(a.type) != singular(b.type)) return false;
  return a.unit == b.unit || units_are_related(a.unit, b.unit);
}

// The finest unit of types that belong together.
Result<std::string> finest_unit(const std::vector<TypeText>& types, std::string_view what) {
  TypeText finest = types.front();
  for (const TypeText& type : types) {
    if (!are_compatible(finest, type)) {
      return Error(ErrorCode::Malformed, std::string(what) + ": incompatible types: " +
                                             go_text(finest) + " " + go_text(type));
    }
    if (find_unit_scale(type.unit, finest.unit)(1) < 1) finest = type;
  }
  return std::string(finest.unit);
}

void scale_period(Profile& profile, std::string_view unit) {
  const UnitScale scale = find_unit_scale(profile.text(profile.period_type.unit), unit);
  profile.period = truncate_to_int64(scale(profile.period));
  profile.period_type.unit = profile.strings.intern(unit);
}

}  // namespace

Result<void> unify_sample_types(std::span<Profile> profiles) {
  std::map<std::string_view, std::size_t> uses;
  for (const Profile& profile : profiles) {
    for (const ValueType& type : profile.sample_types) ++uses[profile.text(type.type)];
  }
  std::vector<std::string> names;
  for (const ValueType& type : profiles.front().sample_types) {
    const std::string_view name = profiles.front().text(type.type);
    if (uses[name] == profiles.size()) names.emplace_back(name);
  }
  if (names.empty()) {
    return Error(ErrorCode::Malformed, "profiles have empty common sample type list");
  }
  for (Profile& profile : profiles) TRY(select_types(profile, names));
  return {};
}

Result<void> unify_units(std::span<Profile> profiles) {
  if (profiles.size() < 2) return {};
  const std::size_t width = profiles.front().sample_types.size();
  std::vector<TypeText> types;
  for (const Profile& profile : profiles) types.push_back(text_of(profile, profile.period_type));
  TRY_ASSIGN(const std::string period_unit, finest_unit(types, "period type"));
  std::vector<std::string> units;
  for (std::size_t i = 0; i < width; ++i) {
    types.clear();
    for (const Profile& profile : profiles) {
      types.push_back(text_of(profile, profile.sample_types[i]));
    }
    TRY_ASSIGN(std::string unit, finest_unit(types, "sample types"));
    units.push_back(std::move(unit));
  }
  for (Profile& profile : profiles) {
    scale_period(profile, period_unit);
    std::vector<double> ratios;
    for (std::size_t i = 0; i < width; ++i) {
      StringId& unit = profile.sample_types[i].unit;
      ratios.push_back(find_unit_scale(profile.text(unit), units[i])(1));
      unit = profile.strings.intern(units[i]);
    }
    scale_values(profile, ratios);
  }
  return {};
}

void scale_values(Profile& profile, std::span<const double> ratios) {
  const std::size_t width = profile.sample_types.size();
  if (std::ranges::all_of(ratios, [](double ratio) { return ratio == 1; })) return;
  const std::span<std::int64_t> values = profile.mutable_values();
  std::vector<std::uint8_t> kept(profile.sample_count());
  for (std::size_t row = 0; row < kept.size(); ++row) {
    for (std::size_t i = 0; i < width; ++i) {
      if (ratios[i] == 1) continue;
      std::int64_t& value = values[row * width + i];
      value = truncate_to_int64(std::round(static_cast<double>(value) * ratios[i]));
      if (value != 0) kept[row] = 1;
    }
  }
  profile.keep_samples(kept);
}

}  // namespace plumb

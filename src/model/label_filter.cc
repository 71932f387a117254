// SPDX-License-Identifier: Apache-2.0
#include "model/label_filter.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/cancellation.h"
#include "base/hash.h"
#include "base/strings.h"
#include "base/try.h"
#include "model/string_matches.h"

namespace plumb {
namespace {

// One end of a range: "12kb", "-5".
struct Bound {
  std::int64_t number = 0;
  std::string_view unit;
};

// Takes a bound off the front of `text`.
std::optional<Bound> take_bound(std::string_view& text) {
  std::size_t digits = 0;
  if (text.starts_with('+') || text.starts_with('-')) digits = 1;
  std::size_t end = digits;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (end == digits) return std::nullopt;
  std::string_view number = text.substr(0, end);
  consume_prefix(number, "+");
  const auto parsed = parse_int<std::int64_t>(number);
  if (!parsed) return std::nullopt;
  std::size_t unit = end;
  while (unit < text.size() && is_letter(text[unit])) ++unit;
  const Bound bound{*parsed, text.substr(end, unit - end)};
  text.remove_prefix(unit);
  return bound;
}

// The ends of a range as they are written; of "12kb" alone both.
struct Bounds {
  std::optional<Bound> low;
  std::optional<Bound> high;
};

std::optional<Bounds> parse_bounds(std::string_view text) {
  Bounds bounds;
  if (consume_prefix(text, ":")) {
    bounds.high = take_bound(text);
    return bounds.high && text.empty() ? std::optional(bounds) : std::nullopt;
  }
  bounds.low = take_bound(text);
  if (!bounds.low) return std::nullopt;
  if (text.empty()) {
    bounds.high = bounds.low;
    return bounds;
  }
  if (!consume_prefix(text, ":")) return std::nullopt;
  if (text.empty()) return bounds;
  bounds.high = take_bound(text);
  return bounds.high && text.empty() ? std::optional(bounds) : std::nullopt;
}

constexpr std::string_view kMinutes = "minutes";

// To minutes, which pprof does not know. A number without a unit is one of minutes already. Nothing
// if the unit is none of time.
std::optional<UnitScale> find_minutes_scale(std::string_view unit) {
  constexpr double kSecondsPerMinute = 60;
  constexpr double kMinutesPerHour = 60;
  if (unit.empty() || unit == "m" || unit == "min" || unit == "minute" || unit == kMinutes) {
    return UnitScale{1, 1, std::string(kMinutes)};
  }
  if (unit == "h") return UnitScale{kMinutesPerHour, 1, std::string(kMinutes)};
  if (!units_are_related(unit, "s")) return std::nullopt;
  const UnitScale seconds = find_unit_scale(unit, "s");
  return UnitScale{seconds.factor, seconds.divisor * kSecondsPerMinute, std::string(kMinutes)};
}

// Which regular expressions match "key:value", as sets of bits, each pair asked once.
class PairMatches {
 public:
  PairMatches(const Profile& profile, const std::vector<Regexp>& regexps)
      : profile_(profile), regexps_(regexps), width_((regexps.size() + 63) / 64) {}

  [[nodiscard]] std::size_t width() const { return width_; }

  // Adds the bits of `label` to `found`, which has `width()` words.
  void add(const Label& label, std::vector<std::uint64_t>& found) {
    const std::uint64_t pair = std::uint64_t{label.key.index} << 32 | label.str.index;
    const auto [known, is_new] = rows_.try_emplace(pair, bits_.size());
    if (is_new) append_row(label);
    for (std::size_t i = 0; i < width_; ++i) found[i] |= bits_[known->second + i];
  }

  // True if every regular expression has its bit in `found`.
  [[nodiscard]] bool is_complete(const std::vector<std::uint64_t>& found) const {
    for (std::size_t i = 0; i < regexps_.size(); ++i) {
      if ((found[i / 64] >> (i % 64) & 1) == 0) return false;
    }
    return true;
  }

 private:
  struct Hash {
    std::size_t operator()(std::uint64_t pair) const { return hash_mix(pair, kHashSeed); }
  };

  void append_row(const Label& label) {
    const std::size_t row = bits_.size();
    bits_.resize(row + width_);
    std::string text(profile_.text(label.key));
    text += ':';
    text += profile_.text(label.str);
    for (std::size_t i = 0; i < regexps_.size(); ++i) {
      if (regexps_[i].matches(text)) bits_[row + i / 64] |= std::uint64_t{1} << (i % 64);
    }
  }

  const Profile& profile_;
  const std::vector<Regexp>& regexps_;
  const std::size_t width_;  // Words of a row.
  std::vector<std::uint64_t> bits_;
  std::unordered_map<std::uint64_t, std::size_t, Hash> rows_;
};

// The id of a key that is looked for; nothing if no label can have it.
std::optional<StringId> find_key(const Profile& profile, std::string_view key) {
  const StringId id = profile.strings.find(key);
  return id.index == 0 ? std::nullopt : std::optional(id);
}

}  // namespace

Result<LabelFilter> LabelFilter::parse(std::string_view text, const LabelUnits& units) {
  LabelFilter filter;
  if (const std::size_t equals = text.find('='); equals != std::string_view::npos) {
    filter.key_ = text.substr(0, equals);
    text.remove_prefix(equals + 1);
  }
  filter.read_range(text, units);
  if (!filter.range_text_.empty()) return filter;
  for (const std::string_view pattern : split(text, ',')) {
    TRY_ASSIGN(Regexp regexp, Regexp::compile(pattern));
    filter.regexps_.push_back(std::move(regexp));
  }
  return filter;
}

// Leaves all of the range empty if `text` is none.
void LabelFilter::read_range(std::string_view text, const LabelUnits& units) {
  const auto bounds = parse_bounds(text);
  if (!bounds) return;
  const std::string_view low_unit = (bounds->low ? bounds->low : bounds->high)->unit;
  const std::string_view high_unit = (bounds->high ? bounds->high : bounds->low)->unit;
  const auto make_range = [&](const UnitScale& low, const UnitScale& high) {
    Range range{{}, {}, low.unit};
    if (bounds->low) range.low = low(bounds->low->number);
    if (bounds->high) range.high = high(bounds->high->number);
    return range;
  };
  // A unit that is known gets its canonical name here; others stay as they are.
  const UnitScale low = find_unit_scale(low_unit, low_unit);
  const UnitScale high = find_unit_scale(high_unit, low.unit);
  if (high.unit == low.unit) range_ = make_range(low, high);

  const auto is_in_minutes = [](const auto& row) { return row.second == kMinutes; };
  if (std::ranges::any_of(units.by_key, is_in_minutes)) {
    const auto low_minutes = find_minutes_scale(low_unit);
    const auto high_minutes = find_minutes_scale(high_unit);
    if (low_minutes && high_minutes) minutes_ = make_range(*low_minutes, *high_minutes);
  }
  if (!range_ && !minutes_) return;
  range_text_ = text;
  for (const auto& row : units.by_key) {
    if (minutes_ && is_in_minutes(row)) {
      scales_.emplace(row.first, UnitScale{1, 1, row.second});
    } else if (range_) {
      scales_.emplace(row.first, find_unit_scale(row.second, range_->unit));
    }
  }
}

// The range in that unit, or null.
const LabelFilter::Range* LabelFilter::range_in(std::string_view unit) const {
  if (minutes_ && minutes_->unit == unit) return &*minutes_;
  return range_ && range_->unit == unit ? &*range_ : nullptr;
}

std::vector<std::uint8_t> LabelFilter::find_matches(const Profile& profile) const {
  if (!range_text_.empty()) return match_numbers(profile);
  return key_.empty() ? match_all(profile) : match_key(profile);
}

std::vector<std::uint8_t> LabelFilter::match_numbers(const Profile& profile) const {
  std::vector<std::uint8_t> matches(profile.sample_count());
  const std::optional<StringId> key = find_key(profile, key_);
  if (!key_.empty() && !key) return matches;
  std::uint32_t last_key = kNone;
  const UnitScale* scale = nullptr;
  const Range* range = nullptr;  // For `last_key`; null: its unit is none of the range's.
  const auto is_inside = [&](const Label& label) {
    if (label.is_string() || (key && label.key != *key)) return false;
    if (label.key.index != last_key) {
      last_key = label.key.index;
      const auto known = scales_.find(last_key);
      scale = known == scales_.end() ? nullptr : &known->second;
      range = scale == nullptr ? nullptr : range_in(scale->unit);
    }
    return range != nullptr && range->contains((*scale)(label.num));
  };
  for (std::size_t i = 0; i < matches.size() && !is_cancelled_at(i); ++i) {
    matches[i] = std::ranges::any_of(profile.labels(i), is_inside) ? 1 : 0;
  }
  return matches;
}

std::vector<std::uint8_t> LabelFilter::match_key(const Profile& profile) const {
  std::vector<std::uint8_t> matches(profile.sample_count());
  const std::optional<StringId> key = find_key(profile, key_);
  if (!key) return matches;
  StringMatches values(profile.strings, regexps_);
  for (std::size_t i = 0; i < matches.size() && !is_cancelled_at(i); ++i) {
    for (const Label& label : profile.labels(i)) {
      if (label.key != *key || !label.is_string() || !values.matches(label.str)) continue;
      matches[i] = 1;
      break;
    }
  }
  return matches;
}

std::vector<std::uint8_t> LabelFilter::match_all(const Profile& profile) const {
  std::vector<std::uint8_t> matches(profile.sample_count());
  PairMatches pairs(profile, regexps_);
  std::vector<std::uint64_t> found(pairs.width());
  for (std::size_t i = 0; i < matches.size() && !is_cancelled_at(i); ++i) {
    std::ranges::fill(found, 0);
    for (const Label& label : profile.labels(i)) {
      if (label.is_string()) pairs.add(label, found);
    }
    matches[i] = pairs.is_complete(found) ? 1 : 0;
  }
  return matches;
}

LabelMatches filter_by_labels(Profile& profile, const LabelFilter* focus,
                              const LabelFilter* ignore) {
  LabelMatches matched;
  if (focus == nullptr && ignore == nullptr) return matched;
  std::vector<std::uint8_t> kept(profile.sample_count(), 1);
  if (focus != nullptr) {
    kept = focus->find_matches(profile);
    matched.kept = std::ranges::find(kept, 1) != kept.end();
  }
  if (ignore != nullptr) {
    const std::vector<std::uint8_t> ignored = ignore->find_matches(profile);
    matched.removed = std::ranges::find(ignored, 1) != ignored.end();
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (ignored[i] != 0) kept[i] = 0;
    }
  }
  profile.keep_samples(kept);
  return matched;
}

LabelMatches filter_labels(Profile& profile, const Regexp* show, const Regexp* hide) {
  LabelMatches matched;
  if (show == nullptr && hide == nullptr) return matched;
  std::unordered_map<std::uint32_t, bool> known;
  const auto decide = [&](StringId key) {
    const std::string_view text = profile.text(key);
    const bool is_shown = show == nullptr || show->matches(text);
    const bool is_hidden = hide != nullptr && hide->matches(text);
    matched.kept = matched.kept || is_shown;
    matched.removed = matched.removed || is_hidden;
    return is_shown && !is_hidden;
  };
  profile.keep_labels([&](std::size_t, const Label& label) {
    const auto [row, is_new] = known.try_emplace(label.key.index, false);
    if (is_new) row->second = decide(label.key);
    return row->second;
  });
  return matched;
}

}  // namespace plumb

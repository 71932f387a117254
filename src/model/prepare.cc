// SPDX-License-Identifier: Apache-2.0
#include "model/prepare.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/try.h"
#include "model/regexp.h"
#include "model/sample_types.h"
#include "model/simplified_name.h"

namespace plumb {
namespace {

// Nothing if `pattern` is empty or no regular expression.
std::optional<Regexp> compile_whole(std::string_view pattern) {
  if (pattern.empty()) return std::nullopt;
  auto regexp = Regexp::compile("^(" + std::string(pattern) + ")$");
  if (!regexp) return std::nullopt;
  return *std::move(regexp);
}

// What pruning does at a location: nothing, drop it and all below, or drop all below it.
enum class Cut : std::uint8_t { None, At, Below };

class Pruner {
 public:
  Pruner(Profile& profile, const Regexp& drop, const Regexp* keep) : profile_(profile) {
    for (const Function& function : profile.functions) {
      const std::string_view name = simplified_name(profile.text(function.name));
      dropped_.push_back(function.name.index != 0 && drop.matches(name) &&
                         (keep == nullptr || !keep->matches(name)));
    }
    for (Location& location : profile.locations) cuts_.push_back(cut_location(location));
  }

  [[nodiscard]] bool cuts_any() const {
    return std::ranges::any_of(cuts_, [](Cut cut) { return cut != Cut::None; });
  }

  StackEdit prune_stack(PackedStack stack, std::vector<LocationId>& pruned) const {
    // From the leaf, the outermost cut below a frame that is not cut is the last one met before it.
    std::uint64_t leaf = 0;
    std::uint64_t candidate = 0;
    std::uint64_t i = 0;
    for (const LocationId id : stack) {
      const Cut cut = cuts_[id.index];
      if (cut == Cut::None) leaf = candidate;
      if (cut != Cut::None) candidate = cut == Cut::At ? i + 1 : i;
      ++i;
    }
    if (leaf == 0) return StackEdit::Keep;
    i = 0;
    for (const LocationId id : stack) {
      if (i++ >= leaf) pruned.push_back(id);
    }
    return StackEdit::Replace;
  }

 private:
  // Removes the lines from the outermost dropped one inwards, unless nothing would be left.
  Cut cut_location(Location& location) {
    for (std::uint32_t i = location.line_count; i-- > 0;) {
      const FunctionId function = profile_.lines[location.first_line + i].function;
      if (!dropped_[function.index]) continue;
      if (i + 1 == location.line_count) return Cut::At;
      location.first_line += i + 1;
      location.line_count -= i + 1;
      return Cut::Below;
    }
    return Cut::None;
  }

  Profile& profile_;
  std::vector<bool> dropped_;  // By function.
  std::vector<Cut> cuts_;      // By location.
};

void prune_frames(Profile& profile) {
  const std::string_view drop_pattern = profile.text(profile.drop_frames);
  const std::string_view keep_pattern = profile.text(profile.keep_frames);
  const std::optional<Regexp> drop = compile_whole(drop_pattern);
  if (!drop) return;
  const std::optional<Regexp> keep = compile_whole(keep_pattern);
  if (!keep && !keep_pattern.empty()) return;
  const Pruner pruner(profile, *drop, keep ? &*keep : nullptr);
  if (!pruner.cuts_any()) return;
  profile.edit_stacks([&](PackedStack stack, std::vector<LocationId>& pruned) {
    return pruner.prune_stack(stack, pruned);
  });
}

// True if `file` starts with the scheme of a URL: "http://host/x", "c:/x".
bool is_url(std::string_view file) {
  const std::size_t colon = file.find(':');
  if (colon == 0 || colon == std::string_view::npos) return false;
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!is_letter(file[0])) return false;
  return std::ranges::all_of(file.substr(0, colon), [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
}

// A profile without mappings gets one for all of its locations, as in pprof.
void ensure_mapping(Profile& profile) {
  if (!profile.mappings.empty()) return;
  profile.mappings.emplace_back();
  for (Location& location : profile.locations) location.mapping = {0};
}

}  // namespace

Result<void> prepare_profile(Profile& profile) {
  ensure_mapping(profile);
  TRY(unify_sample_types(std::span(&profile, 1)));
  for (Mapping& mapping : profile.mappings) {
    if (mapping.build_id.index == 0 && is_url(profile.text(mapping.file))) mapping.file = {};
  }
  prune_frames(profile);
  return {};
}

}  // namespace plumb

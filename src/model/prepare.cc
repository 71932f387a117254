// SPDX-License-Identifier: Apache-2.0
#include "model/prepare.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "base/try.h"

namespace plumb {
namespace {

// A function's name without the dot of the PowerPC ELF ABI and without its argument list.
std::string_view simplified_name(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  for (std::size_t at = 0; (at = name.find_first_of("(o", at)) != std::string_view::npos;) {
    bool reserved = false;
    for (const std::string_view word : {"(anonymous namespace)", "operator()"}) {
      if (!name.substr(at).starts_with(word)) continue;
      reserved = true;
      at += word.size();
      break;
    }
    if (reserved) continue;
    if (name[at] == '(') return name.substr(0, at);
    ++at;
  }
  return name;
}

// Null if `pattern` is empty or no regular expression.
std::unique_ptr<RE2> compile_whole(std::string_view pattern) {
  if (pattern.empty()) return nullptr;
  auto regexp = std::make_unique<RE2>("^(" + std::string(pattern) + ")$", RE2::Quiet);
  return regexp->ok() ? std::move(regexp) : nullptr;
}

// What pruning does at a location: nothing, drop it and all below, or drop all below it.
enum class Cut : std::uint8_t { None, At, Below };

class Pruner {
 public:
  Pruner(Profile& profile, const RE2& drop, const RE2* keep) : profile_(profile) {
    for (const Function& function : profile.functions) {
      // Go's regular expressions see a byte that is not UTF-8 as U+FFFD, RE2 never matches it.
      const std::string name = valid_utf8(simplified_name(profile.text(function.name)));
      const re2::StringPiece piece(name);
      dropped_.push_back(function.name.index != 0 && RE2::PartialMatch(piece, drop) &&
                         (keep == nullptr || !RE2::PartialMatch(piece, *keep)));
    }
    for (Location& location : profile.locations) cuts_.push_back(cut_location(location));
  }

  void prune_stack(std::vector<LocationId>& stack) const {
    bool found_user = false;
    for (std::size_t i = stack.size(); i-- > 0;) {
      const Cut cut = cuts_[stack[i].index];
      if (cut == Cut::None) found_user = true;
      if (cut == Cut::None || !found_user) continue;
      const std::size_t leaf = cut == Cut::At ? i + 1 : i;
      stack.erase(stack.begin(), stack.begin() + static_cast<std::ptrdiff_t>(leaf));
      return;
    }
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
  const std::unique_ptr<RE2> drop = compile_whole(drop_pattern);
  if (drop == nullptr) return;
  const std::unique_ptr<RE2> keep = compile_whole(keep_pattern);
  if (keep == nullptr && !keep_pattern.empty()) return;
  const Pruner pruner(profile, *drop, keep.get());
  profile.rewrite_stacks([&](std::vector<LocationId>& stack) { pruner.prune_stack(stack); });
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

Result<void> unify_sample_types(Profile& profile) {
  std::unordered_map<std::uint32_t, std::size_t> uses;
  for (const ValueType& type : profile.sample_types) ++uses[type.type.index];
  std::vector<bool> kept;
  for (const ValueType& type : profile.sample_types) kept.push_back(uses[type.type.index] == 1);
  if (std::ranges::find(kept, true) == kept.end()) {
    return Error(ErrorCode::Malformed, "profiles have empty common sample type list");
  }
  if (std::ranges::find(kept, false) == kept.end()) return {};
  profile.keep_sample_types(kept);
  const bool has_default = std::ranges::any_of(profile.sample_types, [&](const ValueType& type) {
    return type.type == profile.default_sample_type;
  });
  if (!has_default) profile.default_sample_type = profile.sample_types.front().type;
  return {};
}

}  // namespace

Result<void> prepare_profile(Profile& profile) {
  TRY(unify_sample_types(profile));
  for (Mapping& mapping : profile.mappings) {
    if (mapping.build_id.index == 0 && is_url(profile.text(mapping.file))) mapping.file = {};
  }
  prune_frames(profile);
  return {};
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "model/prune.h"

#include <re2/re2.h>

#include <optional>
#include <vector>

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

std::unique_ptr<RE2> compile_whole(std::string_view pattern) {
  RE2::Options options(RE2::Quiet);
  return std::make_unique<RE2>("^(" + std::string(pattern) + ")$", options);
}

Result<std::unique_ptr<RE2>> compile(const Profile& profile, StringId pattern) {
  std::unique_ptr<RE2> regexp = compile_whole(profile.text(pattern));
  if (regexp->ok()) return regexp;
  return Error(ErrorCode::Malformed,
               "the profile's frame pattern is no regular expression: " + regexp->error());
}

// What pruning does at a location: nothing, drop it and all below, or drop all below it.
enum class Cut : std::uint8_t { None, At, Below };

class Pruner {
 public:
  Pruner(Profile& profile, const RE2& drop, const RE2* keep) : profile_(profile) {
    for (const Function& function : profile.functions) {
      const std::string_view name = simplified_name(profile.text(function.name));
      const re2::StringPiece piece(name.data(), name.size());
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

}  // namespace

Result<void> prune_frames(Profile& profile) {
  if (profile.drop_frames.index == 0) return {};
  TRY_ASSIGN(const std::unique_ptr<RE2> drop, compile(profile, profile.drop_frames));
  std::unique_ptr<RE2> keep;
  if (profile.keep_frames.index != 0) {
    TRY_ASSIGN(keep, compile(profile, profile.keep_frames));
  }
  const Pruner pruner(profile, *drop, keep.get());
  profile.rewrite_stacks([&](std::vector<LocationId>& stack) { pruner.prune_stack(stack); });
  return {};
}

}  // namespace plumb

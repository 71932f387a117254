// SPDX-License-Identifier: Apache-2.0
#include "report/leak_heap.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

// The functions on the stack of a sample, each once.
void find_functions(const Profile& profile, std::span<const LocationId> stack,
                    std::vector<StringId>& names) {
  names.clear();
  for (const LocationId id : stack) {
    for (const Line& line : profile.lines_of(profile.location(id))) {
      if (line.function.index != kNone) names.push_back(profile.function(line.function).name);
    }
  }
  std::ranges::sort(names, {}, &StringId::index);
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

Result<void> HeapByFunction::read(const Profile& profile) {
  const auto type = std::ranges::find_if(profile.sample_types, [&](const ValueType& value) {
    return profile.text(value.type) == "inuse_space";
  });
  if (type == profile.sample_types.end()) {
    return Error(ErrorCode::Usage, "it has neither goroutines nor heap in use");
  }
  const auto column = static_cast<std::size_t>(type - profile.sample_types.begin());
  bytes_.clear();
  total_ = 0;
  std::vector<LocationId> stack;
  std::vector<StringId> names;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const std::int64_t bytes = profile.values(i)[column];
    if (bytes <= 0) continue;
    total_ = add_saturating(total_, bytes);
    profile.read_stack(i, stack);
    find_functions(profile, stack, names);
    for (const StringId name : names) {
      std::int64_t& sum = bytes_[std::string(profile.text(name))];
      sum = add_saturating(sum, bytes);
    }
  }
  return {};
}

std::int64_t HeapByFunction::bytes_below(std::string_view function) const {
  const auto at = bytes_.find(function);
  return at == bytes_.end() ? 0 : at->second;
}

HeapShare HeapByFunction::share_of(const StackGroups& stacks, const StackGroup& group) const {
  HeapShare share;
  if (group.entry != kNone) {
    const StackFrame& entry = stacks.frame(group, group.entry);
    share.by_entry = bytes_below(stacks.text(entry.function));
  }
  share.by_creator = bytes_below(creator_function(stacks, group));
  return share;
}

}  // namespace plumb

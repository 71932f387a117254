// SPDX-License-Identifier: Apache-2.0
#include "leak/align_formats.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "leak/snapshot_series.h"
#include "leak/wait_kind.h"

namespace plumb {
namespace {

using StackKey = std::pair<WaitKind, std::vector<std::uint32_t>>;  // And the visible frames.

// Old releases print "semacquire" where the functions tell which lock it is.
StackKey stack_key_of(const StackGroups& stacks, const StackGroup& group) {
  StackKey key{find_wait_kind(stacks, group), {}};
  if (key.first == WaitKind::ChanRange) key.first = WaitKind::ChanReceive;
  for (const StackFrameId id : stacks.stack(group)) {
    if (!stacks.frame(id).is_hidden) key.second.push_back(id.index);
  }
  return key;
}

std::vector<CountAt> add_counts(const std::vector<CountAt>& a, const std::vector<CountAt>& b) {
  std::vector<CountAt> sum;
  std::ranges::merge(a, b, std::back_inserter(sum), {}, &CountAt::snapshot, &CountAt::snapshot);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (kept > 0 && sum[kept - 1].snapshot == sum[i].snapshot) {
      sum[kept - 1].count = add_saturating(sum[kept - 1].count, sum[i].count);
    } else {
      sum[kept++] = sum[i];
    }
  }
  sum.resize(kept);
  return sum;
}

void move_counts(SnapshotSeries& series, std::size_t from, std::size_t to) {
  StackGroup& source = series.stacks.groups[from];
  StackGroup& target = series.stacks.groups[to];
  if (source.is_range) target.is_range = source.is_range;
  target.count = add_saturating(target.count, source.count);
  // What a profile beside the dumps proves of them, the dumps may say as well.
  target.leaked = std::max(target.leaked, source.leaked);
  series.counts[to] = add_counts(series.counts[to], series.counts[from]);
  source.count = source.leaked = 0;
  series.counts[from].clear();
}

}  // namespace

void align_formats(SnapshotSeries& series) {
  const auto& groups = series.stacks.groups;
  const auto is_read = [](const StackGroup& group) {
    return group.state_source == StateSource::Read;
  };
  if (std::ranges::none_of(groups, is_read) || std::ranges::all_of(groups, is_read)) return;
  std::map<StackKey, std::uint32_t> known;
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    if (!is_read(groups[i])) continue;
    const auto [at, is_new] = known.try_emplace(stack_key_of(series.stacks, groups[i]), i);
    if (!is_new) at->second = kNone;  // Several creators: whose the goroutines are is not told.
  }
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    if (is_read(groups[i])) continue;
    const auto at = known.find(stack_key_of(series.stacks, groups[i]));
    if (at != known.end() && at->second != kNone) move_counts(series, i, at->second);
  }
}

}  // namespace plumb

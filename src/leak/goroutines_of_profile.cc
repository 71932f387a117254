// SPDX-License-Identifier: Apache-2.0
// Profile -> groups. A profile may hold 100,000 distinct stacks: names are looked at once for each
// function and state inference once for each distinct leaf; the rest is hashing of small integers.
#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "leak/goroutine_labels.h"
#include "leak/goroutine_states.h"
#include "leak/profile_frames.h"
#include "leak/stack_grouper.h"
#include "leak/state_finder.h"

namespace plumb {
namespace {

constexpr std::size_t kMostReserved = std::size_t{1} << 17;

class ProfileGrouping {
 public:
  ProfileGrouping(const Profile& profile, const GoroutineColumn& column, GroupTable& table,
                  const LabelPredicate& label, std::uint64_t min_wait_minutes)
      : profile_(profile),
        column_(column),
        table_(table),
        label_(label),
        min_wait_minutes_(min_wait_minutes),
        facts_(profile),
        frames_(profile, table),
        states_(profile, column) {
    states_.learn();
  }

  void add(std::size_t sample, PackedRows<SeenGoroutine>& rows);

 private:
  // Inferred states are static texts, and neighbours in a profile often have the same.
  StringId intern_state(std::string_view state) {
    if (state.data() == last_state_.data()) return last_state_id_;
    last_state_ = state;
    last_state_id_ = table_.intern(state);
    return last_state_id_;
  }
  [[nodiscard]] bool is_wanted(const GoroutineFacts& facts) const;
  [[nodiscard]] std::string value_text(const Label& label) const;
  [[nodiscard]] std::span<const LocationId> find_named_part() const;
  StackFrameId intern_creator(const GoroutineFacts& facts);
  GroupKey find_state(const GoroutineFacts& facts);
  StackGroup& find_group(const GoroutineFacts& facts);
  void add_facts(StackGroup& group, const GoroutineFacts& facts, std::int64_t count) const;
  void add_labels(StackGroup& group, std::int64_t count);

  const Profile& profile_;
  const GoroutineColumn column_;
  GroupTable& table_;
  const LabelPredicate& label_;
  std::uint64_t min_wait_minutes_;
  GoroutineLabels facts_;
  ProfileFrames frames_;
  StateFinder states_;
  std::string_view last_state_;
  StringId last_state_id_;
  std::vector<LocationId> locations_of_sample_;
  std::vector<StackFrameId> stack_;
  std::vector<Label> labels_;
};

// The part of the stack between the PCs at its ends that debug=1 gives without a name: at the leaf
// frames of the runtime, at the root runtime.goexit. The whole stack if nothing in it has a name.
std::span<const LocationId> ProfileGrouping::find_named_part() const {
  const auto has_lines = [&](LocationId id) { return profile_.location(id).line_count > 0; };
  const std::span<const LocationId> all = locations_of_sample_;
  if (states_.has_not_started(all)) return {};
  const auto first = std::ranges::find_if(all, has_lines);
  if (first == all.end()) return all;
  const auto last = std::find_if(all.rbegin(), all.rend(), has_lines);
  return std::span(first, last.base());
}

std::string ProfileGrouping::value_text(const Label& label) const {
  if (label.is_string()) return std::string(profile_.text(label.str));
  const std::string_view unit = profile_.text(label.unit);
  return std::to_string(label.num) + (unit.empty() ? "" : " ") + std::string(unit);
}

bool has_wait(const GoroutineFacts& facts) {
  return !facts.is_leaked && !facts.state.empty() && is_waiting_state(facts.state);
}

bool ProfileGrouping::is_wanted(const GoroutineFacts& facts) const {
  if (min_wait_minutes_ > 0 && (!has_wait(facts) || facts.wait_minutes < min_wait_minutes_)) {
    return false;
  }
  return !label_ || std::ranges::any_of(labels_, [&](const Label& label) {
    return label_(profile_.text(label.key), value_text(label));
  });
}

void ProfileGrouping::add_facts(StackGroup& group, const GoroutineFacts& facts,
                                std::int64_t count) const {
  if (group.count == 0) {
    group.first_id = facts.id;
    group.creator_id = facts.creator_id;
  }
  group.has_many_creators |= facts.creator_id != group.creator_id;
  if (facts.is_locked) group.locked = add_saturating(group.locked, count);
  if (facts.is_leaked) group.leaked = add_saturating(group.leaked, count);
  if (has_wait(facts) && count > 0) {
    group.waits.add(facts.wait_minutes, static_cast<std::uint64_t>(count));
  }
}

void ProfileGrouping::add_labels(StackGroup& group, std::int64_t count) {
  for (const Label& label : labels_) {
    const StringId value =
        label.is_string() ? frames_.translate(label.str) : table_.intern(value_text(label));
    table_.add_label(group, frames_.translate(label.key), value, count);
  }
}

StackFrameId ProfileGrouping::intern_creator(const GoroutineFacts& facts) {
  StackFrame creator;
  creator.function = table_.intern(facts.created_by);
  const std::size_t colon = facts.created_at.rfind(':');
  if (colon != std::string_view::npos) {
    creator.file = table_.intern(facts.created_at.substr(0, colon));
    creator.line = parse_int<std::int64_t>(facts.created_at.substr(colon + 1)).value_or(0);
  }
  return table_.intern_frame(creator);
}

GroupKey ProfileGrouping::find_state(const GoroutineFacts& facts) {
  GroupKey key;
  key.state_source = facts.state.empty() ? StateSource::Inferred : StateSource::Read;
  if (!facts.state.empty()) key.state = table_.intern(facts.state);
  if (!column_.counts_goroutines) return key;
  const WaitState& wait = states_.infer(locations_of_sample_);
  if (facts.state.empty()) {
    const bool is_new = states_.has_not_started(locations_of_sample_);
    key.state = intern_state(is_new ? "runnable" : wait.state);
  }
  if (facts.state.empty() || facts.state == wait.state) key.is_range = wait.is_range;
  return key;
}

StackGroup& ProfileGrouping::find_group(const GoroutineFacts& facts) {
  const std::span<const LocationId> named = find_named_part();
  const std::uint32_t skipped =
      named.empty() ? 0 : static_cast<std::uint32_t>(named.data() - locations_of_sample_.data());
  frames_.read_stack(named, stack_);
  GroupKey key = find_state(facts);
  if (!facts.created_by.empty()) {
    key.creator = intern_creator(facts);
  }
  StackGroup& group = table_.find_group(key, stack_);
  group.skipped_frames = std::max(group.skipped_frames, skipped);
  return group;
}

void ProfileGrouping::add(std::size_t sample, PackedRows<SeenGoroutine>& rows) {
  const std::int64_t count = profile_.values(sample)[column_.index];
  if (count == 0) return;
  table_.add_goroutines(count);
  GoroutineFacts facts = facts_.read(profile_.labels(sample), labels_);
  facts.is_leaked |= column_.is_leak_profile;
  if (!facts.state.empty()) table_.note_wait_times();
  if (!is_wanted(facts)) return;
  profile_.read_stack(sample, locations_of_sample_);
  StackGroup& group = find_group(facts);
  add_facts(group, facts, count);
  group.counts_goroutines = column_.counts_goroutines;
  group.count = add_saturating(group.count, count);
  add_labels(group, count);
  if (facts.id == 0) return;
  const auto minutes =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(facts.wait_minutes, kNone));
  rows.push_back({{facts.id, facts.creator_id, 0, table_.index_of(group), minutes}, 0, 0});
}

}  // namespace

Result<void> check_goroutines(const Profile& profile) {
  TRY(find_goroutine_column(profile));
  return {};
}

Result<void> StackGrouper::add(const Profile& profile) {
  const auto column = find_goroutine_column(profile);
  if (!column) return column.error();
  table_.reserve(std::min<std::size_t>(profile.sample_count(), kMostReserved));
  table_.note_labels();
  ProfileGrouping grouping(profile, *column, table_, label_, min_wait_minutes_);
  for (std::size_t i = 0; i < profile.sample_count(); ++i) grouping.add(i, rows_);
  rows_ascend_ = rows_.empty();  // Labels may be in any order.
  return {};
}

}  // namespace plumb

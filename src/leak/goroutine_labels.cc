// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_labels.h"

#include <algorithm>
#include <array>

#include "leak/goroutine_states.h"
#include "model/dump_profile.h"

namespace plumb {
namespace {

constexpr std::string_view kLeakedSuffix = " (leaked)";
constexpr std::string_view kScanSuffix = " (scan)";

void strip_suffix(std::string_view& text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
}

std::uint64_t to_unsigned(std::int64_t number) {
  return number > 0 ? static_cast<std::uint64_t>(number) : 0;
}

}  // namespace

GoroutineLabels::GoroutineLabels(const Profile& profile) : profile_(profile) {
  // The last ones are CockroachDB's. Source: printCountProfile() in src/runtime/pprof/pprof.go of
  // https://github.com/cockroachdb/go.
  constexpr std::array kNames = {
      std::pair(dump_label::kState, Fact::State),
      std::pair(dump_label::kId, Fact::Id),
      std::pair(dump_label::kWait, Fact::Wait),
      std::pair(dump_label::kCreatedBy, Fact::CreatedBy),
      std::pair(dump_label::kCreatorId, Fact::CreatorId),
      std::pair(dump_label::kLocked, Fact::Locked),
      std::pair(dump_label::kLeaked, Fact::Leaked),
      std::pair(dump_label::kCreatedAt, Fact::CreatedAt),
      std::pair(dump_label::kScanning, Fact::Other),
      std::pair(dump_label::kDurable, Fact::Other),
      std::pair(dump_label::kBubble, Fact::Other),
      std::pair(dump_label::kAncestors, Fact::Other),
      std::pair(std::string_view("go::goroutine_state"), Fact::State),
      std::pair(std::string_view("go::goroutine"), Fact::Id),
      std::pair(std::string_view("go::goroutine_wait_minutes"), Fact::Wait),
      std::pair(std::string_view("go::goroutine_created_by"), Fact::CreatorId),
  };
  for (const auto& [name, fact] : kNames) {
    const StringId id = profile.strings.find(name);
    if (id.index != 0) keys_.push_back({id, fact});
  }
  const auto is_state = [](const Key& key) { return key.fact == Fact::State; };
  if (std::ranges::none_of(keys_, is_state)) keys_.clear();
}

GoroutineLabels::Fact GoroutineLabels::find(StringId key) const {
  for (const Key& known : keys_) {
    if (known.id == key) return known.fact;
  }
  return Fact::None;
}

void GoroutineLabels::take(Fact fact, const Label& label, GoroutineFacts& facts) const {
  switch (fact) {
    case Fact::State:
      facts.state = profile_.text(label.str);
      strip_suffix(facts.state, kScanSuffix);
      facts.is_leaked |= facts.state.ends_with(kLeakedSuffix);
      strip_suffix(facts.state, kLeakedSuffix);
      break;
    case Fact::Id:
      facts.id = to_unsigned(label.num);
      break;
    case Fact::Wait:
      facts.wait_minutes = to_unsigned(label.num);
      break;
    case Fact::CreatedBy:
      facts.created_by = profile_.text(label.str);
      break;
    case Fact::CreatedAt:
      facts.created_at = profile_.text(label.str);
      break;
    case Fact::CreatorId:
      facts.creator_id = to_unsigned(label.num);
      break;
    case Fact::Locked:
      facts.is_locked = profile_.text(label.str) == "true";
      break;
    case Fact::Leaked:
      facts.is_leaked |= profile_.text(label.str) == "true";
      break;
    case Fact::Other:
    case Fact::None:
      break;
  }
}

GoroutineFacts GoroutineLabels::read(std::span<const Label> labels,
                                     std::vector<Label>& others) const {
  others.clear();
  GoroutineFacts facts;
  for (const Label& label : labels) {
    const Fact fact = find(label.key);
    if (fact == Fact::None) {
      others.push_back(label);
    } else {
      take(fact, label, facts);
    }
  }
  // An id makes a state credible that no release known here prints.
  if (!facts.state.empty() && (facts.id != 0 || is_go_state(facts.state))) return facts;
  others.assign(labels.begin(), labels.end());
  return {};
}

}  // namespace plumb

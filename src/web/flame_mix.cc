// SPDX-License-Identifier: Apache-2.0
#include "web/flame_mix.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/checked.h"
#include "base/strings.h"
#include "leak/goroutine_labels.h"
#include "model/dump_profile.h"
#include "web/age_bounds.h"

namespace plumb::web {
namespace {

// The states and ages that samples are in, each once.
class ClassTable {
 public:
  explicit ClassTable(const Profile& profile)
      : profile_(profile), labels_(profile), state_key_(profile.strings.find(dump_label::kState)) {}

  std::uint32_t index(std::size_t sample) {
    const auto labels = profile_.labels(sample);
    const GoroutineFacts facts = labels_.read(labels, others_);
    has_states_ = has_states_ || !facts.state.empty();
    has_ages_ = has_ages_ || facts.wait_minutes > 0;
    is_inferred_ = is_inferred_ || std::ranges::any_of(labels, [this](const Label& label) {
                     return label.is_derived && label.key == state_key_;
                   });
    const auto age = static_cast<std::uint32_t>(age_class(facts.wait_minutes));
    const auto [row, is_new] =
        index_of_.emplace(std::pair(facts.state, age), static_cast<std::uint32_t>(classes_.size()));
    if (is_new) classes_.push_back({state(facts.state), age});
    return row->second;
  }

  // False, and nothing filled in, if no sample has a state.
  bool fill(FlameMix& mix) {
    if (!has_states_) return false;
    mix.states = std::move(states_);
    mix.classes = std::move(classes_);
    mix.has_ages = has_ages_;
    mix.is_inferred = is_inferred_;
    return true;
  }

 private:
  std::uint32_t state(std::string_view name) {
    const auto next = static_cast<std::uint32_t>(states_.size());
    const auto [row, is_new] = state_of_.emplace(name, next);
    if (is_new) states_.push_back(name.empty() ? "unknown" : valid_utf8(name));
    return row->second;
  }

  const Profile& profile_;
  const GoroutineLabels labels_;
  const StringId state_key_;
  std::vector<Label> others_;
  std::vector<std::string> states_;
  std::vector<MixClass> classes_;
  std::map<std::string_view, std::uint32_t> state_of_;  // Views the profile, as does the next.
  std::map<std::pair<std::string_view, std::uint32_t>, std::uint32_t> index_of_;
  bool has_states_ = false;
  bool has_ages_ = false;
  bool is_inferred_ = false;
};

// Finds the box where the stack of a sample ends.
class BoxFinder {
 public:
  BoxFinder(const FlameTree& tree, FlameStacks& stacks) : tree_(tree), stacks_(stacks) {
    child_.reserve(tree.boxes.size());
    for (std::uint32_t i = 1; i < tree.boxes.size(); ++i) {
      child_.emplace(key_of(tree.boxes[i].parent, tree.boxes[i].frame), i);
    }
  }

  // As MixPart::target.
  std::uint32_t find(std::size_t sample) {
    frames_.clear();
    stacks_.append(sample, frames_);
    std::uint32_t box = 0;
    for (const std::uint32_t frame : frames_) {
      const auto next = child_.find(key_of(box, frame / 2));
      if (next == child_.end()) return static_cast<std::uint32_t>(tree_.boxes.size()) + box;
      box = next->second;
    }
    return box;
  }

 private:
  static std::uint64_t key_of(std::uint32_t parent, std::uint32_t frame) {
    return (std::uint64_t{parent} << 32U) | frame;
  }

  const FlameTree& tree_;
  FlameStacks& stacks_;
  std::unordered_map<std::uint64_t, std::uint32_t> child_;
  std::vector<std::uint32_t> frames_;
};

bool comes_first(const MixPart& a, const MixPart& b) {
  return std::tie(a.target, a.mix_class) < std::tie(b.target, b.mix_class);
}

// Makes one of all parts with the same target and class.
void merge(std::vector<MixPart>& parts) {
  std::ranges::sort(parts, comes_first);
  std::size_t kept = 0;
  for (const MixPart& part : parts) {
    if (kept > 0 && !comes_first(parts[kept - 1], part)) {
      parts[kept - 1].size = add_saturating(parts[kept - 1].size, part.size);
    } else {
      parts[kept++] = part;
    }
  }
  parts.resize(kept);
}

}  // namespace

FlameMix build_flame_mix(const FlameTree& tree, FlameStacks& stacks, const Profile& profile,
                         std::size_t column) {
  FlameMix mix;
  if (!GoroutineLabels(profile).has_states()) return mix;
  ClassTable classes(profile);
  BoxFinder boxes(tree, stacks);
  std::unordered_map<std::uint64_t, std::uint32_t> target_of;  // By stack.
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const std::int64_t size = abs_saturating(profile.values(i)[column]);
    if (size == 0) continue;
    const auto [row, is_new] = target_of.emplace(profile.stack_key(i), 0);
    if (is_new) row->second = boxes.find(i);
    mix.parts.push_back({row->second, classes.index(i), size});
  }
  if (!classes.fill(mix)) return {};
  merge(mix.parts);
  return mix;
}

}  // namespace plumb::web

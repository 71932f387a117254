// SPDX-License-Identifier: Apache-2.0
#include "model/dump_profile.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace plumb {
namespace {

constexpr std::string_view kUnavailable = "goroutine running on other thread; stack unavailable";

/// Fills one profile from one dump.
class DumpConverter {
 public:
  DumpConverter(const GoroutineDump& dump, Profile& profile) : dump_(dump), profile_(profile) {}

  void convert();

 private:
  /// What all samples of a group have in common.
  struct Shared {
    std::uint64_t stack_key = 0;
    std::vector<Label> labels;
  };

  void set_types();
  void convert_groups();
  void convert_goroutines();
  Shared share(const GoroutineGroup& group);
  std::uint64_t convert_stack(const GoroutineGroup& group);
  void add_fact_labels(const GoroutineGroup& group, std::vector<Label>& labels);
  void add_creator_labels(const DumpFrame& creator, std::vector<Label>& labels);
  void add_text(std::vector<Label>& labels, std::string_view key, std::string_view text);
  void add_number(std::vector<Label>& labels, std::string_view key, std::uint64_t number);
  void add_wait(std::vector<Label>& labels, std::uint64_t minutes);
  void add_sample(const Shared& shared, const std::vector<Label>& labels, std::uint64_t count);
  [[nodiscard]] std::string describe_ancestors(const GoroutineGroup& group) const;
  StringId copy(StringId id) { return profile_.strings.intern(dump_.text(id)); }
  Line line_of(const DumpFrame& frame);
  LocationId location_of(std::span<const Line> lines);

  const GoroutineDump& dump_;
  Profile& profile_;
  std::map<std::pair<StringId, StringId>, FunctionId> functions_;  // By name and file.
  std::map<std::vector<std::uint64_t>, LocationId> locations_;     // By functions and lines.
};

void DumpConverter::convert() {
  set_types();
  if (dump_.goroutines.empty()) {
    convert_groups();
  } else {
    convert_goroutines();
  }
  profile_.losses = dump_.losses;
  for (const std::string& line : dump_.crash_text) {
    profile_.comments.push_back(profile_.strings.intern(line));
  }
}

void DumpConverter::set_types() {
  const ValueType type{profile_.strings.intern("goroutine"), profile_.strings.intern("count")};
  profile_.sample_types = {type};
  profile_.period_type = type;
  profile_.has_period_type = true;
  profile_.period = 1;
}

void DumpConverter::convert_groups() {
  for (const GoroutineGroup& group : dump_.groups) {
    const Shared shared = share(group);
    for (const WaitCount& wait : group.waits) {
      std::vector<Label> labels = shared.labels;
      add_wait(labels, wait.minutes);
      if (group.count == 1) add_number(labels, dump_label::kId, group.first_id);
      if (!group.has_many_creators) {
        add_number(labels, dump_label::kCreatorId, group.first_creator_id);
      }
      add_sample(shared, labels, wait.goroutines);
    }
  }
}

void DumpConverter::convert_goroutines() {
  std::vector<Shared> shared;
  shared.reserve(dump_.groups.size());
  for (const GoroutineGroup& group : dump_.groups) shared.push_back(share(group));
  std::vector<Label> labels;
  for (const Goroutine& goroutine : dump_.goroutines) {
    labels = shared[goroutine.group].labels;
    add_wait(labels, goroutine.wait_minutes);
    add_number(labels, dump_label::kId, goroutine.id);
    add_number(labels, dump_label::kCreatorId, goroutine.creator_id);
    add_sample(shared[goroutine.group], labels, 1);
  }
}

DumpConverter::Shared DumpConverter::share(const GoroutineGroup& group) {
  Shared shared;
  shared.stack_key = convert_stack(group);
  for (const Label& label : dump_.labels_of(group)) {
    shared.labels.push_back({copy(label.key), copy(label.str), label.num, copy(label.unit)});
  }
  add_fact_labels(group, shared.labels);
  return shared;
}

// The goroutine's own frames, up to its creator. Inlined calls join the call they are part of.
std::uint64_t DumpConverter::convert_stack(const GoroutineGroup& group) {
  std::vector<LocationId> stack;
  std::vector<Line> lines;
  for (const DumpFrameId id : dump_.stack(group)) {
    const DumpFrame& frame = dump_.frame(id);
    if (frame.kind == FrameKind::CreatedBy || frame.kind == FrameKind::Ancestor) break;
    const bool joins = frame.kind == FrameKind::Inlined || frame.kind == FrameKind::Call;
    if (!joins && !lines.empty()) {
      stack.push_back(location_of(std::exchange(lines, {})));
    }
    lines.push_back(line_of(frame));
    if (frame.kind != FrameKind::Inlined) stack.push_back(location_of(std::exchange(lines, {})));
  }
  if (!lines.empty()) stack.push_back(location_of(lines));
  if (group.stack_unavailable) {
    DumpFrame frame;
    lines = {line_of(frame)};
    stack.push_back(location_of(lines));
  }
  return profile_.add_stack(stack);
}

Line DumpConverter::line_of(const DumpFrame& frame) {
  const bool is_nameless = frame.function.index == 0;
  const StringId name = is_nameless ? profile_.strings.intern(kUnavailable) : copy(frame.function);
  const StringId file = copy(frame.file);
  const auto [at, is_new] = functions_.try_emplace({name, file});
  if (is_new) {
    at->second = {static_cast<std::uint32_t>(profile_.functions.size())};
    profile_.functions.push_back({name, name, file, 0});
  }
  return {at->second, frame.kind == FrameKind::Elided ? 0 : frame.line, 0};
}

LocationId DumpConverter::location_of(std::span<const Line> lines) {
  std::vector<std::uint64_t> key;
  for (const Line& line : lines) {
    key.push_back(line.function.index);
    key.push_back(static_cast<std::uint64_t>(line.line));
  }
  const auto [at, is_new] = locations_.try_emplace(std::move(key));
  if (is_new) at->second = profile_.add_location({}, lines);
  return at->second;
}

void DumpConverter::add_fact_labels(const GoroutineGroup& group, std::vector<Label>& labels) {
  add_text(labels, dump_label::kState, dump_.text(group.state));
  if (group.is_locked) add_text(labels, dump_label::kLocked, "true");
  if (group.is_leaked) add_text(labels, dump_label::kLeaked, "true");
  if (group.is_scanning) add_text(labels, dump_label::kScanning, "true");
  if (group.is_durable) add_text(labels, dump_label::kDurable, "true");
  add_text(labels, dump_label::kBubble, dump_.text(group.bubble));
  for (const DumpFrameId id : dump_.stack(group)) {
    const DumpFrame& frame = dump_.frame(id);
    if (frame.kind == FrameKind::Ancestor) break;
    if (frame.kind == FrameKind::CreatedBy) add_creator_labels(frame, labels);
  }
  add_text(labels, dump_label::kAncestors, describe_ancestors(group));
}

void DumpConverter::add_creator_labels(const DumpFrame& creator, std::vector<Label>& labels) {
  add_text(labels, dump_label::kCreatedBy, dump_.text(creator.function));
  const std::string place(dump_.text(creator.file));
  add_text(labels, dump_label::kCreatedAt, place + ':' + std::to_string(creator.line));
}

// "goroutine 17: main.serve, created by main.main; goroutine 1: main.main".
std::string DumpConverter::describe_ancestors(const GoroutineGroup& group) const {
  std::string text;
  for (const DumpFrameId id : dump_.stack(group)) {
    const DumpFrame& frame = dump_.frame(id);
    if (frame.kind == FrameKind::Ancestor) {
      if (!text.empty()) text += "; ";
      text += "goroutine ";
      text += frame.line == 0 ? "?" : std::to_string(frame.line);
      text += ':';
    } else if (!text.empty()) {
      if (text.back() != ':') text += ',';
      text += frame.kind == FrameKind::CreatedBy ? " created by " : " ";
      text += dump_.text(frame.function);
    }
  }
  return text;
}

void DumpConverter::add_text(std::vector<Label>& labels, std::string_view key,
                             std::string_view text) {
  const StringId id = profile_.strings.intern(key);
  const auto has_key = [id](const Label& label) { return label.key == id; };
  if (text.empty() || std::ranges::any_of(labels, has_key)) return;
  labels.push_back({id, profile_.strings.intern(text), 0, {}});
}

// Numbers start at 1: a zero stands for one that the dump does not have.
void DumpConverter::add_number(std::vector<Label>& labels, std::string_view key,
                               std::uint64_t number) {
  const StringId id = profile_.strings.intern(key);
  const auto has_key = [id](const Label& label) { return label.key == id; };
  if (number == 0 || std::ranges::any_of(labels, has_key)) return;
  const auto value = static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
  labels.push_back({id, {}, value, {}});
}

void DumpConverter::add_wait(std::vector<Label>& labels, std::uint64_t minutes) {
  const std::size_t before = labels.size();
  add_number(labels, dump_label::kWait, minutes);
  if (labels.size() > before) labels.back().unit = profile_.strings.intern("minutes");
}

void DumpConverter::add_sample(const Shared& shared, const std::vector<Label>& labels,
                               std::uint64_t count) {
  const std::int64_t value = static_cast<std::int64_t>(std::min<std::uint64_t>(count, INT64_MAX));
  profile_.add_sample(shared.stack_key, std::span(&value, 1), labels);
}

}  // namespace

Profile profile_from_dump(const GoroutineDump& dump) {
  Profile profile;
  DumpConverter(dump, profile).convert();
  return profile;
}

}  // namespace plumb

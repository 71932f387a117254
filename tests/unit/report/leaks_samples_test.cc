// SPDX-License-Identifier: Apache-2.0
// The recorded program of tests/data/go-samples in all three formats of the goroutine profile: the
// groups must be the same, whoever tells the state.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>

#include "base/byte_source.h"
#include "formats/detect.h"
#include "model/dump_profile.h"
#include "report/leaks.h"
#include "support/source_dir.h"

namespace plumb {
namespace {

Content read_content(const std::string& sample, bool keep_goroutines = false) {
  const std::string path = test::source_dir() + "/tests/data/go-samples/" + sample;
  auto file = FileSource::open(path);
  EXPECT_TRUE(file.has_value()) << path;
  if (!file) return {};
  auto input = detect(*std::move(file), Limits{});
  ReadOptions options;
  options.keep_goroutines = keep_goroutines;
  auto read = read_detected(*std::move(input), options);
  EXPECT_TRUE(read.has_value()) << path;
  if (!read) return {};
  return std::move(read->content);
}

LeaksReport read_report(const std::string& sample) {
  LeaksBuilder builder({});
  EXPECT_TRUE(builder.add(sample, read_content(sample), PlaceUnit::Line).has_value());
  return *std::move(builder).finish();
}

struct Wait {
  std::string state;
  std::int64_t count = 0;
};

/// The goroutines of the program that wait, by the frames that all formats show. Profiles end after
/// 32 frames, so that deep stacks are compared by their leaves.
std::map<std::string, Wait> waits_of(const LeaksReport& report) {
  constexpr std::size_t kDepth = 25;
  std::map<std::string, Wait> waits;
  for (const StackGroup& group : report.stacks.groups) {
    const std::string_view state = state_text(report.stacks, group);
    if (state == "running" || state == "runnable" || state == "sleep") continue;
    std::string key;
    std::size_t depth = 0;
    for (const StackFrameId id : report.stacks.stack(group)) {
      const StackFrame& frame = report.stacks.frame(id);
      if (frame.is_hidden || frame.is_elided || depth++ >= kDepth) continue;
      key += report.stacks.text(frame.function);
      key += ':' + std::to_string(frame.line) + ' ';
    }
    if (key.find("main.") == std::string::npos) continue;
    Wait& wait = waits[key];
    EXPECT_TRUE(wait.state.empty()) << "two groups of " << key;
    wait = {std::string(state), group.count};
  }
  return waits;
}

/// Go before 1.20 calls every wait for a lock "semacquire", before 1.24 that of a WaitGroup.
bool is_same_wait(std::string read, std::string_view inferred) {
  if (inferred == "chan receive (range)") inferred = "chan receive";
  return read == inferred || (read == "semacquire" && inferred.starts_with("sync."));
}

void expect_same(const std::map<std::string, Wait>& dump,
                 const std::map<std::string, Wait>& profile) {
  EXPECT_EQ(dump.size(), profile.size());
  for (const auto& [stack, wait] : dump) {
    const auto at = profile.find(stack);
    if (at == profile.end()) {
      ADD_FAILURE() << "missing: " << stack;
      continue;
    }
    EXPECT_TRUE(is_same_wait(wait.state, at->second.state))
        << stack << "is " << wait.state << " and " << at->second.state;
    // The program leaks 50 goroutines a second between one request and the next.
    const std::int64_t margin = wait.count > 100 ? 20 : 0;
    EXPECT_LE(std::abs(wait.count - at->second.count), margin) << stack;
  }
}

const StackGroup& largest_of(const LeaksReport& report) {
  return *std::ranges::max_element(report.stacks.groups, {}, &StackGroup::count);
}

class LeaksSamples : public testing::TestWithParam<const char*> {};

TEST_P(LeaksSamples, AreTheSameInAllFormats) {
  const std::string prefix = std::string(GetParam()) + "/goroutine.debug";
  const auto dump = waits_of(read_report(prefix + "2.txt"));
  const auto text = waits_of(read_report(prefix + "1.txt"));
  const auto proto = waits_of(read_report(prefix + "0.pb.gz"));
  EXPECT_GE(dump.size(), 16u);
  expect_same(dump, text);
  expect_same(dump, proto);
  for (const auto& [stack, wait] : proto) {
    const auto at = text.find(stack);
    if (at == text.end()) continue;
    EXPECT_EQ(at->second.state, wait.state) << stack;
  }
}

/// Everything about a group that a dump and a profile made from it must agree in.
std::string describe(const StackGroups& stacks, StackGroup group) {
  std::string text(stacks.text(group.state));
  text += group.state_source == StateSource::Read ? " read" : " inferred";
  const auto place = [&](const StackFrame& frame) {
    text += " | " + std::string(stacks.text(frame.function)) + ' ' +
            std::string(stacks.text(frame.file)) + ':' + std::to_string(frame.line);
    if (frame.is_elided) text += " elided " + std::to_string(frame.elided);
  };
  for (const StackFrameId id : stacks.stack(group)) place(stacks.frame(id));
  if (group.creator.index != kNone) place(stacks.frame(group.creator));
  text += " | " + std::to_string(group.count) + ' ' + std::to_string(group.waits.oldest()) + ' ' +
          std::to_string(group.waits.median()) + ' ' + std::to_string(group.leaked) + ' ' +
          std::to_string(group.locked);
  for (const LabelCount& label : group.labels) {
    text += ' ' + std::string(stacks.text(label.key)) + '=' + std::string(stacks.text(label.value));
  }
  return text;
}

std::vector<std::string> describe(const Content& content) {
  LeaksBuilder builder({});
  EXPECT_TRUE(builder.add("sample", content, PlaceUnit::Line).has_value());
  const LeaksReport report = *std::move(builder).finish();
  std::vector<std::string> groups;
  for (const StackGroup& group : report.stacks.groups) {
    if (group.frame_count > 0) groups.push_back(describe(report.stacks, group));
  }
  std::ranges::sort(groups);
  return groups;
}

TEST_P(LeaksSamples, AreTheSameInAProfileMadeFromADump) {
  for (const char* file : {"/goroutine.debug2.txt", "/sigquit.stderr.txt.gz"}) {
    SCOPED_TRACE(file);
    for (const bool keep_goroutines : {false, true}) {
      const Content dump = read_content(GetParam() + std::string(file), keep_goroutines);
      const Content profile = profile_from_dump(std::get<GoroutineDump>(dump));
      const std::vector<std::string> expected = describe(dump);
      EXPECT_GE(expected.size(), 22u);
      EXPECT_EQ(describe(profile), expected);
    }
  }
}

TEST_P(LeaksSamples, NameTheLeak) {
  for (const char* ending : {"2.txt", "1.txt", "0.pb.gz"}) {
    SCOPED_TRACE(ending);
    const LeaksReport report =
        read_report(std::string(GetParam()) + "/goroutine.debug" + std::string(ending));
    ASSERT_FALSE(report.shown.empty());
    std::int64_t in_states = 0;
    for (const StateTotal& state : report.states) in_states += state.count;
    EXPECT_EQ(in_states, report.total);
    EXPECT_EQ(report.matched, report.total);
    const StackGroups& stacks = report.stacks;
    const StackGroup& group = largest_of(report);
    const StackFrame& blocked = stacks.frame(group, group.blocked);
    EXPECT_GT(group.count, 140);
    EXPECT_EQ(stacks.text(group.state), "chan send");
    EXPECT_EQ(stacks.text(blocked.function), "main.leakGoroutines.func1");
    EXPECT_EQ(blocked.line, 27);
    EXPECT_EQ(group.entry, group.blocked);
    const bool is_dump = ending[0] == '2';
    EXPECT_EQ(group.state_source, is_dump ? StateSource::Read : StateSource::Inferred);
    ASSERT_EQ(group.creator.index != kNone, is_dump);
    if (is_dump) {
      EXPECT_EQ(stacks.text(stacks.frame(group.creator).function), "main.leakGoroutines");
      const bool has_ids = std::string(GetParam()) != "go1.19";
      EXPECT_EQ(group.creator_id, has_ids ? 1u : 0u);
    }
    // The goroutine that answered the request is marked, and nothing else.
    EXPECT_EQ(std::ranges::count_if(stacks.groups,
                                    [&](const StackGroup& g) { return is_profiler(stacks, g); }),
              1);
  }
}

INSTANTIATE_TEST_SUITE_P(Releases, LeaksSamples,
                         testing::Values("go1.19", "go1.21", "go1.23", "go1.25.3-cockroachdb",
                                         "go1.26dev"),
                         [](const auto& release) {
                           std::string name = release.param;
                           std::erase_if(name, [](char c) { return c == '.' || c == '-'; });
                           return name;
                         });

TEST(LeaksOfSamples, KnowHowLongTheLeakHasWaited) {
  const LeaksReport report = read_report("go1.19/goroutine.after150s.debug2.txt.gz");
  StackGroup group = largest_of(report);
  EXPECT_EQ(group.count, 7361);
  EXPECT_EQ(group.waits.oldest(), 2u);
  EXPECT_EQ(group.waits.median(), 1u);
}

TEST(LeaksOfSamples, KnowWhatTheRuntimeFoundLeaked) {
  const LeaksReport report = read_report("go1.26dev/goroutineleak.debug2.txt");
  const StackGroup& largest = largest_of(report);
  EXPECT_EQ(largest.leaked, 0);  // Sends of a captured variable are missed by Go 1.26.
  std::int64_t leaked = 0;
  for (const StackGroup& group : report.stacks.groups) leaked += group.leaked;
  EXPECT_EQ(leaked, 13);
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Recorded dumps of Go 1.19 to 1.26: each must give what tests/data/go-samples/goroutine_text.awk
// counted in it.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

struct Row {
  std::string file;
  std::uint64_t goroutines = 0;
  std::uint64_t id_sum = 0;
  std::uint64_t minute_sum = 0;
  std::uint64_t frames = 0;
  std::string states;
  std::string creators;
  std::string crash;
};

void PrintTo(const Row& row, std::ostream* out) {
  *out << row.file;
}

std::vector<Row> read_table() {
  const std::string table = read_sample("goroutine_text.tsv");
  std::vector<Row> rows;
  for (std::string_view rest = table; !rest.empty();) {
    const std::vector<std::string_view> cells = split(take_until(rest, '\n'), '\t');
    const auto number = [&cells](std::size_t i) {
      return parse_int<std::uint64_t>(cells[i]).value_or(0);
    };
    rows.push_back({std::string(cells[0]), number(1), number(2), number(3), number(4),
                    std::string(cells[5]), std::string(cells[6]), std::string(cells[7])});
  }
  return rows;
}

std::string to_text(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (!text.empty()) text += ';';
    text += name + '=' + std::to_string(count);
  }
  return text.empty() ? "-" : text;
}

/// The row that describes `dump`.
Row summarize(const std::string& file, const GoroutineDump& dump) {
  Row row{file, dump.goroutine_count, 0, 0, 0, {}, {}, {}};
  std::map<std::string, std::uint64_t> states;
  std::map<std::string, std::uint64_t> creators;
  for (const Goroutine& goroutine : dump.goroutines) row.id_sum += goroutine.id;
  for (const GoroutineGroup& group : dump.groups) {
    for (const WaitCount& wait : group.waits) row.minute_sum += wait.minutes * wait.goroutines;
    states[std::string(dump.text(group.state))] += group.count;
    std::string creator = "-";
    for (const DumpFrameId id : dump.stack(group)) {
      const DumpFrame& frame = dump.frame(id);
      if (frame.kind == FrameKind::Ancestor) break;
      if (frame.kind == FrameKind::CreatedBy) creator = dump.text(frame.function);
      const bool is_call = frame.kind == FrameKind::Call || frame.kind == FrameKind::Inlined;
      if (is_call) row.frames += group.count;
    }
    creators[creator] += group.count;
  }
  row.states = to_text(states);
  row.creators = to_text(creators);
  row.crash = dump.crash_text.empty() ? "-" : dump.crash_text.front();
  return row;
}

class GoroutineSamples : public testing::TestWithParam<Row> {};

TEST_P(GoroutineSamples, GivesWhatWasCounted) {
  const Row& want = GetParam();
  const std::string text = read_sample(want.file);
  const Result<GoroutineDump> dump = read_dump(text);
  if (want.goroutines == 0) {
    ASSERT_FALSE(dump.has_value());
    EXPECT_EQ(dump.error().code(), ErrorCode::NotRecognized);
    return;
  }
  ASSERT_TRUE(dump.has_value()) << dump.error().describe();
  const Row got = summarize(want.file, *dump);
  EXPECT_EQ(got.goroutines, want.goroutines);
  EXPECT_EQ(got.id_sum, want.id_sum);
  EXPECT_EQ(got.minute_sum, want.minute_sum);
  EXPECT_EQ(got.frames, want.frames);
  EXPECT_EQ(got.states, want.states);
  EXPECT_EQ(got.creators, want.creators);
  EXPECT_EQ(got.crash, want.crash);
  for (const Loss& loss : dump->losses) ADD_FAILURE() << loss.what << " at " << loss.first_place;
}

TEST_P(GoroutineSamples, DoesNotDependOnInstructionSetOrWindow) {
  const std::string text = read_sample(GetParam().file);
  const std::string want = describe(read_in_stretches(text, Isa::Plain, 1U << 30));
  for (const Isa isa : machine_isas()) {
    for (const std::size_t stretch : {1U, 2U, 3U, 7U, 1U << 30}) {
      EXPECT_EQ(describe(read_in_stretches(text, isa, stretch)), want)
          << "isa " << static_cast<int>(isa) << ", " << stretch << " lines at a time";
    }
  }
}

std::string test_name(const testing::TestParamInfo<Row>& info) {
  std::string name = info.param.file;
  std::ranges::replace_if(
      name, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, GoroutineSamples, testing::ValuesIn(read_table()), test_name);

}  // namespace
}  // namespace plumb

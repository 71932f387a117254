// SPDX-License-Identifier: Apache-2.0
// That it agrees with build_top() on random profiles is checked in tests/property.

#include "report/top_stream.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/profile_proto.h"
#include "formats/profile_proto_stream.h"
#include "model/number_tables.h"
#include "support/go_order.h"
#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::encode_in_go_order;
using test::ProfileMaker;

struct Streamed {
  int passes = 0;
  bool is_usable = false;
  std::string text;
};

Streamed stream(const std::string& bytes, const ReportOptions& options = {},
                std::size_t warmup_frames = std::size_t{1} << 20) {
  MemorySource source(bytes);
  TopStream top(options, warmup_frames);
  Streamed streamed;
  do {
    ++streamed.passes;
    source.rewind();
    const auto usable = stream_profile_proto(source, top, {});
    if (!usable || !*usable) return streamed;
  } while (top.wants_again());
  streamed.is_usable = true;
  const auto report = top.take_report();
  if (!report) {
    streamed.text = "error: " + report.error().describe();
    return streamed;
  }
  StringWriter out;
  render_top_text(*report, out);
  streamed.text = out.text();
  return streamed;
}

// A server with ten functions that all matter, and enough samples to tell.
ProfileMaker server(int samples) {
  ProfileMaker make("cpu", "nanoseconds");
  for (int i = 0; i < samples; ++i) {
    const std::string way = std::to_string(i * 7 % 8);
    make.add(1000 + i % 3, "main;serve;work" + way + "|helper");
  }
  return make;
}

constexpr std::string_view kServerTop =
    "Type: cpu\n"
    "Showing nodes accounting for 8.01ms, 100% of 8.01ms total\n"
    "      flat  flat%   sum%        cum   cum%\n"
    "    8.01ms   100%   100%     8.01ms   100%  helper (inline)\n"
    "         0     0%   100%     8.01ms   100%  main\n"
    "         0     0%   100%     8.01ms   100%  serve\n"
    "         0     0%   100%        1ms 12.50%  work0\n"
    "         0     0%   100%        1ms 12.50%  work1\n"
    "         0     0%   100%        1ms 12.50%  work2\n"
    "         0     0%   100%        1ms 12.50%  work3\n"
    "         0     0%   100%        1ms 12.50%  work4\n"
    "         0     0%   100%        1ms 12.50%  work5\n"
    "         0     0%   100%        1ms 12.50%  work6\n"
    "         0     0%   100%        1ms 12.50%  work7\n";

TEST(TopStream, NeedsOnePassInGoOrder) {
  const Streamed streamed = stream(encode_in_go_order(server(8000).profile));
  EXPECT_TRUE(streamed.is_usable);
  EXPECT_EQ(streamed.text, kServerTop);
  EXPECT_EQ(streamed.passes, 1);
}

TEST(TopStream, NeedsOnePassAlsoIfItRanksOnTheWay) {
  const Streamed streamed = stream(encode_in_go_order(server(8000).profile), {}, 1000);
  EXPECT_TRUE(streamed.is_usable);
  EXPECT_EQ(streamed.text, kServerTop);
  EXPECT_EQ(streamed.passes, 1);
}

TEST(TopStream, HoldsNoMoreForABaseThanItMay) {
  ProfileMaker make = server(100);
  number_tables_by_use(make.profile);
  const std::string bytes = encode_in_go_order(make.profile);
  const std::string unknown = test::ProtoMessage().bytes(99, std::string(5000, 'x')).text();
  const auto is_usable = [](const std::string& input, std::uint64_t most_bytes) {
    Limits limits;
    limits.model_bytes = most_bytes;
    TopStream top({});
    top.set_base(server(10).profile.copy(), {}, limits);
    MemorySource source(input);
    const auto usable = stream_profile_proto(source, top, {});
    return usable && *usable;
  };
  EXPECT_TRUE(is_usable(bytes, 1 << 20));
  EXPECT_TRUE(is_usable(unknown + bytes, 4000));
  EXPECT_FALSE(is_usable(bytes, 400));
}

TEST(TopStream, NeedsOnePassMoreIfSamplesComeFirst) {
  const Streamed streamed = stream(encode_profile_proto(server(8000).profile));
  EXPECT_TRUE(streamed.is_usable);
  EXPECT_EQ(streamed.text, kServerTop);
  EXPECT_EQ(streamed.passes, 2);
}

TEST(TopStream, NeedsOnePassMoreIfTheColumnIsNotTheLast) {
  ProfileMaker make("objects", "count");
  make.add_type("space", "bytes").add({3, 4096}, "main;work");
  const std::string bytes = encode_in_go_order(make.profile);
  EXPECT_EQ(stream(bytes).passes, 1);
  const Streamed other = stream(bytes, {.sample_index = "objects"});
  EXPECT_EQ(other.passes, 2);
  EXPECT_EQ(other.text,
            "Type: objects\n"
            "Showing nodes accounting for 3, 100% of 3 total\n"
            "      flat  flat%   sum%        cum   cum%\n"
            "         3   100%   100%          3   100%  work\n"
            "         0     0%   100%          3   100%  main\n");
}

TEST(TopStream, NeedsOnePassMoreIfTheFirstSamplesMislead) {
  ProfileMaker make("cpu", "nanoseconds");
  for (int i = 0; i < 3000; ++i) make.add(1, "main;early");
  for (int i = 0; i < 3000; ++i) make.add(1'000'000, "main;late|inlined");
  const Streamed streamed = stream(encode_in_go_order(make.profile), {}, 1000);
  EXPECT_TRUE(streamed.is_usable);
  EXPECT_EQ(streamed.passes, 2);
  EXPECT_NE(streamed.text.find("inlined (inline)\n"), std::string::npos);
  EXPECT_EQ(streamed.text.find("early"), std::string::npos);
}

TEST(TopStream, TakesLocationsOfAnyNumberOfLines) {
  for (int count = 1; count <= 12; ++count) {
    ProfileMaker make("cpu", "nanoseconds");
    std::string place = "outer";
    for (int i = 1; i < count; ++i) place += "|inner" + std::to_string(i);
    for (int i = 0; i < 3000; ++i) make.add(10, "main;" + place);
    const Streamed streamed = stream(encode_in_go_order(make.profile), {}, 1000);
    ASSERT_TRUE(streamed.is_usable);
    const auto input = test::prepared_input(make.profile, ReportKind::Top, {});
    ASSERT_TRUE(input.has_value());
    StringWriter whole;
    render_top_text(build_top(*input), whole);
    EXPECT_EQ(streamed.text, whole.text()) << count;
  }
}

TEST(TopStream, LooksAtTheNamesOfManyFunctionsMeanwhile) {
  ProfileMaker make("cpu", "nanoseconds");
  for (int i = 0; i < 6000; ++i) make.add(1, "main;work" + std::to_string(i));
  const std::string bytes = encode_in_go_order(make.profile);
  for (const std::string_view other : {"", "work5999"}) {
    MemorySource source(bytes);
    TopStream top(ReportOptions{});
    top.set_changes_name([&](std::string_view name, std::string_view system_name) {
      EXPECT_EQ(name, system_name);
      return name == other;
    });
    const auto usable = stream_profile_proto(source, top, {});
    ASSERT_TRUE(usable.has_value());
    EXPECT_EQ(*usable, other.empty());
  }
}

struct UnusableCase {
  std::string_view name;
  std::function<void(ProfileMaker&)> change;
};

const UnusableCase kUnusable[] = {
    {"a function without a name", [](ProfileMaker& make) { make.add(1, "main;"); }},
    {"a location without lines", [](ProfileMaker& make) { make.add(1, "main;?"); }},
    {"two functions of one name",
     [](ProfileMaker& make) { make.profile.functions.push_back(make.profile.functions.front()); }},
    {"frames to drop",
     [](ProfileMaker& make) { make.profile.drop_frames = make.profile.strings.intern("x"); }},
    {"a comment",
     [](ProfileMaker& make) { make.profile.comments = {make.profile.strings.intern("x")}; }},
    {"the base of a diff",
     [](ProfileMaker& make) { make.add(-1, "main", {make.text_label("pprof::base", "true")}); }},
    {"a file that is a URL",
     [](ProfileMaker& make) {
       make.profile.mappings[0].file = make.profile.strings.intern("http://host/x");
     }},
    {"two sample types of one name",
     [](ProfileMaker& make) { make.profile.sample_types[0] = make.profile.sample_types[1]; }},
    {"no sample types", [](ProfileMaker& make) { make.profile.sample_types.clear(); }},
};

TEST(TopStream, LeavesWhatItCannotTellToBuildTop) {
  for (const UnusableCase& c : kUnusable) {
    ProfileMaker make("objects", "count");
    make.add_type("space", "bytes");
    make.add({1, 2}, "@/bin/x main;work");
    EXPECT_TRUE(stream(encode_in_go_order(make.profile)).is_usable) << c.name;
    if (c.name.find("sample types") == std::string_view::npos) {
      make.profile.select_sample_types(std::vector<std::size_t>{0});
    }
    c.change(make);
    EXPECT_FALSE(stream(encode_in_go_order(make.profile)).is_usable) << c.name;
    EXPECT_FALSE(stream(encode_profile_proto(make.profile)).is_usable) << c.name;
  }
}

TEST(TopStream, LeavesWrongTablesToTheReader) {
  ProfileMaker make;
  make.add(1, "main;work");
  const std::string valid = encode_in_go_order(make.profile);
  using test::ProtoMessage;
  struct Case {
    std::string_view name;
    ProtoMessage more;
  };
  const auto location = [](std::uint64_t id, std::uint64_t function) {
    return ProtoMessage().message(
        4, ProtoMessage().number(1, id).message(4, ProtoMessage().number(1, function)));
  };
  const auto sample = [](std::uint64_t id, std::uint64_t value, std::size_t columns) {
    return ProtoMessage().message(
        2, ProtoMessage().packed(1, {id}).packed(2, std::vector<std::uint64_t>(columns, value)));
  };
  const Case cases[] = {
      {"location 0", location(0, 1)},
      {"the same location twice", location(1, 1)},
      {"a location far away", location(1'000'000'000, 1)},
      {"a line of no function", location(3, 0)},
      {"a line of an unknown function", location(3, 9)},
      {"a line of a function far away", location(3, 1'000'000'000)},
      {"the same function twice",
       ProtoMessage().message(5, ProtoMessage().number(1, 1).number(2, 1))},
      {"function 0", ProtoMessage().message(5, ProtoMessage().number(2, 1))},
      {"a function far away",
       ProtoMessage().message(5, ProtoMessage().number(1, 1'000'000'000).number(2, 1))},
      {"a sample of an unknown location", sample(9, 1, 1)},
      {"a sample of value 0 of an unknown location", sample(9, 0, 1)},
      {"a sample of location 0", sample(0, 1, 1)},
      {"a sample with two values", sample(1, 1, 2)},
      {"a sample without values", sample(1, 1, 0)},
  };
  for (const Case& c : cases) {
    EXPECT_FALSE(stream(valid + c.more.text()).is_usable) << c.name;
    EXPECT_FALSE(stream(c.more.text() + valid).is_usable) << c.name << ", in front";
  }
  EXPECT_FALSE(stream(ProtoMessage().bytes(6, "x").text() + valid).is_usable);
}

TEST(TopStream, CannotStreamMeans) {
  EXPECT_TRUE(TopStream::can_stream({}));
  EXPECT_FALSE(TopStream::can_stream({.mean = true}));
  EXPECT_FALSE(TopStream::can_stream({.divide_by = 0}));
}

TEST(TopStream, LeavesUnknownColumnsToBuildTop) {
  ProfileMaker make;
  make.add(1, "main");
  EXPECT_FALSE(stream(encode_in_go_order(make.profile), {.sample_index = "x"}).is_usable);
}

}  // namespace
}  // namespace plumb

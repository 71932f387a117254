// SPDX-License-Identifier: Apache-2.0
// Names for the addresses of a profile: from the binary that runs the test, and from a server that
// is a function.

#include "symbols/symbolize.h"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <map>
#include <string>
#include <vector>

#include "symbols/object_file.h"

// Found again by its name.
extern "C" __attribute__((noinline, used)) int plumb_symbolized_landmark(int x) {
  return x * 5 + 2;
}

namespace {

using plumb::Location;
using plumb::MappingOrigins;
using plumb::Profile;
using plumb::SymbolizeMode;

const std::string kSelf = "/proc/self/exe";

struct ModeRun {
  std::vector<std::string> notices;
  plumb::Notice notice = [this](std::string_view line) { notices.emplace_back(line); };
};

std::uint64_t landmark() {
  auto object = plumb::ObjectFile::open(kSelf);
  const re2::RE2 pattern("^plumb_symbolized_landmark$");
  const auto symbols = (*object)->symbols(&pattern);
  return symbols.empty() ? 0 : symbols[0].start;
}

Profile profile_of(std::string_view file, std::uint64_t address) {
  Profile profile;
  profile.mappings.emplace_back();
  profile.mappings[0].file = profile.strings.intern(file);
  profile.add_location({.address = address, .mapping = {0}}, {});
  return profile;
}

std::string name_of(const Profile& profile, std::size_t location) {
  const auto lines = profile.lines_of(profile.locations[location]);
  return lines.empty() ? "-"
                       : std::string(profile.text(profile.function(lines.back().function).name));
}

TEST(Symbolize, ReadsTheWordsOfTheOption) {
  ModeRun run;
  EXPECT_TRUE(plumb::parse_symbolize_mode("none", run.notice).is_off);
  EXPECT_TRUE(plumb::parse_symbolize_mode("NO", run.notice).is_off);
  const SymbolizeMode local = plumb::parse_symbolize_mode("local:force", run.notice);
  EXPECT_TRUE(local.local && !local.remote && local.force && !local.fast);
  const SymbolizeMode fast = plumb::parse_symbolize_mode("fastlocal", run.notice);
  EXPECT_TRUE(fast.local && !fast.remote && fast.fast);
  const SymbolizeMode remote = plumb::parse_symbolize_mode("remote", run.notice);
  EXPECT_TRUE(!remote.local && remote.remote);
  const SymbolizeMode full = plumb::parse_symbolize_mode("demangle=full", run.notice);
  EXPECT_TRUE(full.force && full.demangle == plumb::DemangleMode::Full && full.local);
  EXPECT_FALSE(plumb::parse_symbolize_mode("demangle=default", run.notice).force);
  EXPECT_TRUE(run.notices.empty());
  plumb::parse_symbolize_mode("sometimes", run.notice);
  ASSERT_EQ(run.notices.size(), 2u);
  EXPECT_EQ(run.notices[0], "ignoring unrecognized symbolization option: sometimes");
}

// Keeps names in memory, and lets the test change them.
struct MemoryCache final : plumb::NameCache {
  plumb::NamedAddresses load(const std::string& binary) override { return names[binary]; }
  void save(const std::string& binary, const plumb::NamedAddresses& found) override {
    names[binary] = found;
    ++saves;
  }
  std::map<std::string, plumb::NamedAddresses> names;
  int saves = 0;
};

TEST(Symbolize, TakesNamesFromTheCache) {
  ModeRun run;
  MemoryCache cache;
  const std::string key = (*plumb::ObjectFile::open(kSelf))->cache_key();
  ASSERT_FALSE(key.empty()) << "the test program has no build id";
  cache.names[key][landmark() + 1] = {{"remembered", "r.cc", 7, 0, 0}};
  Profile profile = profile_of(kSelf, landmark() + 1);
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice, &cache));
  EXPECT_EQ(name_of(profile, 0), "remembered");
  EXPECT_EQ(cache.saves, 0);

  // The rest is looked up; names alone, from the symbol table, are not taken from it.
  profile = profile_of(kSelf, landmark());
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice, &cache));
  EXPECT_EQ(name_of(profile, 0), "plumb_symbolized_landmark");
  profile = profile_of(kSelf, landmark() + 1);
  const SymbolizeMode fast = plumb::parse_symbolize_mode("fastlocal", run.notice);
  ASSERT_TRUE(plumb::symbolize_profile(profile, fast, {}, nullptr, run.notice, &cache));
  EXPECT_EQ(name_of(profile, 0), "plumb_symbolized_landmark");
}

TEST(Symbolize, NamesAddressesFromTheBinary) {
  ModeRun run;
  Profile profile = profile_of(kSelf, landmark() + 1);
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
  EXPECT_EQ(name_of(profile, 0), "plumb_symbolized_landmark");
  EXPECT_TRUE(profile.mappings[0].has_functions);
  EXPECT_TRUE(run.notices.empty());
}

TEST(Symbolize, LeavesAloneWhatHasNames) {
  ModeRun run;
  Profile profile = profile_of("/no/such/file", 0x1000);
  profile.mappings[0].has_functions = true;
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
  EXPECT_TRUE(run.notices.empty());
  SymbolizeMode off;
  off.is_off = true;
  profile.mappings[0].has_functions = false;
  ASSERT_TRUE(plumb::symbolize_profile(profile, off, {}, nullptr, run.notice));
  EXPECT_TRUE(run.notices.empty());
}

TEST(Symbolize, SaysWhichBinariesAreMissing) {
  ModeRun run;
  Profile profile = profile_of("/no/such/file", 0x1000);
  profile.mappings[0].build_id = profile.strings.intern("abcd");
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
  EXPECT_EQ(run.notices,
            (std::vector<std::string>{
                "Local symbolization failed for file (build ID abcd): open /no/such/file: no such "
                "file or directory",
                "Some binary filenames not available. Symbolization may be incomplete.",
                "Try setting PPROF_BINARY_PATH to the search path for local binaries."}));
}

TEST(Symbolize, SaysThatTheMainBinaryIsNotKnown) {
  ModeRun run;
  Profile profile = profile_of("", 0x1000);
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
  EXPECT_EQ(run.notices, std::vector<std::string>{"Main binary filename not available."});
}

TEST(Symbolize, PassesOverMappingsWithoutFiles) {
  for (const char* file : {"[vdso]", "[kernel.kallsyms]_text", "linux-vdso.so.1", "//anon",
                           "/dev/dri/card0", "/memfd:x", "http://host/debug/pprof/heap"}) {
    ModeRun run;
    Profile profile = profile_of(file, 0x1000);
    ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
    EXPECT_TRUE(run.notices.empty()) << file;
  }
}

// Of a server whose first mapping says nothing but its addresses.
Profile served_profile(MappingOrigins& origins) {
  Profile profile = profile_of("", 0x401000);
  profile.mappings[0].start = 0x400000;
  profile.mappings[0].limit = 0x500000;
  plumb::note_source(profile, "http://host:6060/debug/pprof/goroutine?debug=1", origins);
  return profile;
}

TEST(Symbolize, AsksTheServerForTheRest) {
  ModeRun run;
  MappingOrigins origins;
  Profile profile = served_profile(origins);
  std::string asked;
  const plumb::SymbolPost post = [&](const std::string& url,
                                     const std::string& body) -> plumb::Result<std::string> {
    asked = url + ' ' + body;
    return std::string("num_symbols: 1\n0x401000\tmain.work\nnonsense\n");
  };
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, origins, post, run.notice));
  EXPECT_EQ(asked, "http://host:6060/debug/pprof/symbol 0x401000");
  EXPECT_EQ(name_of(profile, 0), "main.work");
}

// Go prints debug=1 text with all names but those of the runtime at the leaf.
TEST(Symbolize, DoesWithoutTheServerWhereThereAreNames) {
  ModeRun run;
  MappingOrigins origins;
  Profile profile = served_profile(origins);
  const plumb::SymbolPost post = [](const std::string&,
                                    const std::string&) -> plumb::Result<std::string> {
    return plumb::Error(plumb::ErrorCode::Io, "server response: 403 Forbidden");
  };
  EXPECT_FALSE(plumb::symbolize_profile(profile, {}, origins, post, run.notice));
  const auto work = profile.strings.intern("main.work");
  profile.functions.push_back({work, work, {}, 0});
  const plumb::Line line{plumb::FunctionId{0}, 7, 0};
  profile.add_location({.address = 0x402000, .mapping = {0}}, {&line, 1});
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, origins, post, run.notice));
  EXPECT_EQ(run.notices.back(), "server response: 403 Forbidden");
  EXPECT_EQ(name_of(profile, 0), "-");
  EXPECT_EQ(name_of(profile, 1), "main.work");
}

TEST(Symbolize, MakesNamesReadable) {
  Profile profile;
  const auto id = [&](const char* text) { return profile.strings.intern(text); };
  profile.functions.push_back({id("_ZN1a1fEi"), id("_ZN1a1fEi"), {}, 0});
  profile.functions.push_back({id("shown"), id("_ZN1a1fEi"), {}, 0});
  profile.functions.push_back({{}, id("_ZN1a1gEi"), {}, 0});
  ModeRun run;
  ASSERT_TRUE(plumb::symbolize_profile(profile, {}, {}, nullptr, run.notice));
  EXPECT_EQ(profile.text(profile.functions[0].name), "a::f");
  EXPECT_EQ(profile.text(profile.functions[1].name), "shown");
  EXPECT_EQ(profile.text(profile.functions[2].name), "a::g");
  const SymbolizeMode full = plumb::parse_symbolize_mode("demangle=full", run.notice);
  ASSERT_TRUE(plumb::symbolize_profile(profile, full, {}, nullptr, run.notice));
  EXPECT_EQ(profile.text(profile.functions[1].name), "a::f(int)");
}

TEST(Symbolize, KnowsWhichNamesItWouldChange) {
  const SymbolizeMode simple;
  EXPECT_TRUE(plumb::changes_name("_Z1fi", "_Z1fi", simple));
  EXPECT_TRUE(plumb::changes_name("", "_Z1fi", simple));
  EXPECT_FALSE(plumb::changes_name("f", "_Z1fi", simple));
  EXPECT_FALSE(plumb::changes_name("main.(*T).f", "main.(*T).f", simple));
}

TEST(Symbolize, KnowsWhereServersAnswer) {
  EXPECT_EQ(plumb::symbol_url("http://h:1/debug/pprof/heap?x=1"), "http://h:1/debug/pprof/symbol");
  EXPECT_EQ(plumb::symbol_url("http://h:1/pprof/heap"), "http://h:1/pprof/symbol");
  EXPECT_EQ(plumb::symbol_url("http://h:1/other"), "http://h:1/symbolz");
  EXPECT_EQ(plumb::symbol_url("http://h:1"), "http://h:1/symbolz");
  EXPECT_EQ(plumb::symbol_url("/a/file"), "");
}

TEST(LocateBinaries, GivesAProfileWithoutMappingsOne) {
  ModeRun run;
  Profile profile;
  profile.add_location({.address = 1}, {});
  MappingOrigins origins;
  plumb::locate_binaries(profile, {.search_path = "", .executable = "/bin/x", .build_id = "ab"},
                         origins, run.notice);
  ASSERT_EQ(profile.mappings.size(), 1u);
  EXPECT_EQ(profile.locations[0].mapping.index, 0u);
  EXPECT_EQ(profile.text(profile.mappings[0].file), "/bin/x");
  EXPECT_EQ(profile.text(profile.mappings[0].build_id), "ab");
}

}  // namespace

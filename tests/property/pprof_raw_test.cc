// SPDX-License-Identifier: Apache-2.0
// go tool pprof reads what is written here, and finds in it what was meant. Skipped without a Go.

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "formats/profile_proto.h"
#include "support/random_profile.h"
#include "support/temporary_directory.h"

namespace plumb {
namespace {

// What `command` prints, or nothing if it fails.
std::string output_of(const std::string& command) {
  const auto close = [](std::FILE* pipe) { return pclose(pipe); };
  std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (!pipe) return {};
  std::string text;
  std::array<char, 4096> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    text.append(buffer.data(), count);
  }
  return pclose(pipe.release()) == 0 ? text : std::string();
}

template <typename... Args>
std::string print(const char* format, Args... args) {
  std::array<char, 400> text;
  const int length = std::snprintf(text.data(), text.size(), format, args...);
  return {text.data(), static_cast<std::size_t>(length)};
}

// The samples, as `pprof -raw` prints them, without labels.
std::string raw_samples(const Profile& profile) {
  std::string text;
  std::vector<LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    for (const std::int64_t value : profile.values(i)) {
      text += print(" %10lld", static_cast<long long>(value));
    }
    text += ": ";
    profile.read_stack(i, stack);
    for (const LocationId id : stack) text += std::to_string(id.index + 1) + " ";
    text += '\n';
  }
  return text;
}

std::string raw_line(const Profile& profile, const Line& line) {
  const Function& function = profile.function(line.function);
  const std::string name(profile.text(function.name));
  const std::string system_name(profile.text(function.system_name));
  std::string text = name + " " + std::string(profile.text(function.file)) + ":" +
                     std::to_string(line.line) + ":" + std::to_string(line.column) +
                     " s=" + std::to_string(function.start_line);
  if (name != system_name) text += "(" + system_name + ")";
  return text;
}

std::string raw_locations(const Profile& profile) {
  std::string text;
  for (std::size_t i = 0; i < profile.locations.size(); ++i) {
    const Location& location = profile.locations[i];
    text += print("%6zu: 0x%llx ", i + 1, static_cast<unsigned long long>(location.address));
    if (location.mapping.index != kNone) text += print("M=%u ", location.mapping.index + 1);
    if (location.is_folded) text += "[F] ";
    const auto lines = profile.lines_of(location);
    for (std::size_t line = 0; line < lines.size(); ++line) {
      if (line > 0) text += std::string(13, ' ');
      text += raw_line(profile, lines[line]) + "\n";
    }
    if (lines.empty()) text += "\n";
  }
  return text;
}

// The lines behind the one that is `begin`, up to the one that is `end`; not those of labels.
std::string section(const std::string& raw, const std::string& begin, const std::string& end) {
  std::string text;
  std::string_view rest = raw;
  bool is_inside = false;
  while (!rest.empty()) {
    const std::string_view line = take_until(rest, '\n');
    if (line == end) break;
    if (is_inside && !line.starts_with("                ")) text += std::string(line) + "\n";
    if (line == begin) is_inside = true;
  }
  return text;
}

// True if lines are printed as FILE:LINE:COLUMN; older releases of pprof print FILE:LINE.
bool has_columns(const std::string& raw) {
  const std::string_view line = std::string_view(raw).substr(0, raw.find(" s="));
  const auto is_number = [](char c) { return c >= '0' && c <= '9'; };
  const auto column = std::find_if_not(line.rbegin(), line.rend(), is_number);
  if (column == line.rend() || *column != ':') return false;
  const auto number = std::find_if_not(column + 1, line.rend(), is_number);
  return number != column + 1 && number != line.rend() && *number == ':';
}

TEST(PprofRaw, PrintsWhatWasWritten) {
  if (output_of("go version 2>/dev/null").empty()) GTEST_SKIP() << "there is no go here";
  const test::TemporaryDirectory directory;
  const std::string path = directory.path("written.pb.gz");
  for (const std::uint32_t seed : {2U, 5U, 11U}) {
    Profile profile = test::random_profile(seed, test::Strangeness::Plain);
    std::ofstream(path, std::ios::binary) << write_profile_proto(profile);
    const std::string raw = output_of(
        "PPROF_TMPDIR=/nonexistent go tool pprof -symbolize=none -raw " + path + " 2>/dev/null");
    if (!has_columns(raw)) GTEST_SKIP() << "this pprof prints no columns";
    std::string samples = section(raw, "Samples:", "Locations");
    samples.erase(0, samples.find('\n') + 1);  // The line of sample types.
    EXPECT_EQ(samples, raw_samples(profile)) << "seed " << seed;
    EXPECT_EQ(section(raw, "Locations", "Mappings"), raw_locations(profile)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// The whole way of a verdict: a series of dumps and profiles, cut at a marker, whatever they hold.
// Bits of the first byte say whether the first is that of an earlier build, and whether all are of
// processes of their own at one time.
// Nothing crashes, every finding is about a group that is there and says why, and a level needs its
// evidence.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "formats/detect.h"
#include "report/leaks.h"
#include "report/leaks_formats.h"

namespace {

constexpr std::string_view kMarker = "\n=== next ===\n";
constexpr std::size_t kMostSnapshots = 12;

void require(bool condition) {
  if (!condition) std::abort();
}

plumb::ReadOptions small_limits() {
  plumb::ReadOptions options;
  options.keep_goroutines = true;
  options.limits.stack_frames = 1000;
  return options;
}

enum class Role { Snapshot, Process, Before };

void add_snapshot(plumb::LeaksBuilder& builder, std::string_view bytes, std::int64_t time_ns,
                  Role role, std::uint32_t index) {
  auto detected =
      plumb::detect(std::make_unique<plumb::MemorySource>(bytes), plumb::ReadOptions{}.limits);
  if (!detected) return;
  auto read = plumb::read_detected(*std::move(detected), small_limits());
  if (!read) return;
  plumb::LeaksInput input{"input", plumb::PlaceUnit::Line, time_ns, 0, false, false};
  if (role == Role::Before) {
    (void)builder.add_before(input, read->content);
    return;
  }
  if (role == Role::Process) input.process = index;
  input.joins_last = input.process > 0;
  if (!builder.add(input, read->content)) (void)builder.add_heap(read->content);
}

void check(const plumb::LeaksReport& report) {
  for (const plumb::Finding& finding : report.findings.all) {
    require(finding.group < report.stacks.groups.size());
    require(report.stacks.groups[finding.group].count > 0);
    require(!finding.reason.empty());
    const bool is_sure = finding.level >= plumb::Level::Likely;
    require(!is_sure || !finding.evidence.empty());
    require(finding.level <= report.findings.worst);
    if (!finding.rate) continue;
    require(finding.rate->per_second.low <= finding.rate->per_second.high);
  }
}

std::string text_of(const plumb::LeaksReport& report,
                    void (*render)(const plumb::LeaksReport&, plumb::Writer&)) {
  plumb::StringWriter out;
  render(report, out);
  return out.text();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  plumb::LeaksOptions options;
  const unsigned flags = rest.empty() ? 0U : static_cast<unsigned char>(rest[0]);
  if ((flags & 1U) != 0) options.interval_ns = 60'000'000'000;
  plumb::LeaksBuilder builder(std::move(options));
  std::int64_t time_ns = 0;
  for (std::uint32_t i = 0; i < kMostSnapshots && !rest.empty(); ++i) {
    const std::size_t end = rest.find(kMarker);
    Role role = (flags & 16U) != 0 ? Role::Process : Role::Snapshot;
    if (i == 0 && (flags & 8U) != 0) role = Role::Before;
    add_snapshot(builder, rest.substr(0, end), time_ns += 5'000'000'000, role, i);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + kMarker.size());
  }
  const auto report = std::move(builder).finish();
  require(report.has_value());
  check(*report);
  plumb::StringWriter text;
  plumb::render_leaks_text(*report, 80, text);
  require(nlohmann::json::accept(text_of(*report, plumb::render_leaks_json)));
  require(nlohmann::json::accept(text_of(*report, plumb::render_leaks_sarif)));
  (void)text_of(*report, plumb::render_leaks_github);
  (void)text_of(*report, plumb::render_leaks_markdown);
  return 0;
}

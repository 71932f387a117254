// SPDX-License-Identifier: Apache-2.0
// The whole way of a verdict: a series of dumps and profiles, cut at a marker, whatever they hold.
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

void add_snapshot(plumb::LeaksBuilder& builder, std::string_view bytes, std::int64_t time_ns) {
  auto detected =
      plumb::detect(std::make_unique<plumb::MemorySource>(bytes), plumb::ReadOptions{}.limits);
  if (!detected) return;
  auto read = plumb::read_detected(*std::move(detected), small_limits());
  if (!read) return;
  const plumb::LeaksInput input{"input", plumb::PlaceUnit::Line, time_ns, 0, false, false};
  (void)builder.add(input, read->content);
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
  if (!rest.empty() && (rest[0] & 1) != 0) options.interval_ns = 60'000'000'000;
  plumb::LeaksBuilder builder(std::move(options));
  std::int64_t time_ns = 0;
  for (std::size_t i = 0; i < kMostSnapshots && !rest.empty(); ++i) {
    const std::size_t end = rest.find(kMarker);
    add_snapshot(builder, rest.substr(0, end), time_ns += 5'000'000'000);
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

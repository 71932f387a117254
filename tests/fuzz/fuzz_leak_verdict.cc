// SPDX-License-Identifier: Apache-2.0
// The whole way of a verdict: a series of dumps and profiles, cut at a marker, whatever they hold.
// Bits of the first byte say how they stand to each other: see Flag.
//
// What has to hold, whatever the input:
//
// - There is a report; every finding is about a group that is there, and about no other one's.
// - CONFIRMED needs a state in which a goroutine can never go on. LIKELY needs evidence that the
//   input can give: arrivals or locks two whole dumps with ids, ages one, counts eight whole
//   snapshots since the last start. A snapshot that lacks goroutines is not whole.
// - No number is larger than what the input has; none is infinite; a rate lies in its interval.
// - The JSON is valid and says the same; the text has no control characters of the input.
// - The same input gives the same report.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

#include "base/checked.h"
#include "formats/detect.h"
#include "report/leaks.h"
#include "report/leaks_formats.h"

namespace {

using plumb::Level;

constexpr std::string_view kMarker = "\n=== next ===\n";
constexpr std::size_t kMostSnapshots = 12;
constexpr std::size_t kCountsNeeded = 8;

enum Flag : unsigned {
  kInterval = 1,    // The time between two snapshots is said.
  kNoTimes = 2,     // Else nothing is known of times.
  kBefore = 8,      // The first one is of an earlier build.
  kProcesses = 16,  // All are of processes of their own, at one time.
  kTwice = 32,      // The report is made twice.
};

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

plumb::LeaksReport make_report(std::string_view rest) {
  const unsigned flags = rest.empty() ? 0U : static_cast<unsigned char>(rest[0]);
  plumb::LeaksOptions options;
  if ((flags & kInterval) != 0) options.interval_ns = 60'000'000'000;
  plumb::LeaksBuilder builder(std::move(options));
  const std::int64_t gap_ns = (flags & kNoTimes) != 0 ? 0 : 5'000'000'000;
  for (std::uint32_t i = 0; i < kMostSnapshots && !rest.empty(); ++i) {
    const std::size_t end = rest.find(kMarker);
    Role role = (flags & kProcesses) != 0 ? Role::Process : Role::Snapshot;
    if (i == 0 && (flags & kBefore) != 0) role = Role::Before;
    add_snapshot(builder, rest.substr(0, end), gap_ns * (i + 1), role, i);
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + kMarker.size());
  }
  auto report = std::move(builder).finish();
  require(report.has_value());
  return *std::move(report);
}

bool has_evidence(const plumb::Finding& finding, std::string_view id) {
  return std::ranges::any_of(finding.evidence, [&](const auto& item) { return item.id == id; });
}

std::size_t whole_counts(const plumb::SnapshotSeries& series) {
  std::size_t whole = 0;
  for (std::size_t i = series.first_since_restart; i < series.snapshots.size(); ++i) {
    if (!series.snapshots[i].is_cut) ++whole;
  }
  return whole;
}

// The level is one that such an input can give.
void check_support(const plumb::LeaksReport& report, const plumb::Finding& finding) {
  const plumb::SnapshotSeries& series = report.series;
  const plumb::StackGroup& group = report.stacks.groups[finding.group];
  if (finding.level == Level::Confirmed) {
    require(has_evidence(finding, "E5"));
    require(group.leaked > 0 || finding.kind == plumb::WaitKind::NilChannel ||
            finding.kind == plumb::WaitKind::NoCases);
  }
  if (finding.level != Level::Likely) return;
  const bool moved = has_evidence(finding, "E2") || has_evidence(finding, "E7");
  const bool by_ids = moved && series.id_snapshots >= 2;
  const bool by_ages = has_evidence(finding, "E3") && !series.goroutines.empty();
  const bool by_counts = has_evidence(finding, "E4") && whole_counts(series) >= kCountsNeeded;
  require(by_ids || by_ages || by_counts);
}

// No more goroutines than the snapshots have together.
void check_numbers(const plumb::Finding& finding, double seen) {
  for (const auto* const items : {&finding.evidence, &finding.against}) {
    for (const plumb::Evidence& item : *items) {
      require(!item.text.empty() && !item.source.empty());
      for (const plumb::EvidenceNumber& number : item.numbers) {
        require(std::isfinite(number.value));
        const std::string_view name = number.name;
        const bool is_count = name == "arrived" || name == "departed" || name == "residents";
        require(!is_count || (number.value >= 0 && number.value <= seen));
      }
    }
  }
  if (!finding.rate) return;
  const plumb::Estimate& rate = finding.rate->per_second;
  require(std::isfinite(rate.low) && std::isfinite(rate.value) && std::isfinite(rate.high));
  require(rate.low <= rate.high);
}

void check(const plumb::LeaksReport& report) {
  double seen = 0;
  for (const plumb::Snapshot& snapshot : report.series.snapshots) {
    seen += static_cast<double>(std::max<std::int64_t>(snapshot.total, 0));
  }
  std::set<std::uint32_t> groups;
  std::int64_t counted = 0;
  for (const plumb::Finding& finding : report.findings.all) {
    require(finding.group < report.stacks.groups.size());
    require(groups.insert(finding.group).second);
    const plumb::StackGroup& group = report.stacks.groups[finding.group];
    require(group.count > 0 && group.leaked <= group.count);
    counted = plumb::add_saturating(counted, group.count);
    require(!finding.reason.empty());
    require(finding.level <= report.findings.worst);
    check_support(report, finding);
    check_numbers(finding, seen);
  }
  require(counted <= report.total);
}

std::string text_of(const plumb::LeaksReport& report,
                    void (*render)(const plumb::LeaksReport&, plumb::Writer&)) {
  plumb::StringWriter out;
  render(report, out);
  return out.text();
}

void check_text(const plumb::LeaksReport& report) {
  plumb::StringWriter text;
  plumb::render_leaks_text(report, 80, text);
  require(std::ranges::all_of(text.text(), [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f');
  }));
}

void check_json(const plumb::LeaksReport& report, std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  require(!json.is_discarded());
  require(json["verdict"] == std::string(to_string(report.findings.worst)));
  require(json["groups"].size() == report.shown.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const plumb::LeaksReport report = make_report(input);
  check(report);
  check_text(report);
  const std::string json = text_of(report, plumb::render_leaks_json);
  check_json(report, json);
  require(nlohmann::json::accept(text_of(report, plumb::render_leaks_sarif)));
  (void)text_of(report, plumb::render_leaks_github);
  (void)text_of(report, plumb::render_leaks_markdown);
  if (!input.empty() && (static_cast<unsigned char>(input[0]) & kTwice) != 0) {
    require(text_of(make_report(input), plumb::render_leaks_json) == json);
  }
  return 0;
}

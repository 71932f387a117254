// SPDX-License-Identifier: Apache-2.0
// A top report as text, all of it, and how to get one in the two ways there are.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/profile_proto.h"
#include "formats/profile_proto_stream.h"
#include "model/merge.h"
#include "model/prepare.h"
#include "report/top.h"
#include "report/top_stream.h"
#include "support/prepared_input.h"

namespace plumb::test {

inline std::string describe_top(const TopReport& report) {
  StringWriter out;
  out << "type " << report.sample_type << ", " << report.format.sample_unit << " as "
      << report.format.output_unit << " times " << std::to_string(report.format.ratio) << "\n";
  out << "total " << std::to_string(report.total) << ", shown " << std::to_string(report.shown)
      << ", dropped " << std::to_string(report.dropped_nodes) << " below "
      << std::to_string(report.dropped_below) << ", of " << std::to_string(report.row_count)
      << (report.is_cut ? ", cut\n" : "\n");
  render_top_text(report, out);
  return out.text();
}

/// What a profile is compared with.
struct Base {
  std::string bytes;
  DiffOptions options;
};

/// The report of a profile that is read as a whole, less `base` if there is one.
inline std::string top_of_whole(std::string_view bytes, const ReportOptions& options,
                                const Base* base = nullptr) {
  MemorySource source(bytes);
  auto profile = read_profile_proto(source, {});
  if (profile && base != nullptr) {
    MemorySource base_source(base->bytes);
    profile =
        subtract_profile(*std::move(profile), *read_profile_proto(base_source, {}), base->options);
  }
  if (!profile) return "error: " + profile.error().describe();
  if (const auto prepared = prepare_profile(*profile); !prepared) {
    return "error: " + prepared.error().describe();
  }
  const auto input = prepared_input(*profile, ReportKind::Top, options);
  return input ? describe_top(build_top(*input)) : "error: " + input.error().describe();
}

struct StreamedTop {
  std::optional<std::string> report;  ///< Nothing if the profile cannot be streamed.
  int passes = 0;
};

/// The report of a profile that streams by, less `base`.
inline StreamedTop top_of_stream(std::string_view bytes, const ReportOptions& options,
                                 std::size_t warmup_frames, const Base* base = nullptr) {
  StreamedTop streamed;
  MemorySource source(bytes);
  TopStream top(options, warmup_frames);
  if (base != nullptr) {
    MemorySource base_source(base->bytes);
    auto profile = read_profile_proto(base_source, {});
    if (!profile || !TopStream::can_subtract(*profile, base->options)) return streamed;
    top.set_base(*std::move(profile), base->options, {});
  }
  do {
    ++streamed.passes;
    source.rewind();
    const auto usable = stream_profile_proto(source, top, {});
    if (!usable || !*usable) return streamed;
  } while (top.wants_again());
  const auto report = top.take_report();
  streamed.report = report ? describe_top(*report) : "error: " + report.error().describe();
  return streamed;
}

}  // namespace plumb::test

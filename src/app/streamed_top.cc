// SPDX-License-Identifier: Apache-2.0
#include "app/streamed_top.h"

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/try.h"
#include "formats/profile_proto.h"
#include "formats/profile_proto_stream.h"
#include "report/top_stream.h"

namespace plumb::cli {
namespace {

bool may_stream(const DetectedInput& input, const ReportOptions& options, const Session& session) {
  const bool is_proto = input.format != nullptr && input.format->name == kProfileProtoFormat;
  // What is behind the head of a pipe can be read once only.
  return is_proto && TopStream::can_stream(options) && !session.may_rename_binaries() &&
         input.source->can_rewind();
}

Result<std::optional<TopReport>> run_stream(DetectedInput& input, TopStream& stream,
                                            const Session& session) {
  const SymbolizeMode& mode = session.symbolize_mode();
  stream.set_changes_name([&mode](std::string_view name, std::string_view system_name) {
    return changes_name(name, system_name, mode);
  });
  do {
    if (!input.source->rewind()) return std::optional<TopReport>();
    TRY_ASSIGN(const bool is_complete,
               stream_profile_proto(*input.source, stream, session.limits()));
    if (!is_complete) return std::optional<TopReport>();
  } while (stream.wants_again());
  TRY_ASSIGN(TopReport report, stream.take_report());
  return std::optional<TopReport>(std::move(report));
}

// Bytes of the file; nothing if it is none.
std::optional<std::uint64_t> size_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

// A base of half the size takes as long whole, and one that leaves little of the source longer:
// what is worth a line is hard to guess then before it is known what is left.
bool is_worth_it(const Session::Difference& difference) {
  constexpr std::uint64_t kLargeFile = std::uint64_t{1} << 20;
  constexpr std::uint64_t kSourceOverBase = 4;
  const auto source = size_of(difference.source);
  const auto base = size_of(difference.base);
  return source && base && *source >= kLargeFile && *base <= *source / kSourceOverBase;
}

// Looks at the first samples.
class LabelProbe final : public ProfileStream {
 public:
  bool on_parts(const StreamedParts& parts) override {
    has_labels = has_labels || parts.samples.have_labels;
    return parts.samples.size() == 0;
  }
  bool on_end(const StreamedHeader& /*header*/) override { return false; }

  bool has_labels = false;
};

bool begins_with_labels(DetectedInput& input, const Limits& limits) {
  LabelProbe probe;
  if (input.source->rewind()) static_cast<void>(stream_profile_proto(*input.source, probe, limits));
  return probe.has_labels;
}

std::optional<DetectedInput> open_file(const std::string& path, const Limits& limits) {
  auto file = FileSource::open(path);
  if (!file || !(*file)->can_rewind()) return std::nullopt;
  auto detected = detect(*std::move(file), limits);
  if (!detected) return std::nullopt;
  return *std::move(detected);
}

// A whole input as a profile; nothing if there is something to be said of it.
std::optional<Profile> read_profile(DetectedInput input, const Limits& limits) {
  ReadOptions options;
  options.limits = limits;
  auto read = read_detected(std::move(input), options);
  if (!read) return std::nullopt;
  Profile profile = take_profile(std::move(read->content));
  if (!profile.losses.empty()) return std::nullopt;
  return profile;
}

}  // namespace

Result<std::optional<TopReport>> stream_top(DetectedInput& input, const ReportOptions& options,
                                            const Session& session) {
  if (!may_stream(input, options, session)) return std::optional<TopReport>();
  TopStream stream(options);
  return run_stream(input, stream, session);
}

std::optional<TopReport> stream_difference(const ReportOptions& options, const Session& session) {
  const std::optional<Session::Difference> difference = session.difference_of_two();
  if (!difference || !is_worth_it(*difference) || session.adds_comment()) return std::nullopt;
  std::optional<DetectedInput> input = open_file(difference->source, session.limits());
  if (!input || !may_stream(*input, options, session)) return std::nullopt;
  const bool needs_labels = !difference->options.keep_apart;
  if (needs_labels && begins_with_labels(*input, session.limits())) return std::nullopt;
  std::optional<DetectedInput> base_input = open_file(difference->base, session.limits());
  if (!base_input) return std::nullopt;
  std::optional<Profile> base = read_profile(*std::move(base_input), session.limits());
  if (!base || !TopStream::can_subtract(*base, difference->options)) return std::nullopt;
  TopStream stream(options);
  stream.set_base(*std::move(base), difference->options, session.limits());
  auto report = run_stream(*input, stream, session);
  return report ? *std::move(report) : std::nullopt;
}

}  // namespace plumb::cli

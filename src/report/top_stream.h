// SPDX-License-Identifier: Apache-2.0
// `top` of a profile that is never held: computed while the profile goes by, in constant memory.
//
//   TopStream top(options);
//   do {
//     TRY_ASSIGN(const bool usable, stream_profile_proto(source, top, limits));
//     if (!usable) return ...;  // Read the profile as a whole, and build_top().
//   } while (top.wants_again() && source.rewind());
//   if (auto report = top.take_report()) ...
//
// flat and cum need one pass. Which functions were inlined needs the edges between the functions
// shown, which are known at the end; EdgeTrie counts them on the way all the same. Where it cannot,
// the samples have to go by once more. A base that is subtracted is held, the profile is not.

#pragma once

#include <memory>

#include "base/limits.h"
#include "model/merge.h"
#include "model/profile.h"
#include "model/profile_stream.h"
#include "report/report_options.h"
#include "report/streamed_tables.h"
#include "report/top.h"

namespace plumb {

/// Not thread-safe.
class TopStream final : public ProfileStream {
 public:
  /// `warmup_frames`: how many frames of the first samples are held to rank the functions by.
  explicit TopStream(const ReportOptions& options,
                     std::size_t warmup_frames = std::size_t{1} << 20);
  ~TopStream() override;

  /// Ends the stream where a name is to be changed, which needs the whole profile. Before the first
  /// pass.
  void set_changes_name(ChangesName changes_name);

  /// Subtracts `base` from what goes by, by the rules of subtract_profile(). Before the first pass.
  /// Requires: can_subtract().
  void set_base(Profile base, const DiffOptions& options, const Limits& limits);

  /// False if a report with these options needs the whole profile.
  static bool can_stream(const ReportOptions& options);

  /// False if such a base can only be subtracted from a whole profile.
  static bool can_subtract(const Profile& base, const DiffOptions& options);

  [[nodiscard]] bool wants_fields() const override;
  bool on_read(StreamedParts& parts) override;
  bool on_parts(const StreamedParts& parts) override;
  bool on_end(const StreamedHeader& header) override;

  /// After a complete pass: true if the samples have to go by once more.
  [[nodiscard]] bool wants_again() const;

  /// The report. Requires: the last pass was complete, and !wants_again(). Errors: as build_top().
  Result<TopReport> take_report();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace plumb

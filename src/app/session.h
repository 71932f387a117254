// SPDX-License-Identifier: Apache-2.0
// Session: from the sources a person named to what they hold. Every front end loads through it.

#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.h"
#include "app/settings.h"
#include "base/result.h"
#include "fetch/fetch.h"
#include "formats/detect.h"
#include "formats/read_options.h"

namespace plumb::cli {

/// One source, read.
struct Input {
  std::string name;  ///< As people should see it.
  Content content;
  const Format* format = nullptr;
};

/// One source that is open and whose format is known.
struct OpenInput {
  std::string name;
  DetectedInput detected;
};

/// One source as a profile, whatever it was.
struct LoadedProfile {
  std::string name;
  Profile profile;
  std::vector<Loss> losses;  ///< What was lost while reading.
  PlaceUnit places = PlaceUnit::Byte;
};

/// Which sources a command line names, with all that loading them needs.
class Session {
 public:
  /// `words` may be files, directories, globs, URLs and "-". The first of several may be a program,
  /// as in pprof. `bare_host_path` is what a server named without a path is asked for.
  ///
  /// Errors: Usage without words; those of expand_sources().
  static Result<Session> open(std::span<const std::string> words, const Settings& settings,
                              std::string_view bare_host_path, Environment& environment);

  [[nodiscard]] std::size_t source_count() const { return sources_.size(); }

  /// Reads every source, fetching remote ones at the same time, and hands them to `take` in order.
  /// What fails is said to the person and left out.
  ///
  /// Errors: Io if nothing is left.
  Result<void> load_each(const ReadOptions& options, const std::function<void(Input)>& take);

  /// Opens the sources as one input, without reading it.
  ///
  /// Errors: as load_each(); Usage for several sources.
  Result<OpenInput> open_one();

  /// Reads `input` as a profile. Errors: as load_each().
  Result<LoadedProfile> load_profile(OpenInput input, const ReadOptions& options);

  [[nodiscard]] const Limits& limits() const { return fetch_.limits; }

  /// Says what was lost while reading `name`, once for each kind.
  void say_losses(std::string_view name, PlaceUnit places, std::span<const Loss> losses) const;

  /// Says an error that is no reason to stop.
  void say(const Error& error) const { environment_.say_error(error); }

 private:
  Session(std::vector<std::string> sources, FetchOptions fetch, Environment& environment)
      : sources_(std::move(sources)), fetch_(std::move(fetch)), environment_(environment) {}

  void say_failure(std::string_view name, const Error& error) const;

  std::vector<std::string> sources_;
  FetchOptions fetch_;
  Environment& environment_;
};

/// What pprof says when no source could be used.
Error no_sources_error();

}  // namespace plumb::cli

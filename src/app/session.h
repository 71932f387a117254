// SPDX-License-Identifier: Apache-2.0
// Session: from the sources a person named to what they hold. Every front end loads through it.

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/environment.h"
#include "app/repetition.h"
#include "app/settings.h"
#include "base/result.h"
#include "fetch/fetch.h"
#include "formats/detect.h"
#include "formats/read_options.h"
#include "model/merge.h"
#include "symbols/symbolize.h"

namespace plumb::cli {

/// One source, read.
struct Input {
  std::string name;  ///< As people should see it.
  Content content;
  const Format* format = nullptr;
  bool is_remote = false;
  std::optional<Repetition> repeats = std::nullopt;  ///< The source in front that it is.
};

/// One source that is open and whose format is known.
struct OpenInput {
  std::string name;
  DetectedInput detected;
  bool is_remote = false;  ///< `name` is a URL then.
};

/// What was lost while reading one source.
struct SourceLosses {
  std::string name;
  PlaceUnit places = PlaceUnit::Byte;
  std::vector<Loss> losses;
};

/// Those of a source that is called `name`.
SourceLosses losses_of(std::string name, const Format& format, const Content& content);

/// "dump.txt: 3 x a goroutine without frames (first at line 7)".
std::string loss_line(const SourceLosses& source, const Loss& loss);

/// Says what was lost while reading, once for each source and kind.
void say_losses(std::span<const SourceLosses> sources, const Environment& environment);

/// What was read as a profile, whatever it was, with its losses.
Profile take_profile(Content content);

/// The profile that the sources add up to, whatever they were, less the base if there is one.
struct LoadedProfile {
  Profile profile;
  std::vector<SourceLosses> losses;  ///< One row per source and base that could be read.
};

/// Which sources a command line names, with all that loading them needs.
class Session {
 public:
  /// `words` may be files, directories, globs, URLs and "-". The first of several may be a program,
  /// as in pprof. `bare_host_path` is what a server named without a path is asked for.
  ///
  /// Errors: Usage without words, and for settings of a base that contradict each other; those of
  /// expand_sources().
  static Result<Session> open(std::span<const std::string> words, const Settings& settings,
                              std::string_view bare_host_path, Environment& environment);

  /// Without those of the base.
  [[nodiscard]] std::size_t source_count() const { return source_count_; }

  /// True if there is one source and no base.
  [[nodiscard]] bool has_one_source() const { return sources_.size() == 1; }

  /// A source and its base.
  struct Difference {
    std::string source;
    std::string base;
    DiffOptions options;
  };
  /// Nothing if there are more, or fewer.
  [[nodiscard]] std::optional<Difference> difference_of_two() const;

  /// True if a comment will be added to the profile.
  [[nodiscard]] bool adds_comment() const { return !options_.add_comment.empty(); }

  /// Reads every source, fetching remote ones at the same time, and hands them to `take` in order.
  /// What fails is said to the person and left out.
  ///
  /// Errors: Io if nothing is left.
  Result<void> load_each(const ReadOptions& options, const std::function<void(Input)>& take);

  /// Opens the only source, without reading it. Requires: has_one_source(). Errors: as load_each().
  Result<OpenInput> open_one();

  /// Reads `input` as a profile. Errors: as load_each().
  Result<LoadedProfile> load_profile(OpenInput input, const ReadOptions& options);

  /// Reads all sources, adds them up, and subtracts the base. What came from a server is saved.
  /// Errors: as load_each(); Malformed for profiles that do not fit each other.
  Result<LoadedProfile> load(const ReadOptions& options);

  /// The program that stands in front of the sources, or empty.
  [[nodiscard]] const std::string& program() const { return locate_.executable; }

  /// How names are found and shown.
  [[nodiscard]] const SymbolizeMode& symbolize_mode() const { return symbolize_; }

  /// True if the binaries that a profile names may be called otherwise, in headers too: by the
  /// command line, or by those in the search path.
  [[nodiscard]] bool may_rename_binaries() const;

  /// Shows every source (not those of the base) to `watch` once it was read, before it becomes part
  /// of a profile.
  void watch_inputs(std::function<void(const Input&)> watch) { watch_ = std::move(watch); }

  [[nodiscard]] const Limits& limits() const { return fetch_.limits; }

  /// Says what was lost while reading, once for each source and kind.
  void say_losses(std::span<const SourceLosses> sources) const {
    cli::say_losses(sources, environment_);
  }

  /// Says an error that is no reason to stop.
  void say(const Error& error) const { environment_.say_error(error); }

 private:
  Session(FetchOptions fetch, const SourceSettings& options, Environment& environment)
      : fetch_(std::move(fetch)), options_(options), environment_(environment) {}

  Result<LoadedProfile> load_several(const ReadOptions& options);
  Result<void> finish(Profile& profile, bool is_remote);
  void locate(Profile& profile, std::string_view url);
  Result<void> symbolize(Profile& profile);
  void say_failure(std::string_view name, const Error& error) const;
  void say_unreadable(std::size_t source, bool is_remote, std::string_view name,
                      const Error& error) const;
  void say_several(const Input& input) const;
  [[nodiscard]] DiffOptions diff_options() const {
    return {.keep_apart = !options_.diff_base.empty(), .normalize = options_.normalize};
  }
  [[nodiscard]] Notice notice() const {
    return [this](std::string_view line) { environment_.say(line); };
  }

  std::function<void(const Input&)> watch_;  // May be null.
  std::vector<std::string> sources_;         // Those of the base at the end.
  std::size_t source_count_ = 0;
  FetchOptions fetch_;
  SourceSettings options_;
  SymbolizeMode symbolize_;
  LocateOptions locate_;
  MappingOrigins origins_;  // Of the mappings of all sources.
  Environment& environment_;
};

/// What pprof says when no source could be used.
Error no_sources_error();

}  // namespace plumb::cli

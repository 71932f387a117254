// SPDX-License-Identifier: Apache-2.0
#include "app/session.h"

#include <sys/stat.h>

#include <array>
#include <utility>

#include "base/try.h"
#include "model/dump_profile.h"
#include "model/prepare.h"

namespace plumb::cli {
namespace {

// Reads nothing but regular files: what comes out of a pipe could not be put back.
bool is_program(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  auto file = FileSource::open(path);
  if (!file) return false;
  std::array<char, 4> magic{};
  const auto count = (*file)->read(magic);
  return count && std::string_view(magic.data(), *count) ==
                      "\x7f"
                      "ELF";
}

Result<Input> read_input(Fetched fetched, const Limits& limits, const ReadOptions& options) {
  TRY_ASSIGN(DetectedInput detected, detect(std::move(fetched.bytes), limits));
  TRY_ASSIGN(ReadInput read, read_detected(std::move(detected), options));
  return Input{std::move(fetched.name), std::move(read.content), read.format};
}

// Fills all of `loaded` but its name.
Result<void> read_as_profile(DetectedInput detected, const ReadOptions& options,
                             LoadedProfile& loaded) {
  TRY_ASSIGN(ReadInput read, read_detected(std::move(detected), options));
  loaded.places = read.format->places;
  if (auto* const dump = std::get_if<GoroutineDump>(&read.content)) {
    loaded.profile = profile_from_dump(*dump);
    loaded.losses = std::move(dump->losses);
  } else {
    loaded.profile = std::get<Profile>(std::move(read.content));
    loaded.losses = std::exchange(loaded.profile.losses, {});
  }
  return prepare_profile(loaded.profile);
}

}  // namespace

Result<Session> Session::open(std::span<const std::string> words, const Settings& settings,
                              std::string_view bare_host_path, Environment& environment) {
  if (words.empty()) return Error(ErrorCode::Usage, "no profile source specified");
  TRY_ASSIGN(FetchOptions fetch, fetch_options(settings, bare_host_path));
  if (words.size() > 1 && is_program(words[0])) {
    environment.say(words[0] + ": a program; symbols are taken from the profile alone so far");
    words = words.subspan(1);
  }
  const Notice notice = [&environment](std::string_view line) { environment.say(line); };
  TRY_ASSIGN(std::vector<std::string> sources, expand_sources(words, notice));
  return Session(std::move(sources), std::move(fetch), environment);
}

Result<void> Session::load_each(const ReadOptions& options,
                                const std::function<void(Input)>& take) {
  std::size_t loaded = 0;
  const Notice notice = [this](std::string_view line) { environment_.say(line); };
  open_sources(sources_, fetch_, notice, [&](std::size_t index, Result<Fetched> fetched) {
    if (!fetched) return say_failure(sources_[index], fetched.error());
    const std::string name = fetched->name;
    auto input = read_input(*std::move(fetched), fetch_.limits, options);
    if (!input) return say_failure(name, input.error());
    take(*std::move(input));
    ++loaded;
  });
  if (loaded == 0) return no_sources_error();
  if (loaded < sources_.size()) {
    environment_.say("Fetched " + std::to_string(loaded) + " source profiles out of " +
                     std::to_string(sources_.size()));
  }
  return {};
}

Result<OpenInput> Session::open_one() {
  if (sources_.size() > 1) {
    return Error(ErrorCode::Usage, "several profiles cannot be added up yet: give one source");
  }
  const Notice notice = [this](std::string_view line) { environment_.say(line); };
  auto fetched = open_source(sources_[0], fetch_, notice);
  if (!fetched) {
    say_failure(sources_[0], fetched.error());
    return no_sources_error();
  }
  auto detected = detect(std::move(fetched->bytes), fetch_.limits);
  if (!detected) {
    say_failure(fetched->name, detected.error());
    return no_sources_error();
  }
  return OpenInput{std::move(fetched->name), *std::move(detected)};
}

Result<LoadedProfile> Session::load_profile(OpenInput input, const ReadOptions& options) {
  LoadedProfile loaded;
  loaded.name = std::move(input.name);
  auto read = read_as_profile(std::move(input.detected), options, loaded);
  if (read) return loaded;
  say_failure(loaded.name, read.error());
  return no_sources_error();
}

void Session::say_losses(std::string_view name, PlaceUnit places,
                         std::span<const Loss> losses) const {
  for (const Loss& loss : losses) {
    std::string line = "plumb: " + std::string(name) + ": " + std::to_string(loss.count) +
                       (loss.count == 1 ? " " : " x ") + loss.what;
    if (loss.first_place != 0) {
      line += loss.count == 1 ? " (at " : " (first at ";
      line += places == PlaceUnit::Line ? "line " : "byte ";
      line += std::to_string(loss.first_place) + ')';
    }
    environment_.say(line);
  }
}

void Session::say_failure(std::string_view name, const Error& error) const {
  Error named = error;
  environment_.say_error(std::move(named).while_reading(name));
}

Error no_sources_error() {
  return {ErrorCode::Io, "failed to fetch any source profiles"};
}

}  // namespace plumb::cli

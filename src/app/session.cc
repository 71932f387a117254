// SPDX-License-Identifier: Apache-2.0
#include "app/session.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "app/name_files.h"
#include "app/profile_sum.h"
#include "app/save_profile.h"
#include "base/program_format.h"
#include "base/strings.h"
#include "base/try.h"
#include "fetch/url.h"
#include "model/dump_profile.h"
#include "model/merge.h"
#include "model/prepare.h"
#include "model/split_dump.h"

namespace plumb::cli {
namespace {

// Reads nothing but regular files: what comes out of a pipe could not be put back.
bool is_program(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  auto file = FileSource::open(path);
  if (!file) return false;
  std::array<char, kProgramHeadBytes> head{};
  const auto count = (*file)->read(head);
  return count && !program_format({head.data(), *count}).empty();
}

Result<Input> read_input(Fetched fetched, const Limits& limits, const ReadOptions& options) {
  TRY_ASSIGN(DetectedInput detected, detect(std::move(fetched.bytes), limits));
  TRY_ASSIGN(ReadInput read, read_detected(std::move(detected), options));
  return Input{std::move(fetched.name), std::move(read.content), read.format, fetched.is_remote};
}

// A source as a profile; what was lost is added to `losses`.
Profile take_profile(Input input, std::vector<SourceLosses>& losses) {
  SourceLosses& row = losses.emplace_back();
  row.name = std::move(input.name);
  row.places = input.format->places;
  Profile profile = cli::take_profile(std::move(input.content));
  row.losses = std::exchange(profile.losses, {});
  return profile;
}

Result<void> check_base(const SourceSettings& options) {
  if (!options.base.empty() && !options.diff_base.empty()) {
    return Error(ErrorCode::Usage, "-base and -diff_base flags cannot both be specified");
  }
  if (options.normalize && options.base.empty() && options.diff_base.empty()) {
    return Error(ErrorCode::Usage, "must have base profile to normalize by");
  }
  return {};
}

}  // namespace

Profile take_profile(Content content) {
  auto* const profile = std::get_if<Profile>(&content);
  return profile != nullptr ? std::move(*profile)
                            : profile_from_dump(std::get<GoroutineDump>(content));
}

Result<Session> Session::open(std::span<const std::string> words, const Settings& settings,
                              std::string_view bare_host_path, Environment& environment) {
  if (words.empty()) return Error(ErrorCode::Usage, "no profile source specified");
  TRY(check_base(settings.sources));
  TRY_ASSIGN(FetchOptions fetch, fetch_options(settings, bare_host_path));
  LocateOptions locate;
  locate.build_id = settings.build_id;
  if (words.size() > 1 && is_program(words[0])) {
    locate.executable = words[0];
    words = words.subspan(1);
  }
  const char* const search_path = std::getenv("PPROF_BINARY_PATH");
  const bool has_path = search_path != nullptr && *search_path != '\0';
  locate.search_path = has_path ? search_path : default_search_path();
  const Notice notice = [&environment](std::string_view line) { environment.say(line); };
  Session session(std::move(fetch), settings.sources, environment);
  session.symbolize_ = parse_symbolize_mode(settings.symbolize, notice);
  session.locate_ = std::move(locate);
  TRY_ASSIGN(session.sources_, expand_sources(words, notice));
  session.source_count_ = session.sources_.size();
  for (const std::string& base : {settings.sources.base, settings.sources.diff_base}) {
    if (base.empty()) continue;
    TRY_ASSIGN(const std::vector<std::string> bases, expand_sources(std::span(&base, 1), notice));
    session.sources_.insert(session.sources_.end(), bases.begin(), bases.end());
  }
  TRY(check_standard_input(session.sources_));
  return session;
}

std::optional<Session::Difference> Session::difference_of_two() const {
  if (source_count_ != 1 || sources_.size() != 2) return std::nullopt;
  return Difference{sources_[0], sources_[1], diff_options()};
}

Result<void> Session::load_each(const ReadOptions& options,
                                const std::function<void(Input)>& take) {
  std::size_t loaded = 0;
  const auto repetitions = find_repetitions(sources_);
  open_sources(sources_, fetch_, notice(), [&](std::size_t index, Result<Fetched> fetched) {
    if (!fetched) return say_failure(sources_[index], fetched.error());
    const std::string name = fetched->name;
    const bool came_from_server = fetched->is_remote;
    auto input = read_input(*std::move(fetched), fetch_.limits, options);
    if (!input) return say_unreadable(index, came_from_server, name, input.error());
    input->repeats = repetitions[index];
    take(*std::move(input));
    ++loaded;
  });
  if (loaded == 0) return no_sources_error();
  say_missing("source", loaded, sources_.size(), notice());
  return {};
}

Result<OpenInput> Session::open_one() {
  auto fetched = open_source(sources_[0], fetch_, notice());
  if (!fetched) {
    say_failure(sources_[0], fetched.error());
    return no_sources_error();
  }
  auto detected = detect(std::move(fetched->bytes), fetch_.limits);
  if (!detected) {
    say_unreadable(0, fetched->is_remote, fetched->name, detected.error());
    return no_sources_error();
  }
  return OpenInput{std::move(fetched->name), *std::move(detected), fetched->is_remote};
}

Result<LoadedProfile> Session::load_profile(OpenInput input, const ReadOptions& options) {
  LoadedProfile loaded;
  const std::string name = input.name;
  auto read = read_detected(std::move(input.detected), options);
  if (!read) {
    say_unreadable(0, input.is_remote, name, read.error());
    return no_sources_error();
  }
  Input whole{name, std::move(read->content), read->format, input.is_remote};
  if (watch_) watch_(whole);
  say_several(whole);
  loaded.profile = take_profile(std::move(whole), loaded.losses);
  locate(loaded.profile, input.is_remote ? name : "");
  TRY(finish(loaded.profile, input.is_remote));
  return loaded;
}

Result<LoadedProfile> Session::load(const ReadOptions& options) {
  if (!has_one_source()) return load_several(options);
  TRY_ASSIGN(OpenInput input, open_one());
  return load_profile(std::move(input), options);
}

Result<LoadedProfile> Session::load_several(const ReadOptions& options) {
  LoadedProfile loaded;
  ProfileSum sources("source", source_count_);
  ProfileSum bases("base", sources_.size() - source_count_);
  bool is_remote = false;
  std::vector<std::optional<Repetition>> repetitions;
  if (watch_) repetitions = find_repetitions(sources_);  // Nobody else asks.
  open_sources(sources_, fetch_, notice(), [&](std::size_t index, Result<Fetched> fetched) {
    ProfileSum& sum = index < source_count_ ? sources : bases;
    sum.begin_source();
    if (!fetched) return say_failure(sources_[index], fetched.error());
    const std::string name = fetched->name;
    const bool came_from_server = fetched->is_remote;
    auto input = read_input(*std::move(fetched), fetch_.limits, options);
    if (!input) return say_unreadable(index, came_from_server, name, input.error());
    input->is_remote = came_from_server;
    if (watch_ && index < source_count_) {
      input->repeats = repetitions[index];
      watch_(*input);
    }
    say_several(*input);
    Profile profile = take_profile(*std::move(input), loaded.losses);
    locate(profile, came_from_server ? name : "");
    sum.add(std::move(profile));
    is_remote = is_remote || came_from_server;
  });
  TRY(sources.finish());
  TRY(bases.finish());
  TRY(sources.check_count());
  TRY(bases.check_count());
  sources.say_missing(notice());
  bases.say_missing(notice());
  if (bases.wanted() == 0) {
    loaded.profile = sources.take();
  } else {
    TRY_ASSIGN(loaded.profile, subtract_profile(sources.take(), bases.take(), diff_options()));
  }
  TRY(finish(loaded.profile, is_remote));
  return loaded;
}

// What is done to a profile once it is whole.
Result<void> Session::finish(Profile& profile, bool is_remote) {
  TRY(symbolize(profile));
  if (options_.all_frames) profile.drop_frames = profile.keep_frames = {};
  const auto prepared = prepare_profile(profile);
  if (!prepared) {
    return Error(prepared.error().code(),
                 "problem fetching source profiles: " + prepared.error().message());
  }
  if (adds_comment()) profile.comments.push_back(profile.strings.intern(options_.add_comment));
  if (is_remote) save_fetched_profile(profile, environment_);
  return {};
}

// Finds the binaries of one source. `url`: where it came from; empty: from a file.
void Session::locate(Profile& profile, std::string_view url) {
  locate_binaries(profile, locate_, origins_, notice());
  if (!url.empty()) note_source(profile, url, origins_);
}

Result<void> Session::symbolize(Profile& profile) {
  const SymbolPost post = [this](const std::string& url, const std::string& body) {
    return ask_for_symbols(sources_, url, body, fetch_);
  };
  NameFiles cache(NameFiles::usual_directory());
  return symbolize_profile(profile, symbolize_, origins_, post, notice(), &cache);
}

bool Session::may_rename_binaries() const {
  if (!locate_.executable.empty() || !locate_.build_id.empty()) return true;
  const auto directories = split(locate_.search_path, ':');
  return std::ranges::any_of(directories, [](std::string_view directory) {
    struct stat status {};
    return !directory.empty() && ::stat(std::string(directory).c_str(), &status) == 0;
  });
}

// A report adds up what a source has.
void Session::say_several(const Input& input) const {
  const auto* const dump = std::get_if<GoroutineDump>(&input.content);
  if (dump == nullptr || !holds_several_dumps(*dump)) return;
  environment_.say(printable(without_password(input.name)) +
                   ": several dumps, added up; plumb leaks tells them apart");
}

// Of a server's answer the name is what was typed, as pprof has it.
void Session::say_unreadable(std::size_t source, bool is_remote, std::string_view name,
                             const Error& error) const {
  say_failure(is_remote ? std::string_view(sources_[source]) : name, error);
}

void Session::say_failure(std::string_view name, const Error& error) const {
  Error named = error;
  environment_.say_error(std::move(named).while_reading(without_password(name)));
}

std::string loss_line(const SourceLosses& source, const Loss& loss) {
  std::string line =
      source.name + ": " + std::to_string(loss.count) + (loss.count == 1 ? " " : " x ") + loss.what;
  if (loss.first_place == 0) return line;
  line += loss.count == 1 ? " (at " : " (first at ";
  line += source.places == PlaceUnit::Line ? "line " : "byte ";
  return line + std::to_string(loss.first_place) + ')';
}

SourceLosses losses_of(std::string name, const Format& format, const Content& content) {
  return {std::move(name), format.places,
          std::visit([](const auto& held) { return held.losses; }, content)};
}

void say_losses(std::span<const SourceLosses> sources, const Environment& environment) {
  for (const SourceLosses& source : sources) {
    for (const Loss& loss : source.losses) environment.say("plumb: " + loss_line(source, loss));
  }
}

Error no_sources_error() {
  return {ErrorCode::Io, "failed to fetch any source profiles"};
}

}  // namespace plumb::cli

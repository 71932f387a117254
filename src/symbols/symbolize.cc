// SPDX-License-Identifier: Apache-2.0
#include "symbols/symbolize.h"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/paths.h"
#include "base/strings.h"
#include "base/try.h"
#include "symbols/function_rows.h"
#include "symbols/object_file.h"

namespace plumb {
namespace {

// Addresses of one binary; one profile with more is seldom looked at twice.
constexpr std::size_t kMostCached = 1'000'000;

// A mapping of which nothing on a disk is known: "[vdso]", "//anon" and the like.
bool has_no_binary(std::string_view file) {
  const std::string_view base = path_base(file);
  return base.starts_with('[') || base.starts_with("linux-vdso") || file.starts_with("/dev/dri/") ||
         file == "//anon" || file.starts_with("/memfd:");
}

bool is_http_url(std::string_view file) {
  const std::size_t colon = file.find(':');
  return colon != std::string_view::npos &&
         to_lower(file.substr(0, colon)).find("http") != std::string::npos;
}

// The locations of each mapping, and whether all, or some, of them have functions.
struct MappingLocations {
  std::vector<std::uint32_t> all;
  bool is_complete = true;
  bool has_names = false;
};

std::vector<MappingLocations> locations_by_mapping(const Profile& profile) {
  std::vector<MappingLocations> result(profile.mappings.size());
  for (std::uint32_t i = 0; i < profile.locations.size(); ++i) {
    const Location& location = profile.locations[i];
    if (location.mapping.index >= result.size()) continue;
    MappingLocations& of = result[location.mapping.index];
    of.all.push_back(i);
    of.is_complete = of.is_complete && location.line_count != 0;
    of.has_names = of.has_names || location.line_count != 0;
  }
  return result;
}

class LocalSymbolizer {
 public:
  LocalSymbolizer(Profile& profile, const SymbolizeMode& mode, const MappingOrigins& origins,
                  const Notice& notice, NameCache* cache)
      : profile_(profile), mode_(mode), origins_(origins), notice_(notice), cache_(cache) {}

  void run() {
    const std::vector<MappingLocations> locations = locations_by_mapping(profile_);
    bool is_missing = false;
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) {
      const MappingLocations& of = locations[i];
      const Mapping& mapping = profile_.mappings[i];
      const bool is_done =
          mapping.has_functions || mapping.has_filenames || mapping.has_line_numbers;
      if (of.all.empty() || (!mode_.force && (is_done || of.is_complete))) continue;
      const std::string_view file = profile_.text(mapping.file);
      if (file.empty() && i == 0) {
        // Texts of Go name all that they want to be seen.
        if (!of.has_names) notice_("Main binary filename not available.");
      } else if (file.empty()) {
        is_missing = true;
      } else if (!has_no_binary(file) && !(mapping.build_id.index == 0 && is_http_url(file))) {
        is_missing = !symbolize_mapping(i, of.all) || is_missing;
      }
    }
    if (!is_missing) return;
    notice_("Some binary filenames not available. Symbolization may be incomplete.");
    notice_("Try setting PPROF_BINARY_PATH to the search path for local binaries.");
  }

 private:
  // False if there is no usable binary.
  bool symbolize_mapping(std::size_t index, const std::vector<std::uint32_t>& locations) {
    const Mapping& mapping = profile_.mappings[index];
    const std::string file(profile_.text(mapping.file));
    const std::string build_id(profile_.text(mapping.build_id));
    std::string name(path_base(file));
    if (!build_id.empty()) name += " (build ID " + build_id + ")";
    MappedRange range{mapping.start, mapping.limit, mapping.offset, {}};
    if (const auto kernel = origins_.kernel_symbols.find(file);
        kernel != origins_.kernel_symbols.end()) {
      range.kernel_symbol = kernel->second;
    }
    ObjectOptions options;
    options.symbols_only = mode_.fast;
    auto object = ObjectFile::open(file, options);
    const auto usable = object ? (*object)->check_range(range) : Result<void>(object.error());
    if (!usable) {
      notice_("Local symbolization failed for " + name + ": " + usable.error().message());
      return false;
    }
    if (!build_id.empty() && !(*object)->build_id().empty() && (*object)->build_id() != build_id) {
      // Go's linker gives a stripped program another one, so go tool pprof does not compare them.
      if (index != 0 || !origins_.has_named_executable || !(*object)->is_go()) {
        notice_("Local symbolization failed for " + name + ": build ID mismatch");
        return true;
      }
      notice_(file + " has another build ID than the profile: names may be wrong");
    }
    symbolize_locations(index, locations, **object, range);
    if (!(*object)->damage().empty()) {
      notice_("plumb: " + file + ": " + (*object)->damage() + "; names may be missing");
    }
    return true;
  }

  void symbolize_locations(std::size_t index, const std::vector<std::uint32_t>& locations,
                           ObjectFile& object, const MappedRange& range) {
    std::vector<std::uint64_t> addresses;
    std::vector<std::uint32_t> asked;
    for (const std::uint32_t location : locations) {
      const auto address = object.object_address(range, profile_.locations[location].address);
      if (!address) continue;
      addresses.push_back(*address);
      asked.push_back(location);
    }
    const NamedAddresses names = find_names(object, addresses);
    // In the order of the locations: the order of answers means nothing.
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto& frames = names.at(addresses[i]);
      if (!frames.empty()) set_lines(profile_.mappings[index], asked[i], frames);
    }
  }

  // The names of all `addresses`, and of those that were asked for before.
  NamedAddresses find_names(ObjectFile& object, const std::vector<std::uint64_t>& addresses) {
    // The symbol table is as quick as any cache; and what it says is less than is known otherwise.
    const std::string key = mode_.fast || cache_ == nullptr ? "" : object.cache_key();
    NamedAddresses names;
    if (!key.empty()) names = cache_->load(key);
    std::vector<std::uint64_t> unknown;
    for (const std::uint64_t address : addresses) {
      if (!names.contains(address)) unknown.push_back(address);
    }
    if (unknown.empty()) return names;
    object.source_lines(unknown, [&](std::size_t i, std::span<const SourceFrame> frames) {
      names[unknown[i]].assign(frames.begin(), frames.end());
    });
    const bool is_worth_it = object.has_searched() && object.damage().empty();
    if (!key.empty() && is_worth_it && names.size() <= kMostCached) cache_->save(key, names);
    return names;
  }

  void set_lines(Mapping& mapping, std::uint32_t index, const std::vector<SourceFrame>& frames) {
    Location& location = profile_.locations[index];
    location.first_line = static_cast<std::uint32_t>(profile_.lines.size());
    location.line_count = static_cast<std::uint32_t>(frames.size());
    location.is_folded = false;
    for (const SourceFrame& frame : frames) {
      mapping.has_functions = mapping.has_functions || !frame.function.empty();
      mapping.has_filenames = mapping.has_filenames || !frame.file.empty();
      mapping.has_line_numbers = mapping.has_line_numbers || frame.line != 0;
      profile_.lines.push_back({functions_.of(frame), frame.line, frame.column});
    }
    mapping.has_inline_frames = true;
  }

  Profile& profile_;
  const SymbolizeMode& mode_;
  const MappingOrigins& origins_;
  const Notice& notice_;
  NameCache* cache_;  // May be null.
  FunctionRows functions_{profile_};
};

// Asks a server for the names of the addresses of one mapping.
class RemoteSymbolizer {
 public:
  RemoteSymbolizer(Profile& profile, const SymbolPost& post) : profile_(profile), post_(post) {}

  // `start` is where the mapping starts at the server.
  Result<void> symbolize(std::uint32_t mapping, const std::string& url, std::uint64_t start) {
    const std::uint64_t shift = start - profile_.mappings[mapping].start;
    std::string query;
    for (const Location& location : profile_.locations) {
      if (location.mapping.index != mapping || location.address == 0 || location.line_count != 0) {
        continue;
      }
      if (!query.empty()) query += '+';
      query += "0x" + to_hex(location.address + shift);
    }
    if (query.empty()) return {};
    TRY_ASSIGN(const std::string answer, post_(url, query));
    std::unordered_map<std::uint64_t, FunctionId> by_address;
    read_answer(answer, shift, by_address);
    for (Location& location : profile_.locations) {
      if (location.mapping.index != mapping) continue;
      const auto found = by_address.find(location.address);
      if (found == by_address.end()) continue;
      location.first_line = static_cast<std::uint32_t>(profile_.lines.size());
      location.line_count = 1;
      profile_.lines.push_back({found->second, 0, 0});
    }
    return {};
  }

 private:
  // Lines like "0x4010de main.work"; any others, and one without an end, are passed over.
  void read_answer(std::string_view answer, std::uint64_t shift,
                   std::unordered_map<std::uint64_t, FunctionId>& by_address) {
    std::map<StringId, FunctionId> functions;
    for (std::size_t end = 0; (end = answer.find('\n')) != std::string_view::npos;
         answer.remove_prefix(end + 1)) {
      std::string_view line = answer.substr(0, end);
      const std::size_t at = line.find("0x");
      if (at == std::string_view::npos) continue;
      line.remove_prefix(at + 2);
      const std::size_t digits = line.find_first_not_of("0123456789abcdefABCDEF");
      if (digits == std::string_view::npos || digits == 0) continue;
      const auto address = parse_int<std::uint64_t>(line.substr(0, digits), 16);
      const std::size_t name_at = line.find_first_not_of(" \t\r\f\v", digits);
      if (!address || name_at == digits || name_at == std::string_view::npos) continue;
      const StringId name = profile_.strings.intern(line.substr(name_at));
      const auto [known, is_new] = functions.try_emplace(
          name, FunctionId{static_cast<std::uint32_t>(profile_.functions.size())});
      if (is_new) profile_.functions.push_back({name, name, {}, 0});
      by_address[*address - shift] = known->second;
    }
  }

  Profile& profile_;
  const SymbolPost& post_;
};

bool has_any_names(const Profile& profile, std::uint32_t mapping) {
  return std::ranges::any_of(profile.locations, [&](const Location& location) {
    return location.mapping.index == mapping && location.line_count != 0;
  });
}

// A server that refuses to tell the names that are missing does not keep those that are there.
Result<void> symbolize_remotely(Profile& profile, bool force, const MappingOrigins& origins,
                                const SymbolPost& post, const Notice& notice) {
  for (std::uint32_t i = 0; i < profile.mappings.size(); ++i) {
    if (!force && profile.mappings[i].has_functions) continue;
    for (const StringId key : {profile.mappings[i].file, profile.mappings[i].build_id}) {
      const auto found = origins.sources.find(profile.text(key));
      if (key.index == 0 || found == origins.sources.end()) continue;
      const MappingSource& source = found->second.front();
      const std::string url = symbol_url(source.url);
      if (url.empty()) continue;
      auto asked = RemoteSymbolizer(profile, post).symbolize(i, url, source.start);
      if (!asked) {
        if (!has_any_names(profile, i)) return asked;
        notice(asked.error().message());
      }
      profile.mappings[i].has_functions = true;
      break;
    }
  }
  return {};
}

void demangle_functions(Profile& profile, const SymbolizeMode& mode) {
  for (Function& function : profile.functions) {
    const bool has_both = function.name.index != 0 && function.system_name.index != 0;
    if (mode.force && has_both) function.name = function.system_name;
    if (mode.demangle == DemangleMode::None) continue;
    if (function.name.index != 0 && function.name != function.system_name) continue;
    const std::string_view system_name = profile.text(function.system_name);
    function.name = is_displayed_as_is(system_name)
                        ? function.system_name
                        : profile.strings.intern(displayed_name(system_name, mode.demangle));
  }
}

}  // namespace

SymbolizeMode parse_symbolize_mode(std::string_view text, const Notice& notice) {
  SymbolizeMode mode;
  const std::string lower = to_lower(text);
  for (std::string_view word : split(lower, ':')) {
    if (word.empty()) continue;
    if (word == "none" || word == "no") {
      mode.is_off = true;
      return mode;
    }
    if (word == "local" || word == "fastlocal") {
      mode.local = true;
      mode.remote = false;
      mode.fast = mode.fast || word == "fastlocal";
    } else if (word == "remote") {
      mode.local = false;
      mode.remote = true;
    } else if (word == "force") {
      mode.force = true;
    } else {
      consume_prefix(word, "demangle=");
      if (word == "default") continue;
      if (word == "full" || word == "none" || word == "templates") {
        mode.force = true;
        mode.demangle = word == "full"   ? DemangleMode::Full
                        : word == "none" ? DemangleMode::None
                                         : DemangleMode::Templates;
        continue;
      }
      notice("ignoring unrecognized symbolization option: " + std::string(text));
      notice(
          "expecting -symbolize=[local|fastlocal|remote|none][:force][:demangle=[none|full|"
          "templates|default]");
    }
  }
  return mode;
}

Result<void> symbolize_profile(Profile& profile, const SymbolizeMode& mode,
                               const MappingOrigins& origins, const SymbolPost& post,
                               const Notice& notice, NameCache* cache) {
  if (mode.is_off) return {};
  if (mode.local) LocalSymbolizer(profile, mode, origins, notice, cache).run();
  if (mode.remote && post) {
    TRY(symbolize_remotely(profile, mode.force, origins, post, notice));
  }
  demangle_functions(profile, mode);
  return {};
}

bool changes_name(std::string_view name, std::string_view system_name, const SymbolizeMode& mode) {
  if (mode.is_off) return false;
  const std::string_view start =
      mode.force && !name.empty() && !system_name.empty() ? system_name : name;
  if (mode.demangle == DemangleMode::None) return start != name;
  if (!start.empty() && start != system_name) return false;
  if (is_displayed_as_is(system_name)) return system_name != name;
  return displayed_name(system_name, mode.demangle) != name;
}

std::string symbol_url(std::string_view source) {
  const std::size_t scheme = source.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return {};
  const std::string_view no_query = source.substr(0, source.find_first_of("?#"));
  const std::size_t path_at = no_query.find('/', scheme + 3);
  const std::string_view host = no_query.substr(0, path_at);
  if (host.size() == scheme + 3) return {};
  const std::string_view path = path_at == std::string_view::npos ? "" : no_query.substr(path_at);
  bool is_go = path.find("/debug/pprof/") != std::string_view::npos;
  for (const std::string_view end : {"/pprof/heap", "/pprof/growth", "/pprof/profile",
                                     "/pprof/pmuprofile", "/pprof/contention"}) {
    is_go = is_go || path.ends_with(end);
  }
  const std::string_view directory = path.substr(0, path.find_last_of('/') + 1);
  std::string url(host);
  url += directory.empty() ? "/" : directory;
  return url += is_go ? "symbol" : "symbolz";
}

}  // namespace plumb

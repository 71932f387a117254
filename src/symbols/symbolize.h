// SPDX-License-Identifier: Apache-2.0
// Names and lines for the addresses of a profile: from binaries on this machine, then from the
// server that the profile came from; then readable names.
//
// The order, the rules of what is left alone and the messages are those of pprof
// (internal/symbolizer, internal/symbolz). It does nothing, and costs next to nothing, for a
// profile that has all its functions. In one case it does less than pprof: a mapping whose
// locations all have functions is left alone, whatever its flags say.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/profile.h"
#include "symbols/demangle.h"
#include "symbols/locate_binaries.h"
#include "symbols/name_cache.h"

namespace plumb {

/// What -symbolize says.
struct SymbolizeMode {
  bool is_off = false;  ///< Nothing is done, not even names made readable.
  bool local = true;
  bool remote = true;
  bool fast = false;   ///< Names only, where lines would take long.
  bool force = false;  ///< Also what has names already.
  DemangleMode demangle = DemangleMode::Simple;
};

/// Reads the value of -symbolize: words separated by colons, in any case. What is no such word is
/// said to `notice` and passed over.
SymbolizeMode parse_symbolize_mode(std::string_view text, const Notice& notice);

/// Sends the addresses "0x1234+0x5678" to `url` and returns the answer. Errors: Io, as people
/// should see them.
using SymbolPost =
    std::function<Result<std::string>(const std::string& url, const std::string& body)>;

/// Fills in functions and lines, and makes names readable. `cache` may be null.
///
/// Errors: those of `post`, when a server that was asked does not answer, and a mapping is left
/// without any names; they are said to `notice` where it has some.
Result<void> symbolize_profile(Profile& profile, const SymbolizeMode& mode,
                               const MappingOrigins& origins, const SymbolPost& post,
                               const Notice& notice, NameCache* cache = nullptr);

/// True if symbolize_profile() would change how a function is called.
bool changes_name(std::string_view name, std::string_view system_name, const SymbolizeMode& mode);

/// The URL that answers with symbols for the server of a profile: "symbol" beside Go's and
/// gperftools' profiles, else "symbolz"; empty if `source` is no URL.
std::string symbol_url(std::string_view source);

}  // namespace plumb

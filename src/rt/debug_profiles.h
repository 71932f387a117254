// SPDX-License-Identifier: Apache-2.0
// The named profiles of the debug server, in one table: those of Go's runtime/pprof.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "model/profile.h"
#include "rt/goroutine_profile.h"

namespace plumb::rt::detail {

struct NamedProfile {
  std::string_view name;
  std::string_view description;
  std::size_t (*count)();
  Profile (*take)();                                    ///< debug=0
  void (*write_text)(int debug, const TextSink& sink);  ///< Other values of debug.
};

/// By name.
std::span<const NamedProfile> named_profiles();

/// Null if there is none of that name.
const NamedProfile* find_profile(std::string_view name);

}  // namespace plumb::rt::detail

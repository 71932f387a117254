// SPDX-License-Identifier: Apache-2.0
// Readable names of functions, for names as compilers of C++ and Rust write them into binaries.
//
// The texts are those of pprof (github.com/ianlancetaylor/demangle). Names may be hostile: time,
// stack and length are limited, and what is too much stays as it is.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb {

/// How much of a name is shown, as the words of -symbolize=demangle= say.
enum class DemangleMode : std::uint8_t {
  None,       ///< The name as it is in the binary.
  Simple,     ///< "std::vector::push_back"
  Templates,  ///< "std::vector<int, std::allocator<int> >::push_back"
  Full,       ///< "std::vector<int, std::allocator<int> >::push_back(int const&)"
};

/// The readable form of `mangled`, or nothing if it is no mangled name, or too long.
std::optional<std::string> demangle(std::string_view mangled, DemangleMode mode);

/// Whether it is plain at a glance that displayed_name() changes nothing, as for most names of Go
/// and C.
bool is_displayed_as_is(std::string_view system_name);

/// The name to show for a function that is called `system_name` in the binary: demangled, or, if it
/// looks like a name that was demangled before, without what `mode` leaves out.
std::string displayed_name(std::string_view system_name, DemangleMode mode);

}  // namespace plumb

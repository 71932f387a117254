// SPDX-License-Identifier: Apache-2.0
// Names of Rust: the scheme "v0" (_R...), and the older one that resembles C++ (_ZN...17h...E).
//
// Source: https://doc.rust-lang.org/rustc/symbol-mangling/v0.html

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb {

enum class RustGenerics : std::uint8_t { Shown, Hidden };

/// A name of the scheme v0, or nothing. Requires: `mangled` starts with "_R".
std::optional<std::string> demangle_rust(std::string_view mangled, RustGenerics generics);

/// A name of the older scheme, or nothing if it is one of C++.
std::optional<std::string> demangle_old_rust(std::string_view mangled);

}  // namespace plumb

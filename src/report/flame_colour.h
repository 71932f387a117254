// SPDX-License-Identifier: Apache-2.0
// The colours of a flame graph's boxes.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb {

/// The part of a frame's name that decides its colour: "net/http" of "net/http.(*conn).serve",
/// "std" of "std::sort", the whole name of a function of C or a file.
std::string_view colour_group(std::string_view frame);

/// "#f2b879": the same for all functions of a package; grey for those of Go's runtime, pale for
/// those of its standard library.
std::string package_colour(std::string_view frame);

/// From blue (net = -size) over grey (0) to orange (net = size).
std::string difference_colour(std::int64_t net, std::int64_t size);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// The files of the client, built from ui/ and embedded in the program, compressed.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plumb::web {

struct Asset {
  std::string_view name;          ///< "app.js"
  std::string_view content_type;  ///< With its charset.
  std::string_view gzip;          ///< The content, compressed; lives as long as the program.
};

/// All files, in no particular order.
const std::vector<Asset>& assets();

/// The file of that name, or null.
const Asset* find_asset(std::string_view name);

/// The content, inflated. Complexity: linear in the content; only old clients need it.
std::string inflated(const Asset& asset);

/// What changes when the content does, with the quotes of an ETag header.
std::string etag_of(std::string_view content);

}  // namespace plumb::web

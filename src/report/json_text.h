// SPDX-License-Identifier: Apache-2.0
// JSON documents as text, whatever bytes the strings hold.

#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace plumb {

/// Serialises `json`; bytes that are not UTF-8 become U+FFFD, so that the text is always valid.
inline std::string to_json_text(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace plumb

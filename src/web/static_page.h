// SPDX-License-Identifier: Apache-2.0
// What a shared file says where no script runs: the verdict, each suspected group with its reason,
// fix, stack and source, the first functions, and the flame graph as a picture. Plain HTML; the
// styles are those of the client.

#pragma once

#include <string>
#include <vector>

#include "web/view.h"

namespace plumb::web {

struct StaticPage {       // NOLINT(bugprone-exception-escape): as Document.
  Json info;              ///< Documents::info().
  Json leaks;             ///< The document of the leaks with the pages of all groups; null: none.
  Json top;               ///< The document of the top view; null: none.
  std::string flame_svg;  ///< May be empty.
  std::vector<std::string> left_out;  ///< What is not in the file, one line each.
};

std::string render_static_page(const StaticPage& page);

}  // namespace plumb::web

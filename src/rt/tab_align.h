// SPDX-License-Identifier: Apache-2.0
// Aligns text as Go's text/tabwriter does (https://pkg.go.dev/text/tabwriter) with the settings of
// runtime/pprof: cells end with a tab, and are padded with tabs to a multiple of eight columns.

#pragma once

#include <string>
#include <string_view>

namespace plumb::rt::detail {

std::string align_with_tabs(std::string_view text);

}  // namespace plumb::rt::detail

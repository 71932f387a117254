// SPDX-License-Identifier: Apache-2.0
// Aligns tab-separated text as Go's text/tabwriter does (https://pkg.go.dev/text/tabwriter) with
// right alignment, spaces for padding and one space between columns.
//
// A cell is text that a tab ends; what follows the last tab of a line belongs to no column. A
// column is a run of lines that all have the cell, as wide as the widest of them.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// Returns `text` aligned. Vertical tabs count as tabs, form feeds as line feeds.
std::string align_right(std::string_view text);

}  // namespace plumb

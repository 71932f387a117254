// SPDX-License-Identifier: Apache-2.0
// Stacks as text, in the two forms of Go.

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace plumb::rt::detail {

enum class ShowAll : bool { No, Yes };

/// Appends the lines that follow a record of a debug=1 text, the empty line included, with single
/// tabs between their columns: "#\t0x1f\tf+0xf\tdir/file.cc:7\n". The functions of the library that
/// the stack begins with are left out, unless `show_all`, or there are no others.
/// Requires: the addresses were resolved by the Symbolizer.
void append_record_frames(std::string& out, std::span<const std::uintptr_t> pcs, ShowAll show_all);

/// Appends the frames of a stack in a debug=2 text: "f(...)\n\tdir/file.cc:7 +0x10\n". The
/// functions of the library are left out at both ends, unless there are no others.
void append_dump_frames(std::string& out, std::span<const std::uintptr_t> pcs, bool is_exact);

}  // namespace plumb::rt::detail

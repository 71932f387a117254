// SPDX-License-Identifier: Apache-2.0
// Programs, told from their first bytes.

#pragma once

#include <cstddef>
#include <string_view>

namespace plumb {

/// As many first bytes of a file as program_format() looks at.
inline constexpr std::size_t kProgramHeadBytes = 4096;

/// "ELF", "Mach-O" (macOS) or "PE" (Windows) if `head`, the first bytes of a file, is that of a
/// program, else empty. Only ELF is read further.
///
/// Source: elf(5); mach-o/loader.h; Microsoft's "PE Format".
std::string_view program_format(std::string_view head);

}  // namespace plumb

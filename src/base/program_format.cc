// SPDX-License-Identifier: Apache-2.0
#include "base/program_format.h"

#include <algorithm>
#include <array>

namespace plumb {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kElf =
    "\x7f"
    "ELF";

// Of 32 and of 64 bits, in either byte order.
constexpr std::array kMachO = {"\xfe\xed\xfa\xce"sv, "\xfe\xed\xfa\xcf"sv, "\xce\xfa\xed\xfe"sv,
                               "\xcf\xfa\xed\xfe"sv};

// "MZ" alone may be text; where the header of PE lies is told by the little-endian word at 0x3c.
bool is_pe(std::string_view head) {
  constexpr std::size_t kPlace = 0x3c;
  if (!head.starts_with("MZ") || head.size() < kPlace + 4) return false;
  std::size_t header = 0;
  for (std::size_t i = 4; i > 0; --i) {
    header = header << 8 | static_cast<unsigned char>(head[kPlace + i - 1]);
  }
  return header < head.size() && head.substr(header).starts_with("PE\0\0"sv);
}

}  // namespace

std::string_view program_format(std::string_view head) {
  if (head.starts_with(kElf)) return "ELF";
  const auto begins = [head](std::string_view magic) { return head.starts_with(magic); };
  if (std::ranges::any_of(kMachO, begins)) return "Mach-O";
  return is_pe(head) ? "PE" : "";
}

}  // namespace plumb

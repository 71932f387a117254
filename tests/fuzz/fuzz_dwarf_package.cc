// SPDX-License-Identifier: Apache-2.0
// Whatever a package of split debug information says: what is found lies in its sections, and is
// the same each time.
//
// An input is the id of a unit in eight bytes, the size of the index in two, the index, and what
// all sections hold.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "fuzz/require_profile.h"
#include "symbols/dwarf_package.h"

namespace {

using plumb::dwarf::Package;
using plumb::dwarf::Sections;

constexpr std::size_t kHeadBytes = 10;

void require_inside(std::string_view part, std::string_view all) {
  plumb::fuzz::require(part.size() <= all.size());
  plumb::fuzz::require(part.data() >= all.data());
  plumb::fuzz::require(part.data() + part.size() <= all.data() + all.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.size() < kHeadBytes) return 0;
  std::uint64_t id = 0;
  std::memcpy(&id, input.data(), sizeof id);
  const std::size_t index_bytes = data[8] | data[9] << 8;
  const std::string_view index = input.substr(kHeadBytes, index_bytes);
  const std::string_view rest = input.substr(kHeadBytes + index.size());
  Sections sections{};
  sections.info = sections.abbrev = sections.line = sections.str_offsets = sections.rnglists = rest;
  const auto found = Package(sections, index).find(id);
  const auto again = Package(sections, index).find(id);
  plumb::fuzz::require(found.has_value() == again.has_value());
  if (!found) return 0;
  for (const auto part : {&Sections::info, &Sections::abbrev, &Sections::line,
                          &Sections::str_offsets, &Sections::rnglists}) {
    require_inside((*found).*part, rest);
    plumb::fuzz::require((*found).*part == (*again).*part);
  }
  return 0;
}

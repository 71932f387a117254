// SPDX-License-Identifier: Apache-2.0
// Whatever debug information says: looking up addresses ends, and finds the same again.
//
// The input is a list of sections, each a byte that says which (in the order of kSections), its
// size in three bytes, and its content; what is left over is for the line table.

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require_profile.h"
#include "symbols/dwarf_reader.h"

namespace {

using plumb::dwarf::DwarfReader;
using plumb::dwarf::Sections;

constexpr std::array kSections = {&Sections::info,   &Sections::abbrev,   &Sections::line,
                                  &Sections::str,    &Sections::line_str, &Sections::str_offsets,
                                  &Sections::addr,   &Sections::ranges,   &Sections::rnglists,
                                  &Sections::aranges};

Sections split(std::string_view input) {
  constexpr std::size_t kHeadBytes = 4;
  Sections sections{};
  sections.line = input;
  while (input.size() > kHeadBytes) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(input[i]); };
    const std::size_t wanted = byte(1) | byte(2) << 8U | byte(3) << 16U;
    const std::string_view content = input.substr(kHeadBytes, wanted);
    sections.*kSections[byte(0) % kSections.size()] = content;
    input.remove_prefix(kHeadBytes + content.size());
  }
  return sections;
}

using Answers = std::map<std::size_t, std::string>;

Answers find(const Sections& sections, const std::vector<std::uint64_t>& addresses) {
  Answers answers;
  DwarfReader reader(sections, std::nullopt);
  reader.find(addresses, [&](std::size_t i, const plumb::dwarf::AddressFrames& found) {
    std::string& text = answers[i];
    for (const plumb::SourceFrame& frame : found.frames) {
      text += frame.function + ' ' + frame.file + ':' + std::to_string(frame.line) + '\n';
    }
  });
  return answers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Sections sections = split({reinterpret_cast<const char*>(data), size});
  std::vector<std::uint64_t> addresses;
  for (std::uint64_t address = 0x1000; address < 0x1200; address += 7) addresses.push_back(address);
  addresses.push_back(UINT64_MAX);
  const Answers answers = find(sections, addresses);
  plumb::fuzz::require(answers == find(sections, addresses));
  return 0;
}

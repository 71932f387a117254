// SPDX-License-Identifier: Apache-2.0
// listing_of BINARY START LIMIT [go|att|intel]: prints the instructions in [START, LIMIT) as
// "address<tab>text", for comparisons with `go tool objdump`.

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "symbols/object_file.h"

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  auto object = plumb::ObjectFile::open(argv[1]);
  if (!object) return 1;
  auto syntax = plumb::AssemblySyntax::Usual;
  if (argc > 4) {
    const std::string_view name = argv[4];
    if (name == "go") syntax = plumb::AssemblySyntax::Go;
    if (name == "att") syntax = plumb::AssemblySyntax::Att;
    if (name == "intel") syntax = plumb::AssemblySyntax::Intel;
  }
  const auto listing = (*object)->disassemble(std::strtoull(argv[2], nullptr, 0),
                                              std::strtoull(argv[3], nullptr, 0), syntax);
  if (!listing) {
    std::fprintf(stderr, "%s\n", listing.error().message().c_str());
    return 1;
  }
  for (const plumb::Instruction& instruction : *listing) {
    std::printf("0x%" PRIx64 "\t%s\t%s:%lld\n", instruction.address, instruction.text.c_str(),
                instruction.file.c_str(), static_cast<long long>(instruction.line));
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// frames_of BINARY <addresses: prints the frames of each address (hexadecimal, one a line) as
// `addr2line -a -f -i` does, for comparisons and benchmarks. --quiet prints how many there are.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "symbols/object_file.h"

namespace {

void print(std::uint64_t address, std::span<const plumb::SourceFrame> frames) {
  std::printf("0x%016llx\n", static_cast<unsigned long long>(address));
  for (const plumb::SourceFrame& frame : frames) {
    std::printf("%s\n%s:%lld\n", frame.function.empty() ? "??" : frame.function.c_str(),
                frame.file.empty() ? "??" : frame.file.c_str(), static_cast<long long>(frame.line));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const bool is_quiet = argc > 2 && std::string_view(argv[2]) == "--quiet";
  auto object = plumb::ObjectFile::open(argv[1]);
  if (!object) {
    std::fprintf(stderr, "%s\n", object.error().message().c_str());
    return 1;
  }
  std::vector<std::uint64_t> addresses;
  for (std::string line; std::getline(std::cin, line);) {
    addresses.push_back(std::strtoull(line.c_str(), nullptr, 16));
  }
  std::vector<std::vector<plumb::SourceFrame>> answers(addresses.size());
  std::size_t count = 0;
  (*object)->source_lines(addresses, [&](std::size_t i, std::span<const plumb::SourceFrame> found) {
    answers[i].assign(found.begin(), found.end());
    count += found.size();
  });
  if (is_quiet) {
    std::printf("%zu\n", count);
    return 0;
  }
  for (std::size_t i = 0; i < addresses.size(); ++i) print(addresses[i], answers[i]);
  return 0;
}

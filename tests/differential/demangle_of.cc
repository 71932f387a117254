// SPDX-License-Identifier: Apache-2.0
// demangle_of simple|templates|full <names: each name demangled, or as it is.

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>

#include "symbols/demangle.h"

int main(int argc, char** argv) {
  auto mode = plumb::DemangleMode::Simple;
  if (argc > 1 && std::string_view(argv[1]) == "templates") mode = plumb::DemangleMode::Templates;
  if (argc > 1 && std::string_view(argv[1]) == "full") mode = plumb::DemangleMode::Full;
  for (std::string line; std::getline(std::cin, line);) {
    std::puts(plumb::demangle(line, mode).value_or(line).c_str());
  }
  return 0;
}

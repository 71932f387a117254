// SPDX-License-Identifier: Apache-2.0
#include "base/program_format.h"

#include <gtest/gtest.h>

#include <string>

namespace plumb {
namespace {

using namespace std::string_literals;

// A file that starts with "MZ" and says that `signature` lies at `place`.
std::string dos(char place, const std::string& signature) {
  std::string bytes = "MZ" + std::string(0x3a, 'x') + place + "\0\0\0"s;
  bytes.resize(static_cast<unsigned char>(place), 'x');
  return bytes + signature;
}

TEST(ProgramFormat, IsToldFromTheFirstBytes) {
  struct Case {
    const char* name;
    std::string head;
    std::string_view format;
  };
  const Case cases[] = {
      {"ELF",
       "\x7f"
       "ELF\2",
       "ELF"},
      {"Mach-O of 64 bits", "\xcf\xfa\xed\xfe\x0c", "Mach-O"},
      {"Mach-O of 32 bits, the other byte order", "\xfe\xed\xfa\xce", "Mach-O"},
      {"PE", dos('\x70', "PE\0\0d"s), "PE"},
      {"a program of DOS", dos('\x70', "NE\0\0"s), ""},
      {"PE whose header lies behind what is known", dos('\x70', ""), ""},
      {"text", "MZ is a text", ""},
      {"cut",
       "\x7f"
       "EL",
       ""},
      {"nothing", "", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(program_format(c.head), c.format) << c.name;
}

}  // namespace
}  // namespace plumb

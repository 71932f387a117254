// SPDX-License-Identifier: Apache-2.0
// Messages of syslog with their lengths are read as lines.
#include "formats/octet_records.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"
#include "unit/formats/rewriting.h"

namespace plumb {
namespace {

struct Messages {
  const char* name;
  std::string_view text;
  std::string_view lines;
};

constexpr Messages kMessages[] = {
    {"WithoutNewlines", "6 <1>1 a7 <13>1 b", "<1>1 a\n<13>1 b\n"},
    {"NewlinesThatCount", "7 <1>1 a\n7 <1>1 b\n", "<1>1 a\n<1>1 b\n"},
    {"NewlinesBetween", "6 <1>1 a\n6 <1>1 b\n", "<1>1 a\n<1>1 b\n"},
    {"NewlinesWithin", "9 <1>1 a\n\tb6 <1>1 c", "<1>1 a\n\tb\n<1>1 c\n"},
    {"Cut", "7 <13>1 a7 <1", "<13>1 a\n<1"},
    {"CutInALength", "7 <13>1 a12", "<13>1 a\n12"},
    {"NoMore", "7 <13>1 agoroutine 1\n", "<13>1 a\ngoroutine 1\n"},
    {"TooLong", "7 <13>1 a123456789 x", "<13>1 a\n123456789 x"},
    {"None", "7 goroutines\n", "7 goroutines\n"},
    {"Empty", "", ""},
};

TEST(OctetRecords, GivesALineForEachMessage) {
  for (const Messages& one : kMessages)
    EXPECT_EQ(rewritten<OctetRecords>(one.text), one.lines) << one.name;
}

TEST(OctetRecords, AreReadAsTheDump) {
  const std::string text = read_sample("go1.23/goroutine.debug2.txt");
  std::string messages;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string message =
        "<13>1 2026-11-22T19:41:03.1Z web-1 app 12 - - " + std::string(take_until(rest, '\n'));
    messages += std::to_string(message.size()) + ' ' + message;
  }
  EXPECT_EQ(describe(dump_of(messages)), describe(dump_of(text)));
}

}  // namespace
}  // namespace plumb

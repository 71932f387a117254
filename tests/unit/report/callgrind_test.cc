// SPDX-License-Identifier: Apache-2.0
#include "report/callgrind.h"

#include <gtest/gtest.h>

#include <string>

#include "support/make_profile.h"
#include "support/prepared_input.h"

namespace plumb {
namespace {

using test::prepared_input;
using test::ProfileMaker;

std::string callgrind_text(ProfileMaker& make, const ReportOptions& options = {}) {
  const auto input = prepared_input(make.profile, ReportKind::Callgrind, options);
  if (!input) return "error: " + input.error().describe();
  StringWriter out;
  render_callgrind_text(build_callgrind(*input), out);
  return out.text();
}

TEST(Callgrind, WritesNamesOnceAndAddressesByDistance) {
  ProfileMaker make("cpu", "nanoseconds");
  make.add(5'000'000, "@/bin/server main;@/bin/server work");
  make.add(2'000'000, "@/bin/server main");
  EXPECT_EQ(callgrind_text(make),
            "positions: instr line\n"
            "events: cpu(ms)\n"
            "\n"
            "ob=(1) /bin/server\n"
            "fl=(1) main.go\n"
            "fn=(1) work\n"
            "0x1002 10 5\n"
            "\n"
            "ob=(1)\n"
            "fl=(1)\n"
            "fn=(2) main\n"
            "-1 10 2\n"
            "cfl=(1)\n"
            "cfn=(1)\n"
            "calls=0 * 10\n"
            "* * 5\n");
}

TEST(Callgrind, TellsFunctionsOfOneNameApart) {
  ProfileMaker make;
  make.add(5, "main;@/bin/a work");
  make.add(3, "main;@/bin/b work");
  const std::string text = callgrind_text(make);
  EXPECT_NE(text.find("cfn=(3) work [1/2]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("cfn=(4) work [2/2]\n"), std::string::npos) << text;
}

TEST(Callgrind, NumbersTheFunctionsOfATreeByWhoCalls) {
  ProfileMaker make;
  make.add(5, "main;work");
  make.add(3, "main;other;work");
  const std::string text = callgrind_text(make, {.call_tree = true});
  EXPECT_NE(text.find("work [1/2]\n"), std::string::npos) << text;
  EXPECT_NE(text.find("work [2/2]\n"), std::string::npos) << text;
}

TEST(Callgrind, OfNothingNamesItsUnitAsAsked) {
  ProfileMaker make("cpu", "nanoseconds");
  EXPECT_EQ(callgrind_text(make), "positions: instr line\nevents: cpu(minimum)\n");
}

}  // namespace
}  // namespace plumb

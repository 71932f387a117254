// SPDX-License-Identifier: Apache-2.0
// Names as pprof shows them: the expected ones are those of github.com/ianlancetaylor/demangle.

#include "symbols/demangle.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using plumb::demangle;
using plumb::DemangleMode;
using plumb::displayed_name;
using plumb::is_displayed_as_is;

struct Case {
  const char* mangled;
  const char* simple;
  const char* full;
};

const std::vector<Case> kCases = {
    {"_ZNSt6vectorIiSaIiEE9push_backERKi", "std::vector::push_back",
     "std::vector<int, std::allocator<int> >::push_back(int const&)"},
    {"_ZN12_GLOBAL__N_16helperEi", "(anonymous namespace)::helper",
     "(anonymous namespace)::helper(int)"},
    {"_Z3fooIiEvT_", "foo", "void foo<int>(int)"},
    {"_ZZ3fooiENKUlvE_clEv", "foo()::{lambda()#1}::operator()",
     "foo(int)::{lambda()#1}::operator()() const"},
    {"_ZNSsC1Ev", "std::basic_string::basic_string",
     "std::basic_string<char, std::char_traits<char>, std::allocator<char> >::basic_string()"},
    {"_ZTV3Foo", "vtable for Foo", "vtable for Foo"},
    {"_ZlsI1AERSoS1_RKT_", "operator<<", "std::ostream& operator<< <A>(std::ostream&, A const&)"},
    {"_Z1fPFvA3_iE", "f", "f(void (*)(int [3]))"},
    {"_Z1fRA5_Kc", "f", "f(char const (&) [5])"},
    {"_ZN1AcvT_IiEEv", "A::operator int", "A::operator int<int>()"},
    {"_Z1fIJidEEvDpT_", "f", "void f<int, double>(int, double)"},
    {"_ZN3FooD1Ev.cold", "Foo::~Foo", "Foo::~Foo()"},
    {"_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt",
     "core::fmt::Write::write_fmt"},
    {"_RNvCs1234_7mycrate3foo", "mycrate::foo", "mycrate::foo"},
    {"_RINvCs1_1a1fhE", "a::f::<>", "a::f::<u8>"},
    {"___Z3foov_block_invoke_2", "invocation function for block in foo",
     "invocation function for block in foo()"},
    {"_GLOBAL__I__Z3foov", "global constructors keyed to foo()",
     "global constructors keyed to foo()"},
    {"_ZplRK1AS1_", "operator+", "operator+(A const&, A const&)"},
    {"_Z1fILi5ELb1ELd4014000000000000EEvv", "f", "void f<5, true, (double)[4014000000000000]>()"},
    {"_Z1fIFbiEEvRKT_", "f", "void f<bool (int)>(bool (&)(int) const)"},
    {"_Z1fIFbiREEvRVKT_", "f", "void f<bool (int) &>(bool (&)(int) const volatile &)"},
    {"_Z1fIFbiEEv1AIKT_E", "f", "void f<bool (int)>(A<bool (int) const>)"},
    {"_Z1fIKFbvEEvRKT_", "f", "void f<bool () const>(bool (&)() const)"},
    {"_Z1fIiEPFvvET_", "f", "void (*f<int>(int))()"},
    {"_Z1fIiERA3_iT_", "f", "int (&f<int>(int)) [3]"},
    {"_Z1fPFPFvvEiE", "f", "f(void (*(*)(int))())"},
    {"_Z1fIFRA3_ivEEvPT_", "f", "void f<int (&()) [3]>(int (& (*)()) [3])"},
    {"_Z1fPM1AFPFvvEvE", "f", "f(void (* (A::**)())())"},
    {"_ZThn8_N1A1fEv", "non-virtual thunk to A::f()", "non-virtual thunk to A::f()"},
};

TEST(Demangle, GivesTheNamesOfPprof) {
  for (const Case& c : kCases) {
    EXPECT_EQ(demangle(c.mangled, DemangleMode::Simple).value_or("-"), c.simple) << c.mangled;
    EXPECT_EQ(demangle(c.mangled, DemangleMode::Full).value_or("-"), c.full) << c.mangled;
    EXPECT_EQ(demangle(c.mangled, DemangleMode::None), std::nullopt);
  }
}

TEST(Demangle, KeepsTemplateArgumentsOnRequest) {
  EXPECT_EQ(demangle("_ZNSt6vectorIiSaIiEE9push_backERKi", DemangleMode::Templates),
            "std::vector<int, std::allocator<int> >::push_back");
}

TEST(Demangle, LeavesOtherNamesAlone) {
  for (const char* name : {"", "main", "_start", "_Z", "_ZN", "_R", "_RNv", "main.(*T).f", "_Zq"}) {
    EXPECT_EQ(demangle(name, DemangleMode::Full), std::nullopt) << name;
  }
}

TEST(Demangle, ReadsEmptyRustNames) {
  // pprof takes the zero for part of the number behind it.
  EXPECT_EQ(demangle("_RNvNCNvCs1_1a1f08Deferred", DemangleMode::Full),
            "a::f::{closure#0}::Deferred");
}

// Cut names, and those that stand for more than anybody could read, end at once.
TEST(Demangle, EndsOnHostileNames) {
  for (const Case& c : kCases) {
    const std::string_view name = c.mangled;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const auto shorter = demangle(name.substr(0, i), DemangleMode::Full);
      EXPECT_TRUE(!shorter || !shorter->empty());
    }
  }
  std::string doubling = "_Z1fSt4pairIiiE";
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (std::size_t i = 0; i < 34; ++i) {
    const std::string last = i == 0 ? "" : std::string(1, kDigits[i - 1]);
    doubling += "St4pairIS" + last + "_S" + last + "_E";
  }
  EXPECT_LT(demangle(doubling, DemangleMode::Full).value_or("").size(), 70'000u);
  EXPECT_EQ(demangle("_Z1f" + std::string(60'000, 'P') + "i", DemangleMode::Full), std::nullopt);
  EXPECT_EQ(demangle("_R" + std::string(60'000, 'I'), DemangleMode::Full), std::nullopt);
  EXPECT_EQ(demangle("_Z" + std::string(100'000, '1'), DemangleMode::Full), std::nullopt);
}

TEST(DisplayedName, ShortensWhatWasDemangledBefore) {
  EXPECT_EQ(displayed_name("std::vector<int>::f(int)", DemangleMode::Simple), "std::vector::f");
  EXPECT_EQ(displayed_name("std::vector<int>::f(int)", DemangleMode::Templates),
            "std::vector<int>::f");
  EXPECT_EQ(displayed_name("std::vector<int>::f(int)", DemangleMode::Full),
            "std::vector<int>::f(int)");
  EXPECT_EQ(displayed_name("a::f(int", DemangleMode::Simple), "a::f(int");
  EXPECT_EQ(displayed_name("__Z3fooi", DemangleMode::Simple), "foo");
}

TEST(DisplayedName, LeavesGoAndJavaAlone) {
  for (const char* name : {"main.(*T).f", "main.(*T[...]).f", "java.Class.<init>", "main.f[...]"}) {
    EXPECT_EQ(displayed_name(name, DemangleMode::Simple), name);
  }
}

TEST(DisplayedName, IsTheSameAtAGlanceWhereNothingTellsOfTypes) {
  for (const char* const name :
       {"", "main", "main.(*Server).serve.func1", "runtime/pprof.Do", "Z1f", "a_Z1f", "f(int)"}) {
    EXPECT_TRUE(is_displayed_as_is(name)) << name;
    for (const DemangleMode mode :
         {DemangleMode::None, DemangleMode::Simple, DemangleMode::Templates, DemangleMode::Full}) {
      EXPECT_EQ(displayed_name(name, mode), name);
    }
  }
  for (const char* const name : {"_Z1f", "__Z1f", "_R", "a<b", "a>b", "f[...]", "a:b", "a::b"}) {
    EXPECT_FALSE(is_displayed_as_is(name)) << name;
  }
}

}  // namespace

// SPDX-License-Identifier: Apache-2.0
// Which locks and which pointers the arguments on a stack tell of, whoever reads them.

#include "formats/goroutine_arguments.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "unit/formats/goroutine_reading.h"

namespace plumb {
namespace {

using Numbers = std::vector<std::uint64_t>;

struct LineCase {
  const char* line;
  std::uint64_t lock;
  Numbers pointers;
};

class ArgumentLines : public testing::TestWithParam<LineCase> {};

TEST_P(ArgumentLines, AreUnderstood) {
  GoroutineArguments arguments;
  arguments.add_call(GetParam().line);
  EXPECT_EQ(arguments.lock(), GetParam().lock);
  EXPECT_EQ(Numbers(arguments.pointers().begin(), arguments.pointers().end()), GetParam().pointers);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ArgumentLines,
    testing::ValuesIn(std::vector<LineCase>{
        {"internal/sync.(*Mutex).lockSlow(0xc000182040)", 0xc000182040, {}},
        {"sync.(*Mutex).lockSlow(0xc000182040)", 0xc000182040, {}},
        {"sync.(*RWMutex).RLock(0xc000182040)", 0xc000182040, {}},
        {"sync.(*RWMutex).Lock(0xc000182040)", 0xc000182040, {}},
        {"sync.(*Mutex).lockSlow(0xc000182040?)", 0, {}},  // May be stale.
        {"sync.(*Mutex).Lock(...)", 0, {}},
        {"sync.(*WaitGroup).Wait(0xc000182040)", 0, {}},
        {"sync.runtime_SemacquireMutex(0xc000182044, 0x0?, 0x0?)", 0, {}},
        {"main.(*account).transfer(0x0?, 0xc00001e030, 0x1)", 0, {0xc00001e030}},
        {"main.f({0xc00001e030?, 0x10}, 0xc00001e030)", 0, {0xc00001e030}},
        {"main.f(0xc00001e030?, 0xc000010020)", 0, {0xc000010020}},  // The same of a pointer.
        {"main.f({0x4d2ba8, 0xc000010020}, ...)", 0, {0x4d2ba8, 0xc000010020}},
        {"main.F[...](0xc000010020)", 0, {0xc000010020}},
        {"main.f(0xfffffffffffffffff)", 0, {}},  // No number of 64 bits.
        {"main.f(0x00000000ffffffffffffffff)", 0, {UINT64_MAX}},
        {"main.f(0x, 0xg, 0xc000010020g)", 0, {0xc000010020}},
        {"main.f(0x", 0, {}},
        {"main.f", 0, {}},
        {"", 0, {}},
    }));

TEST(GoroutineArguments, AreBounded) {
  std::string line = "main.f(";
  for (int i = 0; i < 100; ++i) line += "0xc00001" + std::to_string(1000 + i) + ", ";
  GoroutineArguments arguments;
  arguments.add_call(line + "0x1)");
  EXPECT_EQ(arguments.pointers().size(), 16u);
}

TEST(GoroutineArguments, TellOfALockWithoutThePointers) {
  constexpr std::string_view kLines =
      "main.f(0xc000111110)\n"
      "\t/srv/main.go:24 +0x37\n"
      "internal/sync.runtime_SemacquireMutex(0x0?, 0x0?, 0xc00005e760?)\n"
      "\t/go/src/runtime/sema.go:95 +0x25\n"
      "internal/sync.(*Mutex).lockSlow(0xc00001e010)\n"
      "\t/go/src/internal/sync/mutex.go:149 +0x15d\n";
  GoroutineArguments arguments;
  arguments.find_lock(kLines.data(), kLines.data() + kLines.size());
  EXPECT_EQ(arguments.lock(), 0xc00001e010u);
  EXPECT_TRUE(arguments.pointers().empty());
  std::string far;
  for (std::size_t i = 0; i < GoroutineArguments::kLockLines; ++i) far += "main.f()\n\t/a.go:1\n";
  far += kLines;
  arguments.clear();
  arguments.find_lock(far.data(), far.data() + far.size());
  EXPECT_EQ(arguments.lock(), 0u);
}

// Five goroutines of one stack, the last of which is not sampled for pointers, and one of another,
// one of whose pointers leads to no lock.
std::string dump_text() {
  std::string text;
  for (int i = 1; i <= 5; ++i) {
    const std::string number = std::to_string(i);
    text += "goroutine " + number +
            " [sync.Mutex.Lock]:\n"
            "internal/sync.runtime_SemacquireMutex(0x0?, 0x0?, 0xc00005e760?)\n"
            "\t/go/src/runtime/sema.go:95 +0x25\n"
            "internal/sync.(*Mutex).lockSlow(0xc00001e0" +
            number +
            "0)\n"
            "\t/go/src/internal/sync/mutex.go:149 +0x15d\n"
            "sync.(*Mutex).Lock(...)\n"
            "\t/go/src/sync/mutex.go:46\n"
            "main.(*account).deposit(0x0?, 0xc00001d0" +
            number +
            "0)\n"
            "\t/srv/main.go:24 +0x37\n"
            "created by main.main in goroutine 1\n"
            "\t/srv/main.go:75 +0x87\n\n";
  }
  return text +
         "goroutine 6 [chan send]:\n"
         "main.(*account).send(0xc00001e010, 0xc0000f0010)\n"
         "\t/srv/main.go:68 +0x46\n\n";
}

std::string describe_arguments(const GoroutineDump& dump) {
  std::string text;
  for (const Goroutine& goroutine : dump.goroutines) {
    if (goroutine.lock == 0) continue;
    text += std::to_string(goroutine.id) + " waits for " + to_hex(goroutine.lock) + "\n";
  }
  for (const GoroutinePointer& row : dump.pointers) {
    text += std::to_string(row.goroutine) + " has " + to_hex(row.pointer) + "\n";
  }
  return text;
}

TEST(GoroutineArguments, AreKeptOfADump) {
  EXPECT_EQ(describe_arguments(dump_of(dump_text())),
            "1 waits for c00001e010\n2 waits for c00001e020\n3 waits for c00001e030\n"
            "4 waits for c00001e040\n5 waits for c00001e050\n"
            "1 has c00001d010\n2 has c00001d020\n3 has c00001d030\n4 has c00001d040\n"
            "6 has c00001e010\n");
}

TEST(GoroutineArguments, AreNotKeptUnasked) {
  const Result<GoroutineDump> dump = read_dump(dump_text(), ReadOptions());
  ASSERT_TRUE(dump.has_value());
  EXPECT_TRUE(dump->pointers.empty());
}

// The fast reader and the careful one agree, wherever the input is divided between them.
TEST(GoroutineArguments, AreTheSameInEveryStretch) {
  const std::string text = dump_text();
  const std::string want = describe_arguments(dump_of(text));
  for (const Isa isa : machine_isas()) {
    for (std::size_t stretch = 1; stretch < 40; ++stretch) {
      EXPECT_EQ(describe_arguments(read_in_stretches(text, isa, stretch)), want) << stretch;
    }
  }
}

}  // namespace
}  // namespace plumb

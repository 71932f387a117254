// SPDX-License-Identifier: Apache-2.0
// The table of a package, made by hand.
#include "symbols/dwarf_package.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "support/dice.h"

namespace plumb::dwarf {
namespace {

constexpr std::uint64_t kFirst = 0x1111'0000'0000'0002;
constexpr std::uint64_t kSecond = 0x2222'0003'0000'0002;  // Meets the first in slot 2.

// Two units, with 4 slots and the columns of .debug_info, .debug_abbrev and number 8.
class Index {
 public:
  explicit Index(std::uint32_t version, ByteOrder order = ByteOrder::Little) : order_(order) {
    if (version == 5) {
      add(5, 2);
      add(0, 2);
    } else {
      add(version, 4);
    }
    for (const std::uint32_t number : {3, 2, 4}) add(number, 4);
    for (const std::uint64_t id : {std::uint64_t{0}, kSecond, kFirst, std::uint64_t{0}}) add(id, 8);
    for (const std::uint32_t row : {0, 2, 1, 0}) add(row, 4);
    for (const std::uint32_t column : {1, 3, 8}) add(column, 4);
    for (const std::uint32_t offset : {0, 0, 0, 4, 3, 2}) add(offset, 4);
    for (const std::uint32_t size : {4, 3, 2, 5, 4, 3}) add(size, 4);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void add(std::uint64_t number, unsigned size) {
    for (unsigned i = 0; i < size; ++i) {
      const unsigned byte = order_ == ByteOrder::Little ? i : size - 1 - i;
      bytes_ += static_cast<char>(number >> (8 * byte) & 0xFF);
    }
  }

  ByteOrder order_;
  std::string bytes_;
};

Sections sections(ByteOrder order = ByteOrder::Little) {
  Sections all;
  all.order = order;
  all.info = "infoINFO2";
  all.abbrev = "abbABB2";
  all.line = "lines";
  all.str = "strings";
  all.rnglists = "rgRG2";
  return all;
}

TEST(Package, GivesEachUnitItsPartOfEachSection) {
  for (const ByteOrder order : {ByteOrder::Little, ByteOrder::Big}) {
    const Index index(5, order);
    Package package(sections(order), index.bytes());
    const auto first = package.find(kFirst);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->info, "info");
    EXPECT_EQ(first->abbrev, "abb");
    EXPECT_EQ(first->rnglists, "rg");
    const auto second = package.find(kSecond);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->info, "INFO2");
    EXPECT_EQ(second->abbrev, "ABB2");
    EXPECT_EQ(second->rnglists, "RG2");
    EXPECT_EQ(second->line, "lines") << "whole, as no column is about it";
    EXPECT_EQ(second->str, "strings");
    EXPECT_FALSE(package.find(0x3333));
    EXPECT_FALSE(package.find(0));
  }
}

// Number 8 is of something else there, and ranges are in the binary.
TEST(Package, OfDwarfFourHasColumnsOfItsOwn) {
  const Index index(2);
  Package package(sections(), index.bytes());
  const auto second = package.find(kSecond);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->info, "INFO2");
  EXPECT_EQ(second->rnglists, "rgRG2");
  const Index unknown(1);
  EXPECT_FALSE(Package(sections(), unknown.bytes()).find(kFirst));
}

TEST(Package, ThatIsCutGivesWhatIsWhole) {
  const std::string whole = Index(5).bytes();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_FALSE(Package(sections(), cut).find(kSecond)) << size;
  }
  Sections cut = sections();
  cut.info = "infoINFO";
  Package package(cut, whole);
  EXPECT_TRUE(package.find(kFirst));
  EXPECT_FALSE(package.find(kSecond));
}

TEST(Package, ThatIsDamagedGivesPartsOfItsSections) {
  const Sections all = sections();
  for (std::uint32_t seed = 0; seed < test::fewer_if_slow(2000); ++seed) {
    test::Dice dice(seed);
    std::string bytes = Index(5).bytes();
    for (int i = 0; i < 3; ++i) {
      bytes[dice.below(bytes.size())] = static_cast<char>(dice.below(256));
    }
    Package package(all, bytes);
    for (const std::uint64_t id : {kFirst, kSecond, std::uint64_t{0}}) {
      const std::string_view part = package.find(id).value_or(all).info;
      EXPECT_NE(all.info.find(part), std::string_view::npos);
    }
  }
}

// Else a small package could make work without end.
TEST(Package, GivesItsBytesOutAboutOnce) {
  const Index index(5);
  Package package(sections(), index.bytes());
  int found = 0;
  for (int i = 0; i < 100; ++i) found += package.find(kSecond) ? 1 : 0;
  EXPECT_GE(found, 1);
  EXPECT_LT(found, 10);
}

}  // namespace
}  // namespace plumb::dwarf

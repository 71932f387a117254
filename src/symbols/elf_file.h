// SPDX-License-Identifier: Apache-2.0
// ElfFile: header, segments, sections and symbols of an ELF file, 32 or 64 bits, either byte order.
//
// Source: https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html and elf(5). Numbers of the
// names are those of the specification; only what symbolization needs is here. Files may be
// hostile: every offset is checked where it is used, and what does not fit is as if it were not
// there.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "symbols/binary_reader.h"

namespace plumb {

enum class ElfType : std::uint16_t { None = 0, Relocatable = 1, Executable = 2, Shared = 3 };

enum class ElfMachine : std::uint16_t {
  X86 = 3,
  Ppc64 = 21,
  S390 = 22,
  Arm = 40,
  X86_64 = 62,  // NOLINT(readability-identifier-naming)
  Aarch64 = 183,
  RiscV = 243,
  LoongArch = 258,
};

struct ElfSegment {
  static constexpr std::uint32_t kLoad = 1;
  static constexpr std::uint32_t kNote = 4;
  static constexpr std::uint32_t kExecutable = 1;  ///< In flags.

  std::uint32_t type = 0;
  std::uint32_t flags = 0;
  std::uint64_t offset = 0;  ///< In the file.
  std::uint64_t address = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t alignment = 0;

  [[nodiscard]] bool is_executable() const { return (flags & kExecutable) != 0; }
};

struct ElfSection {
  static constexpr std::uint32_t kSymbols = 2;
  static constexpr std::uint32_t kRelocations = 4;
  static constexpr std::uint32_t kNote = 7;
  static constexpr std::uint32_t kNoBits = 8;
  static constexpr std::uint32_t kDynamicSymbols = 11;
  static constexpr std::uint64_t kAllocated = 2;  ///< In flags.
  static constexpr std::uint64_t kExecutable = 4;
  static constexpr std::uint64_t kCompressed = 0x800;

  std::string_view name;  ///< Views the file.
  std::uint32_t type = 0;
  std::uint32_t link = 0;
  std::uint64_t flags = 0;
  std::uint64_t address = 0;
  std::uint64_t offset = 0;  ///< In the file.
  std::uint64_t size = 0;
  std::uint64_t alignment = 0;
};

struct ElfSymbol {
  static constexpr std::uint16_t kUndefined = 0;
  static constexpr unsigned kNoType = 0;
  static constexpr unsigned kObject = 1;
  static constexpr unsigned kFunction = 2;
  static constexpr unsigned kSection = 3;
  static constexpr unsigned kFile = 4;
  static constexpr unsigned kTls = 6;
  static constexpr unsigned kIndirectFunction = 10;
  static constexpr unsigned kLocal = 0;
  static constexpr unsigned kGlobal = 1;

  std::string_view name;  ///< Views the file.
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  std::uint16_t section = 0;
  std::uint8_t info = 0;

  [[nodiscard]] unsigned type() const { return info & 0xFu; }
  [[nodiscard]] unsigned binding() const { return info >> 4u; }
};

/// A parsed ELF file. Borrows the bytes of the file; owns the sections that it inflated.
/// Not thread-safe.
class ElfFile {
 public:
  /// `bytes` must outlive the file. Errors: NotRecognized, Malformed, Truncated.
  static Result<ElfFile> parse(std::string_view bytes);

  [[nodiscard]] ElfType type() const { return type_; }
  [[nodiscard]] ElfMachine machine() const { return machine_; }
  [[nodiscard]] bool is_64_bit() const { return is_64_bit_; }
  [[nodiscard]] ByteOrder order() const { return order_; }
  [[nodiscard]] const std::vector<ElfSegment>& segments() const { return segments_; }
  [[nodiscard]] const std::vector<ElfSection>& sections() const { return sections_; }

  /// The first section of that name, or null.
  [[nodiscard]] const ElfSection* find_section(std::string_view name) const;

  /// The bytes of `section` as they lie in the file; empty if it has none there.
  [[nodiscard]] std::string_view raw_bytes(const ElfSection& section) const;

  /// The content of a section, inflated if it is compressed (SHF_COMPRESSED, or the older form
  /// ".zdebug_x" for ".debug_x"); empty if there is no such section.
  ///
  /// Errors: Malformed, LimitExceeded. Lifetime: until the ElfFile dies, also when it is moved.
  Result<std::string_view> content(std::string_view name);

  /// The bytes that the file holds for `size` bytes of memory at `address`: empty if it does not
  /// hold them all.
  [[nodiscard]] std::string_view bytes_at(std::uint64_t address, std::uint64_t size) const;

  /// The bytes that the file holds from `address` to the end of its segment.
  [[nodiscard]] std::string_view bytes_from(std::uint64_t address) const;

  /// False if the program headers say that `address` is not of code. Debug information tells of
  /// functions at 0 and the like: the linker has left them out, but not what describes them.
  [[nodiscard]] bool may_be_code(std::uint64_t address) const;

  /// The symbols of the symbol table of type `section_type`, in the order of the file.
  [[nodiscard]] std::vector<ElfSymbol> symbols(std::uint32_t section_type) const;

  /// The note of type NT_GNU_BUILD_ID in lower-case hexadecimal digits; empty if there is none.
  [[nodiscard]] std::string build_id() const;

  /// The file name of .gnu_debuglink and its checksum, if there is one.
  struct DebugLink {
    std::string file;
    std::uint32_t crc = 0;
  };
  [[nodiscard]] std::optional<DebugLink> debug_link() const;

  /// The file name of .gnu_debugaltlink (dwz) and its build id, if there is one.
  struct AlternateLink {
    std::string file;
    std::string build_id;
  };
  [[nodiscard]] std::optional<AlternateLink> alternate_link() const;

  [[nodiscard]] BinaryReader reader(std::string_view bytes, std::uint64_t position = 0) const {
    return {bytes, order_, position};
  }

 private:
  explicit ElfFile(std::string_view bytes) : bytes_(bytes) {}

  Result<void> parse_header();
  void parse_segments(std::uint64_t offset, unsigned count, unsigned entry_bytes);
  Result<void> parse_sections(std::uint64_t offset, std::uint64_t count, unsigned entry_bytes,
                              unsigned names);
  [[nodiscard]] ElfSection parse_section(BinaryReader in) const;
  std::uint64_t word(BinaryReader& in) const { return is_64_bit_ ? in.u64() : in.u32(); }
  [[nodiscard]] std::string_view view(std::uint64_t offset, std::uint64_t size) const;
  Result<std::string_view> inflated(const ElfSection& section);

  std::string_view bytes_;  // Borrowed.
  ElfType type_ = ElfType::None;
  ElfMachine machine_{};
  bool is_64_bit_ = true;
  ByteOrder order_ = ByteOrder::Little;
  std::vector<ElfSegment> segments_;
  std::vector<ElfSection> sections_;
  std::map<std::string_view, std::unique_ptr<char[]>, std::less<>> inflated_;  // By section name.
  std::map<std::string_view, std::string_view, std::less<>> inflated_views_;
  std::uint64_t inflated_bytes_ = 0;
};

}  // namespace plumb

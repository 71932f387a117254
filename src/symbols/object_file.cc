// SPDX-License-Identifier: Apache-2.0
#include "symbols/object_file.h"

#include <re2/re2.h>

#include <utility>

#include "base/mapped_file.h"
#include "base/try.h"
#include "symbols/elf_file.h"
#include "symbols/symbol_table.h"

namespace plumb {
namespace {

std::string hex(std::uint64_t value) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  do {
    text.insert(text.begin(), kDigits[value & 0xF]);
    value >>= 4;
  } while (value != 0);
  return "0x" + text;
}

Error open_error(const std::string& path, ErrorCode code, std::string_view reason) {
  return {code, "open " + path + ": " + std::string(reason)};
}

// Why the system refused, in Go's words: they start with a lower-case letter.
std::string go_reason(std::string reason) {
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') reason[0] += 'a' - 'A';
  return reason;
}

bool matches(const re2::RE2& pattern, std::string_view name) {
  return re2::RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), pattern);
}

}  // namespace

struct ObjectFile::State {
  State(std::string path_of_file, ObjectOptions options_of_file, MappedFile mapped, ElfFile parsed)
      : path(std::move(path_of_file)),
        options(std::move(options_of_file)),
        file(std::move(mapped)),
        elf(std::move(parsed)),
        build_id(elf.build_id()) {}

  const SymbolTable& symbols() {
    if (!symbol_table) symbol_table.emplace(elf);
    return *symbol_table;
  }

  std::string path;
  ObjectOptions options;
  MappedFile file;
  ElfFile elf;  // Views file.
  std::string build_id;
  std::optional<SymbolTable> symbol_table;
  std::string damage;
};

Result<std::unique_ptr<ObjectFile>> ObjectFile::open(const std::string& path,
                                                     const ObjectOptions& options) {
  auto file = MappedFile::open(path);
  if (!file) {
    return open_error(path, file.error().code(), go_reason(file.error().message()));
  }
  auto elf = ElfFile::parse(file->bytes());
  if (!elf) return open_error(path, ErrorCode::NotRecognized, "unrecognized object file");
  return std::unique_ptr<ObjectFile>(
      new ObjectFile(std::make_unique<State>(path, options, *std::move(file), *std::move(elf))));
}

ObjectFile::ObjectFile(std::unique_ptr<State> state) : state_(std::move(state)) {}

ObjectFile::~ObjectFile() = default;

const std::string& ObjectFile::path() const {
  return state_->path;
}

const std::string& ObjectFile::build_id() const {
  return state_->build_id;
}

bool ObjectFile::is_go() {
  return state_->elf.find_section(".gopclntab") != nullptr;
}

Result<void> ObjectFile::check_range(const MappedRange& range) {
  const auto kernel_symbol = find_kernel_symbol(state_->elf, state_->path, range);
  auto base = address_base(state_->elf, find_text_segment(state_->elf), kernel_symbol, range);
  if (base) return {};
  return std::move(base).error().while_reading("could not identify base for " + state_->path);
}

Result<std::uint64_t> ObjectFile::object_address(const MappedRange& range, std::uint64_t address) {
  if (!range.is_fake() && (address < range.start || (range.limit != 0 && address >= range.limit))) {
    return Error(ErrorCode::NotFound, "the address " + hex(address) + " is outside the mapping");
  }
  const auto kernel_symbol = find_kernel_symbol(state_->elf, state_->path, range);
  TRY_ASSIGN(const ElfSegment* const segment,
             find_segment(state_->elf, kernel_symbol, range, address));
  TRY_ASSIGN(const std::uint64_t base, address_base(state_->elf, segment, kernel_symbol, range));
  return address - base;
}

Result<std::vector<SourceFrame>> ObjectFile::source_line(std::uint64_t address) {
  std::vector<SourceFrame> frames;
  source_lines(std::span(&address, 1), [&](std::size_t, std::span<const SourceFrame> found) {
    frames.assign(found.begin(), found.end());
  });
  if (frames.empty()) {
    return Error(ErrorCode::NotFound, "no line information for PC=" + hex(address));
  }
  return frames;
}

void ObjectFile::source_lines(std::span<const std::uint64_t> addresses, const FrameSink& take) {
  const SymbolTable& symbols = state_->symbols();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    SourceFrame frame;
    const SymbolTable::Entry* const entry = symbols.find(addresses[i]);
    if (entry == nullptr) {
      take(i, {});
      continue;
    }
    frame.function = entry->name;
    take(i, std::span(&frame, 1));
  }
}

std::vector<ObjectSymbol> ObjectFile::symbols(const re2::RE2* pattern,
                                              std::optional<std::uint64_t> address) {
  std::vector<ObjectSymbol> found;
  const auto& entries = state_->symbols().entries();
  for (std::size_t i = 0; i < entries.size();) {
    ObjectSymbol symbol;
    symbol.start = entries[i].address;
    std::uint64_t size = 0;
    bool is_match = pattern == nullptr;
    for (; i < entries.size() && entries[i].address == symbol.start; ++i) {
      symbol.names.emplace_back(entries[i].name);
      if (size == 0) size = entries[i].size;
      is_match = is_match || matches(*pattern, entries[i].name);
    }
    if (size == 0 && i < entries.size()) size = entries[i].address - symbol.start;
    symbol.limit = symbol.start + size;
    if (address && (*address < symbol.start || *address - symbol.start >= size)) continue;
    if (is_match) found.push_back(std::move(symbol));
  }
  return found;
}

Result<std::vector<Instruction>> ObjectFile::disassemble(std::uint64_t start, std::uint64_t limit,
                                                         AssemblySyntax syntax) {
  static_cast<void>(start);
  static_cast<void>(limit);
  static_cast<void>(syntax);
  return Error(ErrorCode::Io, "disassembly is not there yet");
}

const std::string& ObjectFile::damage() const {
  return state_->damage;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "symbols/object_file.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/mapped_file.h"
#include "base/program_format.h"
#include "base/strings.h"
#include "base/try.h"
#include "symbols/debug_file.h"
#include "symbols/demangle.h"
#include "symbols/dwarf_package.h"
#include "symbols/dwarf_reader.h"
#include "symbols/go_table.h"
#include "symbols/symbol_table.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMaxCodeBytes = std::uint64_t{8} << 20;  // Of one call of disassemble().

Error open_error(const std::string& path, ErrorCode code, std::string_view reason) {
  return {code, "open " + path + ": " + std::string(reason)};
}

// Why the system refused, in Go's words: they start with a lower-case letter.
std::string go_reason(std::string reason) {
  if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') reason[0] += 'a' - 'A';
  return reason;
}

std::string reason_not_to_read(const std::string& path) {
  const auto file = MappedFile::open(path);
  const std::string_view format =
      file ? program_format(file->bytes().substr(0, kProgramHeadBytes)) : "";
  if (format.empty() || format == "ELF") return "unrecognized object file";
  return "a program of another system (" + std::string(format) + "), and only ELF is read";
}

bool matches(const re2::RE2& pattern, std::string_view name) {
  return re2::RE2::PartialMatch(re2::StringPiece(name.data(), name.size()), pattern);
}

}  // namespace

struct ObjectFile::State {
  State(std::unique_ptr<OpenElf> opened, ObjectOptions options_of_file)
      : binary(std::move(opened)),
        options(std::move(options_of_file)),
        build_id(binary->elf.build_id()) {}

  [[nodiscard]] const ElfFile& elf() const { return binary->elf; }

  const SymbolTable& symbols() {
    if (!symbol_table) {
      symbol_table.emplace(elf());
      const bool is_stripped = elf().symbols(ElfSection::kSymbols).size() <= 1;
      if (is_stripped && find_debug() != nullptr) {
        SymbolTable other(find_debug()->elf);
        if (other.entries().size() > symbol_table->entries().size()) {
          symbol_table = std::move(other);
        }
      }
    }
    return *symbol_table;
  }

  // Searched for once for each range: a kernel has 100,000 symbols, and a profile as many
  // addresses.
  std::optional<std::uint64_t> kernel_symbol(const MappedRange& range) {
    if (kernel_range != range) {
      kernel_range = range;
      found_kernel_symbol = find_kernel_symbol(elf(), binary->path, range);
    }
    return found_kernel_symbol;
  }

  // The symbol of code or data that `address` is in; the last of several at one address that do.
  NearSymbol near_symbol(std::uint64_t address) {
    if (!has_named_places) name_places();
    const auto after = std::ranges::upper_bound(places, address, {}, &ElfSymbol::address);
    for (auto at = after; at != places.begin();) {
      const ElfSymbol& symbol = *--at;
      if (symbol.address == 0 || symbol.address != (after - 1)->address) break;
      if (address - symbol.address < symbol.size) return {symbol.name, address - symbol.address};
    }
    return {};
  }

  // The same with a readable name, which belongs to the state.
  NearSymbol readable_symbol(std::uint64_t address) {
    NearSymbol symbol = near_symbol(address);
    const auto [known, is_new] = readable_names.try_emplace(symbol.name);
    if (is_new) known->second = demangle(symbol.name, DemangleMode::Simple).value_or("");
    if (!known->second.empty()) symbol.name = known->second;
    return symbol;
  }

  void name_places() {
    has_named_places = true;
    places = elf().symbols(ElfSection::kSymbols);
    if (places.size() <= 1) places = elf().symbols(ElfSection::kDynamicSymbols);
    if (go_table() != nullptr && places.size() <= 1) {
      for (std::size_t i = 0; i < go->function_count(); ++i) {
        ElfSymbol symbol;
        symbol.name = go->function_name(i);
        symbol.address = go->function_start(i);
        symbol.size = go->function_start(i + 1) - symbol.address;
        places.push_back(symbol);
      }
    }
    constexpr std::array<std::string_view, 6> kMarks = {"runtime.text",  "text",  "_text",
                                                        "runtime.etext", "etext", "_etext"};
    std::erase_if(places, [&](const ElfSymbol& symbol) {
      return symbol.name.empty() || std::ranges::find(kMarks, symbol.name) != kMarks.end();
    });
    std::ranges::stable_sort(places, {}, &ElfSymbol::address);
  }

  GoTable* go_table() {
    if (!has_looked_for_go) go = GoTable::find(elf());
    has_looked_for_go = true;
    return go ? &*go : nullptr;
  }

  // The separate debug file, or null.
  OpenElf* find_debug() {
    if (!has_looked_for_debug) debug_file = find_debug_file(*binary, options.debug_directories);
    has_looked_for_debug = true;
    return debug_file.get();
  }

  // Null if there is no debug information.
  dwarf::DwarfReader* dwarf_reader() {
    if (has_looked_for_dwarf) return dwarf.get();
    has_looked_for_dwarf = true;
    // The debug information of modules is of use only when linked.
    if (options.symbols_only || elf().type() == ElfType::Relocatable) return nullptr;
    OpenElf* const source = has_debug_info(elf()) ? binary.get() : find_debug();
    if (source == nullptr || !has_debug_info(source->elf)) return nullptr;
    alternate_file = find_alternate_file(*source, options.debug_directories);
    std::optional<dwarf::Sections> alternate;
    if (alternate_file) alternate = debug_sections(alternate_file->elf, damage);
    dwarf = std::make_unique<dwarf::DwarfReader>(
        debug_sections(source->elf, damage), alternate,
        [this, source](const dwarf::Unit& skeleton) { return open_split(*source, skeleton); });
    return dwarf.get();
  }

  // The other part of a unit of `source`: in the package of all, or in a file of its own.
  std::optional<dwarf::Sections> open_split(const OpenElf& source, const dwarf::Unit& skeleton) {
    if (!has_looked_for_package) open_package(source);
    if (package) {
      if (const auto packed = package->find(skeleton.split_id)) return packed;
    }
    auto file = find_split_file(source, skeleton.directory, skeleton.split_name);
    if (file) return split_sections(split_files.emplace_back(std::move(file))->elf, damage);
    if (damage.empty()) damage = std::string(skeleton.split_name) + " was not found";
    return std::nullopt;
  }

  void open_package(const OpenElf& source) {
    has_looked_for_package = true;
    package_file = find_package_file(source, *binary);
    if (!package_file) return;
    const auto index = package_file->elf.content(".debug_cu_index");
    if (index) package.emplace(split_sections(package_file->elf, damage), *index);
  }

  std::unique_ptr<OpenElf> binary;
  std::optional<MappedRange> kernel_range;
  std::optional<std::uint64_t> found_kernel_symbol;  // Of kernel_range.
  ObjectOptions options;
  std::string build_id;
  std::unique_ptr<OpenElf> debug_file;
  std::unique_ptr<OpenElf> alternate_file;
  std::vector<std::unique_ptr<OpenElf>> split_files;
  std::unique_ptr<OpenElf> package_file;
  std::optional<dwarf::Package> package;  // Views package_file.
  std::optional<SymbolTable> symbol_table;
  std::optional<GoTable> go;
  std::vector<ElfSymbol> places;  // All symbols, by address.
  bool has_named_places = false;
  std::unordered_map<std::string_view, std::string> readable_names;  // Empty: it is readable.
  std::unique_ptr<dwarf::DwarfReader> dwarf;                         // Views the files.
  bool has_looked_for_go = false;
  bool has_looked_for_debug = false;
  bool has_looked_for_dwarf = false;
  bool has_looked_for_package = false;
  std::string damage;
};

Result<std::unique_ptr<ObjectFile>> ObjectFile::open(const std::string& path,
                                                     const ObjectOptions& options) {
  auto opened = OpenElf::open(path);
  if (opened) {
    return std::unique_ptr<ObjectFile>(
        new ObjectFile(std::make_unique<State>(*std::move(opened), options)));
  }
  const ErrorCode code = opened.error().code();
  if (code == ErrorCode::NotFound || code == ErrorCode::Io) {
    return open_error(path, code, go_reason(opened.error().message()));
  }
  return open_error(path, ErrorCode::NotRecognized, reason_not_to_read(path));
}

ObjectFile::ObjectFile(std::unique_ptr<State> state) : state_(std::move(state)) {}

ObjectFile::~ObjectFile() = default;

const std::string& ObjectFile::path() const {
  return state_->binary->path;
}

const std::string& ObjectFile::build_id() const {
  return state_->build_id;
}

std::string ObjectFile::cache_key() const {
  if (state_->build_id.empty()) return {};
  return state_->build_id + '-' + to_hex(state_->binary->file.identity().size_bytes);
}

bool ObjectFile::has_searched() const {
  return state_->dwarf != nullptr;
}

bool ObjectFile::is_go() {
  return state_->go_table() != nullptr;
}

Result<void> ObjectFile::check_range(const MappedRange& range) {
  const auto kernel_symbol = state_->kernel_symbol(range);
  auto base = address_base(state_->elf(), find_text_segment(state_->elf()), kernel_symbol, range);
  if (base) return {};
  return std::move(base).error().while_reading("could not identify base for " +
                                               state_->binary->path);
}

Result<std::uint64_t> ObjectFile::object_address(const MappedRange& range, std::uint64_t address) {
  if (!range.is_fake() && (address < range.start || (range.limit != 0 && address >= range.limit))) {
    return Error(ErrorCode::NotFound,
                 "the address 0x" + to_hex(address) + " is outside the mapping");
  }
  const auto kernel_symbol = state_->kernel_symbol(range);
  TRY_ASSIGN(const ElfSegment* const segment,
             find_segment(state_->elf(), kernel_symbol, range, address));
  TRY_ASSIGN(const std::uint64_t base, address_base(state_->elf(), segment, kernel_symbol, range));
  return address - base;
}

Result<std::vector<SourceFrame>> ObjectFile::source_line(std::uint64_t address) {
  std::vector<SourceFrame> frames;
  source_lines(std::span(&address, 1), [&](std::size_t, std::span<const SourceFrame> found) {
    frames.assign(found.begin(), found.end());
  });
  if (frames.empty()) {
    return Error(ErrorCode::NotFound, "no line information for PC=0x" + to_hex(address));
  }
  return frames;
}

void ObjectFile::source_lines(std::span<const std::uint64_t> addresses, const FrameSink& take) {
  // By address, and each only once; equal ones get the same answer.
  std::vector<std::size_t> order(addresses.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return addresses[i]; });
  std::vector<std::uint64_t> sorted;
  std::vector<std::size_t> firsts;  // In order, of each in sorted.
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint64_t address = addresses[order[i]];
    if (!sorted.empty() && sorted.back() == address) continue;
    sorted.push_back(address);
    firsts.push_back(i);
  }
  firsts.push_back(order.size());
  find_sorted(sorted, [&](std::size_t index, std::span<const SourceFrame> frames) {
    for (std::size_t i = firsts[index]; i < firsts[index + 1]; ++i) take(order[i], frames);
  });
}

// What the table of a Go program does not know is of C, or of no known origin.
void ObjectFile::find_sorted(std::span<const std::uint64_t> addresses, const FrameSink& take) {
  std::vector<std::uint64_t> others;
  std::vector<std::size_t> indices;
  std::vector<SourceFrame> frames;
  GoTable* const go = state_->go_table();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (go != nullptr) {
      go->find_frames(addresses[i], frames);
      if (!frames.empty()) {
        take(i, frames);
        continue;
      }
    }
    others.push_back(addresses[i]);
    indices.push_back(i);
  }
  std::vector<bool> is_known(others.size());
  dwarf::DwarfReader* const dwarf = others.empty() ? nullptr : state_->dwarf_reader();
  if (dwarf != nullptr) {
    dwarf->find(others, [&](std::size_t i, const dwarf::AddressFrames& found) {
      if (!state_->elf().may_be_code(others[i])) return;
      frames.assign(found.frames.begin(), found.frames.end());
      if (!found.has_linkage_name) name_by_symbol(others[i], frames.back());
      is_known[i] = true;
      take(indices[i], frames);
    });
    if (dwarf->gave_up()) state_->damage = "the debug information is damaged";
  }
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (is_known[i]) continue;
    SourceFrame frame;
    name_by_symbol(others[i], frame);
    take(indices[i], std::span(&frame, frame.function.empty() ? 0 : 1));
  }
}

// The symbol's name says more than a simple name: the class or namespace it is in.
void ObjectFile::name_by_symbol(std::uint64_t address, SourceFrame& frame) {
  const SymbolTable::Entry* const entry = state_->symbols().find(address);
  if (entry == nullptr) return;
  const bool is_mangled = entry->name.starts_with("_Z") || entry->name.starts_with("_R");
  if (frame.function.empty()) {
    frame.function = entry->name;
  } else if (is_mangled) {
    // Without what compilers append to the names of parts and copies: ".cold", ".constprop.0".
    frame.function = entry->name.substr(0, entry->name.find('.'));
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
  if (limit <= start) return std::vector<Instruction>();
  if (limit - start > kMaxCodeBytes) {
    return Error(ErrorCode::LimitExceeded, "too much code to disassemble at once");
  }
  const std::string_view code = state_->elf().bytes_from(start);
  if (code.empty()) return Error(ErrorCode::NotFound, "there is no code at 0x" + to_hex(start));
  const std::size_t size = std::min<std::uint64_t>(code.size(), limit - start);
  if (syntax == AssemblySyntax::Usual) {
    syntax = is_go() ? AssemblySyntax::Go : AssemblySyntax::Att;
  }
  TRY_ASSIGN(const std::unique_ptr<Disassembler> disassembler,
             Disassembler::open(state_->elf(), syntax, [&](std::uint64_t address) {
               return syntax == AssemblySyntax::Go ? state_->near_symbol(address)
                                                   : state_->readable_symbol(address);
             }));
  std::vector<Instruction> instructions;
  std::vector<std::uint64_t> addresses;
  for (std::size_t at = 0; at < size;) {
    DecodedInstruction decoded = disassembler->decode(code.substr(at), start + at);
    Instruction instruction;
    instruction.address = start + at;
    instruction.size_bytes = decoded.size_bytes;
    instruction.text = std::move(decoded.text);
    instructions.push_back(std::move(instruction));
    addresses.push_back(start + at);
    at += decoded.size_bytes;
  }
  source_lines(addresses, [&](std::size_t i, std::span<const SourceFrame> frames) {
    if (frames.empty()) return;
    instructions[i].function = frames[0].function;
    instructions[i].file = frames[0].file;
    instructions[i].line = frames[0].line;
  });
  return instructions;
}

const std::string& ObjectFile::damage() const {
  return state_->damage;
}

}  // namespace plumb

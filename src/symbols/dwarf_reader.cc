// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_reader.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "symbols/dwarf_lines.h"
#include "symbols/dwarf_scopes.h"

namespace plumb::dwarf {
namespace {

constexpr std::uint64_t kLeastSteps = std::uint64_t{32} << 20;
constexpr std::size_t kMaxOverlaps = 8;

std::uint64_t steps_for(const Sections& sections) {
  return kLeastSteps + WorkBudget::steps_for(sections);
}

}  // namespace

class DwarfReader::State {
 public:
  State(const Sections& sections, const std::optional<Sections>& alternate, SplitOpener open_split)
      : sections_(sections),
        alternate_sections_(alternate.value_or(Sections{})),
        budget_(steps_for(sections) + steps_for(alternate_sections_)),
        units_(sections_, alternate ? &alternate_sections_ : nullptr, budget_),
        splits_(sections_, std::move(open_split), budget_) {
    if (alternate) alternate_.emplace(alternate_sections_, nullptr, budget_);
    find_code();
  }

  void find(std::span<const std::uint64_t> addresses, const Sink& take) {
    struct Asked {
      std::uint32_t unit = 0;
      std::size_t index = 0;  // Into addresses.
    };
    std::vector<Asked> asked;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (const auto unit = unit_of(addresses[i])) asked.push_back({*unit, i});
    }
    std::ranges::stable_sort(asked, {}, &Asked::unit);
    for (auto first = asked.begin(); first != asked.end();) {
      const auto last =
          std::find_if(first, asked.end(), [&](const Asked& a) { return a.unit != first->unit; });
      std::vector<std::uint64_t> of_unit;
      std::vector<std::size_t> indices;
      for (auto at = first; at != last; ++at) {
        of_unit.push_back(addresses[at->index]);
        indices.push_back(at->index);
      }
      find_in_unit(units_.units()[first->unit], of_unit, indices, take);
      first = last;
    }
  }

  [[nodiscard]] bool gave_up() const { return budget_.is_spent(); }

 private:
  struct UnitRange {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::uint32_t unit = 0;
  };

  // Where the code of each unit lies.
  void find_code() {
    std::vector<AddressRange> ranges;
    bool lacks_ranges = false;
    for (std::size_t i = 0; i < units_.units().size() && !budget_.is_spent(); ++i) {
      ranges.clear();
      units_.read_root(i, ranges);
      lacks_ranges = lacks_ranges || ranges.empty();
      for (const AddressRange& range : ranges) {
        code_.push_back({range.low, range.high, static_cast<std::uint32_t>(i)});
      }
    }
    if (lacks_ranges) read_aranges();
    std::ranges::sort(code_, {}, [](const UnitRange& range) {
      return std::tuple(range.low, range.high, range.unit);
    });
  }

  // .debug_aranges says the same, for the units whose first entry does not.
  void read_aranges() {
    std::vector<bool> is_known(units_.units().size());
    for (const UnitRange& range : code_) is_known[range.unit] = true;
    BinaryReader in = sections_.reader(sections_.aranges);
    while (!in.at_end() && budget_.spend(16)) {
      const std::size_t start = in.position();
      std::uint64_t length = in.u32();
      const unsigned offset_bytes = length == 0xFFFFFFFF ? 8 : 4;
      if (offset_bytes == 8) length = in.u64();
      if (length > in.left()) return;
      const std::size_t limit = in.position() + static_cast<std::size_t>(length);
      in.skip(2);  // Version.
      const Unit* const unit = unit_at(in.unsigned_of(offset_bytes));
      const unsigned address_bytes = in.u8();
      in.skip(1);  // Bytes of a segment selector.
      const std::size_t pair_bytes = std::size_t{2} * address_bytes;
      if (address_bytes == 4 || address_bytes == 8) {
        in.seek(start + (in.position() - start + pair_bytes - 1) / pair_bytes * pair_bytes);
        while (in.ok() && in.position() + pair_bytes <= limit && budget_.spend(1)) {
          const std::uint64_t low = in.unsigned_of(address_bytes);
          const std::uint64_t size = in.unsigned_of(address_bytes);
          if (low == 0 && size == 0) break;
          if (unit == nullptr || size > UINT64_MAX - low) continue;
          const auto index = static_cast<std::uint32_t>(unit - units_.units().data());
          if (!is_known[index] && size > 0) code_.push_back({low, low + size, index});
        }
      }
      in.seek(limit);
    }
  }

  [[nodiscard]] const Unit* unit_at(std::uint64_t offset) const {
    const auto found = std::ranges::lower_bound(units_.units(), offset, {}, &Unit::offset);
    return found != units_.units().end() && found->offset == offset ? &*found : nullptr;
  }

  [[nodiscard]] std::optional<std::uint32_t> unit_of(std::uint64_t address) const {
    auto at = std::ranges::upper_bound(code_, address, {}, &UnitRange::low);
    for (std::size_t tried = 0; at != code_.begin() && tried < kMaxOverlaps; ++tried) {
      --at;
      if (address < at->high) return at->unit;
    }
    return std::nullopt;
  }

  void find_in_unit(const Unit& unit, const std::vector<std::uint64_t>& addresses,
                    const std::vector<std::size_t>& indices, const Sink& take) {
    std::vector<ScopeChain> chains(addresses.size());
    SplitUnit* const split = splits_.find(unit);
    entries_ = split != nullptr ? &*split->units : &units_;
    find_scopes(*entries_, split != nullptr ? *split->unit : unit, addresses, chains, budget_);
    std::vector<LineRow> rows(addresses.size());
    std::optional<LineTable> lines;
    if (unit.lines) {
      auto parsed = LineTable::parse(sections_, unit, *unit.lines, budget_);
      if (parsed) lines = *std::move(parsed);
    }
    if (lines) lines->find_rows(addresses, rows, budget_);
    files_.clear();
    names_.clear();
    std::vector<SourceFrame> frames;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      frames.clear();
      const bool has_linkage_name = make_frames(unit, lines, chains[i], rows[i], frames);
      if (!frames.empty()) take(indices[i], {frames, has_linkage_name});
    }
  }

  // Innermost first; true if the last name is that of a symbol.
  bool make_frames(const Unit& unit, const std::optional<LineTable>& lines, const ScopeChain& chain,
                   const LineRow& row, std::vector<SourceFrame>& frames) {
    LineRow place = row;
    bool has_linkage_name = false;
    for (std::size_t i = chain.size(); i-- > 0;) {
      const FunctionName& name = name_of(chain[i].entry);
      frames.push_back(frame_at(unit, lines, place));
      frames.back().function = name.text;
      frames.back().start_line = name.line;
      has_linkage_name = name.is_linkage_name;
      place = {chain[i].call_file, chain[i].call_line, chain[i].call_column, true};
    }
    if (frames.empty() && row.is_known) frames.push_back(frame_at(unit, lines, row));
    return has_linkage_name;
  }

  SourceFrame frame_at(const Unit& unit, const std::optional<LineTable>& lines,
                       const LineRow& place) {
    SourceFrame frame;
    if (!place.is_known) {
      frame.file = unit_path(unit);
      return frame;
    }
    // Nobody has that many lines: a damaged table.
    if (place.line <= INT32_MAX) frame.line = static_cast<std::int64_t>(place.line);
    if (place.column <= INT32_MAX) frame.column = static_cast<std::int64_t>(place.column);
    if (lines) frame.file = file_of(unit, *lines, place.file);
    return frame;
  }

  static std::string unit_path(const Unit& unit) {
    if (unit.name.starts_with('/') || unit.directory.empty()) return std::string(unit.name);
    return std::string(unit.directory) + '/' + std::string(unit.name);
  }

  const std::string& file_of(const Unit& unit, const LineTable& lines, std::uint64_t file) {
    const auto [known, is_new] = files_.try_emplace(file);
    if (is_new) known->second = lines.file_path(file, unit);
    return known->second;
  }

  const FunctionName& name_of(std::uint64_t entry) {
    const auto [known, is_new] = names_.try_emplace(entry);
    if (is_new) {
      known->second =
          find_function_name(*entries_, alternate_ ? &*alternate_ : nullptr, entry, budget_);
    }
    return known->second;
  }

  const Sections sections_;
  const Sections alternate_sections_;
  WorkBudget budget_;
  UnitTable units_;
  std::optional<UnitTable> alternate_;
  SplitUnits splits_;
  std::vector<UnitRange> code_;  // By low.
  // Of the unit at work.
  UnitTable* entries_ = nullptr;
  std::unordered_map<std::uint64_t, std::string> files_;
  std::unordered_map<std::uint64_t, FunctionName> names_;
};

DwarfReader::DwarfReader(const Sections& sections, const std::optional<Sections>& alternate,
                         SplitOpener open_split)
    : state_(std::make_unique<State>(sections, alternate, std::move(open_split))) {}

DwarfReader::~DwarfReader() = default;

void DwarfReader::find(std::span<const std::uint64_t> addresses, const Sink& take) {
  state_->find(addresses, take);
}

bool DwarfReader::gave_up() const {
  return state_->gave_up();
}

}  // namespace plumb::dwarf

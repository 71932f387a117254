// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_scopes.h"

#include <algorithm>

namespace plumb::dwarf {
namespace {

constexpr std::size_t kMaxInlineDepth = 512;
constexpr int kMaxReferences = 16;

// One walk over the entries of a unit, from the first to the last, without recursion.
class ScopeWalk {
 public:
  ScopeWalk(const UnitTable& units, const Unit& unit, const AbbreviationTable& abbreviations,
            WorkBudget& budget)
      : units_(units), unit_(unit), abbreviations_(abbreviations), budget_(budget) {}

  void run(std::span<const std::uint64_t> addresses, std::span<ScopeChain> chains) {
    addresses_ = addresses;
    chains_ = chains;
    BinaryReader in = units_.entries(unit_, unit_.first_entry);
    while (!in.at_end() && !budget_.is_spent()) {
      const std::uint64_t entry = in.position();
      const std::uint64_t code = in.uleb();
      if (code == 0) {
        close_children();
        continue;
      }
      const Abbreviation* const abbreviation = abbreviations_.find(code);
      if (abbreviation == nullptr) return;
      if (abbreviation->has_code) {
        read_scope(in, entry, *abbreviation);
      } else {
        pass_over(in, *abbreviation);
      }
      if (abbreviation->has_children) ++depth_;
    }
  }

 private:
  // A scope whose children are being walked.
  struct OpenScope {
    std::uint64_t entry = 0;
    std::size_t depth = 0;
  };

  void close_children() {
    if (depth_ > 0) --depth_;
    while (!open_.empty() && open_.back().depth >= depth_) open_.pop_back();
  }

  void pass_over(BinaryReader& in, const Abbreviation& abbreviation) const {
    if (abbreviation.fixed_bytes != Abbreviation::kVaries) {
      return in.skip(abbreviation.fixed_bytes);
    }
    for (const AttributeSpec& spec : abbreviations_.specs(abbreviation)) {
      ValueReader::skip(in, unit_, spec.form);
    }
  }

  void read_scope(BinaryReader& in, std::uint64_t entry, const Abbreviation& abbreviation) {
    Scope scope{.entry = entry};
    Value low;
    Value high;
    Value list;
    for (const AttributeSpec& spec : abbreviations_.specs(abbreviation)) {
      switch (spec.attribute) {
        case Attribute::LowPc:
          low = units_.values().read(in, unit_, spec);
          break;
        case Attribute::HighPc:
          high = units_.values().read(in, unit_, spec);
          break;
        case Attribute::Ranges:
          list = units_.values().read(in, unit_, spec);
          break;
        case Attribute::CallFile:
          scope.call_file = units_.values().read(in, unit_, spec).number;
          break;
        case Attribute::CallLine:
          scope.call_line = units_.values().read(in, unit_, spec).number;
          break;
        case Attribute::CallColumn:
          scope.call_column = units_.values().read(in, unit_, spec).number;
          break;
        default:
          ValueReader::skip(in, unit_, spec.form);
      }
    }
    if (!in.ok()) return;
    ranges_.clear();
    units_.values().append_ranges(unit_, low, high, list, ranges_, budget_);
    for (const AddressRange& range : ranges_) add_to_chains(scope, abbreviation.tag, range);
    if (abbreviation.has_children) open_.push_back({entry, depth_});
  }

  void add_to_chains(const Scope& scope, Tag tag, const AddressRange& range) {
    const auto first = std::ranges::lower_bound(addresses_, range.low);
    for (auto at = first; at != addresses_.end() && *at < range.high; ++at) {
      budget_.spend(1);
      ScopeChain& chain = chains_[static_cast<std::size_t>(at - addresses_.begin())];
      const bool is_inside =
          !open_.empty() && !chain.empty() && chain.back().entry == open_.back().entry;
      if (tag == Tag::InlinedSubroutine) {
        if (is_inside && chain.size() < kMaxInlineDepth) chain.push_back(scope);
      } else if (chain.empty() || is_inside) {
        chain.assign(1, scope);  // A function inside another one is not inlined.
      }
    }
  }

  const UnitTable& units_;
  const Unit& unit_;
  const AbbreviationTable& abbreviations_;
  WorkBudget& budget_;
  std::span<const std::uint64_t> addresses_;
  std::span<ScopeChain> chains_;
  std::size_t depth_ = 0;
  std::vector<OpenScope> open_;
  std::vector<AddressRange> ranges_;
};

// Adds what the entry itself says to `name`, and returns what it refers to.
Value read_name(UnitTable& units, std::uint64_t entry, FunctionName& name) {
  const Unit* const unit = units.find(entry);
  if (unit == nullptr) return {};
  const AbbreviationTable* const abbreviations = units.abbreviations(*unit);
  if (abbreviations == nullptr) return {};
  BinaryReader in = units.entries(*unit, entry);
  const Abbreviation* const abbreviation = abbreviations->find(in.uleb());
  if (abbreviation == nullptr) return {};
  Value reference;
  for (const AttributeSpec& spec : abbreviations->specs(*abbreviation)) {
    switch (spec.attribute) {
      case Attribute::LinkageName:
      case Attribute::MipsLinkageName: {
        const Value value = units.values().read(in, *unit, spec);
        if (!name.is_linkage_name && !value.text.empty()) {
          name.text = value.text;
          name.is_linkage_name = true;
        }
        break;
      }
      case Attribute::Name: {
        const Value value = units.values().read(in, *unit, spec);
        if (name.text.empty()) name.text = value.text;
        break;
      }
      case Attribute::DeclLine: {
        const Value value = units.values().read(in, *unit, spec);
        if (name.line == 0 && value.number <= INT32_MAX) {
          name.line = static_cast<std::int64_t>(value.number);
        }
        break;
      }
      case Attribute::AbstractOrigin:
      case Attribute::Specification:
        reference = units.values().read(in, *unit, spec);
        break;
      default:
        ValueReader::skip(in, *unit, spec.form);
    }
  }
  return reference;
}

}  // namespace

void find_scopes(UnitTable& units, const Unit& unit, std::span<const std::uint64_t> addresses,
                 std::span<ScopeChain> chains, WorkBudget& budget) {
  const AbbreviationTable* const abbreviations = units.abbreviations(unit);
  if (abbreviations == nullptr || !budget.spend(unit.limit - unit.offset)) return;
  ScopeWalk(units, unit, *abbreviations, budget).run(addresses, chains);
}

FunctionName find_function_name(UnitTable& units, UnitTable* alternate, std::uint64_t entry,
                                WorkBudget& budget) {
  FunctionName name;
  UnitTable* table = &units;
  for (int i = 0; i < kMaxReferences && table != nullptr && budget.spend(64); ++i) {
    const Value reference = read_name(*table, entry, name);
    const bool is_complete = name.is_linkage_name && name.line != 0;
    if (is_complete) break;
    if (reference.kind == Value::Kind::AltReference) {
      table = table == alternate ? nullptr : alternate;
    } else if (reference.kind != Value::Kind::Reference) {
      break;
    }
    entry = reference.number;
  }
  return name;
}

}  // namespace plumb::dwarf

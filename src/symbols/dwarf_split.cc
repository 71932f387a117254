// SPDX-License-Identifier: Apache-2.0
#include "symbols/dwarf_split.h"

namespace plumb::dwarf {

SplitUnit* SplitUnits::find(const Unit& unit) {
  if (unit.split_name.empty() || !open_) return nullptr;
  const auto [known, is_new] = known_.try_emplace(unit.offset);
  if (is_new) known->second = open(unit);
  return known->second.get();
}

std::unique_ptr<SplitUnit> SplitUnits::open(const Unit& skeleton) {
  auto found = open_(skeleton);
  if (!found) return nullptr;
  auto split = std::make_unique<SplitUnit>();
  split->sections = *found;
  split->sections.addr = sections_.addr;
  split->sections.ranges = sections_.ranges;
  budget_.grant(split->sections);
  split->units.emplace(split->sections, nullptr, budget_);
  split->unit = split->units->join(skeleton);
  return split->unit == nullptr ? nullptr : std::move(split);
}

}  // namespace plumb::dwarf

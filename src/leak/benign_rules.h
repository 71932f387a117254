// SPDX-License-Identifier: Apache-2.0
// Goroutines that healthy programs have, and in which number. Every rule has a condition: beyond it
// the same stack is a leak like any other, and the rule says which. A list that ignores stacks
// whatever their number is how leaks of http and grpc stay hidden for years.
//
// Sources: the ignore lists of goleak, leaktest, grpc, CockroachDB and others, and dumps of healthy
// programs.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leak/group_study.h"

namespace plumb {

/// What a rule says of a group that it matches.
struct BenignMatch {
  std::string_view name;     ///< "idle HTTP connections of a client".
  bool holds = false;        ///< The number is as it should be.
  std::string_view pattern;  ///< What it is if the condition does not hold; may be empty.
  std::string condition;     ///< "at most 4", "one for each connection".
};

/// By StringId: 1 for the functions on stacks that some rule is about.
std::vector<std::uint8_t> find_ruled_functions(const StackGroups& stacks);

/// The first rule that matches `group`; nothing if none does.
std::optional<BenignMatch> find_benign_rule(const SeriesStudy& all, const GroupStudy& group);

}  // namespace plumb

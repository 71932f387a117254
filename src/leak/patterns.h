// SPDX-License-Identifier: Apache-2.0
// Why goroutines are stuck, and how it is fixed: the patterns L1 to L22.
//
// A pattern is chosen from the kind of wait, the functions on the stack, and what the evidence
// says. Where the source is at hand, the line that blocks and the function around it decide what a
// stack cannot tell: whether a receive is one of `range`, whether the caller has a timeout.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "leak/group_study.h"

namespace plumb {

/// One line of a source file, without its newline; empty if it is not at hand. Lines count from 1.
using SourceLines = std::function<std::string(std::string_view file, std::int64_t line)>;

/// One row of the table of patterns.
struct Pattern {
  std::string_view id;     ///< "L1"
  std::string_view name;   ///< "premature return"
  std::string_view cause;  ///< With {blocked}, {creator} and {holder} for functions and lines.
  std::string_view fix;
};

/// The pattern of that id; null if there is none.
const Pattern* find_pattern(std::string_view id);

/// Fills in pattern, cause and fix of `finding`, which is about `group`.
void explain(const SeriesStudy& all, const GroupStudy& group, const SourceLines& source,
             std::string_view benign_pattern, Finding& finding);

/// The same for a member of a family that another finding leads, unless its own pattern tells more.
void explain_member(const StackGroups& stacks, const Finding& lead, Finding& member);

}  // namespace plumb

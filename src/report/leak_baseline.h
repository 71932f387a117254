// SPDX-License-Identifier: Apache-2.0
// Leaks that are known: a file that one run writes and later ones read, so that they report what is
// new. A place is known again after a rebuild: lines and numbers of closures do not count.
//
//   {"schema":"plumb.leaks.baseline/1",
//    "known":[{"key":"...","level":"likely","function":"main.fetch","count":300},...],
//    "rules":[{"function":"main.(*Pool).work","state":"select","at_most":64},...]}
//
// A known place is a finding again once its level is higher. `rules`, which people write, are for
// goroutines that are meant to be there: a function on the stack and, if given, the state, in a
// number of at most so many.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "leak/finding.h"
#include "leak/stack_groups.h"

namespace plumb {

struct KnownLeak {
  std::string key;  ///< coarse_key() of the group.
  Level level = Level::Confirmed;
};

struct UsualGoroutines {
  std::string function;
  std::string state;  ///< Empty: any.
  std::int64_t at_most = 0;
};

struct LeakBaseline {
  std::vector<KnownLeak> known;
  std::vector<UsualGoroutines> rules;
};

/// Errors: Malformed, saying what is wrong.
Result<LeakBaseline> parse_leak_baseline(std::string_view text);

/// Marks the findings that `baseline` knows.
void mark_known(const LeakBaseline& baseline, const StackGroups& stacks,
                std::vector<Finding>& findings);

/// What was found, at level possible and above, as a baseline with the rules of `old`.
std::string write_leak_baseline(const StackGroups& stacks, const std::vector<Finding>& findings,
                                const LeakBaseline& old);

}  // namespace plumb

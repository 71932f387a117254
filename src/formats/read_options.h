// SPDX-License-Identifier: Apache-2.0
// What every reader is told, and what any of them may give.

#pragma once

#include <variant>

#include "base/limits.h"
#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

struct ReadOptions {
  Limits limits;
  /// Fill GoroutineDump::goroutines: one row per goroutine, some 5 bytes each, and 8 for who
  /// created it.
  bool keep_goroutines = false;
  /// Leave the creators out of the rows, but for those of kRequestWatcher, and keep those of a
  /// choice of each group: GoroutineGroup::creators.
  bool choose_creators = false;
  /// Nobody will look at labels whose values are texts: a reader may check them and leave them out.
  bool drop_text_labels = false;
};

/// What a reader made of the bytes: samples, or goroutines with their states.
using Content = std::variant<Profile, GoroutineDump>;

}  // namespace plumb

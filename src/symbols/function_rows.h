// SPDX-License-Identifier: Apache-2.0
// FunctionRows: the functions of source frames as rows of a profile, each once.

#pragma once

#include <cstdint>
#include <map>
#include <tuple>

#include "model/profile.h"
#include "symbols/source_frame.h"

namespace plumb {

class FunctionRows {
 public:
  /// `profile` outlives this. Functions that it has already are not found again.
  explicit FunctionRows(Profile& profile) : profile_(profile) {}

  /// The row of the frame's function, which is called as in the binary.
  FunctionId of(const SourceFrame& frame) {
    const StringId name = profile_.strings.intern(frame.function);
    const StringId file = profile_.strings.intern(frame.file);
    const auto [known, is_new] =
        rows_.try_emplace({name, file, frame.start_line},
                          FunctionId{static_cast<std::uint32_t>(profile_.functions.size())});
    if (is_new) profile_.functions.push_back({name, name, file, frame.start_line});
    return known->second;
  }

 private:
  Profile& profile_;
  std::map<std::tuple<StringId, StringId, std::int64_t>, FunctionId> rows_;
};

}  // namespace plumb

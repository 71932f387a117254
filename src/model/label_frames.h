// SPDX-License-Identifier: Apache-2.0
// Labels as frames of the stack: pprof's -tagroot and -tagleaf.

#pragma once

#include <span>
#include <string_view>

#include "model/profile.h"

namespace plumb {

/// Whether any sample has one of the labels.
struct LabelFrameMatches {
  bool root = false;
  bool leaf = false;
};

/// Adds to every stack one frame per key: those of `root_keys` above the root, the first key
/// outermost, those of `leaf_keys` below the leaf, the last key innermost. Its function is named
/// after the label's values, joined by commas (numbers in `unit`; empty without the label), its
/// file after the key.
LabelFrameMatches add_label_frames(Profile& profile, std::span<const std::string_view> root_keys,
                                   std::span<const std::string_view> leaf_keys,
                                   std::string_view unit);

}  // namespace plumb

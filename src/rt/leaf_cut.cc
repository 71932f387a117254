// SPDX-License-Identifier: Apache-2.0
#include "rt/leaf_cut.h"

#include <algorithm>
#include <string>

#include "rt/symbolizer.h"

namespace plumb::rt::detail {
namespace {

bool is_internal(const Frame& frame) {
  return frame.name.starts_with("plumb::rt::detail::") ||
         frame.file.find("/include/plumb/rt/detail/") != std::string::npos;
}

bool is_hidden(const Frame& frame, HiddenLeaf hidden) {
  if (hidden == HiddenLeaf::Internals) return is_internal(frame);
  return frame.is_ours() || frame.name.starts_with("operator new");
}

}  // namespace

LeafCut cut_leaf(std::span<const std::uintptr_t> pcs, HiddenLeaf hidden) {
  if (hidden == HiddenLeaf::Nothing) return {};
  for (std::size_t i = 0; i < pcs.size(); ++i) {
    const auto& frames = Symbolizer::get().symbol(pcs[i] - 1).frames;
    const auto shown = std::ranges::find_if_not(
        frames, [hidden](const Frame& frame) { return is_hidden(frame, hidden); });
    if (frames.empty() || shown != frames.end()) {
      return {i, static_cast<std::size_t>(shown - frames.begin())};
    }
  }
  return {};
}

}  // namespace plumb::rt::detail

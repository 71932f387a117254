// SPDX-License-Identifier: Apache-2.0
// What the library called last of all is of no interest: Go's profiles hide the same of its
// runtime.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace plumb::rt::detail {

/// What is hidden at the leaf of a stack.
enum class HiddenLeaf : std::uint8_t {
  Nothing,
  Allocation,  ///< The library and operator new: whoever allocates is the leaf.
  Internals,   ///< What has no public name: mutex::lock() and the like are the leaf, as in Go.
};

/// How much of a stack is hidden.
struct LeafCut {
  std::size_t calls = 0;   ///< Whole calls.
  std::size_t frames = 0;  ///< Functions that were inlined into the next call.
};

/// Nothing is hidden if that would be all. `pcs`: return addresses, leaf first.
LeafCut cut_leaf(std::span<const std::uintptr_t> pcs, HiddenLeaf hidden);

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
// The tables are larger than the caches near a core, and a stack touches them anywhere. So one loop
// from the root does all there is to do for a frame while its sums are at hand. Sums first, and
// then edges for the frames that matter, took a fifth more.
#include "report/streamed_sums.h"

#include <algorithm>

#include "base/checked.h"

// Left alone, g++ makes the body of a hot loop a call.
#define PLUMB_INLINE __attribute__((always_inline))

namespace plumb {

void StreamedSums::resize(std::size_t size) {
  sums_.resize(size);
  flats_.resize(size);
}

// Adds one stack, from the root. False if a location is not known.
template <StreamedSums::Adding kAdding>
bool StreamedSums::walk(std::span<const std::uint32_t> stack, std::int64_t value) {
  Sum* const sums = sums_.data();
  const std::uint32_t sample = ++sample_;
  const std::int64_t magnitude = takes_off_ ? -abs_saturating(value) : abs_saturating(value);
  if constexpr (kAdding != Adding::Sums) edges_.begin_sample();
  std::uint32_t context = 0;
  std::uint32_t maybes = 0;  // In maybes_: those below the context.
  const auto step = [&](std::uint32_t function, bool inlined) PLUMB_INLINE {
    Sum& sum = sums[function];
    const bool repeated = sum.sample == sample;
    if (!repeated) [[likely]] {
      sum.sample = sample;
      if constexpr (kAdding != Adding::Edges) sum.cum = add_wrapping(sum.cum, value);
    }
    if constexpr (kAdding != Adding::Sums) {
      if (sum.role > Role::SureContext) [[unlikely]] {
        if (sum.role == Role::MaybeContext && maybes < kMostMaybes) {
          maybes_[maybes++] = {function, inlined};
        } else {
          edges_.set_context(context);
          add_edge(function, inlined, repeated, value, maybes);
          context = edges_.context();
          maybes = 0;
        }
      }
      // No branch: which of the frames are shown is hard to predict.
      const bool is_sure = sum.role == Role::SureContext;
      context = is_sure ? EdgeTrie::sure_context(function) : context;
      maybes = is_sure ? 0 : maybes;
    }
  };
  std::uint32_t leaf = 0;
  for (std::size_t i = stack.size(); i-- > 0;) {
    const std::uint32_t entry = stack[i];
    if (entry < location_entry::kListBit) [[likely]] {
      leaf = entry;
      step(leaf, false);
      continue;
    }
    if (entry == location_entry::kUnknown) return false;
    const LineLists::List list = lists_.list(entry);
    if constexpr (kAdding != Adding::Edges) {
      list.set_weight(add_saturating(list.weight(), magnitude));
    }
    std::uint32_t count = location_entry::line_count(entry);
    if (count == location_entry::kMostLines) count = list.count();
    for (std::uint32_t line = count; line-- > 0;) {
      leaf = list.function(line);
      step(leaf, line + 1 != count);
    }
  }
  if constexpr (kAdding != Adding::Edges) flats_[leaf] = add_wrapping(flats_[leaf], value);
  return true;
}

// Not inlined: the loop around it needs the registers.
void StreamedSums::add_edge(std::uint32_t function, bool inlined, bool repeated, std::int64_t value,
                            std::uint32_t maybes) {
  const Role role = sums_[function].role;
  for (const Maybe& maybe : std::span(maybes_).first(maybes)) {
    edges_.pass_maybe(maybe.function, maybe.inlined);
  }
  if (role == Role::MaybeContext) return edges_.pass_maybe(function, inlined);
  const Rank rank = role == Role::SureCallee ? Rank::Sure : Rank::Maybe;
  edges_.add(function, rank, inlined, repeated, value);
}

template <StreamedSums::Adding kAdding>
bool StreamedSums::add(std::span<const std::uint32_t> stack, std::int64_t value) {
  if (value != 0 && !stack.empty()) return walk<kAdding>(stack, value);
  return std::ranges::all_of(
      stack, [&](std::uint32_t entry) { return entry != location_entry::kUnknown; });
}

template bool StreamedSums::add<StreamedSums::Adding::Sums>(std::span<const std::uint32_t>,
                                                            std::int64_t);
template bool StreamedSums::add<StreamedSums::Adding::Edges>(std::span<const std::uint32_t>,
                                                             std::int64_t);
template bool StreamedSums::add<StreamedSums::Adding::Both>(std::span<const std::uint32_t>,
                                                            std::int64_t);

std::vector<std::int64_t> StreamedSums::inlined() {
  std::vector<std::int64_t> inlined(sums_.size());
  lists_.for_each([&](LineLists::List list) {
    for (std::uint32_t line = 0; line + 1 < list.count(); ++line) {
      std::int64_t& sum = inlined[list.function(line)];
      sum = add_saturating(sum, list.weight());
    }
  });
  return inlined;
}

void StreamedSums::restart_edges(std::uint32_t max_cells) {
  edges_ = EdgeTrie(max_cells);
}

void StreamedSums::restart(std::uint32_t max_cells) {
  restart_edges(max_cells);
  sums_.assign(sums_.size(), {});
  flats_.assign(flats_.size(), 0);
  lists_.for_each([](LineLists::List list) { list.set_weight(0); });
  sample_ = 0;
}

}  // namespace plumb

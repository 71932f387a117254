// SPDX-License-Identifier: Apache-2.0
// What goroutines wait for, from the PCs that debug=1 leaves without a name.
//
// debug=1 hides the runtime's frames at the leaf, and with them the name of the channel operation
// or select, but not their PCs:
//
//   151 @ 0x48d66e 0x41099c 0x410597 0x67537b 0x494b81      gopark, chansend, chansend1, main...
//   #	0x67537a	main.leakGoroutines.func1+0x1a	leaky/main.go:27
//
// Within one process the same PCs are the same wait. Which one is told by
// - names: other goroutines wait in functions that are shown and have one purpose. They also give
//   the PC in gopark, with which every wait begins;
// - neighbours: the shown function is one of the standard library of which it is known what it
//   waits for;
// - shape: the smallest functions are told apart by the low bits of their PCs (code_shape.h);
// - structure: only receiving has two entry points (`<-ch` and `v, ok := <-ch`); code lies in the
//   order of its source, so sending comes before receiving and `select {}` before select; a nil
//   channel parks near the start of the function.
//
// Where these do not decide, or contradict each other, there is no answer.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "leak/code_shape.h"
#include "leak/wait_state.h"

namespace plumb {

/// Learns from the stacks of one process, then answers. Not thread-safe.
class HiddenPcs {
 public:
  /// Notes a stack: the addresses in front of its first shown frame, leaf first; what is inferred
  /// from the shown frames (empty: nothing); and the first shown function with its file.
  void add(std::span<const std::uint64_t> hidden, const WaitState& shown, std::string_view function,
           std::string_view file);

  /// Decides what the PCs mean. Call it once, when all stacks are noted.
  void resolve();

  /// What a goroutine with these addresses waits for; an empty state if that is not certain.
  [[nodiscard]] WaitState find(std::span<const std::uint64_t> hidden) const;

 private:
  // Channel operations have the PCs of gopark, of chansend or chanrecv, and of the function that
  // compiled code calls; selects have those of gopark and of selectgo or block.
  static constexpr std::size_t kMaxPcs = 3;
  static constexpr std::size_t kSelectPcs = 2;
  static constexpr std::size_t kChannelPcs = 3;

  struct Key {
    std::array<std::uint64_t, kMaxPcs> pcs{};
    std::size_t count = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return hash_mix(hash_mix(key.pcs[0] ^ kHashSeed, key.pcs[1]), key.pcs[2] + key.count);
    }
  };
  struct Wait {
    WaitState state;           // What was decided.
    WaitState hint;            // What a well-known function suggests.
    bool is_named = false;     // The shown frames tell; nothing to decide.
    bool is_doubtful = false;  // Hints contradict each other.
  };
  using Waits = std::unordered_map<Key, Wait, KeyHash>;
  using Votes = std::unordered_map<std::uint64_t, std::uint64_t>;
  using Candidates = std::vector<Waits::value_type*>;

  static Key make_key(std::span<const std::uint64_t> pcs);
  static std::optional<std::uint64_t> find_majority(const Votes& votes);
  [[nodiscard]] std::optional<std::uint64_t> find_park() const;
  Candidates find_candidates(std::uint64_t park, std::size_t pcs);
  [[nodiscard]] WaitState hint_of_shape(const Key& key) const;
  void resolve_selects(const Candidates& candidates);
  void resolve_channels(const Candidates& candidates);

  Waits waits_;
  Votes park_votes_;  // First PCs of named waits.
  std::optional<CodeShape> shape_;
};

}  // namespace plumb

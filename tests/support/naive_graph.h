// SPDX-License-Identifier: Apache-2.0
// The graph of a profile straight from its definition, slowly: what the fast ways are held against.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "model/profile.h"

namespace plumb::test {

/// Name; of a nameless frame its binary and start line.
using NaiveKey = std::tuple<std::string, std::string, std::int64_t>;

struct NaiveNode {
  std::int64_t flat = 0;
  std::int64_t cum = 0;
  friend bool operator==(const NaiveNode&, const NaiveNode&) = default;
};

struct NaiveEdge {
  std::int64_t weight = 0;
  bool is_residual = false;
  bool is_inlined = true;
  friend bool operator==(const NaiveEdge&, const NaiveEdge&) = default;
};

template <typename Key>
struct NaiveGraph {
  std::map<Key, NaiveNode> nodes;
  std::map<std::pair<Key, Key>, NaiveEdge> edges;

  /// Adds one sample. `frames`: from the root, each with whether it was inlined.
  void add(const std::vector<std::pair<Key, bool>>& frames, std::int64_t value,
           const std::function<bool(const Key&)>& is_kept) {
    std::set<Key> seen;
    std::set<std::pair<Key, Key>> seen_pairs;
    const Key* caller = nullptr;
    bool is_residual = false;
    for (const auto& [key, is_inlined] : frames) {
      if (!is_kept(key)) {
        is_residual = true;
        continue;
      }
      NaiveNode& node = nodes[key];
      if (seen.insert(key).second) node.cum = add_wrapping(node.cum, value);
      if (caller != nullptr && *caller != key && seen_pairs.insert({*caller, key}).second) {
        NaiveEdge& edge = edges[{*caller, key}];
        edge.weight = add_wrapping(edge.weight, value);
        edge.is_residual |= is_residual;
        edge.is_inlined &= is_inlined;
      }
      caller = &key;
      is_residual = false;
    }
    if (caller == nullptr || is_residual) return;
    nodes[*caller].flat = add_wrapping(nodes[*caller].flat, value);
  }
};

/// The frames of sample `i` from the root.
inline std::vector<std::pair<NaiveKey, bool>> naive_frames(const Profile& profile, std::size_t i) {
  std::vector<std::pair<NaiveKey, bool>> frames;
  std::vector<LocationId> stack;
  profile.read_stack(i, stack);
  for (std::size_t frame = stack.size(); frame-- > 0;) {
    const Location& location = profile.location(stack[frame]);
    std::string file;
    if (location.mapping.index != kNone) {
      file = profile.text(profile.mappings[location.mapping.index].file);
    }
    const auto lines = profile.lines_of(location);
    if (lines.empty()) frames.push_back({NaiveKey{"", file, 0}, false});
    for (std::size_t line = lines.size(); line-- > 0;) {
      const Function& function = profile.function(lines[line].function);
      const std::string name(profile.text(function.name));
      NaiveKey key{name, "", 0};
      if (name.empty()) key = {"", file, function.start_line};
      frames.push_back({key, line + 1 != lines.size()});
    }
  }
  return frames;
}

/// The graph of column `value` of a whole profile.
inline NaiveGraph<NaiveKey> naive_graph(const Profile& profile, std::size_t value,
                                        const std::function<bool(const NaiveKey&)>& is_kept) {
  NaiveGraph<NaiveKey> graph;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const std::int64_t weight = profile.values(i)[value];
    if (weight != 0) graph.add(naive_frames(profile, i), weight, is_kept);
  }
  return graph;
}

}  // namespace plumb::test

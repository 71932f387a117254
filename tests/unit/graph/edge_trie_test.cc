// SPDX-License-Identifier: Apache-2.0
#include "graph/edge_trie.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/dice.h"
#include "support/naive_graph.h"

namespace plumb {
namespace {

using test::Dice;
using test::NaiveEdge;
using test::NaiveGraph;

constexpr std::uint32_t kManyCells = 10'000;

// What a frame is of: a node, inlined or not. A line of a location always is of the same.
struct TestLine {
  std::uint32_t node;
  bool inlined;
};

struct TestSample {
  std::vector<std::uint32_t> lines;  // From the root.
  std::int64_t weight;
};

// Random samples over a few lines, so that recursion and common beginnings abound.
class TestStacks {
 public:
  TestStacks(std::uint32_t seed, std::uint32_t nodes) : dice_(seed), nodes_(nodes) {
    const std::uint32_t count = nodes + dice_.below(2 * nodes);
    for (std::uint32_t i = 0; i < count; ++i) {
      lines_.push_back({.node = i < nodes ? i : dice_.below(nodes), .inlined = dice_.chance(30)});
    }
    std::vector<std::uint32_t> stack;
    const std::uint32_t depth = 1 + dice_.below(12);
    const std::uint32_t samples = dice_.below(60);
    for (std::uint32_t i = 0; i < samples; ++i) {
      stack.resize(dice_.below(stack.size() + 1));
      for (std::uint32_t more = dice_.below(depth + 1); more > 0; --more) {
        stack.push_back(dice_.below(lines_.size()));
      }
      samples_.push_back({stack, static_cast<std::int64_t>(dice_.below(20)) - 3});
    }
  }

  // Adds all samples, with ranks that may become final between two of them.
  void add_all(EdgeTrie& trie, std::vector<Rank>& ranks, const std::vector<bool>& kept) {
    for (const TestSample& sample : samples_) {
      trie.begin_sample();
      std::set<std::uint32_t> seen;
      for (const std::uint32_t index : sample.lines) {
        const TestLine& line = lines_[index];
        const bool repeated = !seen.insert(line.node).second;
        const Rank rank = ranks[line.node];
        if (rank == Rank::None) continue;
        trie.add(line.node, rank, line.inlined, repeated, sample.weight);
      }
      const std::uint32_t node = dice_.below(nodes_);
      if (ranks[node] == Rank::Maybe && dice_.chance(20)) {
        ranks[node] = kept[node] ? Rank::Sure : Rank::None;
      }
    }
  }

  [[nodiscard]] NaiveGraph<std::uint32_t> naive(const std::vector<bool>& kept) const {
    NaiveGraph<std::uint32_t> graph;
    for (const TestSample& sample : samples_) {
      std::vector<std::pair<std::uint32_t, bool>> frames;
      for (const std::uint32_t index : sample.lines) {
        frames.push_back({lines_[index].node, lines_[index].inlined});
      }
      graph.add(frames, sample.weight, [&](std::uint32_t node) { return kept[node]; });
    }
    return graph;
  }

 private:
  Dice dice_;
  std::uint32_t nodes_;
  std::vector<TestLine> lines_;
  std::vector<TestSample> samples_;
};

std::string text_of(std::uint32_t caller, std::uint32_t callee, std::int64_t weight, bool inlined) {
  return std::to_string(caller) + " -> " + std::to_string(callee) + ": " + std::to_string(weight) +
         (inlined ? " inline" : "");
}

std::vector<std::string> edge_texts(const std::vector<Edge>& edges) {
  std::vector<std::string> texts;
  for (const Edge& edge : edges) {
    texts.push_back(text_of(edge.caller, edge.callee, edge.weight, edge.is_inlined));
  }
  std::ranges::sort(texts);
  return texts;
}

std::vector<std::string> edge_texts(const NaiveGraph<std::uint32_t>& graph) {
  std::vector<std::string> texts;
  for (const auto& [pair, edge] : graph.edges) {
    texts.push_back(text_of(pair.first, pair.second, edge.weight, edge.is_inlined));
  }
  std::ranges::sort(texts);
  return texts;
}

TEST(EdgeTrie, CountsTheEdgesThatTheDefinitionSays) {
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    Dice dice(seed + 1'000'000);
    const std::uint32_t nodes = 1 + dice.below(10);
    TestStacks stacks(seed, nodes);
    std::vector<bool> kept(nodes);
    std::vector<Rank> ranks(nodes);
    for (std::uint32_t node = 0; node < nodes; ++node) {
      kept[node] = dice.chance(60);
      ranks[node] = dice.chance(60) ? Rank::Maybe : kept[node] ? Rank::Sure : Rank::None;
    }
    EdgeTrie trie(kManyCells);
    stacks.add_all(trie, ranks, kept);
    const auto edges = trie.resolve(kept);
    ASSERT_TRUE(edges.has_value());
    ASSERT_EQ(edge_texts(*edges), edge_texts(stacks.naive(kept))) << "seed " << seed;
  }
}

TEST(EdgeTrie, GivesNothingOnceItOverflowed) {
  EdgeTrie trie(10);
  for (std::uint32_t node = 0; node < 12; ++node) {
    EXPECT_EQ(trie.overflowed(), node > 10) << node;
    trie.begin_sample();
    trie.add(node, Rank::Maybe, false, false, 1);
  }
  EXPECT_TRUE(trie.overflowed());
  EXPECT_FALSE(trie.resolve(std::vector<bool>(12, true)).has_value());
}

TEST(EdgeTrie, SurvivesSamplesBehindItsOverflow) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    TestStacks stacks(seed, 6);
    EdgeTrie trie(seed % 20);
    std::vector<Rank> ranks(6, Rank::Maybe);
    const std::vector<bool> kept(6, true);
    stacks.add_all(trie, ranks, kept);
    const auto edges = trie.resolve(kept);
    EXPECT_EQ(edges.has_value(), !trie.overflowed());
    if (!edges) continue;
    EXPECT_EQ(edge_texts(*edges), edge_texts(stacks.naive(kept)));
  }
}

TEST(EdgeTrie, WrapsWeightsAsGoDoes) {
  enum : std::uint32_t { kRoot, kLeftOut, kLeaf };
  EdgeTrie trie(kManyCells);
  const auto add = [&](std::uint32_t node, bool repeated, std::int64_t weight) {
    const Rank rank = node == kRoot ? Rank::Sure : Rank::Maybe;
    trie.add(node, rank, false, repeated, weight);
  };
  // Root, (left out,) leaf, root, leaf: the second way to the leaf is taken back in the end.
  trie.begin_sample();
  add(kRoot, false, INT64_MIN);
  add(kLeftOut, false, INT64_MIN);
  add(kLeaf, false, INT64_MIN);
  add(kRoot, true, INT64_MIN);
  add(kLeaf, true, INT64_MIN);
  trie.begin_sample();
  add(kRoot, false, -1);
  add(kLeaf, false, -1);
  const auto edges = trie.resolve({true, false, true});
  ASSERT_TRUE(edges.has_value());
  EXPECT_EQ(edge_texts(*edges),
            (std::vector<std::string>{text_of(kRoot, kLeaf, INT64_MAX, false),
                                      text_of(kLeaf, kRoot, INT64_MIN, false)}));
}

TEST(EdgeTrie, HasNoEdgesWithoutSamples) {
  EdgeTrie trie(kManyCells);
  EXPECT_TRUE(trie.resolve({}).value().empty());
}

}  // namespace
}  // namespace plumb

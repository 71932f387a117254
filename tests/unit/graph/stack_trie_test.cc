// SPDX-License-Identifier: Apache-2.0
#include "graph/stack_trie.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/dice.h"
#include "support/make_profile.h"

namespace plumb {
namespace {

using Stack = std::vector<std::uint32_t>;  // Root first.

Stack stack_of(const Profile& profile, std::size_t sample) {
  Stack stack;
  for (const LocationId id : profile.stack(sample)) stack.insert(stack.begin(), id.index);
  return stack;
}

// By leaf: its stack, as the nodes on the way there say; checks what holds of every node.
std::map<std::uint32_t, Stack> read_leaves(const StackTrie& trie, const Profile& profile) {
  std::map<std::uint32_t, Stack> leaves;
  std::vector<std::uint32_t> way;  // Nodes.
  for (std::uint32_t i = 0; i + 1 < trie.nodes.size(); ++i) {
    const StackTrie::Node& node = trie.nodes[i];
    while (!way.empty() && trie.nodes[way.back()].end <= i) way.pop_back();
    if (i > 0) {
      EXPECT_GT(node.depth, trie.nodes[way.back()].depth);
      const Stack whole = stack_of(profile, trie.sample_of[node.first_leaf]);
      EXPECT_EQ(node.location.index, whole.at(trie.nodes[way.back()].depth));
      const bool branches = trie.has_leaf(i) || trie.nodes[i + 1].end != node.end;
      EXPECT_TRUE(branches) << "node " << i << " could be part of the one below";
    }
    way.push_back(i);
    if (!trie.has_leaf(i)) continue;
    const Stack whole = stack_of(profile, trie.sample_of[node.first_leaf]);
    EXPECT_EQ(whole.size(), node.depth);
    leaves[node.first_leaf] = whole;
    // All that is below has these frames, too.
    for (std::uint32_t leaf = node.first_leaf; leaf < trie.end_leaf(node); ++leaf) {
      const Stack other = stack_of(profile, trie.sample_of[leaf]);
      EXPECT_TRUE(std::equal(whole.begin(), whole.end(), other.begin()));
    }
  }
  return leaves;
}

TEST(StackTrie, HasALeafForEachStack) {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    test::Dice dice(seed);
    test::ProfileMaker make;
    const std::uint32_t samples = dice.below(seed % 4 == 0 ? 400 : 30);
    for (std::uint32_t i = 0; i < samples; ++i) {
      std::string stack;
      const std::uint32_t depth = dice.below(9);
      for (std::uint32_t d = 0; d < depth; ++d) {
        stack += (d == 0 ? "f" : ";f") + std::to_string(dice.chance(70) ? 0 : dice.below(5));
      }
      make.add(1, stack);
    }
    const StackTrie trie = build_stack_trie(make.profile);
    const auto leaves = read_leaves(trie, make.profile);
    EXPECT_EQ(leaves.size(), trie.sample_of.size());
    std::set<Stack> different;
    ASSERT_EQ(trie.leaf_of.size(), make.profile.sample_count());
    for (std::size_t i = 0; i < trie.leaf_of.size(); ++i) {
      const Stack stack = stack_of(make.profile, i);
      different.insert(stack);
      ASSERT_EQ(leaves.at(trie.leaf_of[i]), stack) << "seed " << seed << " sample " << i;
    }
    EXPECT_EQ(different.size(), leaves.size());
  }
}

TEST(StackTrie, OfNothingIsTheRoot) {
  const StackTrie trie = build_stack_trie(Profile());
  ASSERT_EQ(trie.nodes.size(), 2U);
  EXPECT_FALSE(trie.has_leaf(0));
  EXPECT_EQ(trie.end_leaf(trie.nodes[0]), 0U);
}

TEST(StackTrie, OfOneWayIsOneNode) {
  test::ProfileMaker make;
  make.add(1, "a;b;c").add(2, "a;b;c");
  const StackTrie trie = build_stack_trie(make.profile);
  ASSERT_EQ(trie.nodes.size(), 3U);
  EXPECT_EQ(trie.nodes[1].depth, 3U);
  EXPECT_EQ(trie.leaf_of, (std::vector<std::uint32_t>{0, 0}));
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// A spanning tree of tight constraints (as long as they must be, no longer) fixes all places up to
// one number per connected part. A tree edge cuts the tree in two; `pull` of the part below it is
// by how much its other constraints want it to move. While some part is pulled away from where its
// tree edge holds it, it moves until the next constraint is tight, which replaces that tree edge.
//
// Source: Gansner et al. (see layout.h), section 2.3. Their cut value is found here as the sum of
// what weighs on the nodes of the subtree, because constraints inside it cancel out.

#include "layout/network_simplex.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace plumb::layout {
namespace {

constexpr std::uint32_t kNoNode = UINT32_MAX;

// The constraints at each node, in one array.
class Incidence {
 public:
  Incidence(std::size_t node_count, std::span<const Constraint> constraints)
      : starts_(node_count + 1), ids_(2 * constraints.size()) {
    for (const Constraint& c : constraints) {
      ++starts_[c.tail];
      ++starts_[c.head];
    }
    std::uint32_t sum = 0;
    for (std::uint32_t& start : starts_) start = sum += start;
    for (std::uint32_t i = 0; i < constraints.size(); ++i) {
      ids_[--starts_[constraints[i].tail]] = i;
      ids_[--starts_[constraints[i].head]] = i;
    }
  }

  [[nodiscard]] std::span<const std::uint32_t> at(std::uint32_t node) const {
    return {ids_.data() + starts_[node], ids_.data() + starts_[node + 1]};
  }

 private:
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint32_t> ids_;
};

class Simplex {
 public:
  Simplex(std::vector<std::int64_t>& places, std::span<const Constraint> constraints,
          Effort& effort)
      : places_(places),
        constraints_(constraints),
        incidence_(places.size(), constraints),
        effort_(effort),
        nodes_(places.size()),
        by_last_(places.size()) {}

  void run(Balance balance) {
    build_tight_forest();
    number_all();
    sum_pulls();
    std::uint32_t from = 0;
    for (;;) {
      const std::uint32_t part = find_pulled_part(from);
      if (part == kNoNode || effort_.is_spent()) break;
      if (!move_part(part)) break;
    }
    if (balance == Balance::Yes) centre_free_parts();
  }

 private:
  // A node of the spanning forest. The nodes below it, and it, are by_last_[first..last].
  struct TreeNode {
    std::uint32_t parent = kNoNode;
    std::uint32_t edge = kNoNode;  // The constraint to the parent.
    std::uint32_t child = kNoNode;
    std::uint32_t next = kNoNode;      // Sibling.
    std::uint32_t previous = kNoNode;  // Sibling.
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::int64_t pull = 0;  // Weight of constraints out of the subtree minus that of those into it.
  };

  [[nodiscard]] std::int64_t slack(std::uint32_t edge) const {
    const Constraint& c = constraints_[edge];
    return places_[c.head] - places_[c.tail] - c.min_length;
  }

  [[nodiscard]] bool is_below(std::uint32_t node, std::uint32_t top) const {
    return nodes_[top].first <= nodes_[node].last && nodes_[node].last <= nodes_[top].last;
  }

  // Negative if the subtree of `node` wants to move away from its parent.
  [[nodiscard]] std::int64_t cut_value(std::uint32_t node) const {
    const bool is_tail = constraints_[nodes_[node].edge].tail == node;
    return is_tail ? nodes_[node].pull : -nodes_[node].pull;
  }

  void attach(std::uint32_t node, std::uint32_t parent, std::uint32_t edge) {
    TreeNode& child = nodes_[node];
    child.parent = parent;
    child.edge = edge;
    child.previous = kNoNode;
    child.next = nodes_[parent].child;
    if (child.next != kNoNode) nodes_[child.next].previous = node;
    nodes_[parent].child = node;
  }

  void detach(std::uint32_t node) {
    TreeNode& child = nodes_[node];
    if (child.previous == kNoNode) {
      nodes_[child.parent].child = child.next;
    } else {
      nodes_[child.previous].next = child.next;
    }
    if (child.next != kNoNode) nodes_[child.next].previous = child.previous;
    child.parent = child.edge = kNoNode;
  }

  void build_tight_forest();
  std::uint32_t grow_tree(std::uint32_t root, std::vector<bool>& is_in_tree);
  void number_all();
  std::uint32_t number_subtree(std::uint32_t top, std::uint32_t first);
  void sum_pulls();
  std::uint32_t find_pulled_part(std::uint32_t& from);
  std::uint32_t find_next_tight(std::uint32_t part);
  bool move_part(std::uint32_t part);
  void shift(std::uint32_t part, std::int64_t by);
  void exchange(std::uint32_t part, std::uint32_t edge);
  void hang_from(std::uint32_t part, std::uint32_t node);
  void centre_free_parts();

  std::vector<std::int64_t>& places_;
  std::span<const Constraint> constraints_;
  Incidence incidence_;
  Effort& effort_;
  std::vector<TreeNode> nodes_;
  std::vector<std::uint32_t> roots_;
  std::vector<std::uint32_t> by_last_;
};

void Simplex::build_tight_forest() {
  std::vector<bool> is_in_tree(nodes_.size());
  for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
    if (!is_in_tree[node]) roots_.push_back(grow_tree(node, is_in_tree));
  }
}

// Adds nodes to the tree of `root` one by one, over the constraint with the least slack, after
// moving everything outside by that slack. Moving all that is outside is one number, `offset`; the
// order among constraints into the tree does not change by it, nor that among those out of it.
std::uint32_t Simplex::grow_tree(std::uint32_t root, std::vector<bool>& is_in_tree) {
  using Entry = std::tuple<std::int64_t, std::int64_t, std::uint32_t>;  // Slack, -weight, edge.
  using Queue = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;
  Queue out;
  Queue in;
  std::int64_t offset = 0;
  const auto add = [&](std::uint32_t node) {
    is_in_tree[node] = true;
    for (const std::uint32_t edge : incidence_.at(node)) {
      const Constraint& c = constraints_[edge];
      if (c.tail == node && !is_in_tree[c.head]) out.push({slack(edge), -c.weight, edge});
      if (c.head == node && !is_in_tree[c.tail]) in.push({slack(edge), -c.weight, edge});
    }
    effort_.spend(incidence_.at(node).size() + 1);
  };
  const auto drop_inner = [&](Queue& queue) {
    while (!queue.empty()) {
      const Constraint& c = constraints_[std::get<2>(queue.top())];
      if (!is_in_tree[c.tail] || !is_in_tree[c.head]) return;
      queue.pop();
    }
  };
  add(root);
  for (;;) {
    drop_inner(out);
    drop_inner(in);
    if (out.empty() && in.empty()) return root;
    const bool goes_out = in.empty() || (!out.empty() && std::get<0>(out.top()) + offset <=
                                                             std::get<0>(in.top()) - offset);
    const auto [distance, weight, edge] = goes_out ? out.top() : in.top();
    offset = goes_out ? -distance : distance;
    const Constraint& c = constraints_[edge];
    const std::uint32_t node = goes_out ? c.head : c.tail;
    const std::uint32_t parent = goes_out ? c.tail : c.head;
    places_[node] = places_[parent] + (goes_out ? c.min_length : -c.min_length);
    attach(node, parent, edge);
    (goes_out ? out : in).pop();
    add(node);
  }
}

void Simplex::number_all() {
  std::uint32_t first = 0;
  for (const std::uint32_t root : roots_) first = number_subtree(root, first);
}

// Numbers the nodes of a subtree, children before parents; returns the number after the last.
std::uint32_t Simplex::number_subtree(std::uint32_t top, std::uint32_t first) {
  std::uint32_t number = first;
  const auto descend = [&](std::uint32_t node) {
    nodes_[node].first = number;
    while (nodes_[node].child != kNoNode) {
      node = nodes_[node].child;
      nodes_[node].first = number;
    }
    return node;
  };
  std::uint32_t node = descend(top);
  for (;;) {
    by_last_[number] = node;
    nodes_[node].last = number++;
    if (node == top) break;
    const std::uint32_t next = nodes_[node].next;
    node = next == kNoNode ? nodes_[node].parent : descend(next);
  }
  effort_.spend(2 * std::uint64_t{number - first});  // Far apart in memory.
  return number;
}

void Simplex::sum_pulls() {
  for (const Constraint& c : constraints_) {
    nodes_[c.tail].pull += c.weight;
    nodes_[c.head].pull -= c.weight;
  }
  for (const std::uint32_t node : by_last_) {
    const std::uint32_t parent = nodes_[node].parent;
    if (parent != kNoNode) nodes_[parent].pull += nodes_[node].pull;
  }
}

// The part that is pulled most of the first few found from `from` on, which is moved along.
std::uint32_t Simplex::find_pulled_part(std::uint32_t& from) {
  constexpr int kCandidates = 30;
  std::uint32_t best = kNoNode;
  int found = 0;
  const std::size_t count = nodes_.size();
  for (std::size_t looked = 0; looked < count && found < kCandidates; ++looked) {
    const std::uint32_t node = from;
    if (++from == count) from = 0;
    effort_.spend(1);
    if (nodes_[node].parent == kNoNode || cut_value(node) >= 0) continue;
    if (best == kNoNode || cut_value(node) < cut_value(best)) best = node;
    ++found;
  }
  return best;
}

// Which constraint becomes tight first when `part` moves away from its parent; kNoNode: none ever.
std::uint32_t Simplex::find_next_tight(std::uint32_t part) {
  const bool moves_back = constraints_[nodes_[part].edge].tail == part;
  std::uint32_t best = kNoNode;
  std::int64_t best_slack = 0;
  for (std::uint32_t i = nodes_[part].first; i <= nodes_[part].last; ++i) {
    const std::uint32_t node = by_last_[i];
    const auto edges = incidence_.at(node);
    effort_.spend(edges.size() + 1);
    for (const std::uint32_t edge : edges) {
      const Constraint& c = constraints_[edge];
      if ((moves_back ? c.head : c.tail) != node) continue;
      if (is_below(moves_back ? c.tail : c.head, part)) continue;
      const std::int64_t room = slack(edge);
      if (best != kNoNode && room >= best_slack) continue;
      best = edge;
      best_slack = room;
      if (room == 0) return best;
    }
  }
  return best;
}

bool Simplex::move_part(std::uint32_t part) {
  const std::uint32_t edge = find_next_tight(part);
  if (edge == kNoNode) return false;  // Weights that make no sense: nothing holds the part.
  const bool moves_back = constraints_[nodes_[part].edge].tail == part;
  shift(part, moves_back ? -slack(edge) : slack(edge));
  exchange(part, edge);
  return true;
}

void Simplex::shift(std::uint32_t part, std::int64_t by) {
  if (by == 0) return;
  for (std::uint32_t i = nodes_[part].first; i <= nodes_[part].last; ++i)
    places_[by_last_[i]] += by;
  effort_.spend(nodes_[part].last - nodes_[part].first + 1);
}

// Takes `part` from its parent and hangs it in the tree by `edge`.
void Simplex::exchange(std::uint32_t part, std::uint32_t edge) {
  const Constraint& c = constraints_[edge];
  const bool tail_is_inside = is_below(c.tail, part);
  const std::uint32_t inside = tail_is_inside ? c.tail : c.head;
  const std::uint32_t outside = tail_is_inside ? c.head : c.tail;
  const std::int64_t pull = nodes_[part].pull;
  std::uint32_t common = nodes_[part].parent;
  for (; !is_below(outside, common); common = nodes_[common].parent) nodes_[common].pull -= pull;
  for (std::uint32_t node = outside; node != common; node = nodes_[node].parent) {
    nodes_[node].pull += pull;
  }
  detach(part);
  hang_from(part, inside);
  attach(inside, outside, edge);
  number_subtree(common, nodes_[common].first);
}

// Makes `node`, which is below `part`, the top of that subtree.
void Simplex::hang_from(std::uint32_t part, std::uint32_t node) {
  const std::int64_t whole = nodes_[part].pull;
  std::uint32_t above = kNoNode;  // Already turned around; becomes the parent of `node`.
  std::uint32_t edge_above = kNoNode;
  std::int64_t pull_above = 0;
  for (;;) {
    const std::uint32_t parent = nodes_[node].parent;
    const std::uint32_t edge = nodes_[node].edge;
    const std::int64_t pull = nodes_[node].pull;
    if (parent != kNoNode) detach(node);
    nodes_[node].pull = whole - pull_above;
    if (above != kNoNode) attach(node, above, edge_above);
    if (parent == kNoNode) return;
    above = node;
    edge_above = edge;
    pull_above = pull;
    node = parent;
  }
}

// Parts that nothing pulls either way go to the middle of the room they have.
void Simplex::centre_free_parts() {
  for (std::uint32_t node = 0; node < nodes_.size() && !effort_.is_spent(); ++node) {
    if (nodes_[node].parent == kNoNode || cut_value(node) != 0) continue;
    const std::uint32_t edge = find_next_tight(node);
    if (edge == kNoNode) continue;
    const bool moves_back = constraints_[nodes_[node].edge].tail == node;
    const std::int64_t half = slack(edge) / 2;
    shift(node, moves_back ? -half : half);
  }
}

double cost(const std::vector<std::int64_t>& places, std::span<const Constraint> constraints) {
  double sum = 0;
  for (const Constraint& c : constraints) {
    sum += static_cast<double>(c.weight) * static_cast<double>(places[c.head] - places[c.tail]);
  }
  return sum;
}

}  // namespace

void improve_places(std::vector<std::int64_t>& places, std::span<const Constraint> constraints,
                    Balance balance, Effort& effort) {
  if (places.empty() || effort.is_spent()) return;
  const std::vector<std::int64_t> before = places;
  Simplex(places, constraints, effort).run(balance);
  // Where effort ran out halfway, the start may have been better.
  if (effort.is_spent() && cost(before, constraints) < cost(places, constraints)) places = before;
}

}  // namespace plumb::layout

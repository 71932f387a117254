// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_trie.h"

#include <algorithm>
#include <utility>

#include "base/hash.h"
#include "base/release.h"
#include "base/scan.h"

namespace plumb {
namespace {

constexpr std::size_t kFirstTextBytes = std::size_t{8} << 10;
constexpr std::size_t kTextBytes = std::size_t{128} << 10;

// Of so many goroutines of a group the pointers are kept, and so many pointers in all.
constexpr std::uint64_t kSampled = 4;
constexpr std::size_t kMostPointers = std::size_t{1} << 18;

// Room for so many nodes is asked for at once. The system gives memory when it is first touched, so
// this costs nothing, and saves copying what grows.
constexpr std::size_t kNodes = std::size_t{1} << 17;

std::uint32_t hash_child(std::uint32_t parent, std::uint64_t text_hash) {
  return static_cast<std::uint32_t>(hash_mix(text_hash, parent));
}

bool has_text(const TrieNode& node, const NodeText& text) {
  const std::string_view both(node.text, node.function_bytes + std::size_t{node.file_bytes});
  return node.match == static_cast<std::uint32_t>(text.match) &&
         both.substr(0, node.function_bytes) == text.function &&
         both.substr(node.function_bytes) == text.file;
}

}  // namespace

NodeText::NodeText(NodeMatch kind, std::string_view function_text, std::string_view file_text)
    : match(kind),
      function(function_text),
      file(file_text),
      hash(hash_bytes(file, hash_bytes(function)) ^ static_cast<std::uint64_t>(match)) {}

GoroutineTrie::GoroutineTrie(const ReadOptions& options)
    : keep_goroutines_(options.keep_goroutines),
      choose_creators_(options.choose_creators),
      max_depth_(options.limits.stack_frames),
      nodes_(1),
      children_(256),
      texts_(256),
      guesses_(std::size_t{1} << kGuessBits),
      lock_pages_(std::size_t{1} << (kLockBits - 6)) {
  nodes_.reserve(kNodes);
}

std::uint32_t GoroutineTrie::find_child(std::uint32_t parent, const NodeText& text) const {
  const std::size_t mask = children_.size() - 1;
  const std::uint32_t hash = hash_child(parent, text.hash);
  for (std::size_t at = hash & mask; children_[at].node != 0; at = (at + 1) & mask) {
    if (children_[at].hash != hash) continue;
    const TrieNode& node = nodes_[children_[at].node];
    if (node.parent == parent && has_text(node, text)) return children_[at].node;
  }
  return 0;
}

std::uint32_t GoroutineTrie::add_header(const NodeText& text, const GoroutineHeader& header) {
  GoroutineGroup shared;
  shared.state = dump_.strings.intern(header.state);
  shared.is_leaked = header.is_leaked;
  shared.is_scanning = header.is_scanning;
  shared.is_durable = header.is_durable;
  shared.is_locked = header.is_locked;
  shared.bubble = dump_.strings.intern(header.bubble);
  shared.first_label = static_cast<std::uint32_t>(dump_.labels.size());
  shared.label_count = static_cast<std::uint32_t>(header.labels.size());
  for (const HeaderLabel& label : header.labels) {
    dump_.labels.push_back(
        {dump_.strings.intern(label.key), dump_.strings.intern(label.value), 0, {}});
  }
  headers_.push_back(std::move(shared));
  const std::uint32_t node = add_node(0, text, 0);
  nodes_[node].entry = static_cast<std::uint32_t>(headers_.size() - 1);
  return node;
}

std::uint32_t GoroutineTrie::add_known_child(std::uint32_t parent, const NodeText& text) {
  const auto hash = static_cast<std::uint32_t>(text.hash);
  const std::size_t mask = texts_.size() - 1;
  for (std::size_t at = hash & mask; texts_[at].node != 0; at = (at + 1) & mask) {
    if (texts_[at].hash != hash || !has_text(nodes_[texts_[at].node], text)) continue;
    return add_node(parent, text, texts_[at].node);
  }
  return 0;
}

std::uint32_t GoroutineTrie::add_child(std::uint32_t parent, const NodeText& text,
                                       const FrameFacts& facts) {
  if (const std::uint32_t known = add_known_child(parent, text); known != 0) return known;
  const std::uint32_t node = add_node(parent, text, 0);
  nodes_[node].entry = add_frame(facts);
  insert(texts_, ++text_count_, {static_cast<std::uint32_t>(text.hash), node});
  return node;
}

std::uint32_t GoroutineTrie::add_single_child(std::uint32_t parent, const NodeText& text,
                                              const FrameFacts* facts) {
  const std::uint32_t node = add_node(parent, text, 0);
  if (facts != nullptr) nodes_[node].entry = add_frame(*facts);
  return node;
}

std::uint32_t GoroutineTrie::add_frame(const FrameFacts& facts) {
  StringPool& strings = dump_.strings;
  dump_.frames.push_back({strings.intern(facts.function), strings.intern(facts.file), facts.line,
                          facts.pc_offset, facts.kind});
  return static_cast<std::uint32_t>(dump_.frames.size() - 1);
}

// Makes a node with the text and the entry of node `like`, or with a text of its own.
std::uint32_t GoroutineTrie::add_node(std::uint32_t parent, const NodeText& text,
                                      std::uint32_t like) {
  const auto index = static_cast<std::uint32_t>(nodes_.size());
  TrieNode node;
  node.text = like != 0 ? nodes_[like].text : store_text(text);
  node.entry = like != 0 ? nodes_[like].entry : kNone;
  node.function_bytes = static_cast<std::uint32_t>(text.function.size()) & 0xFFFFFFFU;
  node.match = static_cast<std::uint32_t>(text.match) & 0xFU;
  node.file_bytes = static_cast<std::uint32_t>(text.file.size());
  node.parent = parent;
  nodes_.push_back(node);
  insert(children_, index, {hash_child(parent, text.hash), index});
  return index;
}

// Puts `slot` into `table`, of which `used` slots are in use from now on.
void GoroutineTrie::insert(std::vector<Slot>& table, std::size_t used, Slot slot) {
  const auto place = [](std::vector<Slot>& slots, Slot moved) {
    const std::size_t mask = slots.size() - 1;
    std::size_t at = moved.hash & mask;
    while (slots[at].node != 0) at = (at + 1) & mask;
    slots[at] = moved;
  };
  if (used * 4 >= table.size() * 3) {
    const std::vector<Slot> old = std::exchange(table, std::vector<Slot>(table.size() * 2));
    for (const Slot& moved : old) {
      if (moved.node != 0) place(table, moved);
    }
  }
  place(table, slot);
}

const char* GoroutineTrie::store_text(const NodeText& text) {
  const std::size_t size = text.function.size() + text.file.size();
  if (size + kScanSlackBytes > free_bytes_) {
    const std::size_t wanted = blocks_.empty() ? kFirstTextBytes : kTextBytes;
    free_bytes_ = std::max(wanted, size + kScanSlackBytes);
    blocks_.push_back(std::make_unique<char[]>(free_bytes_));
    free_ = blocks_.back().get();
    block_bytes_ += free_bytes_;
  }
  char* const stored = free_;
  text.file.copy(stored + text.function.copy(stored, text.function.size()), text.file.size());
  free_ += size;
  free_bytes_ -= size;
  return stored;
}

std::uint32_t GoroutineTrie::add_group(const GoroutineCursor& at) {
  Group group;
  group.node = at.node;
  group.first_id = at.id;
  group.creator_id = at.creator_id;
  group.waits_for_lock = keep_goroutines_ && waits_for_lock(at.node);
  group.chooses_creators = choose_creators_ && !watches_request(at.node);
  groups_.push_back(std::move(group));
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

// True if a frame near the leaf of the stack that ends at `node` is that of a mutex.
bool GoroutineTrie::waits_for_lock(std::uint32_t node) const {
  std::size_t depth = 0;
  for (std::uint32_t at = node; nodes_[at].parent != 0; at = nodes_[at].parent) ++depth;
  for (std::uint32_t at = node; nodes_[at].parent != 0; at = nodes_[at].parent, --depth) {
    if (depth > GoroutineArguments::kLockLines || nodes_[at].entry == kNone) continue;
    if (waits_for_mutex(dump_.text(dump_.frames[nodes_[at].entry].function))) return true;
  }
  return false;
}

// True if the stack that ends at `node` began with the goroutine that net/http has beside each
// handler: whose it is tells which request the handler serves.
bool GoroutineTrie::watches_request(std::uint32_t node) const {
  constexpr int kOutermost = 2;  // It, and who made it.
  for (int i = 0; i < kOutermost && nodes_[node].parent != 0; ++i, node = nodes_[node].parent) {
    const std::uint32_t entry = nodes_[node].entry;
    if (entry != kNone && dump_.text(dump_.frames[entry].function) == kRequestWatcher) return true;
  }
  return false;
}

void GoroutineTrie::keep_goroutine(GoroutineCursor& at, std::uint32_t index, const char* end) {
  Group& group = groups_[index];
  GoroutineArguments& arguments = at.arguments;
  const bool is_sampled = group.count <= kSampled && dump_.pointers.size() < kMostPointers;
  if (is_sampled) {
    read_arguments(at, end);
    for (const std::uint64_t pointer : arguments.pointers()) {
      dump_.pointers.push_back({at.id, pointer});
    }
  } else if (group.waits_for_lock && at.unread != nullptr && arguments.lock() == 0) {
    arguments.find_lock(at.unread, end);
  }
  const std::uint64_t lock = group.waits_for_lock ? arguments.lock() : 0;
  if (lock != 0) note_lock(lock);
  if (group.chooses_creators) group.creators.add(at.creator_id);
  const std::uint64_t creator = group.chooses_creators ? 0 : at.creator_id;
  dump_.goroutines.push_back({at.id, creator, at.wait_minutes, index, lock});
}

std::size_t GoroutineTrie::memory_bytes() const {
  const std::size_t creators =
      choose_creators_ ? std::min<std::size_t>(goroutine_count_,
                                               groups_.size() * EvenChoice<std::uint64_t>::kMost)
                       : 0;
  return wait_bytes_ + creators * sizeof(std::uint64_t) + nodes_.size() * sizeof(TrieNode) +
         (children_.capacity() + texts_.capacity()) * sizeof(Slot) + block_bytes_ +
         groups_.capacity() * sizeof(Group) + headers_.capacity() * sizeof(GoroutineGroup) +
         dump_.strings.memory_bytes() + dump_.frames.capacity() * sizeof(DumpFrame) +
         dump_.labels.capacity() * sizeof(Label) + dump_.goroutines.memory_bytes() +
         dump_.pointers.capacity() * sizeof(GoroutinePointer);
}

// The nodes from the root to the group's are its header and its stack, leaf first.
void GoroutineTrie::fill_group(Group& group, GoroutineGroup& out) {
  const std::size_t first = dump_.stacks.size();
  bool stack_unavailable = false;
  std::uint32_t index = group.node;
  for (; nodes_[index].parent != 0; index = nodes_[index].parent) {
    const std::uint32_t entry = nodes_[index].entry;
    if (entry == kNone) {
      stack_unavailable = true;
    } else {
      dump_.stacks.push_back({entry});
    }
  }
  std::reverse(dump_.stacks.begin() + static_cast<std::ptrdiff_t>(first), dump_.stacks.end());
  out = headers_[nodes_[index].entry];
  out.stack_unavailable = stack_unavailable;
  out.first_frame = static_cast<std::uint32_t>(first);
  out.frame_count = static_cast<std::uint32_t>(dump_.stacks.size() - first);
  out.count = group.count;
  out.first_id = group.first_id;
  out.first_creator_id = group.creator_id;
  out.has_many_creators = group.has_many_creators;
  out.waits = group.waits.sorted();
  out.creators = std::move(group.creators);
}

GoroutineDump GoroutineTrie::take_dump() {
  count_wait();
  release(children_);
  release(texts_);
  dump_.groups.resize(groups_.size());
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    fill_group(groups_[i], dump_.groups[i]);
    groups_[i].waits = {};
  }
  std::erase_if(dump_.pointers, [this](const GoroutinePointer& row) {
    const std::uint64_t page = row.pointer / kObjectBytes;
    return !may_have_lock(page) && !may_have_lock(page + 1);
  });
  dump_.goroutine_count = goroutine_count_;
  return std::move(dump_);
}

}  // namespace plumb

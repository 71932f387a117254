// SPDX-License-Identifier: Apache-2.0
// The distinct stacks of a goroutine dump as a trie, built while the dump is read.
//
// The first level below the root holds the distinct headers (state, flags, labels), every level
// below one frame, leaf first; the node where a goroutine's text ends is its group. A node keeps
// the text by which the next goroutine at the same place is recognised: the function line up to its
// arguments, and the file line. Equal frames share one text and one DumpFrame. A node also
// remembers the child that was taken last: most goroutines of a dump resemble one before them, so
// comparing the text with that child's is nearly all there is to do (goroutine_walk.h).

#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "formats/goroutine_arguments.h"
#include "formats/goroutine_header.h"
#include "formats/read_options.h"
#include "formats/wait_table.h"
#include "model/goroutine_dump.h"

namespace plumb {

/// How the text of a node is compared with a goroutine's.
enum class NodeMatch : std::uint8_t {
  Header,   ///< `function` = key head, `file` = key tail; the minutes stand between.
  Call,     ///< `function` ends with the opening parenthesis; any arguments follow.
  Entry,    ///< A Call without offset, for which an inlined call must not be taken.
  Inlined,  ///< `function` is the whole line, without its newline.
  Creator,  ///< " in goroutine N" may follow `function`.
  Single,   ///< `function` is the whole line with its newline; there is no file line.
  Careful,  ///< Only the careful reader can tell.
};

/// The text that tells one kind of frame or header from another. Views the input.
struct NodeText {
  NodeMatch match;
  std::string_view function;
  std::string_view file;  ///< Of a frame: from the tab through the offset; may be empty.
  std::uint64_t hash;     ///< Of all of these.

  NodeText(NodeMatch kind, std::string_view function_text, std::string_view file_text);
};

/// What one frame is, with its strings still in the input.
struct FrameFacts {
  FrameKind kind = FrameKind::Call;
  std::string_view function;
  std::string_view file;
  std::int64_t line = 0;
  std::uint64_t pc_offset = 0;
};

/// A node. 32 bytes: two in a cache line.
struct TrieNode {
  const char* text = nullptr;  ///< NodeText::function, then NodeText::file. Owned by the trie.
  std::uint32_t function_bytes : 28;
  std::uint32_t match : 4;  ///< A NodeMatch.
  std::uint32_t file_bytes = 0;
  std::uint32_t hot_child = 0;  ///< The child taken last; 0: none.
  std::uint32_t parent = 0;
  std::uint32_t entry = kNone;  ///< In the dump's frames, or in the headers; kNone: neither.
  std::uint32_t group = kNone;  ///< Of the goroutines that end here.

  TrieNode() : function_bytes(0), match(0) {}
};

/// Where the reader stands, and what it knows of the goroutine it stands in.
struct GoroutineCursor {
  std::uint32_t node = 0;  ///< Of the trie; 0: between goroutines.
  std::uint32_t wait_minutes = 0;
  std::uint64_t id = 0;
  std::uint64_t creator_id = 0;
  std::uint64_t depth = 0;       ///< Frames so far.
  std::uint64_t line = 1;        ///< Number in the input, from 1, of the next line to be read.
  GoroutineArguments arguments;  ///< Of the frames up to `unread`.
  const char* unread = nullptr;  ///< Frames whose arguments were not looked at yet; null: none.
};

/// Owns nodes, texts and groups. Not thread-safe.
class GoroutineTrie {
 public:
  /// Stacks deeper than the limit are not to be added to.
  explicit GoroutineTrie(const ReadOptions& options);

  [[nodiscard]] std::uint64_t max_depth() const { return max_depth_; }

  /// The child of `parent` with this text; 0 if there is none.
  [[nodiscard]] std::uint32_t find_child(std::uint32_t parent, const NodeText& text) const;

  /// The place for a guess which child a text belongs to, by a few of its bytes. Whoever uses it
  /// has to compare the text: the guess is 0 or any node.
  [[nodiscard]] std::uint32_t& guess(std::uint64_t bytes, std::uint64_t more_bytes) {
    return guesses_[hash_mix(bytes, more_bytes) >> (64 - kGuessBits)];
  }

  /// Adds a child below the root. Requires: find_child() did not find it.
  std::uint32_t add_header(const NodeText& text, const GoroutineHeader& header);

  /// Adds a child of `parent` if another node has this text already, and with it a frame; else 0.
  /// Requires: find_child() did not find it.
  std::uint32_t add_known_child(std::uint32_t parent, const NodeText& text);

  /// Adds a child of `parent`. Nodes with the same text share one frame: that of the first.
  /// Requires: find_child() did not find it.
  std::uint32_t add_child(std::uint32_t parent, const NodeText& text, const FrameFacts& facts);

  /// Adds a child with a frame of its own, or without one.
  std::uint32_t add_single_child(std::uint32_t parent, const NodeText& text,
                                 const FrameFacts* facts);

  /// Looks at the arguments from `at.unread` up to `end`, if they are wanted.
  void read_arguments(GoroutineCursor& at, const char* end) const {
    if (keep_goroutines_ && at.unread != nullptr && at.node != 0) {
      at.arguments.add_lines(at.unread, end);
    }
    at.unread = nullptr;
  }

  /// Counts the goroutine at the cursor, whose text ends at `end` if `at.unread` is not null, and
  /// leaves the cursor between goroutines.
  void finish(GoroutineCursor& at, const char* end = nullptr) {
    TrieNode& node = nodes_[at.node];
    if (node.group == kNone) node.group = add_group(at);
    Group& group = groups_[node.group];
    ++group.count;
    group.has_many_creators |= group.creator_id != at.creator_id;
    note_wait(node.group, at.wait_minutes);
    if (keep_goroutines_) keep_goroutine(at, node.group, end);
    ++goroutine_count_;
    at.node = 0;
  }

  /// The nodes; index 0 is the root. Invalid once a node is added.
  [[nodiscard]] TrieNode* nodes() { return nodes_.data(); }

  /// The frame of a node that has one.
  [[nodiscard]] DumpFrame& frame_of(std::uint32_t node) { return dump_.frames[nodes_[node].entry]; }

  [[nodiscard]] StringPool& strings() { return dump_.strings; }
  [[nodiscard]] std::uint64_t goroutine_count() const { return goroutine_count_; }

  /// Heap bytes held, for limits.
  [[nodiscard]] std::size_t memory_bytes() const;

  /// Makes the dump of all that was counted. The trie is of no use from then on.
  GoroutineDump take_dump();

 private:
  static constexpr int kGuessBits = 14;
  static constexpr int kLockBits = 19;
  // A lock lies no further behind the start of its object, as the verdict takes it.
  static constexpr std::uint64_t kObjectBytes = 4096;

  struct Group {
    std::uint32_t node = 0;
    std::uint64_t count = 0;
    std::uint64_t first_id = 0;
    std::uint64_t creator_id = 0;  // Of the first goroutine.
    bool has_many_creators = false;
    bool waits_for_lock = false;
    bool chooses_creators = false;  // Its rows do not tell them.
    WaitTable waits;
    EvenChoice<std::uint64_t> creators;
  };
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t node = 0;  // 0: free.
  };

  // The place where a wait is counted is seldom in the cache. It is asked for here, and counted in
  // when the next goroutine has been read.
  void note_wait(std::uint32_t group, std::uint32_t minutes) {
    if (minutes == 0) {
      groups_[group].waits.add(0);
      return;
    }
    count_wait();
    waiting_group_ = group;
    waiting_minutes_ = minutes;
    groups_[group].waits.prefetch(minutes);
  }
  void count_wait() {
    if (waiting_group_ != kNone) wait_bytes_ += groups_[waiting_group_].waits.add(waiting_minutes_);
    waiting_group_ = kNone;
  }

  // Locks that goroutines wait for, by page, in a set that may hold too many.
  [[nodiscard]] static std::size_t lock_bit(std::uint64_t page) {
    return hash_mix(page, kHashSeed) >> (64 - kLockBits);
  }
  void note_lock(std::uint64_t address) {
    const std::size_t bit = lock_bit(address / kObjectBytes);
    lock_pages_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  [[nodiscard]] bool may_have_lock(std::uint64_t page) const {
    const std::size_t bit = lock_bit(page);
    return (lock_pages_[bit / 64] >> bit % 64 & 1) != 0;
  }

  std::uint32_t add_node(std::uint32_t parent, const NodeText& text, std::uint32_t like);
  std::uint32_t add_frame(const FrameFacts& facts);
  std::uint32_t add_group(const GoroutineCursor& at);
  void keep_goroutine(GoroutineCursor& at, std::uint32_t group, const char* end);
  [[nodiscard]] bool waits_for_lock(std::uint32_t node) const;
  [[nodiscard]] bool watches_request(std::uint32_t node) const;
  void insert(std::vector<Slot>& table, std::size_t used, Slot slot);
  const char* store_text(const NodeText& text);
  void fill_group(Group& group, GoroutineGroup& out);

  const bool keep_goroutines_;
  const bool choose_creators_;
  const std::uint64_t max_depth_;
  std::vector<TrieNode> nodes_;
  std::vector<Slot> children_;  // By parent and text.
  std::vector<Slot> texts_;     // By text alone: one node that has it.
  std::size_t text_count_ = 0;
  std::vector<std::uint32_t> guesses_;  // Nodes.
  std::vector<std::uint64_t> lock_pages_;
  std::vector<Group> groups_;
  std::vector<GoroutineGroup> headers_;  // What the groups below a header share.
  std::uint64_t goroutine_count_ = 0;
  std::size_t wait_bytes_ = 0;
  std::uint32_t waiting_group_ = kNone;  // Of a goroutine whose wait is to be counted; see above.
  std::uint32_t waiting_minutes_ = 0;

  std::vector<std::unique_ptr<char[]>> blocks_;  // Of texts. Never relocate.
  char* free_ = nullptr;
  std::size_t free_bytes_ = 0;
  std::size_t block_bytes_ = 0;

  GoroutineDump dump_;
};

}  // namespace plumb

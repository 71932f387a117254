// SPDX-License-Identifier: Apache-2.0
#include "formats/goroutine_node.h"

#include <optional>

namespace plumb {
namespace {

FrameKind frame_kind(const FunctionLine& function, const FileLine& file) {
  if (file.has_pc) return FrameKind::Cgo;
  if (function.kind == FunctionLineKind::Creator) return FrameKind::CreatedBy;
  const bool is_inlined = function.kind == FunctionLineKind::Inlined && !file.has_offset;
  return is_inlined ? FrameKind::Inlined : FrameKind::Call;
}

NodeMatch node_match(FrameKind kind, const FileLine& file) {
  switch (kind) {
    case FrameKind::Cgo:
      return NodeMatch::Careful;
    case FrameKind::CreatedBy:
      return NodeMatch::Creator;
    case FrameKind::Inlined:
      return NodeMatch::Inlined;
    default:
      return file.has_offset ? NodeMatch::Call : NodeMatch::Entry;
  }
}

// The part of the function line that all goroutines at the frame share. The key of an inlined call
// includes its "...)", which a call with an offset does not need.
std::string_view shared_text(FrameKind kind, const FunctionLine& function) {
  const bool has_arguments = kind == FrameKind::Call;
  return has_arguments ? function.key.substr(0, function.name.size() + 1) : function.key;
}

}  // namespace

FrameFacts frame_facts(const FunctionLine& function, const FileLine& file) {
  return {frame_kind(function, file), function.name, file.file, file.line, file.pc_offset};
}

NodeText node_text(const FunctionLine& function, const FileLine& file, std::string_view file_text) {
  const FrameKind kind = frame_kind(function, file);
  return {node_match(kind, file), shared_text(kind, function), file_text};
}

std::uint32_t add_plain_frame(GoroutineTrie& trie, const GoroutineCursor& at, const NodeText& text,
                              std::string_view function_line) {
  if (at.depth >= trie.max_depth()) return 0;
  if (const std::uint32_t known = trie.add_known_child(at.node, text); known != 0) return known;
  const FunctionLine function = parse_function_line(function_line);
  const bool is_pair = function.kind == FunctionLineKind::Call ||
                       function.kind == FunctionLineKind::Inlined ||
                       function.kind == FunctionLineKind::Creator;
  if (!is_pair || !function.is_strict) return 0;
  const std::optional<FileLine> file = parse_file_line(text.file);
  if (!file || file->key.size() + 1 != text.file.size()) return 0;
  const FrameFacts facts = frame_facts(function, *file);
  const bool same_text = shared_text(facts.kind, function) == text.function;
  if (!same_text || node_match(facts.kind, *file) != text.match) return 0;
  return trie.add_child(at.node, text, facts);
}

}  // namespace plumb

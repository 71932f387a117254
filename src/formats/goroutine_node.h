// SPDX-License-Identifier: Apache-2.0
// From the parsed lines of a frame to its node in the trie.

#pragma once

#include <string_view>

#include "formats/goroutine_frame.h"
#include "formats/goroutine_trie.h"

namespace plumb {

/// The text of the node for a frame. `file_text` is `file.key` behind a tab; the result views it
/// and the function line.
NodeText node_text(const FunctionLine& function, const FileLine& file, std::string_view file_text);

/// The facts of a frame. Views both lines.
FrameFacts frame_facts(const FunctionLine& function, const FileLine& file);

/// Adds the frame with the text `text`, which is that of `function_line` and of `text.file`, below
/// the cursor; 0, and nothing is added, unless both look exactly as the runtime prints them.
/// Requires: the trie has no such node.
std::uint32_t add_plain_frame(GoroutineTrie& trie, const GoroutineCursor& at, const NodeText& text,
                              std::string_view function_line);

}  // namespace plumb

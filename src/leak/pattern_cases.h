// SPDX-License-Identifier: Apache-2.0
// Where the functions on a stack tell more than the pattern does: its cause and fix in that case.

#pragma once

#include "leak/group_study.h"
#include "leak/patterns.h"
#include "leak/source_hints.h"
#include "leak/stack_groups.h"
#include "leak/wait_kind.h"

namespace plumb {

/// The case of the pattern `id` that holds for `group`; null if none does.
const Pattern* find_pattern_case(std::string_view id, const StackGroups& stacks,
                                 const GroupStudy& group, const SourceHints& hints);

/// The functions that read the body of an answer by HTTP.
std::span<const std::string_view> readers_of_http_answers();

/// True if the goroutine made a request by HTTP and waits for the answer.
bool awaits_http_answer(const StackGroups& stacks, const StackGroup& group, WaitKind kind);

/// True if the goroutine serves a request of an HTTP server, in code that is not the server's.
bool is_http_handler(const StackGroups& stacks, const StackGroup& group);

/// True if the goroutine waits for the function of a sync.Once, which another one runs.
bool waits_for_once(const StackGroups& stacks, const StackGroup& group);

/// True if the goroutine waits for a process that the program started, copies what that writes, or
/// what it is to read.
bool waits_for_process(const StackGroups& stacks, const StackGroup& group, WaitKind kind);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Leaks proved by counting: a task that waits for a channel of which the other end is gone.
//
// The ends of a split channel (Sender, Receiver) cannot be made out of nothing: a new one is a copy
// of one of the same role. When the last one of a role is destroyed, who waits for that role can
// never be served again; a select is lost when all of its cases are.

#pragma once

#include <plumb/rt/detail/chan_core.h>
#include <plumb/rt/leak.h>

namespace plumb::rt::detail {

/// Marks the tasks that wait for the role `dropped` of `chan`, of which no end is left, and reports
/// them to the callback of on_leak().
void report_abandoned(ChanCore& chan, End dropped);

/// Marks and reports one.
void report_leak(Task& task, const void* object, WaitReason reason,
                 LeakProof proof = LeakProof::ByCount);

/// True if nothing can happen to any of the cases any more.
bool are_abandoned(const CaseState* cases, std::size_t count);

}  // namespace plumb::rt::detail

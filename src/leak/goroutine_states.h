// SPDX-License-Identifier: Apache-2.0
// The states in which Go prints a goroutine: a status, or the reason why it waits.
// Source: waitReasonStrings in src/runtime/runtime2.go and gStatusStrings in
// src/runtime/traceback.go of Go, releases 1.16 to 1.28-dev.

#pragma once

#include <string_view>

namespace plumb {

/// True for every status and wait reason that a release of Go prints, without "(leaked)" and
/// "(scan)".
bool is_go_state(std::string_view text);

/// False for the states of goroutines that wait for nothing: Go never prints minutes for them.
bool is_waiting_state(std::string_view text);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// What one line of Go tells of channels, read without understanding Go.

#pragma once

#include <cstddef>
#include <string_view>

namespace plumb {

/// Asks a context whether it has ended.
bool is_context_wait(std::string_view line);

/// Waits for, or makes, a timer.
bool is_timer(std::string_view line);

/// A function at the top level begins.
bool begins_function(std::string_view line);

/// Letters of white space in front of it.
std::size_t indent_of(std::string_view line);

/// "ch" of "ch <- v", "s.out" of "s.out <- v"; empty without a send.
std::string_view channel_of_send(std::string_view line);

/// "f.ch" of "case r := <-f.ch:"; empty without a receive.
std::string_view channel_of_receive(std::string_view line);

/// "tokens" of "defer func() { <-tokens }()", whose value nobody takes; empty for any other line.
std::string_view channel_of_drop(std::string_view line);

/// The same variable, or the same field of perhaps another one: "f.ch" and "fut.ch".
bool is_same_channel(std::string_view a, std::string_view b);

/// Sends a value that tells nothing: "sem <- struct{}{}".
bool sends_token(std::string_view line);

/// Makes `channel`, with room: "sem := make(chan struct{}, 8)", "&gate{sem: make(chan bool, n)}".
bool makes_with_room(std::string_view line, std::string_view channel);

}  // namespace plumb

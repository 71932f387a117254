// SPDX-License-Identifier: Apache-2.0
// The parameters of a request, read as Go's net/http and strconv read them.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plumb::rt::detail {

/// The first value of `name` in a query, decoded; empty if there is none.
std::string form_value(std::string_view query, std::string_view name);

/// strconv.ParseInt(text, 10, 64): a sign is allowed, nothing else but digits.
std::optional<std::int64_t> parse_go_int(std::string_view text);

/// strconv.ParseUint(text, 0, 64): "0x1f", "0b1", "0o17", "017", "31"; 0 for anything else.
std::uint64_t parse_go_uint(std::string_view text);

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
// Which hosts are this machine and nobody else can reach.

#pragma once

#include <string_view>

namespace plumb {

/// True for "localhost" in any case, and for addresses that only this machine reaches itself by:
/// "127.0.0.1" and all that begin with 127, "::1" in each way to write it, "::ffff:127.0.0.1"; an
/// IPv6 address with or without brackets. Names but one may be those of any machine.
bool is_loopback_host(std::string_view host);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace plumb::rt::detail {

/// Cancels plumb::rt::shutdown_context().
void cancel_shutdown_context();

}  // namespace plumb::rt::detail

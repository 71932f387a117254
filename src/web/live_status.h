// SPDX-License-Identifier: Apache-2.0
// What the pages say of servers that are being watched.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace plumb::web {

struct LiveStatus {
  std::size_t snapshots = 0;  ///< Taken so far.
  std::int64_t every_ms = 0;  ///< Between two of them.
  std::int64_t taken_ms = 0;  ///< The last one, since 1970; 0: none.
  std::int64_t next_ms = 0;   ///< When the next is due; 0: there will be none.
  std::string problem;        ///< Why the last one failed; empty if it did not.
};

}  // namespace plumb::web

// SPDX-License-Identifier: Apache-2.0
// Which goroutines of an HTTP server have begun with another request since the snapshot before.
//
// A server has one goroutine for each connection, which serves its requests one after the other: in
// two dumps it may be found at the same place, in the same handler, for two of them. Beside it
// runs, while a request is served, a goroutine that watches the connection, and which it makes anew
// for each request:
//
//   goroutine 90 [select]:                          goroutine 90 [select]:
//   main.poll(...)                                  main.poll(...)
//   goroutine 112 [IO wait]:                        goroutine 431 [IO wait]:
//   net/http.(*connReader).backgroundRead(...)      net/http.(*connReader).backgroundRead(...)
//   created by ... in goroutine 90                  created by ... in goroutine 90

#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/packed_rows.h"
#include "leak/stack_grouper.h"

namespace plumb {

/// Process and id.
using GoroutineKey = std::pair<std::uint32_t, std::uint64_t>;

inline GoroutineKey key_of(const SeenGoroutine& goroutine) {
  return {goroutine.process, goroutine.row.id};
}

/// The goroutines of `now` that serve another request than in `before`, ascending. Some may be
/// missing: the watcher ends when the client goes away.
///
/// Requires: both are in the order of process and id. Complexity: linear, n log n in the watchers.
std::vector<GoroutineKey> find_new_requests(const StackGroups& groups,
                                            const PackedRows<SeenGoroutine>& before,
                                            const PackedRows<SeenGoroutine>& now);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// release: a table that is of no more use gives its memory back.

#pragma once

namespace plumb {

/// Frees what a vector holds; `table = {}` would only empty it.
template <typename Table>
void release(Table& table) {
  Table().swap(table);
}

}  // namespace plumb

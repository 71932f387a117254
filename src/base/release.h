// SPDX-License-Identifier: Apache-2.0
// release: a table that is of no more use gives its memory back.

#pragma once

#include <malloc.h>

namespace plumb {

/// Frees what a vector holds; `table = {}` would only empty it.
template <typename Table>
void release(Table& table) {
  Table().swap(table);
}

/// Gives the system the pages in which nothing is allocated any more. The C library keeps those
/// that lie between others, for whoever asks for as much next. Takes as long as its free lists.
inline void return_free_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace plumb

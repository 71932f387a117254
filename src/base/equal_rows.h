// SPDX-License-Identifier: Apache-2.0
// equal_rows: the rows of a sorted table that have one key.

#pragma once

#include <algorithm>
#include <span>
#include <vector>

namespace plumb {

/// The rows for which `key_of` gives `key`. As std::ranges::equal_range(), whose result clang 14
/// cannot compile. Lifetime: until the table changes.
///
/// Requires: `rows` are in the order of their keys. Complexity: logarithmic.
template <typename Row, typename Key, typename KeyOf>
std::span<const Row> equal_rows(const std::vector<Row>& rows, const Key& key, const KeyOf& key_of) {
  const auto begin = std::ranges::lower_bound(rows, key, {}, key_of);
  return {begin, std::ranges::upper_bound(begin, rows.end(), key, {}, key_of)};
}

}  // namespace plumb

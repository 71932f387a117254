// SPDX-License-Identifier: Apache-2.0
// The last few answers, so that going back and reloading cost nothing.

#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace plumb::web {

/// An answer as it is sent, and compressed.
struct CachedBody {
  std::string content_type;
  std::shared_ptr<const std::string> plain;
  std::shared_ptr<const std::string> gzip;  ///< Null if it is not worth it.
};

/// Keeps the answers used last, within a budget of bytes. Thread-safe.
class ResponseCache {
 public:
  explicit ResponseCache(std::size_t budget_bytes) : budget_(budget_bytes) {}

  /// Returns whether there is one.
  bool find(const std::string& key, CachedBody& body);
  void add(const std::string& key, const CachedBody& body);

 private:
  struct Row {
    std::string key;
    CachedBody body;
  };
  static std::size_t size_of(const Row& row);

  std::mutex mutex_;
  std::list<Row> rows_;  // The one used last is the first. Guarded by mutex_, as is the next.
  std::size_t bytes_ = 0;
  const std::size_t budget_;
};

/// `text` as gzip. Deterministic.
std::string gzip_text(std::string_view text);

}  // namespace plumb::web

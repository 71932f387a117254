// SPDX-License-Identifier: Apache-2.0
#include "web/response_cache.h"

#include <libdeflate.h>

#include <algorithm>

namespace plumb::web {

bool ResponseCache::find(const std::string& key, CachedBody& body) {
  const std::lock_guard lock(mutex_);
  const auto row = std::ranges::find(rows_, key, &Row::key);
  if (row == rows_.end()) return false;
  rows_.splice(rows_.begin(), rows_, row);
  body = row->body;
  return true;
}

void ResponseCache::add(const std::string& key, const CachedBody& body) {
  const std::lock_guard lock(mutex_);
  // Two requests for the same may have computed it both.
  if (std::ranges::find(rows_, key, &Row::key) != rows_.end()) return;
  rows_.push_front({key, body});
  bytes_ += size_of(rows_.front());
  while (bytes_ > budget_) {
    bytes_ -= size_of(rows_.back());
    rows_.pop_back();
  }
}

std::size_t ResponseCache::size_of(const Row& row) {
  return row.key.size() + row.body.plain->size() + (row.body.gzip ? row.body.gzip->size() : 0);
}

std::string gzip_text(std::string_view text) {
  constexpr int kLevel = 6;
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(kLevel);
  std::string out(libdeflate_gzip_compress_bound(compressor, text.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor, text.data(), text.size(), out.data(), out.size()));
  libdeflate_free_compressor(compressor);
  return out;
}

}  // namespace plumb::web

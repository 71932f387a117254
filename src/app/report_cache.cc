// SPDX-License-Identifier: Apache-2.0
#include "app/report_cache.h"

#include <algorithm>
#include <utility>

namespace plumb::cli {
namespace {

constexpr std::size_t kMostReports = 32;
constexpr std::size_t kMostCachedBytes = std::size_t{32} << 20;

std::size_t size_of(const CachedReport& report) {
  std::size_t size = report.key.size() + report.text.size();
  for (const std::string& notice : report.notices) size += notice.size();
  return size;
}

}  // namespace

const CachedReport* ReportCache::find(std::string_view key) {
  const auto found = std::ranges::find(reports_, key, &CachedReport::key);
  if (found == reports_.end()) return nullptr;
  reports_.splice(reports_.begin(), reports_, found);
  return &reports_.front();
}

void ReportCache::add(CachedReport report) {
  bytes_ += size_of(report);
  reports_.push_front(std::move(report));
  while (reports_.size() > kMostReports || (bytes_ > kMostCachedBytes && reports_.size() > 1)) {
    bytes_ -= size_of(reports_.back());
    reports_.pop_back();
  }
}

std::string CapturingWriter::take_text() {
  flush();
  return std::move(text_);
}

void CapturingWriter::write_through(std::string_view text) {
  if (is_stopped_()) {
    is_whole_ = false;
    return;
  }
  next_ << text;
  is_whole_ = is_whole_ && text.size() <= ReportCache::kLongestText - text_.size();
  if (is_whole_) text_ += text;
}

}  // namespace plumb::cli

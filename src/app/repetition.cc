// SPDX-License-Identifier: Apache-2.0
#include "app/repetition.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>

#include "base/byte_source.h"
#include "base/hash.h"

namespace plumb::cli {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

/// A file block by block. One that cannot be read has nothing in it.
class BlockReader {
 public:
  explicit BlockReader(const std::string& path) : block_(kBlockBytes, '\0') {
    auto file = FileSource::open(path);
    if (file) file_ = *std::move(file);
  }

  // The next block, which is shorter than others only at the end; empty behind it.
  std::string_view next() {
    std::size_t have = 0;
    while (file_ && have < block_.size()) {
      const auto count = file_->read(std::span(block_).subspan(have));
      if (!count || *count == 0) break;
      have += *count;
    }
    return std::string_view(block_).substr(0, have);
  }

 private:
  std::unique_ptr<FileSource> file_;
  std::string block_;
};

bool have_same_bytes(const std::string& a, const std::string& b) {
  BlockReader left(a);
  BlockReader right(b);
  for (;;) {
    const std::string_view block = left.next();
    if (block != right.next()) return false;
    if (block.empty()) return true;
  }
}

struct RegularFile {
  std::size_t source = 0;
  std::pair<dev_t, ino_t> identity;
};

/// Of equal size, those that differ from one another.
class SameSize {
 public:
  explicit SameSize(std::span<const std::string> sources) : sources_(sources) {}

  // The file that `file` repeats; nothing if it is a new one.
  std::optional<Repetition> find_or_add(const RegularFile& file) {
    const auto same = std::ranges::find(files_, file.identity, &RegularFile::identity);
    if (same != files_.end()) return Repetition{sources_[same->source], true};
    files_.push_back(file);
    if (files_.size() == 1) return std::nullopt;
    if (files_.size() == 2) add_head(files_.front().source);
    return add_head(file.source);
  }

 private:
  // The source with the same bytes. Full comparisons are for those that begin alike.
  std::optional<Repetition> add_head(std::size_t source) {
    const std::uint64_t head = hash_bytes(BlockReader(sources_[source]).next());
    std::vector<std::size_t>& alike = by_head_[head];
    for (const std::size_t other : alike) {
      if (have_same_bytes(sources_[other], sources_[source])) {
        return Repetition{sources_[other], false};
      }
    }
    alike.push_back(source);
    return std::nullopt;
  }

  std::span<const std::string> sources_;
  std::vector<RegularFile> files_;
  std::map<std::uint64_t, std::vector<std::size_t>> by_head_;
};

}  // namespace

std::vector<std::optional<Repetition>> find_repetitions(std::span<const std::string> sources) {
  std::vector<std::optional<Repetition>> repetitions(sources.size());
  std::map<off_t, SameSize> by_size;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    struct stat status {};
    if (::stat(sources[i].c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    SameSize& alike = by_size.try_emplace(status.st_size, sources).first->second;
    repetitions[i] = alike.find_or_add({i, {status.st_dev, status.st_ino}});
  }
  return repetitions;
}

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
#include "formats/rewriting_source.h"

#include <algorithm>
#include <utility>

#include "base/try.h"

namespace plumb {

Result<std::size_t> RewritingSource::read(std::span<char> buffer) {
  while (pos_ == text_.size()) {
    TRY_ASSIGN(const std::size_t count, inner_.read(buffer));
    const std::string_view block(buffer.data(), count);
    if (!std::exchange(has_begun_, true)) is_rewritten_ = begin(block);
    if (!is_rewritten_) return count;
    text_.clear();
    pos_ = 0;
    if (count == 0) {
      finish(text_);
      if (text_.empty()) return std::size_t{0};
    }
    rewrite(block, text_);
  }
  const std::size_t count = std::min(buffer.size(), text_.size() - pos_);
  std::copy_n(text_.begin() + static_cast<std::ptrdiff_t>(pos_), count, buffer.begin());
  pos_ += count;
  return count;
}

bool RewritingSource::rewind() {
  if (!inner_.rewind()) return false;
  text_.clear();
  pos_ = 0;
  has_begun_ = false;
  return true;
}

}  // namespace plumb

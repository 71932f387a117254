// SPDX-License-Identifier: Apache-2.0
#include "formats/proto_stack.h"

#include "base/varint.h"

namespace plumb {

Result<void> ProtoStack::add_rare(const WireField& field) {
  if (field.type == kWireBytes) {
    if (scratch_.size() < field.bytes.size() + kPackedIdsSlack) {
      scratch_.resize(field.bytes.size() * 2 + kPackedIdsSlack);
    }
    const std::uint32_t* const end = decode_packed_ids(field.bytes, scratch_.data());
    if (end != nullptr) {
      note({scratch_.data(), end});
      frames_ += static_cast<std::uint64_t>(end - scratch_.data());
      if (packed_.empty()) {
        packed_ = field.bytes;
        return {};
      }
      joined() += field.bytes;
      packed_ = joined_;
      return {};
    }
  }
  wide_ids_.clear();
  TRY(read_repeated(field, wide_ids_));
  std::string& whole = joined();
  for (const std::uint64_t id : wide_ids_) {
    append_varint(whole, id);
    most_ = std::max(most_, id);
    least_ = std::min(least_, id);
  }
  packed_ = whole;
  frames_ += wide_ids_.size();
  return {};
}

void ProtoStack::note(std::span<const std::uint32_t> ids) {
  std::uint32_t most = 0;
  std::uint32_t least = UINT32_MAX;
  for (const std::uint32_t id : ids) {
    most = std::max(most, id);
    least = std::min(least, id);
  }
  most_ = std::max<std::uint64_t>(most_, most);
  if (!ids.empty()) least_ = std::min<std::uint64_t>(least_, least);
}

// What there is of the stack, to be appended to.
std::string& ProtoStack::joined() {
  if (packed_.data() != joined_.data()) joined_.assign(packed_);
  return joined_;
}

}  // namespace plumb

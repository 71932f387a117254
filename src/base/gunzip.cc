// SPDX-License-Identifier: Apache-2.0
// Inflation is ISA-L's: about twice as fast as zlib when streamed, with the CRC checked on the way.

#include "base/gunzip.h"

#include <isa-l/igzip_lib.h>

#include "base/try.h"

namespace plumb {
namespace {

constexpr std::size_t kInputBytes = std::size_t{256} << 10;

}  // namespace

struct GunzipSource::State {
  inflate_state inflate;

  void start_member() {
    const std::uint32_t left = inflate.avail_in;
    std::uint8_t* const next = inflate.next_in;
    isal_inflate_init(&inflate);
    inflate.crc_flag = ISAL_GZIP;
    inflate.next_in = next;
    inflate.avail_in = left;
  }
};

GunzipSource::GunzipSource(std::unique_ptr<ByteSource> compressed, const Limits& limits)
    : compressed_(std::move(compressed)),
      limits_(limits),
      state_(std::make_unique_for_overwrite<State>()),
      input_(make_page_buffer(kInputBytes)) {
  state_->inflate.avail_in = 0;
  state_->inflate.next_in = nullptr;
  state_->start_member();
}

GunzipSource::~GunzipSource() = default;

Result<std::size_t> GunzipSource::read(std::span<char> buffer) {
  inflate_state& inflate = state_->inflate;
  std::size_t written = 0;
  while (written == 0 && !ended_) {
    if (inflate.block_state == ISAL_BLOCK_FINISH) {
      TRY_ASSIGN(const bool started, start_next_member());
      if (!started) break;
    }
    if (inflate.avail_in == 0) TRY(refill());
    const bool starved = inflate.avail_in == 0;
    inflate.next_out = reinterpret_cast<std::uint8_t*>(buffer.data());
    inflate.avail_out = static_cast<std::uint32_t>(std::min<std::size_t>(buffer.size(), 1U << 30));
    const std::uint32_t room = inflate.avail_out;
    const int status = isal_inflate(&inflate);
    written = room - inflate.avail_out;
    bytes_out_ += written;
    if (status < 0 || status == ISAL_NEED_DICT) {
      return Error(ErrorCode::Malformed, status == ISAL_INCORRECT_CHECKSUM
                                             ? "gzip checksum is wrong"
                                             : "gzip data is damaged")
          .while_reading("decompressing profile");
    }
    if (starved && written == 0 && inflate.block_state != ISAL_BLOCK_FINISH) {
      if (cut_) return *cut_;
      return Error(ErrorCode::Truncated, "unexpected EOF").while_reading("decompressing profile");
    }
  }
  TRY(check_limits());
  return written;
}

// A member has ended. Another may follow; anything else behind it is an error, as in Go.
Result<bool> GunzipSource::start_next_member() {
  if (state_->inflate.avail_in == 0) TRY(refill());
  if (state_->inflate.avail_in == 0) {
    if (cut_) return *cut_;
    ended_ = true;
    return false;
  }
  state_->start_member();
  return true;
}

Result<void> GunzipSource::refill() {
  if (input_ended_) return {};
  auto read = compressed_->read(std::span(input_.get(), kInputBytes));
  const std::size_t count = read ? *read : 0;
  if (!read) {
    if (read.error().code() != ErrorCode::Truncated) return std::move(read).error();
    cut_ = std::move(read).error();
  }
  input_ended_ = count == 0;
  bytes_in_ += count;
  state_->inflate.next_in = reinterpret_cast<std::uint8_t*>(input_.get());
  state_->inflate.avail_in = static_cast<std::uint32_t>(count);
  return {};
}

Result<void> GunzipSource::check_limits() const {
  if (bytes_out_ > limits_.inflated_bytes) {
    return Error(ErrorCode::LimitExceeded,
                 "inflates to more than " + std::to_string(limits_.inflated_bytes) + " bytes");
  }
  if (bytes_out_ > limits_.inflate_ratio_floor && bytes_out_ / limits_.inflate_ratio > bytes_in_) {
    return Error(ErrorCode::LimitExceeded, "inflates to more than " +
                                               std::to_string(limits_.inflate_ratio) +
                                               " times its size, as no profile does");
  }
  return {};
}

bool GunzipSource::rewind() {
  if (!compressed_->rewind()) return false;
  state_->inflate.avail_in = 0;
  state_->start_member();
  bytes_in_ = bytes_out_ = 0;
  input_ended_ = ended_ = false;
  cut_.reset();
  return true;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "rt/compress.h"

#include <libdeflate.h>

#include <memory>
#include <new>

namespace plumb::rt {

std::string gzip(std::string_view text) {
  constexpr int kLevel = 1;  // As Go's server: the profile is sent once.
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), &libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

}  // namespace plumb::rt

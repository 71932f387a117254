// SPDX-License-Identifier: Apache-2.0
#include "symbols/inflate.h"

#include <dlfcn.h>
#include <libdeflate.h>

#include <memory>

#include "base/try.h"

namespace plumb {
namespace {

struct DecompressorDeleter {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

// ZSTD_decompress() of the library that Debian's package manager itself needs. Its interface has
// been stable since 1.0; a header of its own would be one more package to install for one function.
using ZstdDecompress = std::size_t (*)(void* out, std::size_t out_bytes, const void* in,
                                       std::size_t in_bytes);

ZstdDecompress find_zstd() {
  void* const library = dlopen("libzstd.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  return reinterpret_cast<ZstdDecompress>(dlsym(library, "ZSTD_decompress"));
}

}  // namespace

Result<void> inflate_zlib(std::string_view compressed, std::span<char> out) {
  const std::unique_ptr<libdeflate_decompressor, DecompressorDeleter> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) return Error(ErrorCode::Io, "out of memory");
  std::size_t actual = 0;
  const libdeflate_result result = libdeflate_zlib_decompress(
      decompressor.get(), compressed.data(), compressed.size(), out.data(), out.size(), &actual);
  if (result != LIBDEFLATE_SUCCESS || actual != out.size()) {
    return Error(ErrorCode::Malformed, "bad zlib data");
  }
  return {};
}

Result<void> inflate_zstd(std::string_view compressed, std::span<char> out) {
  static const ZstdDecompress decompress = find_zstd();
  if (decompress == nullptr) {
    return Error(ErrorCode::Io, "the section needs libzstd, which is not there: install libzstd1");
  }
  const std::size_t size = decompress(out.data(), out.size(), compressed.data(), compressed.size());
  if (size != out.size()) return Error(ErrorCode::Malformed, "bad zstd data");
  return {};
}

}  // namespace plumb

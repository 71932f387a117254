// SPDX-License-Identifier: Apache-2.0
#include "web/assets.h"

#include <libdeflate.h>

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"

// Made by assets.S from the files that ui/build.mjs writes.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char plumb_asset_js[];
extern const char plumb_asset_js_end[];
extern const char plumb_asset_css[];
extern const char plumb_asset_css_end[];
extern const char plumb_asset_icon[];
extern const char plumb_asset_icon_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace plumb::web {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

const std::vector<Asset>& assets() {
  static const std::vector<Asset> all = {
      {"app.js", "text/javascript; charset=utf-8", between(plumb_asset_js, plumb_asset_js_end)},
      {"app.css", "text/css; charset=utf-8", between(plumb_asset_css, plumb_asset_css_end)},
      {"icon.svg", "image/svg+xml", between(plumb_asset_icon, plumb_asset_icon_end)},
  };
  return all;
}

const Asset* find_asset(std::string_view name) {
  const auto& all = assets();
  const auto row = std::ranges::find(all, name, &Asset::name);
  return row == all.end() ? nullptr : &*row;
}

std::string inflated(const Asset& asset) {
  // The last four bytes of gzip are the size.
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4 && asset.gzip.size() >= 4; ++i) {
    size |= std::size_t{static_cast<unsigned char>(asset.gzip[asset.gzip.size() - 4 + i])}
            << (8 * i);
  }
  std::string out(size, '\0');
  libdeflate_decompressor* const decompressor = libdeflate_alloc_decompressor();
  const libdeflate_result result = libdeflate_gzip_decompress(
      decompressor, asset.gzip.data(), asset.gzip.size(), out.data(), out.size(), nullptr);
  libdeflate_free_decompressor(decompressor);
  if (result != LIBDEFLATE_SUCCESS) out.clear();
  return out;
}

std::string etag_of(std::string_view content) {
  return '"' + to_hex(hash_bytes(content, 0), 16) + '"';
}

}  // namespace plumb::web

// SPDX-License-Identifier: Apache-2.0
// Inflates a gzip file as plumb does, and nothing else: the limit for anything that reads one.
//
//   inflate_only big.pb.gz

#include <cstdio>
#include <memory>
#include <utility>
#include <vector>

#include "base/byte_source.h"
#include "base/gunzip.h"
#include "base/limits.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: inflate_only FILE\n", stderr);
    return 2;
  }
  auto file = plumb::FileSource::open(argv[1]);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().describe().c_str());
    return 2;
  }
  plumb::GunzipSource source(std::move(*file), plumb::Limits{});
  std::vector<char> buffer(std::size_t{512} << 10);
  unsigned long long total = 0;
  while (true) {
    const auto count = source.read(buffer);
    if (!count) {
      std::fprintf(stderr, "%s\n", count.error().describe().c_str());
      return 2;
    }
    if (*count == 0) break;
    total += *count;
  }
  std::printf("%llu\n", total);
  return 0;
}

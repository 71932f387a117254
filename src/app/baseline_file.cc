// SPDX-License-Identifier: Apache-2.0
#include "app/baseline_file.h"

#include <cstdint>
#include <utility>

#include "base/byte_source.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

// Of at most 64 MiB: what people write by hand.
Result<std::string> read_text_file(const std::string& path) {
  constexpr std::uint64_t kMost = std::uint64_t{64} << 20;
  const auto source = FileSource::open(path);
  if (!source) {
    const std::string& reason = source.error().message();
    return Error(source.error().code(), to_lower(reason.substr(0, 1)) + reason.substr(1))
        .while_reading(path);
  }
  auto text = read_all(**source, kMost);
  if (!text) return std::move(text).error().while_reading(path);
  return text;
}

}  // namespace

Result<LeakBaseline> read_baseline(const std::string& path) {
  if (path.empty()) return LeakBaseline{};
  TRY_ASSIGN(const std::string text, read_text_file(path));
  auto baseline = parse_leak_baseline(text);
  if (baseline) return baseline;
  return std::move(baseline).error().while_reading(path);
}

}  // namespace plumb::cli

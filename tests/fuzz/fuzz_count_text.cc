// SPDX-License-Identifier: Apache-2.0
// Whatever a count profile says: its tables are consistent, and reading it in small pieces gives
// the same as reading it at once.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scan.h"
#include "formats/count_text.h"
#include "formats/count_text_parser.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void check(const plumb::Profile& profile) {
  std::vector<plumb::LocationId> stack;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    require(profile.values(i).size() == 1 && profile.values(i)[0] >= 0);
    profile.read_stack(i, stack);
    for (const plumb::LocationId id : stack) require(id.index < profile.locations.size());
    for (const plumb::Label& label : profile.labels(i)) {
      require(label.is_string() && label.key.index < profile.strings.size());
      require(label.is_empty_text == profile.text(label.str).empty());
    }
  }
  for (const plumb::Location& location : profile.locations) {
    require(location.first_line + location.line_count <= profile.lines.size());
    require(location.mapping.index == plumb::kNone ||
            location.mapping.index < profile.mappings.size());
  }
  for (const plumb::Line& line : profile.lines) {
    require(line.function.index < profile.functions.size() && line.line >= 0);
  }
}

// Reads the records of `text`, given in pieces of 1 to `most` bytes, or at once if that is 0.
std::optional<plumb::Profile> parse_in_pieces(std::string_view text, std::size_t most,
                                              const plumb::ReadOptions& options) {
  plumb::Profile profile;
  profile.sample_types.resize(1);
  plumb::CountTextParser parser(profile, options, 1);
  std::string kept;
  std::size_t piece = 0;
  do {
    piece = std::min(most == 0 ? text.size() : piece % most + 1, text.size());
    kept += text.substr(0, piece);
    text.remove_prefix(piece);
    const std::size_t size = kept.size();
    kept.resize(size + plumb::kScanSlackBytes);
    const auto used = parser.consume({kept.data(), size}, text.empty());
    if (!used) return std::nullopt;
    kept.resize(size);
    kept.erase(0, *used);
  } while (!text.empty());
  return profile;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  plumb::ReadOptions options;
  options.limits.stack_frames = 1000;
  plumb::MemorySource memory(text);
  const auto profile = plumb::read_count_text(memory, options);
  require(plumb::looks_like_count_text(text) || !profile.has_value());
  if (profile) check(*profile);

  const auto once = parse_in_pieces(text, 0, options);
  const auto pieces = parse_in_pieces(text, 70, options);
  require(once.has_value() == pieces.has_value());
  if (!once) return 0;
  check(*once);
  require(once->sample_count() == pieces->sample_count());
  require(once->lines.size() == pieces->lines.size());
  require(once->locations.size() == pieces->locations.size());
  require(once->losses.size() == pieces->losses.size());
  for (std::size_t i = 0; i < once->losses.size(); ++i) {
    require(once->losses[i].what == pieces->losses[i].what);
    require(once->losses[i].count == pieces->losses[i].count);
    require(once->losses[i].first_place == pieces->losses[i].first_place);
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "formats/heap_text_lines.h"

#include <algorithm>

#include "base/strings.h"
#include "formats/text_matcher.h"

namespace plumb {
namespace {

// "7: 458752 [270: 17694720]"; the first two may be negative if `is_sample`.
void match_numbers(TextMatcher& text, bool is_sample, HeapSample& out) {
  if (is_sample) {
    text.signed_digits(out.inuse.count).literal(":").spaces().signed_digits(out.inuse.size);
  } else {
    text.digits(out.inuse.count).literal(":").spaces().digits(out.inuse.size);
  }
  text.spaces().literal("[").spaces().digits(out.alloc.count).literal(":").spaces();
  text.digits(out.alloc.size).spaces().literal("]");
}

bool differs(std::string_view alloc, std::string_view inuse) {
  return alloc != inuse && alloc != "0";
}

// What stands behind the numbers: "@ heap/1048576", "@ growthz". Sets has_alloc if such a text may
// have it.
std::optional<HeapHeader> parse_kind(TextMatcher text) {
  HeapHeader header;
  header.period = 1;
  for (const std::string_view kind : {" @ growth", " @ fragmentation"}) {
    if (text.rest().starts_with(kind)) return header;
  }
  std::string_view name;
  std::string_view rate;
  text.spaces().literal("@").spaces();
  text.any_of("_abcdefghijklmnopqrstuvwxyz0123456789", name);
  if (text.rest().starts_with('/')) text.literal("/");
  text.any_of(kDecimalDigits, rate);
  const auto period = rate.empty() ? 0 : parse_int<std::int64_t>(rate);
  if (!text.ok() || !period) return std::nullopt;
  header.has_alloc = true;
  if (name == "heapprofile") return header;
  header.is_sampled = true;
  header.period = name == "heap" ? *period / 2 : *period;
  const bool is_known = name == "heap" || name == "heap_v2" || name == "heapz_v2";
  return is_known ? std::optional(header) : std::nullopt;
}

}  // namespace

std::optional<HeapHeader> parse_heap_header(std::string_view line) {
  constexpr std::string_view kStart = "heap profile:";
  while (true) {
    const std::size_t at = line.find(kStart);
    if (at == std::string_view::npos) return std::nullopt;
    line.remove_prefix(at + kStart.size());
    TextMatcher text(line);
    HeapSample numbers;
    match_numbers(text.spaces(), false, numbers);
    if (!text.ok()) continue;
    auto header = parse_kind(text);
    if (!header) continue;
    header->inuse_count = parse_int<std::int64_t>(numbers.inuse.count);
    header->alloc_count = parse_int<std::int64_t>(numbers.alloc.count);
    // As text, as pprof compares them.
    const bool is_other = differs(numbers.alloc.count, numbers.inuse.count) ||
                          differs(numbers.alloc.size, numbers.inuse.size);
    header->has_alloc = header->has_alloc && is_other;
    return header;
  }
}

std::optional<HeapSample> match_heap_sample(std::string_view line) {
  // A match starts where a number starts; one that fails there fails at its later digits, too.
  while (true) {
    const std::size_t digit = line.find_first_of(kDecimalDigits);
    if (digit == std::string_view::npos) return std::nullopt;
    const bool has_sign = digit > 0 && line[digit - 1] == '-';
    TextMatcher text(line.substr(has_sign ? digit - 1 : digit));
    HeapSample sample;
    match_numbers(text, true, sample);
    text.literal(" @").any_of(" x0123456789abcdef", sample.addresses);
    if (text.ok()) return sample;
    const std::size_t end = line.find_first_not_of(kDecimalDigits, digit);
    line.remove_prefix(std::min(end, line.size()));
  }
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "formats/heap_text.h"

#include <array>
#include <optional>
#include <string>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "formats/heap_text_lines.h"
#include "formats/legacy_records.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"
#include "formats/memory_map.h"
#include "formats/window_cursor.h"

namespace plumb {
namespace {

class HeapTextReader {
 public:
  HeapTextReader(ByteSource& source, const ReadOptions& options)
      : limits_(options.limits),
        cursor_(source, limits_),
        records_(profile_, limits_, LegacyRecords::Leaf::MayHideRuntime) {}

  Result<Profile> read() {
    TRY(read_header());
    TRY(read_records());
    check_totals();
    finish_legacy_profile(profile_);
    return std::move(profile_);
  }

 private:
  Result<void> read_header() {
    TRY_ASSIGN(const TextLine line, first_content_line(cursor_));
    const auto header = parse_heap_header(line.text);
    if (!header) return Error(ErrorCode::NotRecognized, "no header line of a heap profile");
    header_line_ = line.number;
    header_ = *header;
    const auto type = [this](std::string_view name, std::string_view unit) {
      return ValueType{profile_.strings.intern(name), profile_.strings.intern(unit)};
    };
    profile_.period_type = type("space", "bytes");
    profile_.has_period_type = true;
    profile_.period = header->period;
    if (header->has_alloc) {
      profile_.sample_types = {type("alloc_objects", "count"), type("alloc_space", "bytes"),
                               type("inuse_objects", "count"), type("inuse_space", "bytes")};
    } else {
      profile_.sample_types = {type("objects", "count"), type("space", "bytes")};
    }
    bytes_label_.key = profile_.strings.intern("bytes");
    return {};
  }

  Result<void> read_records() {
    TextLine line;
    while (true) {
      TRY_ASSIGN(const bool has_line, cursor_.next_line(line));
      if (!has_line) break;
      last_line_ = line.number;
      line.text = trim(line.text);
      if (line.text.empty()) {
        records_.read_empty_line();
      } else if (line.text.front() == '#') {
        records_.read_comment(line);
      } else if (is_memory_map_start(line.text)) {
        records_.finish();
        return read_memory_map(cursor_, profile_, limits_);
      } else {
        TRY(read_sample(line));
      }
    }
    if (records_.may_lack_lines()) records_.lose_cut({.text = {}, .number = last_line_});
    records_.finish();
    return {};
  }

  Result<void> read_sample(const TextLine& line) {
    const auto sample = match_heap_sample(line.text);
    if (!sample) {
      if (!line.is_whole) return records_.lose_cut(line), Result<void>();
      return Error(ErrorCode::Malformed, "line " + std::to_string(line.number) +
                                             ": unexpected number of sample values: got 0, want "
                                             "6: " +
                                             printable(line.text.substr(0, 60)));
    }
    std::array<std::int64_t, LegacyRecords::kMaxValues> values{};
    std::size_t width = 0;
    std::int64_t block_bytes = 0;
    const auto add = [&](const HeapNumbers& numbers, std::string_view what) -> Result<void> {
      TRY_ASSIGN(const HeapValues scaled, scale(numbers, what, line, block_bytes));
      values[width++] = scaled.count;
      values[width++] = scaled.size;
      return {};
    };
    if (header_.has_alloc) TRY(add(sample->alloc, "allocation"));
    TRY(add(sample->inuse, "inuse"));
    bytes_label_.num = block_bytes;
    return records_.start(std::span(values).first(width), bytes_label_, sample->addresses, line);
  }

  // The numbers as they count; `block_bytes` becomes the average size if there is one.
  Result<HeapValues> scale(const HeapNumbers& numbers, std::string_view what, const TextLine& line,
                           std::int64_t& block_bytes) {
    const auto count = parse_int<std::int64_t>(numbers.count);
    const auto size = parse_int<std::int64_t>(numbers.size);
    if (!count || !size) return malformed_sample(line, "value out of range");
    if (*count == 0 && *size != 0) {
      const std::string name(what);
      return Error(ErrorCode::Malformed, "line " + std::to_string(line.number) + ": " + name +
                                             " count was 0 but " + name + " bytes was " +
                                             std::to_string(*size));
    }
    std::int64_t& total = what == "inuse" ? inuse_count_ : alloc_count_;
    total = add_saturating(total, *count);
    const HeapValues values{.count = *count, .size = *size};
    if (*count == 0) return values;
    block_bytes = divide_wrapping(*size, *count);
    return header_.is_sampled ? unsample_heap(values, profile_.period) : values;
  }

  // Compares what was read with what the header promised.
  void check_totals() {
    const auto check = [this](std::optional<std::int64_t> promised, std::int64_t read,
                              std::string_view what) {
      // What one profile has more than another may be negative; the header never is.
      if (!promised || read < 0 || read >= *promised) return;
      add_loss(profile_.losses, what,
               static_cast<std::uint64_t>(subtract_wrapping(*promised, read)), header_line_);
    };
    check(header_.inuse_count, inuse_count_, "object in use missing");
    if (header_.has_alloc) check(header_.alloc_count, alloc_count_, "allocated object missing");
  }

  const Limits& limits_;
  Profile profile_;
  WindowCursor cursor_;
  LegacyRecords records_;
  HeapHeader header_;
  Label bytes_label_;
  std::uint64_t header_line_ = 0;
  std::uint64_t last_line_ = 0;
  std::int64_t inuse_count_ = 0;
  std::int64_t alloc_count_ = 0;
};

}  // namespace

bool looks_like_heap_text(std::string_view head) {
  return parse_heap_header(first_content_line(head)).has_value();
}

Result<Profile> read_heap_text(ByteSource& source, const ReadOptions& options) {
  return HeapTextReader(source, options).read();
}

}  // namespace plumb

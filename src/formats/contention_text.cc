// SPDX-License-Identifier: Apache-2.0
#include "formats/contention_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "base/strings.h"
#include "base/try.h"
#include "formats/java_text.h"
#include "formats/legacy_records.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"
#include "formats/memory_map.h"
#include "formats/text_matcher.h"
#include "formats/window_cursor.h"

namespace plumb {
namespace {

bool is_first_line(std::string_view line) {
  constexpr std::array<std::string_view, 3> kStarts = {"--- contentionz ",
                                                       "--- mutex:", "--- contention:"};
  return std::ranges::any_of(kStarts,
                             [line](std::string_view start) { return line.starts_with(start); });
}

// `15265828786 558 @ 0x68e575 0x68e55c`
struct Sample {
  std::string_view delay;
  std::string_view count;
  std::string_view addresses;
};

// Finds the first sample in a line, as pprof: a single number of several digits is taken apart, its
// last digit being the count.
std::optional<Sample> match_sample(std::string_view line) {
  while (true) {
    const std::size_t digit = line.find_first_of(kDecimalDigits);
    if (digit == std::string_view::npos) return std::nullopt;
    line.remove_prefix(digit);
    Sample sample;
    TextMatcher text(line);
    text.digits(sample.delay);
    const std::string_view behind_delay = text.rest();
    text.spaces().digits(sample.count);
    if (!text.ok() && sample.delay.size() > 1) {
      text = TextMatcher(behind_delay);
      sample.count = sample.delay.substr(sample.delay.size() - 1);
      sample.delay.remove_suffix(1);
    }
    text.literal(" @").any_of(" x0123456789abcdef", sample.addresses);
    if (text.ok()) return sample;
    line.remove_prefix(std::min(line.find_first_not_of(kDecimalDigits), line.size()));
  }
}

class ContentionTextReader {
 public:
  ContentionTextReader(ByteSource& source, const ReadOptions& options)
      : limits_(options.limits),
        cursor_(source, limits_),
        records_(profile_, limits_, LegacyRecords::Leaf::Shown) {}

  Result<Profile> read() {
    TRY_ASSIGN(const TextLine first, first_content_line(cursor_));
    if (!is_first_line(first.text)) {
      return Error(ErrorCode::NotRecognized, "no first line of a contention profile");
    }
    set_types();
    TRY(read_attributes());
    TRY(read_records());
    finish_legacy_profile(profile_);
    return std::move(profile_);
  }

 private:
  // What ends a part of the text.
  enum class End : std::uint8_t { Input, Section, Sample };

  void set_types() {
    const ValueType contentions{profile_.strings.intern("contentions"),
                                profile_.strings.intern("count")};
    profile_.period_type = contentions;
    profile_.has_period_type = true;
    profile_.period = 1;
    profile_.sample_types = {
        contentions, {profile_.strings.intern("delay"), profile_.strings.intern("nanoseconds")}};
  }

  // Reads lines `name = value` up to the first other one, which stays in line_.
  Result<void> read_attributes() {
    while (true) {
      TRY_ASSIGN(has_line_, next_line());
      if (!has_line_ || line_.text.starts_with("---")) return {};
      const std::size_t equals = line_.text.find('=');
      const bool is_other = line_.text.empty() || line_.text.front() == '#';
      if (is_other) continue;
      if (equals == std::string_view::npos) return {};
      TRY(read_attribute(trim(line_.text.substr(0, equals)), trim(line_.text.substr(equals + 1))));
    }
  }

  Result<void> read_attribute(std::string_view name, std::string_view text) {
    constexpr std::int64_t kNanosPerMilli = 1'000'000;
    constexpr std::array<std::string_view, 4> kNames = {"cycles/second", "sampling period",
                                                        "ms since reset", "discarded samples"};
    if (std::ranges::find(kNames, name) == kNames.end()) return not_recognized("unknown attribute");
    if (name == "discarded samples") return {};
    const auto value = parse_go_int(text);
    if (!value) return not_recognized("value is not a 64-bit number");
    if (name == "cycles/second") cycles_per_second_ = *value;
    if (name == "sampling period") profile_.period = *value;
    if (name == "ms since reset") {
      profile_.duration_nanos = multiply_wrapping(*value, kNanosPerMilli);
    }
    return {};
  }

  // Reads lines from line_ on.
  Result<void> read_records() {
    while (has_line_ && !line_.text.starts_with("---") && !is_memory_map_start(line_.text)) {
      if (line_.text.empty()) {
        records_.read_empty_line();
      } else if (line_.text.front() == '#') {
        records_.read_comment(line_);
      } else {
        TRY(read_sample());
      }
      TRY_ASSIGN(has_line_, next_line());
    }
    if (!has_line_ && records_.may_lack_lines()) records_.lose_cut(line_);
    records_.finish();
    if (!has_line_) return {};
    if (is_memory_map_start(line_.text)) return read_memory_map(cursor_, profile_, limits_);
    return read_further_sections(cursor_, profile_, limits_);
  }

  Result<void> read_sample() {
    const auto sample = match_sample(line_.text);
    if (!sample) {
      if (!line_.is_whole) return records_.lose_cut(line_), Result<void>();
      return malformed_sample(line_, "no delay, count and addresses");
    }
    const auto delay = parse_int<std::int64_t>(sample->delay);
    const auto count = parse_int<std::int64_t>(sample->count);
    if (!delay || !count) return malformed_sample(line_, "value out of range");
    std::array<std::int64_t, 2> values = {*count, *delay};
    if (profile_.period > 0) {
      values[0] = multiply_wrapping(*count, profile_.period);
      if (cycles_per_second_ > 0) values[1] = nanos_of(*delay);
    }
    return records_.start(values, std::nullopt, sample->addresses, line_);
  }

  [[nodiscard]] std::int64_t nanos_of(std::int64_t cycles) const {
    const double cycles_per_nano = static_cast<double>(cycles_per_second_) / 1e9;
    const double all_cycles = static_cast<double>(cycles) * static_cast<double>(profile_.period);
    return go_int64(all_cycles / cycles_per_nano);
  }

  Result<bool> next_line() {
    TRY_ASSIGN(const bool has_line, cursor_.next_line(line_));
    if (has_line) line_.text = trim(line_.text);
    return has_line;
  }

  [[nodiscard]] Error not_recognized(std::string_view why) const {
    return {ErrorCode::NotRecognized,
            "line " + std::to_string(line_.number) + ": " + std::string(why)};
  }

  const Limits& limits_;
  Profile profile_;
  WindowCursor cursor_;
  LegacyRecords records_;
  TextLine line_;
  bool has_line_ = false;
  std::int64_t cycles_per_second_ = 0;
};

}  // namespace

bool looks_like_contention_text(std::string_view head) {
  return is_first_line(first_content_line(head)) && !looks_like_java_text(head);
}

Result<Profile> read_contention_text(ByteSource& source, const ReadOptions& options) {
  return ContentionTextReader(source, options).read();
}

}  // namespace plumb

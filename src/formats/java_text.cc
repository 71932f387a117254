// SPDX-License-Identifier: Apache-2.0
#include "formats/java_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/checked.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"
#include "formats/address_table.h"
#include "formats/java_symbols.h"
#include "formats/legacy_frames.h"
#include "formats/legacy_stack.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"
#include "formats/text_matcher.h"
#include "formats/window_cursor.h"

namespace plumb {
namespace {

constexpr std::int64_t kHeapRate = 524'288;  // Bytes between samples.

enum class Kind : std::uint8_t { Heap, Contention };

std::optional<Kind> kind_of(std::string_view first_line) {
  if (first_line == "--- heapz 1 ---") return Kind::Heap;
  if (first_line == "--- contentionz 1 ---") return Kind::Contention;
  return std::nullopt;
}

bool is_word_or_space(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == ' ';
}

struct Attribute {
  std::string_view name;
  std::string_view value;
};

// Finds the first "name = value" in a line.
std::optional<Attribute> match_attribute(std::string_view line) {
  for (std::size_t at = line.find('='); at != std::string_view::npos; at = line.find('=', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && is_word_or_space(line[begin - 1])) --begin;
    std::size_t end = at + 1;
    while (end < line.size() && is_word_or_space(line[end])) ++end;
    if (begin == at || end == at + 1) continue;
    return Attribute{trim(line.substr(begin, at - begin)), trim(line.substr(at + 1, end - at - 1))};
  }
  return std::nullopt;
}

// `14 1 @ 0x1f5a 0x1f5b`
struct JavaSample {
  std::string_view size;
  std::string_view count;
  std::string_view addresses;
};

std::optional<JavaSample> match_java_sample(std::string_view line) {
  while (true) {
    const std::size_t digit = line.find_first_of(kDecimalDigits);
    if (digit == std::string_view::npos) return std::nullopt;
    line.remove_prefix(digit);
    JavaSample sample;
    TextMatcher text(line);
    text.digits(sample.size).literal(" ").spaces().digits(sample.count).literal(" ").spaces();
    text.literal("@ ").spaces().any_of(" x0123456789abcdef", sample.addresses);
    if (text.ok()) return sample;
    line.remove_prefix(std::min(line.find_first_not_of(kDecimalDigits), line.size()));
  }
}

class JavaTextReader {
 public:
  JavaTextReader(ByteSource& source, const ReadOptions& options)
      : limits_(options.limits), cursor_(source, limits_), table_(profile_) {}

  Result<Profile> read() {
    TRY_ASSIGN(const TextLine first, first_content_line(cursor_));
    const auto kind = kind_of(first.text);
    if (!kind) return Error(ErrorCode::NotRecognized, "no first line of a Java profile");
    kind_ = *kind;
    profile_.has_period_type = true;
    TRY(read_attributes());
    TRY(read_samples());
    JavaSymbols symbols(profile_, table_);
    if (has_line_) TRY(symbols.read_line(line_));
    TRY(symbols.read(cursor_, limits_));
    set_legacy_frames(profile_);
    if (profile_.sample_types.empty() && profile_.sample_count() > 0) {
      return Error(ErrorCode::Malformed, "malformed profile: missing sample type information");
    }
    return std::move(profile_);
  }

 private:
  // Reads lines up to the first that is none, which stays in line_.
  Result<void> read_attributes() {
    while (true) {
      TRY(next_line());
      if (!has_line_) return {};
      if (line_.text.empty()) continue;
      const auto attribute = match_attribute(line_.text);
      if (!attribute) return {};
      TRY(read_attribute(*attribute));
    }
  }

  Result<void> read_attribute(const Attribute& attribute) {
    const auto type = [this](std::string_view name, std::string_view unit) {
      return ValueType{profile_.strings.intern(name), profile_.strings.intern(unit)};
    };
    const bool is_heap = kind_ == Kind::Heap;
    if (attribute.name == "format") {
      return attribute.value == "java" ? Result<void>() : not_recognized("not of Java");
    }
    if (attribute.name == "resolution") {
      profile_.sample_types = {type(is_heap ? "inuse_objects" : "contentions", "count"),
                               type(is_heap ? "inuse_space" : "delay", attribute.value)};
      return {};
    }
    const bool is_period = attribute.name == "sampling period";
    if (is_heap || (!is_period && attribute.name != "ms since reset")) {
      return not_recognized("unknown attribute");
    }
    const auto value = parse_go_int(attribute.value);
    if (!value) {
      return Error(ErrorCode::Malformed, "line " + std::to_string(line_.number) +
                                             ": value of attribute " + std::string(attribute.name) +
                                             " is not a 64-bit number");
    }
    if (is_period) {
      profile_.period_type = type("contentions", "count");
      profile_.period = *value;
    } else {
      profile_.duration_nanos = multiply_wrapping(*value, kNanosPerMilli);
    }
    return {};
  }

  // Reads lines from line_ on, up to the first that is no sample, which stays in line_.
  Result<void> read_samples() {
    while (has_line_) {
      if (!line_.text.empty()) {
        const auto sample = match_java_sample(line_.text);
        if (!sample) return {};
        if (line_.is_whole) {
          TRY(read_sample(*sample));
        } else {
          add_loss(profile_.losses, "record cut short", 1, line_.number);
        }
      }
      TRY(next_line());
    }
    return {};
  }

  Result<void> read_sample(const JavaSample& sample) {
    addresses_.clear();
    const auto read = read_hex_addresses(sample.addresses, addresses_);
    if (!read) return malformed_sample(line_, read.error().message());
    if (addresses_.size() > limits_.stack_frames) {
      return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line_.number) +
                                                 ": stack of more than " +
                                                 plural(limits_.stack_frames, "frame"));
    }
    const auto count = parse_go_int(sample.count);
    const auto size = parse_go_int(sample.size);
    if (!count || !size) return malformed_sample(line_, "value out of range");
    HeapValues values{.count = *count, .size = *size};
    Label label;
    if (kind_ == Kind::Contention && profile_.period != 0) {
      values.count = multiply_wrapping(values.count, profile_.period);
      values.size = multiply_wrapping(values.size, profile_.period);
    }
    if (kind_ == Kind::Heap) {
      if (*count == 0) return malformed_sample(line_, "second value must be non-zero");
      label.key = profile_.strings.intern("bytes");
      label.num = divide_wrapping(*size, *count);
      values = unsample_heap(values, kHeapRate);
    }
    const std::array<std::int64_t, 2> row = {values.count, values.size};
    profile_.add_sample(add_address_stack(profile_, table_, addresses_, StackForm::Plain), row,
                        std::span(&label, kind_ == Kind::Heap ? 1u : 0u));
    return check_memory(profile_, limits_, table_.memory_bytes(), line_.number);
  }

  Result<void> next_line() {
    TRY_ASSIGN(has_line_, cursor_.next_line(line_));
    if (has_line_) line_.text = trim(line_.text);
    return {};
  }

  [[nodiscard]] Error not_recognized(std::string_view why) const {
    return {ErrorCode::NotRecognized,
            "line " + std::to_string(line_.number) + ": " + std::string(why)};
  }

  const Limits& limits_;
  Profile profile_;
  WindowCursor cursor_;
  AddressTable table_;
  Kind kind_ = Kind::Heap;
  TextLine line_;
  bool has_line_ = false;
  std::vector<std::uint64_t> addresses_;  // Of the sample being read.
};

}  // namespace

bool looks_like_java_text(std::string_view head) {
  while (!head.empty() && is_space_or_comment(head.substr(0, head.find('\n')))) {
    take_until(head, '\n');
  }
  const auto kind = kind_of(trim(take_until(head, '\n')));
  if (kind != Kind::Contention) return kind.has_value();
  while (!head.empty()) {
    const std::string_view line = trim(take_until(head, '\n'));
    if (line.empty()) continue;
    const auto attribute = match_attribute(line);
    if (!attribute) return false;
    if (attribute->name == "format" || attribute->name == "resolution") return true;
  }
  return false;
}

Result<Profile> read_java_text(ByteSource& source, const ReadOptions& options) {
  return JavaTextReader(source, options).read();
}

}  // namespace plumb

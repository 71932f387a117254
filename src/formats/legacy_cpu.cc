// SPDX-License-Identifier: Apache-2.0
#include "formats/legacy_cpu.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/strings.h"
#include "base/try.h"
#include "formats/address_table.h"
#include "formats/java_symbols.h"
#include "formats/legacy_frames.h"
#include "formats/legacy_stack.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"
#include "formats/window_cursor.h"

namespace plumb {
namespace {

constexpr std::size_t kHeaderWords = 5;

// How words stand in the input.
struct WordForm {
  std::size_t bytes = 4;
  bool is_big_endian = false;

  // Requires: `bytes` bytes at `at`.
  [[nodiscard]] std::uint64_t read(const char* at) const {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      const std::size_t from = is_big_endian ? i : bytes - 1 - i;
      value = value << 8 | static_cast<unsigned char>(at[from]);
    }
    return value;
  }
};

struct Header {
  WordForm form;
  bool is_java = false;
  std::uint64_t period_us = 0;
};

std::optional<Header> parse_header(std::string_view head) {
  constexpr std::array kForms = {WordForm{4, false}, WordForm{4, true}, WordForm{8, false},
                                 WordForm{8, true}};
  for (const WordForm& form : kForms) {
    if (head.size() < kHeaderWords * form.bytes) continue;
    std::array<std::uint64_t, kHeaderWords> words{};
    for (std::size_t i = 0; i < kHeaderWords; ++i) words[i] = form.read(&head[i * form.bytes]);
    const bool fits =
        words[0] == 0 && words[1] == 3 && words[2] <= 1 && words[3] > 0 && words[4] == 0;
    if (fits) return Header{form, words[2] == 1, words[3]};
  }
  return std::nullopt;
}

// Samples before it is known which of their frames are the handler's.
class RawSamples {
 public:
  struct Sample {
    std::uint64_t count = 0;
    std::size_t end = 0;  // In the addresses of all.
  };

  void add(std::uint64_t count, std::span<const std::uint64_t> addresses) {
    addresses_.insert(addresses_.end(), addresses.begin(), addresses.end());
    samples_.push_back({count, addresses_.size()});
  }

  [[nodiscard]] std::size_t size() const { return samples_.size(); }
  [[nodiscard]] std::uint64_t count(std::size_t i) const { return samples_[i].count; }

  [[nodiscard]] std::span<const std::uint64_t> addresses(std::size_t i) const {
    const std::size_t begin = i == 0 ? 0 : samples_[i - 1].end;
    return std::span(addresses_).subspan(begin, samples_[i].end - begin);
  }

  // If nearly all samples have the same second frame, one that a signal handler left there rather
  // than the program, removes it from them. True if it did.
  bool remove_handler_frame() {
    constexpr std::size_t kSamplesPerException = 32;
    std::unordered_map<std::uint64_t, std::size_t> uses;
    std::pair<std::uint64_t, std::size_t> most;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (addresses(i).size() < 2) continue;
      const std::uint64_t address = addresses(i)[1];
      const std::size_t count = ++uses[address];
      if (count > most.second) most = {address, count};
    }
    const std::size_t enough = samples_.size() - samples_.size() / kSamplesPerException;
    if (most.second == 0 || most.second < enough) return false;
    remove_second(most.first);
    return true;
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    return addresses_.capacity() * sizeof(std::uint64_t) + samples_.capacity() * sizeof(Sample);
  }

 private:
  void remove_second(std::uint64_t address) {
    std::size_t out = 0;
    std::size_t begin = 0;
    for (Sample& sample : samples_) {
      const std::size_t end = sample.end;
      const bool has_it = end - begin > 1 && addresses_[begin + 1] == address;
      for (std::size_t i = begin; i < end; ++i) {
        if (!has_it || i != begin + 1) addresses_[out++] = addresses_[i];
      }
      sample.end = out;
      begin = end;
    }
    addresses_.resize(out);
  }

  std::vector<std::uint64_t> addresses_;
  std::vector<Sample> samples_;
};

class LegacyCpuReader {
 public:
  LegacyCpuReader(ByteSource& source, const ReadOptions& options)
      : limits_(options.limits), cursor_(source, limits_), table_(profile_) {}

  Result<Profile> read() {
    TRY(read_header());
    TRY(read_samples());
    constexpr int kMostHandlerFrames = 2;
    for (int i = 0; i < kMostHandlerFrames && !header_.is_java; ++i)
      samples_.remove_handler_frame();
    TRY(add_samples());
    if (header_.is_java) {
      JavaSymbols symbols(profile_, table_);
      TRY(symbols.read(cursor_, limits_));
      set_legacy_frames(profile_);
    } else {
      TRY(read_memory_map(cursor_, profile_, limits_));
      finish_legacy_profile(profile_);
    }
    return std::move(profile_);
  }

 private:
  Result<void> read_header() {
    constexpr std::size_t kMostBytes = kHeaderWords * sizeof(std::uint64_t);
    TRY_ASSIGN(const std::string_view head, cursor_.take(kMostBytes));
    const auto header = parse_header(head);
    if (!header) return Error(ErrorCode::NotRecognized, "no header of a legacy CPU profile");
    header_ = *header;
    cursor_.put_back(head.size() - kHeaderWords * header_.form.bytes);
    const auto type = [this](std::string_view name, std::string_view unit) {
      return ValueType{profile_.strings.intern(name), profile_.strings.intern(unit)};
    };
    constexpr std::int64_t kNanosPerMicro = 1000;
    profile_.period =
        multiply_wrapping(static_cast<std::int64_t>(header_.period_us), kNanosPerMicro);
    profile_.period_type = type("cpu", "nanoseconds");
    profile_.has_period_type = true;
    profile_.sample_types = {type("samples", "count"), type("cpu", "nanoseconds")};
    return {};
  }

  // Reads up to the end marker or, without it, the end of the input.
  Result<void> read_samples() {
    std::vector<std::uint64_t> head;
    std::vector<std::uint64_t> addresses;
    while (true) {
      const std::uint64_t start = cursor_.offset();
      TRY(take_words(2, head));
      if (cursor_.offset() == start) return {};
      const std::uint64_t depth = head.size() == 2 ? head[1] : 0;
      if (depth > limits_.stack_frames) {
        return Error(ErrorCode::LimitExceeded,
                     "stack of more than " + plural(limits_.stack_frames, "frame"))
            .at(start);
      }
      TRY(take_words(static_cast<std::size_t>(depth), addresses));
      if (head.size() < 2 || addresses.size() < depth) {
        add_loss(profile_.losses, "sample cut short", 1, start);
        return {};
      }
      if (head[0] == 0 && depth == 1 && addresses[0] == 0) return {};
      if (!header_.is_java) move_to_calls(addresses);
      samples_.add(head[0], addresses);
      TRY(check_bytes(samples_.memory_bytes(), start));
    }
  }

  // Fills `words` with the next `count` words, fewer at the end.
  Result<void> take_words(std::size_t count, std::vector<std::uint64_t>& words) {
    const std::size_t word_bytes = header_.form.bytes;
    TRY_ASSIGN(const std::string_view bytes, cursor_.take(count * word_bytes));
    words.clear();
    for (std::size_t at = 0; at + word_bytes <= bytes.size(); at += word_bytes) {
      words.push_back(header_.form.read(&bytes[at]));
    }
    return {};
  }

  Result<void> add_samples() {
    const StackForm form = header_.is_java ? StackForm::Plain : StackForm::Handler;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const auto count = static_cast<std::int64_t>(samples_.count(i));
      const std::array<std::int64_t, 2> values = {count, multiply_wrapping(count, profile_.period)};
      profile_.add_sample(add_address_stack(profile_, table_, samples_.addresses(i), form), values,
                          {});
      TRY(check_bytes(samples_.memory_bytes() + table_.memory_bytes(), cursor_.offset()));
    }
    return {};
  }

  [[nodiscard]] Result<void> check_bytes(std::size_t more_bytes, std::uint64_t offset) const {
    if (profile_.memory_bytes() + more_bytes <= limits_.model_bytes) return {};
    return Error(ErrorCode::LimitExceeded,
                 "the profile needs more than " + plural(limits_.model_bytes, "byte"))
        .at(offset);
  }

  const Limits& limits_;
  Profile profile_;
  WindowCursor cursor_;
  Header header_;
  RawSamples samples_;
  AddressTable table_;
};

}  // namespace

bool looks_like_legacy_cpu(std::string_view head) {
  return parse_header(head).has_value();
}

Result<Profile> read_legacy_cpu(ByteSource& source, const ReadOptions& options) {
  return LegacyCpuReader(source, options).read();
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "formats/thread_text.h"

#include <re2/re2.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/try.h"
#include "formats/address_table.h"
#include "formats/legacy_stack.h"
#include "formats/legacy_text.h"
#include "formats/legacy_values.h"
#include "formats/memory_map.h"
#include "formats/window_cursor.h"

namespace plumb {
namespace {

bool matches(std::string_view line, const RE2& regexp) {
  return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), regexp);
}

bool is_all_threads(std::string_view line) {
  if (line.find("--- threadz ") == std::string_view::npos) return false;
  static const RE2 regexp("--- threadz [[:digit:]]+ ---", RE2::Latin1);
  return matches(line, regexp);
}

bool is_thread(std::string_view line) {
  if (line.find("--- Thread ") == std::string_view::npos) return false;
  static const RE2 regexp(R"(--- Thread [[:xdigit:]]+ \(name: .*/[[:digit:]]+\) stack: ---)",
                          RE2::Latin1);
  return matches(line, regexp);
}

class ThreadTextReader {
 public:
  ThreadTextReader(ByteSource& source, const ReadOptions& options)
      : limits_(options.limits), cursor_(source, limits_), addresses_(profile_) {}

  Result<Profile> read() {
    TRY(read_start());
    const ValueType type{profile_.strings.intern("thread"), profile_.strings.intern("count")};
    profile_.sample_types = {type};
    profile_.period_type = type;
    profile_.has_period_type = true;
    profile_.period = 1;
    TRY(read_threads());
    if (!has_line_) {
      add_loss(profile_.losses, "end of the threads missing", 1, line_.number);
    } else if (is_memory_map_start(line_.text)) {
      TRY(read_memory_map(cursor_, profile_, limits_));
    } else {
      TRY(read_further_sections(cursor_, profile_, limits_));
    }
    finish_legacy_profile(profile_);
    return std::move(profile_);
  }

 private:
  // Reads up to the line of the first thread, which stays in line_, as every line that was read
  // and is still to be looked at.
  Result<void> read_start() {
    TRY_ASSIGN(line_, first_content_line(cursor_));
    has_line_ = !line_.text.empty();
    if (is_all_threads(line_.text)) {
      do {
        TRY(next_line());
      } while (has_line_ && !is_memory_map_start(line_.text) && !line_.text.starts_with('-'));
      return {};
    }
    if (is_thread(line_.text)) return {};
    return Error(ErrorCode::NotRecognized, "no first line of a thread profile");
  }

  Result<void> read_threads() {
    while (has_line_ && !is_memory_map_start(line_.text) &&
           !line_.text.starts_with("---- no stack trace for")) {
      if (!is_thread(line_.text)) {
        if (line_.is_whole) return no_thread();
        TRY(next_line());
        break;
      }
      TRY_ASSIGN(const bool is_same, read_stack());
      if (!is_same && !stack_.empty()) {
        move_to_calls(stack_);
        stacks_.push_back(add_address_stack(profile_, addresses_, stack_, StackForm::Handler));
        counts_.push_back(1);
      } else if (!counts_.empty()) {
        ++counts_.back();
      }
    }
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      profile_.add_sample(stacks_[i], std::span(&counts_[i], 1), {});
    }
    return {};
  }

  [[nodiscard]] Error no_thread() const {
    return {ErrorCode::Malformed,
            "line " + std::to_string(line_.number) +
                ": no thread starts here: " + printable(line_.text.substr(0, 60))};
  }

  // Reads a stack into stack_; true if the text says that it is the one before.
  Result<bool> read_stack() {
    bool is_same = false;
    stack_.clear();
    for (;;) {
      TRY(next_line());
      const bool is_end = !has_line_ || line_.text.starts_with("---");
      if (is_end || is_memory_map_start(line_.text)) return is_same;
      if (line_.text.find("same as previous thread") != std::string_view::npos) {
        is_same = true;
        continue;
      }
      const auto read = read_hex_addresses(line_.text, stack_);
      if (!read) return malformed_sample(line_, read.error().message());
      if (!line_.is_whole && !stack_.empty()) stack_.pop_back();  // It may lack digits.
      if (stack_.size() > limits_.stack_frames) {
        return Error(ErrorCode::LimitExceeded, "line " + std::to_string(line_.number) +
                                                   ": stack of more than " +
                                                   plural(limits_.stack_frames, "frame"));
      }
      const std::size_t more = addresses_.memory_bytes() + memory_bytes();
      TRY(check_memory(profile_, limits_, more, line_.number));
    }
  }

  Result<void> next_line() {
    TRY_ASSIGN(has_line_, cursor_.next_line(line_));
    if (has_line_) line_.text = trim(line_.text);
    return {};
  }

  [[nodiscard]] std::size_t memory_bytes() const {
    return (counts_.capacity() + stacks_.capacity() + stack_.capacity()) * sizeof(std::uint64_t);
  }

  const Limits& limits_;
  Profile profile_;
  WindowCursor cursor_;
  AddressTable addresses_;
  TextLine line_;
  bool has_line_ = false;
  std::vector<std::uint64_t> stack_;   // PCs of the thread being read.
  std::vector<std::uint64_t> stacks_;  // Keys in the profile,
  std::vector<std::int64_t> counts_;   // and how many threads have each.
};

}  // namespace

bool looks_like_thread_text(std::string_view head) {
  const std::string_view line = first_content_line(head);
  return is_all_threads(line) || is_thread(line);
}

Result<Profile> read_thread_text(ByteSource& source, const ReadOptions& options) {
  return ThreadTextReader(source, options).read();
}

}  // namespace plumb

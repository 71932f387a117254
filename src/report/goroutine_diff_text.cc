// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include "base/checked.h"
#include "base/strings.h"
#include "report/goroutine_diff.h"
#include "report/leaks.h"

namespace plumb {
namespace {

constexpr std::size_t kNumberWidth = 9;
constexpr std::string_view kIndent = "             ";

std::string goroutines(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " goroutine" : " goroutines");
}

std::string minutes(std::uint64_t count) {
  return count == 0 ? "less than a minute" : "at least " + plural(count, "minute");
}

// "3 new, 1 ended, 7 stayed": what is not zero.
std::string moves_text(const GoroutineMoves& moves) {
  std::string text;
  const auto add = [&text](std::int64_t count, const char* what) {
    if (count != 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
  };
  add(moves.fresh, "new");
  add(moves.moved_in, "from other groups");
  add(moves.ended, "ended");
  add(moves.moved_out, "gone to other groups");
  add(moves.stayed, "stayed");
  return text;
}

class GoroutineDiffText {
 public:
  GoroutineDiffText(const GoroutineDiff& diff, const ChangeOptions& options, Writer& out)
      : diff_(diff), stacks_(diff.stacks), options_(options), out_(out) {}

  void render() {
    render_head();
    std::size_t shown = 0;
    std::size_t changed = 0;
    for (const GoroutineChange& change : diff_.changes) {
      if (!is_change(change, options_)) continue;
      ++changed;
      if (options_.row_count != 0 && shown == options_.row_count) continue;
      if (shown++ == 0) out_ << "\n   change    before     after\n";
      render_change(change);
    }
    if (changed == 0 && diff_.dropped == 0) out_ << "\nNo group of goroutines has changed.\n";
    if (changed == 0 && diff_.dropped > 0) {
      out_ << "\nNot shown: " << plural(diff_.dropped, "group")
           << " with fewer than before, as -drop_negative asks.\n";
    }
    if (shown < changed) {
      out_ << "\nNot shown: " << plural(changed - shown, "group")
           << " with smaller changes; -nodecount=0 shows all.\n";
    }
  }

 private:
  void render_head() {
    out_ << printable(diff_.before_name) << " -> " << printable(diff_.after_name) << ": "
         << std::to_string(diff_.before) << " -> " << goroutines(diff_.after);
    if (diff_.after != diff_.before) {
      out_ << ", " << signed_number(subtract_wrapping(diff_.after, diff_.before)) << " ("
           << relative_change(diff_.before, diff_.after) << ")";
    }
    out_ << "\n";
    if (diff_.has_ids) out_ << "by their ids: " << moves_text(diff_.moves) << "\n";
    if (diff_.has_foreign_ids) {
      out_ << "The dumps are of two processes: goroutines cannot be told apart by their ids.\n";
    }
    if (diff_.compares_stacks_only) {
      out_ << "Only one of the two says who created its goroutines: creators are not compared.\n";
    }
  }

  void render_change(const GoroutineChange& change) {
    const StackGroup& group = stacks_.groups[change.group];
    std::string line;
    append_right(line, signed_number(subtract_wrapping(change.after, change.before)), kNumberWidth);
    line += ' ';
    append_right(line, std::to_string(change.before), kNumberWidth);
    line += ' ';
    append_right(line, std::to_string(change.after), kNumberWidth);
    out_ << line << "  " << printable(state_text(stacks_, group)) << "\n";
    if (group.blocked != kNone) {
      render_frame("at", stacks_.frame(group, group.blocked));
      if (group.entry != group.blocked) render_frame("entry", stacks_.frame(group, group.entry));
    }
    if (group.creator.index != kNone) render_frame("created by", stacks_.frame(group.creator));
    if (!diff_.has_ids) return;
    out_ << kIndent << moves_text(change.moves);
    if (change.moves.stayed > 0 && change.moves.longest_minutes > 0) {
      out_ << " and waited " << minutes(change.moves.shortest_minutes);
      if (change.moves.longest_minutes != change.moves.shortest_minutes) {
        out_ << ", the longest " << minutes(change.moves.longest_minutes);
      }
    }
    out_ << "\n";
  }

  void render_frame(std::string_view caption, const StackFrame& frame) {
    std::string text(caption);
    text.resize(12, ' ');
    text +=
        frame.function.index != 0 ? printable(stacks_.text(frame.function)) : address_text(frame);
    if (frame.file.index != 0) {
      text += "  " + printable(stacks_.text(frame.file)) + ':' + std::to_string(frame.line);
    }
    out_ << kIndent << text << "\n";
  }

  const GoroutineDiff& diff_;
  const StackGroups& stacks_;
  const ChangeOptions& options_;
  Writer& out_;
};

}  // namespace

void render_goroutine_diff_text(const GoroutineDiff& diff, const ChangeOptions& options,
                                Writer& out) {
  GoroutineDiffText(diff, options, out).render();
}

}  // namespace plumb

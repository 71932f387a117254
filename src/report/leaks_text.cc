// SPDX-License-Identifier: Apache-2.0
// The `leaks` report as text. What somebody with an incident needs comes first: how many, in which
// state, for how long, at which line of their own code, and where those goroutines were started.
#include <algorithm>
#include <limits>
#include <string>

#include "base/strings.h"
#include "base/units.h"
#include "leak/goroutine_states.h"
#include "leak/memory.h"
#include "report/leaks.h"

namespace plumb {
namespace {

constexpr std::size_t kNameColumn = 20;  // Where the frames of a group start.
constexpr std::size_t kMostLabels = 4;   // Shown for a group.
constexpr std::size_t kMostSources = 8;  // Named above the report.

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::int64_t>::max();
  return format_value(static_cast<std::int64_t>(std::min(bytes, kMost)), "bytes", "minimum");
}

std::string count_noun(std::int64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string pad_left(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

/// Writes pieces of text behind a caption, breaking lines between pieces where they grow too long.
class WrappedLine {
 public:
  WrappedLine(std::string_view caption, std::size_t width, Writer& out)
      : width_(width), out_(out), line_("      " + std::string(caption)) {
    line_.resize(std::max(line_.size() + 2, kNameColumn), ' ');
    is_fresh_ = true;
  }

  WrappedLine& add(const std::string& piece) {
    if (!is_fresh_ && width_ != 0 && line_.size() + 2 + piece.size() > width_) {
      out_ << line_ << "\n";
      line_.assign(kNameColumn, ' ');
      is_fresh_ = true;
    }
    if (!is_fresh_) line_ += "  ";
    line_ += piece;
    is_fresh_ = false;
    return *this;
  }

  void end() { out_ << line_ << "\n"; }

 private:
  std::size_t width_;
  Writer& out_;
  std::string line_;
  bool is_fresh_ = false;
};

class LeaksText {
 public:
  LeaksText(const LeaksReport& report, std::size_t width, Writer& out)
      : report_(report), stacks_(report.stacks), width_(width), out_(out) {}

  void render() {
    render_header();
    render_states();
    for (const std::uint32_t index : report_.shown) {
      out_ << "\n";
      render_group(stacks_.groups[index]);
    }
    render_footer();
  }

 private:
  void render_header();
  void render_states();
  void render_group(const StackGroup& group);
  void render_frame(std::string_view caption, const StackFrame& frame, const std::string& rest);
  void render_labels(const StackGroup& group);
  void render_footer();
  void render_losses();

  [[nodiscard]] std::string name_of(const StackFrame& frame) const;
  [[nodiscard]] std::string place_of(const StackFrame& frame) const;
  [[nodiscard]] std::string folded_text(const StackGroup& group) const;

  const LeaksReport& report_;
  const StackGroups& stacks_;
  std::size_t width_;
  Writer& out_;
};

std::string LeaksText::name_of(const StackFrame& frame) const {
  if (frame.function.index != 0) return printable(stacks_.text(frame.function));
  return address_text(frame);
}

std::string LeaksText::place_of(const StackFrame& frame) const {
  if (frame.file.index == 0) return {};
  return printable(stacks_.text(frame.file)) + ':' + std::to_string(frame.line);
}

void LeaksText::render_header() {
  const std::size_t sources = report_.sources.size();
  for (std::size_t i = 0; i < std::min(sources, kMostSources); ++i) {
    const LeaksSource& source = report_.sources[i];
    out_ << printable(source.name) << (sources == 1 ? ": " : "\n");
    for (const std::string& line : source.crash_text) out_ << printable(line) << "\n";
  }
  if (sources > kMostSources) out_ << "and " << std::to_string(sources - kMostSources) << " more\n";
  if (report_.is_filtered) out_ << std::to_string(report_.matched) << " of ";
  out_ << count_noun(report_.total, "goroutine") << (report_.is_filtered ? " match, in " : " in ")
       << plural(report_.group_count, "group");
  if (report_.memory_bytes > 0) out_ << ", at least " << format_bytes(report_.memory_bytes);
  out_ << "\n";
}

void LeaksText::render_states() {
  if (report_.states.empty()) return;
  out_ << "\n";
  for (const StateTotal& state : report_.states) {
    out_ << pad_left(std::to_string(state.count), 9) << "  "
         << format_percentage(state.count, report_.total) << "  " << printable(state.state) << "\n";
  }
}

// "chan send, 3 minutes (half of them 1 or more)".
std::string wait_text(const StackGroup& group) {
  if (group.waits.empty() || group.waits.oldest() == 0) return {};
  WaitTimes waits = group.waits;
  std::string text = ", up to " + plural(waits.oldest(), "minute");
  if (group.count > 1) text += " (median " + std::to_string(waits.median()) + ")";
  return text;
}

std::string LeaksText::folded_text(const StackGroup& group) const {
  const std::uint64_t folded = std::uint64_t{group.blocked} + group.skipped_frames;
  if (folded == 0) return {};
  std::string text = "(+" + std::to_string(folded) + " runtime/library frame";
  if (folded > 1) text += 's';
  return text + ')';
}

void LeaksText::render_frame(std::string_view caption, const StackFrame& frame,
                             const std::string& rest) {
  WrappedLine line(caption, width_, out_);
  line.add(name_of(frame));
  if (const std::string place = place_of(frame); !place.empty()) line.add(place);
  if (!rest.empty()) line.add(rest);
  line.end();
}

void LeaksText::render_labels(const StackGroup& group) {
  if (group.labels.empty()) return;
  WrappedLine line("labels", width_, out_);
  for (std::size_t i = 0; i < std::min(group.labels.size(), kMostLabels); ++i) {
    const LabelCount& label = group.labels[i];
    std::string text =
        printable(stacks_.text(label.key)) + '=' + printable(stacks_.text(label.value));
    if (label.count != group.count) text += " (" + std::to_string(label.count) + ")";
    line.add(text);
  }
  if (group.labels.size() > kMostLabels) line.add("...");
  line.end();
}

void LeaksText::render_group(const StackGroup& group) {
  const std::string state = printable(state_text(stacks_, group));
  out_ << pad_left(std::to_string(group.count), 9) << "  "
       << format_percentage(group.count, report_.total) << "  " << state << wait_text(group);
  if (group.leaked > 0) out_ << ", leaked";
  if (group.locked > 0) out_ << ", locked to thread";
  if (group.is_profiler) out_ << ", took this profile";
  out_ << ", at least " << format_bytes(memory_at_least(stacks_, group)) << "\n";
  if (group.blocked == kNone) {
    out_ << "      stack not available\n";
  } else {
    const bool waits = group.state.index != 0 && is_waiting_state(stacks_.text(group.state));
    render_frame(waits ? "blocked at" : "at", stacks_.frame(group, group.blocked),
                 folded_text(group));
    if (group.entry != group.blocked) render_frame("entry", stacks_.frame(group, group.entry), {});
  }
  if (group.creator.index != kNone) {
    std::string by;
    if (group.creator_id != 0) {
      by = group.has_many_creators ? "in several goroutines"
                                   : "in goroutine " + std::to_string(group.creator_id);
    }
    render_frame("created by", stacks_.frame(group.creator), by);
  }
  render_labels(group);
}

void LeaksText::render_losses() {
  for (const LeaksSource& source : report_.sources) {
    for (const Loss& loss : source.losses) {
      out_ << "Lost";
      if (report_.sources.size() > 1) out_ << " of " << printable(source.name);
      out_ << ": " << std::to_string(loss.count) << " x " << printable(loss.what);
      if (loss.first_place > 0) {
        out_ << (source.places == PlaceUnit::Line ? " (first at line " : " (first at byte ")
             << std::to_string(loss.first_place) << ")";
      }
      out_ << "\n";
    }
  }
}

void LeaksText::render_footer() {
  out_ << "\n";
  if (const std::size_t hidden = report_.group_count - report_.shown.size(); hidden > 0) {
    out_ << "Not shown: " << plural(hidden, "group") << " with "
         << count_noun(report_.hidden_goroutines, "goroutine") << "; -n 0 shows all.\n";
  }
  const bool inferred = std::ranges::any_of(report_.states, &StateTotal::is_inferred);
  if (inferred)
    out_ << "States are inferred from the stacks; only goroutine?debug=2 prints them.\n";
  if (report_.cut_groups > 0) {
    out_ << plural(report_.cut_groups, "stack") << " may be cut off at the root.\n";
  }
  render_losses();
}

}  // namespace

void render_leaks_text(const LeaksReport& report, std::size_t width, Writer& out) {
  LeaksText(report, width, out).render();
}

}  // namespace plumb

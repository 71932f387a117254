// SPDX-License-Identifier: Apache-2.0
// The `leaks` report as text. What somebody with an incident needs comes first: how many, in which
// state, for how long, at which line of their own code, and where those goroutines were started.
#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "base/checked.h"
#include "base/strings.h"
#include "base/units.h"
#include "leak/goroutine_states.h"
#include "leak/group_study.h"
#include "leak/memory.h"
#include "leak/patterns.h"
#include "leak/stack_names.h"
#include "report/leaks.h"
#include "report/leaks_words.h"

namespace plumb {
namespace {

constexpr std::size_t kNameColumn = 20;  // Where the frames of a group start.
constexpr std::size_t kMostStates = 8;   // Lines of the summary.
constexpr std::size_t kMostLabels = 4;   // Shown for a group.
constexpr std::size_t kMostSources = 8;  // Named above the report.
constexpr std::int64_t kCrowd = 100;     // Of so many it is said why they are no finding.

std::string count_noun(std::int64_t count, std::string_view noun) {
  return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

std::string to_upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return upper;
}

/// Writes pieces of text behind a caption, breaking lines between pieces where they grow too long.
class WrappedLine {
 public:
  WrappedLine(std::string_view caption, std::size_t width, Writer& out, std::size_t blanks = 2)
      : width_(width), out_(out), blanks_(blanks), line_("      " + std::string(caption)) {
    line_.resize(std::max(line_.size() + 2, kNameColumn), ' ');
    is_fresh_ = true;
  }

  WrappedLine& add(const std::string& piece) {
    if (!is_fresh_ && width_ != 0 && line_.size() + blanks_ + piece.size() > width_) {
      out_ << line_ << "\n";
      line_.assign(kNameColumn, ' ');
      is_fresh_ = true;
    }
    if (!is_fresh_) line_.append(blanks_, ' ');
    line_ += piece;
    is_fresh_ = false;
    return *this;
  }

  void end() { out_ << line_ << "\n"; }

 private:
  std::size_t width_;
  Writer& out_;
  std::size_t blanks_;  // Between two pieces.
  std::string line_;
  bool is_fresh_ = false;
};

class LeaksText {
 public:
  LeaksText(const LeaksReport& report, std::size_t width, Writer& out)
      : report_(report),
        stacks_(report.stacks),
        width_(width),
        out_(out),
        noun_(report.counts_goroutines ? "goroutine" : "stack"),
        marks_inferred_(report.inferred != 0 && report.inferred != report.matched) {}

  void render() {
    render_header();
    if (report_.counts_goroutines) render_verdict();
    // Whoever looks for a leak reads that first.
    const bool has_leaks = report_.findings.worst >= Level::Possible;
    if (has_leaks) render_leak_lines();
    if (!has_leaks) render_states();
    for (const std::uint32_t index : report_.shown) {
      const StackGroup& group = stacks_.groups[index];
      const Finding* const finding = report_.finding(index);
      out_ << "\n";
      render_level(finding);
      render_summary(group);
      render_places(group);
      const bool follows = finding != nullptr && finding->follows();
      if (!follows) render_excerpts(index);
      if (finding != nullptr) render_finding(*finding, group);
      render_labels(group);
    }
    if (has_leaks) render_states();
    render_notes();
  }

 private:
  void render_header();
  void render_verdict();
  void render_comparison();
  void render_leak_lines();
  void render_states();
  void render_finding(const Finding& finding, const StackGroup& group);
  void render_evidence(std::string_view caption, const std::vector<Evidence>& evidence);
  void render_paragraph(std::string_view caption, std::string_view text);
  [[nodiscard]] std::string rate_text(const Finding& finding, const StackGroup& group) const;
  [[nodiscard]] std::string since_text(const Finding& finding) const;
  [[nodiscard]] std::string heap_text(const HeapShare& heap, const StackGroup& group) const;
  void render_count(std::int64_t count, std::string_view rest);
  void render_level(const Finding* finding);
  void render_summary(const StackGroup& group);
  void render_places(const StackGroup& group);
  void render_creator(const StackGroup& group);
  void render_frame(std::string_view caption, const StackFrame& frame,
                    const std::vector<std::string>& rest);
  void render_labels(const StackGroup& group);
  void render_excerpts(std::uint32_t index);
  void render_limit();
  void render_notes();
  void render_note(const std::string& note);
  void render_loss(const LeaksSource& source, const Loss& loss);

  [[nodiscard]] std::string name_of(const StackFrame& frame) const;
  [[nodiscard]] std::string place_of(const StackFrame& frame) const;
  [[nodiscard]] std::vector<std::string> folded_text(const StackGroup& group) const;

  const LeaksReport& report_;
  const StackGroups& stacks_;
  std::size_t width_;
  Writer& out_;
  const std::string_view noun_;  // What is counted.
  bool has_notes_ = false;
  const bool marks_inferred_;  // Some states were read, so each inferred one is marked.
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
  const bool is_one = std::ranges::all_of(report_.sources, [&](const LeaksSource& source) {
    return source.name == report_.sources.front().name;
  });
  if (sources > 0 && is_one) out_ << printable(report_.sources.front().name) << ": ";
  if (report_.is_filtered) out_ << std::to_string(report_.matched) << " of ";
  out_ << count_noun(report_.total, noun_) << (report_.is_filtered ? " match, in " : " in ")
       << plural(report_.group_count, "group");
  if (report_.memory_bytes > 0) out_ << ", at least " << format_bytes(report_.memory_bytes);
  if (report_.heap_bytes > 0) {
    out_ << ", heap in use " << format_bytes(static_cast<std::uint64_t>(report_.heap_bytes));
  }
  if (!is_one) out_ << ", from " << plural(sources, "source");
  out_ << "\n";
  for (std::size_t i = 0; i < std::min(sources, kMostSources); ++i) {
    const LeaksSource& source = report_.sources[i];
    if (!is_one) out_ << "  " << printable(source.name) << "\n";
    for (const std::string& line : source.crash_text) out_ << "  " << printable(line) << "\n";
  }
  if (sources > kMostSources && !is_one) {
    out_ << "  and " << std::to_string(sources - kMostSources) << " more\n";
  }
}

// "LEAKING: 1 group likely, 2 possible."
void LeaksText::render_verdict() {
  std::array<std::size_t, 5> groups{};
  std::size_t known = 0;
  std::size_t families = 0;
  for (const Finding& finding : report_.findings.all) {
    if (finding.is_known) {
      ++known;
    } else if (finding.family != 0 && !finding.leads_family) {
      ++families;
    } else {
      ++groups[static_cast<std::size_t>(finding.level)];
    }
  }
  const Level worst = report_.findings.worst;
  out_ << (worst >= Level::Likely ? "Leaks"
                                  : (worst == Level::Possible ? "May leak" : "No sign of a leak"));
  std::string_view separator = ": ";
  for (const Level level : {Level::Confirmed, Level::Likely, Level::Possible}) {
    const std::size_t count = groups[static_cast<std::size_t>(level)];
    if (count == 0) continue;
    out_ << separator << std::to_string(count) << " " << to_string(level);
    separator = ", ";
  }
  if (families > 0) out_ << ", and " << plural(families, "group") << " of the same objects";
  if (known > 0) out_ << "; " << std::to_string(known) << " in the baseline";
  if (const std::size_t snapshots = report_.series.snapshots.size(); snapshots > 1) {
    out_ << "; by " << std::to_string(snapshots) << " snapshots";
    if (report_.series.has_times) {
      out_ << " over " << short_duration(report_.series.time_of(snapshots - 1));
    }
  }
  out_ << ".\n";
  render_comparison();
}

// "Against the series before: 1 new, 2 there too, 1 gone (main.f, 12)."
void LeaksText::render_comparison() {
  if (!report_.has_before) return;
  std::size_t fresh = 0;
  std::size_t old = 0;
  for (const Finding& finding : report_.findings.all) {
    if (!finding.is_new_leak()) continue;
    ++(finding.before && finding.before->level >= Level::Possible ? old : fresh);
  }
  out_ << "Against the series before: " << std::to_string(fresh) << " new, " << std::to_string(old)
       << " there too, " << std::to_string(report_.gone.size()) << " gone";
  if (!report_.gone.empty()) {
    const GoneLeak& first = report_.gone.front();
    out_ << " (" << printable(first.place) << ", " << std::to_string(first.count)
         << (report_.gone.size() > 1 ? ", ..." : "") << ")";
  }
  out_ << ".\n";
}

// Where to look first.
void LeaksText::render_leak_lines() {
  for (const std::string& line : leak_table(report_, width_)) out_ << line << "\n";
}

void LeaksText::render_level(const Finding* finding) {
  if (finding == nullptr || !finding->may_leak()) return;
  std::string line = to_upper(to_string(finding->level));
  if (finding->is_known) line += ", in the baseline";
  line += ": " + printable(finding->reason);
  if (finding->family != 0) {
    line += (finding->leads_family ? "; leads family " : "; of family ") +
            std::to_string(finding->family) + ", " + count_noun(finding->objects, "object");
  }
  for (const std::string& part : wrapped(line, width_)) out_ << part << "\n";
}

// Words behind a caption, broken where the line ends.
void LeaksText::render_paragraph(std::string_view caption, std::string_view text) {
  WrappedLine line(caption, width_, out_, 1);
  for (const std::string_view word : split(text, ' ')) line.add(std::string(word));
  line.end();
}

void LeaksText::render_evidence(std::string_view caption, const std::vector<Evidence>& evidence) {
  for (const Evidence& item : evidence) {
    render_paragraph(
        &item == &evidence.front() ? caption : std::string_view(),
        std::string(item.id) + ": " + item.text + " (" + std::string(item.source) + ")");
  }
}

// "+3.1 a second (2.6 to 3.7), at least 8.1kB a second, by arrivals counted by id".
std::string LeaksText::rate_text(const Finding& finding, const StackGroup& group) const {
  const Estimate& rate = finding.rate->per_second;
  const RateUnit unit = unit_of(*finding.rate);
  std::string text = '+' + short_number(rate.value * unit.seconds) + " a " +
                     std::string(unit.name) + " (" + short_number(rate.low * unit.seconds) +
                     " to " + short_number(rate.high * unit.seconds) + ")";
  const auto each = static_cast<double>(finding.memory_bytes) /
                    static_cast<double>(std::max<std::int64_t>(group.count, 1));
  const double bytes = each * rate.value * unit.seconds;
  if (bytes >= 1) {
    text += ", at least " + format_bytes(static_cast<std::uint64_t>(bytes)) + " a " +
            std::string(unit.name);
  }
  return text + ", by " + std::string(finding.rate->method);
}

std::string LeaksText::since_text(const Finding& finding) const {
  const Beginning& since = *finding.since;
  std::string text = (since.is_at_least ? "at least " : "about ") +
                     short_duration(since.seconds_ago) + " before the last snapshot";
  const std::int64_t time_ns = report_.series.snapshots.back().time_ns;
  if (time_ns > 0 && report_.has_clock) {
    text += ", " + std::string(since.is_at_least ? "before " : "about ") +
            format_local_time(time_ns - static_cast<std::int64_t>(since.seconds_ago * 1e9));
  }
  text += ", by " + std::string(since.method);
  if (since.seconds_ago_by_rate <= 0) return text;
  text += "; about " + short_duration(since.seconds_ago_by_rate);
  if (time_ns > 0 && report_.has_clock) {
    text +=
        " (" +
        format_local_time(time_ns - static_cast<std::int64_t>(since.seconds_ago_by_rate * 1e9)) +
        ")";
  }
  return text + " if it grew like this all along";
}

// "at most 12MB of 40MB in use was allocated by main.work, 30MB by main.handle, which started
// them".
std::string LeaksText::heap_text(const HeapShare& heap, const StackGroup& group) const {
  const auto bytes = [](std::int64_t value) {
    return format_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)));
  };
  const auto name = [this](const StackFrame& frame) {
    return frame.function.index == 0 ? address_text(frame)
                                     : printable(short_name(stacks_.text(frame.function)));
  };
  std::string text = "at most ";
  if (heap.by_entry > 0 && group.entry != kNone) {
    text += bytes(heap.by_entry) + " was allocated by " + name(stacks_.frame(group, group.entry));
  }
  if (heap.by_creator > 0 && group.creator.index != kNone) {
    text += (heap.by_entry > 0 ? ", " : "") + bytes(heap.by_creator) +
            (heap.by_entry > 0 ? " by " : " was allocated by ") +
            name(stacks_.frame(group.creator)) + ", which started them";
  }
  return text + ", of " + bytes(report_.heap_bytes) + " in use (heap profile)";
}

std::string before_text(const EarlierFinding& before) {
  if (before.count == 0) return "new: the series before has none of them";
  return "the series before has " + goroutines_text(static_cast<std::uint64_t>(before.count)) +
         " there: " + std::string(to_string(before.level));
}

void LeaksText::render_finding(const Finding& finding, const StackGroup& group) {
  if (!finding.may_leak()) {
    // Of most groups there is nothing to say.
    const bool is_unknown = finding.level == Level::Watch && finding.against.empty();
    if (is_unknown && group.count < kCrowd) return;
    render_paragraph("verdict",
                     std::string(to_string(finding.level)) + ": " + printable(finding.reason));
    if (is_unknown && !finding.next.empty()) render_paragraph("to be sure", finding.next);
    return;
  }
  if (!finding.cause.empty()) {
    const Pattern* const pattern = find_pattern(finding.pattern);
    render_paragraph("why", std::string(finding.pattern) + " " + std::string(pattern->name) + ": " +
                                printable(finding.cause));
    render_paragraph("fix", printable(finding.fix));
  }
  if (finding.rate) render_paragraph("rate", rate_text(finding, group));
  if (finding.since) render_paragraph("since", since_text(finding));
  if (finding.heap && finding.heap->by_entry + finding.heap->by_creator > 0) {
    render_paragraph("heap", heap_text(*finding.heap, group));
  }
  if (finding.before) render_paragraph("build", before_text(*finding.before));
  if (finding.follows()) return;  // One leak is told of once.
  render_evidence("evidence", finding.evidence);
  render_evidence("against", finding.against);
  if (!finding.next.empty()) render_paragraph("to be sure", finding.next);
}

void LeaksText::render_count(std::int64_t count, std::string_view rest) {
  out_ << pad_left(std::to_string(count), 9) << "  " << format_percentage(count, report_.total)
       << "  " << rest;
}

void LeaksText::render_states() {
  const auto& states = report_.states;
  if (states.empty() || !report_.counts_goroutines) return;
  out_ << "\n";
  const std::size_t named = states.size() > kMostStates ? kMostStates - 1 : states.size();
  std::int64_t others = 0;
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (i >= named) {
      others = add_saturating(others, states[i].count);
      continue;
    }
    render_count(states[i].count, printable(states[i].state));
    out_ << (states[i].groups > 1 ? " in " + plural(states[i].groups, "group") : "") << "\n";
  }
  if (named == states.size()) return;
  render_count(others, "in " + plural(states.size() - named, "other state"));
  out_ << "\n";
}

// " for up to 3 minutes (median 1)".
std::string wait_text(const StackGroup& group) {
  if (group.waits.empty() || group.waits.oldest() == 0) return {};
  WaitTimes waits = group.waits;
  std::string text = " for up to " + plural(waits.oldest(), "minute");
  if (group.count == 1) return " for " + plural(waits.oldest(), "minute");
  const std::uint64_t median = waits.median();
  return text + " (median " + (median == 0 ? "under 1" : std::to_string(median)) + ")";
}

// ", leaked" if it holds for all, ", 3 leaked" for some.
std::string part_text(std::string_view what, std::int64_t part, std::int64_t count) {
  if (part == 0) return {};
  return ", " + (part == count ? std::string() : std::to_string(part) + ' ') + std::string(what);
}

void LeaksText::render_summary(const StackGroup& group) {
  const std::string_view what = group.counts_goroutines ? state_text(stacks_, group)
                                                        : (group.count == 1 ? "stack" : "stacks");
  render_count(group.count, printable(what));
  if (marks_inferred_ && group.state_source == StateSource::Inferred) out_ << " (inferred)";
  out_ << wait_text(group) << part_text("leaked", group.leaked, group.count)
       << part_text("locked to a thread", group.locked, group.count);
  if (is_profiler(stacks_, group)) out_ << ", took this profile";
  if (group.count > 1 && group.counts_goroutines) {
    out_ << ", at least " << format_bytes(memory_at_least(stacks_, group));
  }
  out_ << "\n";
}

void LeaksText::render_frame(std::string_view caption, const StackFrame& frame,
                             const std::vector<std::string>& rest) {
  WrappedLine line(caption, width_, out_);
  line.add(name_of(frame));
  if (const std::string place = place_of(frame); !place.empty()) line.add(place);
  for (const std::string& piece : rest) line.add(piece);
  line.end();
}

// "in net.(*conn).Read" "(+5 runtime/library frames)": what lies between the user's code and the
// leaf.
std::vector<std::string> LeaksText::folded_text(const StackGroup& group) const {
  std::vector<std::string> pieces;
  const std::uint64_t folded = std::uint64_t{group.blocked} + group.skipped_frames;
  if (folded == 0) return pieces;
  if (group.blocked > 0) {
    const StackFrame& callee = stacks_.frame(group, group.blocked - 1);
    if (callee.owner != FrameOwner::Runtime && !callee.is_elided) {
      pieces.push_back("in " + name_of(callee));
    }
  }
  pieces.push_back("(+" + plural(folded, "runtime/library frame") + ")");
  return pieces;
}

void LeaksText::render_places(const StackGroup& group) {
  if (group.blocked == kNone) {
    const bool is_new = stacks_.text(group.state) == "runnable";
    out_ << "      " << (is_new ? "has not run yet" : "stack not available") << "\n";
  } else {
    const bool waits = group.state.index != 0 && is_waiting_state(stacks_.text(group.state));
    render_frame(waits ? "blocked at" : "at", stacks_.frame(group, group.blocked),
                 folded_text(group));
    if (group.entry != group.blocked) render_frame("entry", stacks_.frame(group, group.entry), {});
  }
  render_creator(group);
}

void LeaksText::render_creator(const StackGroup& group) {
  std::string by;
  if (group.has_many_creators) {
    by = "several goroutines";
  } else if (group.creator_id != 0) {
    by = "goroutine " + std::to_string(group.creator_id);
  }
  if (group.creator.index != kNone) {
    std::vector<std::string> rest;
    if (!by.empty()) rest.push_back("in " + by);
    render_frame("created by", stacks_.frame(group.creator), rest);
  } else if (!by.empty()) {
    WrappedLine("created by", width_, out_).add(by).end();
  }
}

void LeaksText::render_excerpts(std::uint32_t index) {
  for (const SourceExcerpt& excerpt : report_.excerpts) {
    if (excerpt.group != index) continue;
    std::string caption = excerpt.is_creator ? "go statement" : "source";
    const std::vector<std::string> lines = outdented(excerpt.lines);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::int64_t number = excerpt.first_line + static_cast<std::int64_t>(i);
      std::string line = "      " + std::exchange(caption, {});
      line.resize(kNameColumn - 2, ' ');
      line += (number == excerpt.marked_line ? "> " : "  ") + pad_left(std::to_string(number), 4) +
              "  " + printable(lines[i]);
      out_ << line << "\n";
    }
  }
}

// When what is likely to leak will have used up the memory.
void LeaksText::render_limit() {
  if (report_.memory_limit == 0) return;
  double bytes = 0;
  double growth = 0;
  for (const Finding& finding : report_.findings.all) {
    if (finding.level < Level::Likely) continue;
    const auto count = static_cast<double>(stacks_.groups[finding.group].count);
    const auto held = static_cast<double>(finding.memory_bytes);
    bytes += held;
    if (finding.rate && finding.rate->is_per_second && count > 0) {
      growth += held / count * finding.rate->per_second.value;
    }
  }
  std::string limit = format_bytes(report_.memory_limit);
  if (!report_.memory_limit_of.empty()) limit += ", the limit of " + report_.memory_limit_of + ",";
  if (growth <= 0) {
    return render_note("When " + limit +
                       " will be used up is not known: no rate of growth by time.");
  }
  const double left = std::max(static_cast<double>(report_.memory_limit) - bytes, 0.0) / growth;
  render_note("At this rate the leaking goroutines alone use up " + limit + " in at most " +
              short_duration(left) + "; what they hold on the heap comes on top.");
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

void LeaksText::render_note(const std::string& note) {
  out_ << (has_notes_ ? "" : "\n") << note << "\n";
  has_notes_ = true;
}

void LeaksText::render_loss(const LeaksSource& source, const Loss& loss) {
  std::string note = "Lost";
  if (report_.sources.size() > 1) note += " of " + printable(source.name);
  note += ": " + std::to_string(loss.count) + " x " + printable(loss.what);
  if (loss.first_place > 0) {
    note += source.places == PlaceUnit::Line ? " (first at line " : " (first at byte ";
    note += std::to_string(loss.first_place) + ')';
  }
  render_note(note + '.');
}

void LeaksText::render_notes() {
  render_limit();
  for (const std::string& note : report_.findings.notes) render_note(note);
  if (const std::size_t hidden = report_.group_count - report_.shown.size(); hidden > 0) {
    render_note("Not shown: " + plural(hidden, "group") + " with " +
                count_noun(report_.hidden_goroutines, noun_) + "; -n 0 shows all.");
  }
  if (report_.inferred != 0) {
    render_note("States are inferred from the stacks; only goroutine?debug=2 says them.");
  }
  if (report_.cut_groups > 0) {
    render_note(plural(report_.cut_groups, "stack") +
                " may be cut off at the root: as deep as this kind of profile goes.");
  }
  for (const LeaksSource& source : report_.sources) {
    for (const Loss& loss : source.losses) render_loss(source, loss);
  }
}

}  // namespace

void render_leaks_text(const LeaksReport& report, std::size_t width, Writer& out) {
  LeaksText(report, width, out).render();
}

}  // namespace plumb

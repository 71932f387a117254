// SPDX-License-Identifier: Apache-2.0
// The `leaks` report as JSON, schema "plumb.leaks/1". Keys keep their order and are always there:
//
//   {"schema":"plumb.leaks/1","total":173,"groups":[
//   {"count":151,                     goroutines; negative only in the difference of two profiles
//    "state":"chan receive",          "unknown" if the input does not tell
//    "state_source":"inferred",       or "read"
//    "is_range":true,                 of a receive: `range ch` or `v, ok := <-ch`; null: not known
//    "wait_minutes":{"oldest":5,"median":2},   null if the input does not tell
//    "blocked":FRAME,                 where the user's code waits; null without a stack
//    "entry":FRAME,                   its outermost function
//    "created_by":{FRAME,"goroutine":1,"goroutine_is_unique":true},    or null; the fields of the
//                                     FRAME are missing if only the id is known; the id is that of
//                                     the first one's creator, or null
//    "first_goroutine":18,            id of the first of them; null
//    "frames":[FRAME,...],            leaf first; {"elided":52} where Go left some out
//    "skipped_frames":0,              of the runtime, at the leaf, known by address only
//    "labels":[{"key":"tenant","value":"t1","count":3},...],
//    "more_labels":0,                 labels of goroutines for which there was no place in "labels"
//    "leaked":0,                      of them, found to be blocked for ever by the Go runtime
//    "locked":0,                      of them, locked to a thread
//    "is_profiler":false,             took this profile
//    "memory_bytes_at_least":402114,
//    "level":"likely",                confirmed, likely, possible, watch or benign
//    "reason":"they come and none leaves",      why it has this level
//    "pattern":"L1",                  L1 to L22 of docs/LEAKS.md, or null
//    "evidence":[{"id":"E1","text":"...","source":"ids of several snapshots",
//                 "numbers":{"residents":120,...}},...],
//    "against":[...],                 the same, of what speaks against a leak
//    "cause":"...","fix":"...","next":"...",    next: what to collect to be surer; may be ""
//    "rate":{"value":3.1,"low":2.6,"high":3.7,"unit":"1/s","method":"arrivals counted by id"},
//                                     unit "1/interval" if the times are not known; null
//    "since":{"seconds_ago":180,"is_at_least":true,"method":"the longest wait"},           or null
//    "benign_rule":"...",             the rule for usual goroutines that matches, or null
//    "family":1,                      groups of one number are one leaked object; null
//    "leads_family":true,
//    "known":false,                   in the baseline
//    "heap":{"by_entry":81920,"by_creator":0},  bytes in use that its functions allocated; null
//    "before":{"count":0,"level":"benign"}},    the same place in the earlier series; null
//   ...],
//   "verdict":"likely",               the surest level of all groups that are not in the baseline
//   "snapshots":2,"seconds":60.0,     null if the times are not known
//   "notes":["..."],
//   "memory_limit":{"bytes":536870912,"of":"the container of process 4711"},  null; "": as asked
//   "heap_bytes":7340032,             in use by the heap profile; null
//   "gone":[{"function":"main.f","count":12,"level":"likely"},...],   of the earlier series; null
//   "lost":{"goroutine cut short":{"count":1,"first_line":4711}},   or "first_byte", or neither
//   "matched":151,                    goroutines that pass the filters
//   "group_count":22,                 groups that pass the filters, shown or not
//   "states":[{"state":"chan send","count":151,"groups":1},...],
//   "sources":["goroutine.txt"]}
//
//   FRAME = {"function":"main.worker","file":"/srv/main.go","line":20,"owner":"user"}; a frame
//   without a symbol has "function":"" and an "address".
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <string>

#include "leak/memory.h"
#include "report/json_text.h"
#include "report/leaks.h"

namespace plumb {
namespace {

std::string quote(std::string_view text) {
  return to_json_text(nlohmann::ordered_json(text));
}

// At most six digits: estimates are no more exact, and the text is the same on every machine.
std::string decimal_text(double value) {
  if (!std::isfinite(value)) return "0";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);  // NOLINT(cert-err33-c): it fits.
  return text.data();
}

// Written by hand: a report of 100,000 groups has millions of values, and only their strings need
// care. Each of those is escaped once.
class LeaksJson {
 public:
  LeaksJson(const LeaksReport& report, Writer& out)
      : report_(report), stacks_(report.stacks), out_(out), quoted_(stacks_.strings.size()) {}

  void render();
  void render_group(std::uint32_t index) {
    render_group(stacks_.groups[index], report_.finding(index));
  }

 private:
  LeaksJson& key(std::string_view name) {
    out_ << (is_first_ ? "\"" : ",\"") << name << "\":";
    is_first_ = false;
    return *this;
  }
  template <typename Int>
  void number(std::string_view name, Int value) {
    key(name).out_ << std::to_string(value);
  }
  void number_or_null(std::string_view name, std::uint64_t value) {
    key(name).out_ << (value == 0 ? "null" : std::to_string(value));
  }
  void flag(std::string_view name, bool value) { key(name).out_ << (value ? "true" : "false"); }
  void open(std::string_view bracket) {
    out_ << bracket;
    is_first_ = true;
  }
  void close(std::string_view bracket) {
    out_ << bracket;
    is_first_ = false;
  }
  const std::string& quoted(StringId id) {
    std::string& text = quoted_[id.index];
    if (text.empty()) text = quote(stacks_.text(id));
    return text;
  }

  void render_group(const StackGroup& group, const Finding* finding);
  void render_finding(const Finding* finding);
  void render_evidence(std::string_view name, const std::vector<Evidence>& evidence);
  void render_rate(const Finding& finding);
  void render_since(const Finding& finding);
  void render_comparison(const Finding& finding);
  void render_context();
  void render_verdict();
  void text(std::string_view name, std::string_view value) { key(name).out_ << quote(value); }
  void text_or_null(std::string_view name, std::string_view value) {
    key(name).out_ << (value.empty() ? "null" : quote(value));
  }
  void decimal(std::string_view name, double value) { key(name).out_ << decimal_text(value); }
  void render_wait(const StackGroup& group);
  void render_creator(const StackGroup& group);
  void render_place(std::string_view name, const StackGroup& group, StackIndex at);
  void render_frame_fields(const StackFrame& frame);
  void render_frames(const StackGroup& group);
  void render_labels(const StackGroup& group);
  void render_lost();
  void render_summary();

  const LeaksReport& report_;
  const StackGroups& stacks_;
  Writer& out_;
  std::vector<std::string> quoted_;  // By StringId; empty: not met yet.
  bool is_first_ = true;             // No comma is due.
};

void LeaksJson::render_frame_fields(const StackFrame& frame) {
  key("function").out_ << quoted(frame.function);
  key("file").out_ << quoted(frame.file);
  number("line", frame.line);
  if (frame.function.index == 0) key("address").out_ << "\"" << address_text(frame) << "\"";
  key("owner").out_ << "\"" << to_string(frame.owner) << "\"";
}

void LeaksJson::render_place(std::string_view name, const StackGroup& group, StackIndex at) {
  key(name);
  if (at == kNone) {
    out_ << "null";
    return;
  }
  open("{");
  render_frame_fields(stacks_.frame(group, at));
  close("}");
}

void LeaksJson::render_creator(const StackGroup& group) {
  key("created_by");
  const bool has_frame = group.creator.index != kNone;
  if (!has_frame && group.creator_id == 0) {
    out_ << "null";
    return;
  }
  open("{");
  if (has_frame) render_frame_fields(stacks_.frame(group.creator));
  number_or_null("goroutine", group.creator_id);
  flag("goroutine_is_unique", group.creator_id != 0 && !group.has_many_creators);
  close("}");
}

void LeaksJson::render_wait(const StackGroup& group) {
  key("wait_minutes");
  if (group.waits.empty()) {
    out_ << "null";
    return;
  }
  WaitTimes waits = group.waits;
  open("{");
  number("oldest", waits.oldest());
  number("median", waits.median());
  close("}");
}

void LeaksJson::render_frames(const StackGroup& group) {
  key("frames");
  open("[");
  bool is_first_frame = true;
  for (const StackFrameId id : stacks_.stack(group)) {
    const StackFrame& frame = stacks_.frame(id);
    if (!is_first_frame) out_ << ",";
    is_first_frame = false;
    open("{");
    if (frame.is_elided) {
      number_or_null("elided", frame.elided);
    } else {
      render_frame_fields(frame);
    }
    close("}");
  }
  close("]");
}

void LeaksJson::render_labels(const StackGroup& group) {
  key("labels");
  open("[");
  bool is_first_label = true;
  for (const LabelCount& label : group.labels) {
    if (!is_first_label) out_ << ",";
    is_first_label = false;
    open("{");
    key("key").out_ << quoted(label.key);
    key("value").out_ << quoted(label.value);
    number("count", label.count);
    close("}");
  }
  close("]");
}

void LeaksJson::render_evidence(std::string_view name, const std::vector<Evidence>& evidence) {
  key(name);
  open("[");
  for (const Evidence& item : evidence) {
    out_ << (&item == &evidence.front() ? "" : ",");
    open("{");
    text("id", item.id);
    text("text", item.text);
    text("source", item.source);
    key("numbers");
    open("{");
    for (const EvidenceNumber& number : item.numbers) decimal(number.name, number.value);
    close("}");
    close("}");
  }
  close("]");
}

void LeaksJson::render_rate(const Finding& finding) {
  key("rate");
  if (!finding.rate) {
    out_ << "null";
    return;
  }
  open("{");
  decimal("value", finding.rate->per_second.value);
  decimal("low", finding.rate->per_second.low);
  decimal("high", finding.rate->per_second.high);
  text("unit", finding.rate->is_per_second ? "1/s" : "1/interval");
  text("method", finding.rate->method);
  close("}");
}

void LeaksJson::render_since(const Finding& finding) {
  key("since");
  if (!finding.since) {
    out_ << "null";
    return;
  }
  open("{");
  decimal("seconds_ago", finding.since->seconds_ago);
  flag("is_at_least", finding.since->is_at_least);
  text("method", finding.since->method);
  key("by_rate_seconds_ago");
  if (finding.since->seconds_ago_by_rate > 0) {
    out_ << decimal_text(finding.since->seconds_ago_by_rate);
  } else {
    out_ << "null";
  }
  close("}");
}

void LeaksJson::render_finding(const Finding* finding) {
  const Finding none;
  const Finding& shown = finding == nullptr ? none : *finding;
  text("level", to_string(shown.level));
  text("reason", shown.reason);
  text_or_null("pattern", shown.pattern);
  render_evidence("evidence", shown.evidence);
  render_evidence("against", shown.against);
  text("cause", shown.cause);
  text("fix", shown.fix);
  text("next", shown.next);
  render_rate(shown);
  render_since(shown);
  text_or_null("benign_rule", shown.benign_rule);
  number_or_null("family", shown.family);
  flag("leads_family", shown.leads_family);
  flag("known", shown.is_known);
  render_comparison(shown);
}

void LeaksJson::render_comparison(const Finding& finding) {
  key("heap");
  if (finding.heap) {
    open("{");
    number("by_entry", finding.heap->by_entry);
    number("by_creator", finding.heap->by_creator);
    close("}");
  } else {
    out_ << "null";
  }
  key("before");
  if (finding.before) {
    open("{");
    number("count", finding.before->count);
    text("level", to_string(finding.before->level));
    close("}");
  } else {
    out_ << "null";
  }
}

// The limit, the heap and the earlier series.
void LeaksJson::render_context() {
  key("memory_limit");
  if (report_.memory_limit > 0) {
    open("{");
    number("bytes", report_.memory_limit);
    text("of", report_.memory_limit_of);
    close("}");
  } else {
    out_ << "null";
  }
  key("heap_bytes").out_ << (report_.has_heap ? std::to_string(report_.heap_bytes) : "null");
  key("gone");
  if (!report_.has_before) {
    out_ << "null";
    return;
  }
  open("[");
  for (const GoneLeak& leak : report_.gone) {
    out_ << (&leak == &report_.gone.front() ? "" : ",");
    open("{");
    text("function", leak.place);
    number("count", leak.count);
    text("level", to_string(leak.level));
    close("}");
  }
  close("]");
}

void LeaksJson::render_verdict() {
  text("verdict", to_string(report_.findings.worst));
  number("snapshots", report_.series.snapshots.size());
  key("seconds");
  if (report_.series.has_times) {
    out_ << decimal_text(report_.series.time_of(report_.series.snapshots.size() - 1));
  } else {
    out_ << "null";
  }
  key("notes");
  open("[");
  for (const std::string& note : report_.findings.notes) {
    out_ << (&note == &report_.findings.notes.front() ? "" : ",") << quote(note);
  }
  close("]");
}

void LeaksJson::render_group(const StackGroup& group, const Finding* finding) {
  open("{");
  number("count", group.count);
  key("state").out_ << (group.state.index == 0 ? std::string("\"unknown\"") : quoted(group.state));
  const bool is_read = group.state_source == StateSource::Read;
  key("state_source").out_ << (is_read ? "\"read\"" : "\"inferred\"");
  key("is_range").out_ << (!group.is_range ? "null" : (*group.is_range ? "true" : "false"));
  render_wait(group);
  render_place("blocked", group, group.blocked);
  render_place("entry", group, group.entry);
  render_creator(group);
  number_or_null("first_goroutine", group.first_id);
  render_frames(group);
  number("skipped_frames", group.skipped_frames);
  render_labels(group);
  number("more_labels", group.more_labels);
  number("leaked", group.leaked);
  number("locked", group.locked);
  flag("is_profiler", is_profiler(stacks_, group));
  number("memory_bytes_at_least", memory_at_least(stacks_, group));
  render_finding(finding);
  close("}");
}

// Losses of all sources; a place is told where it is the place in the only source.
void LeaksJson::render_lost() {
  std::vector<Loss> losses;
  for (const LeaksSource& source : report_.sources) {
    for (const Loss& loss : source.losses) {
      add_loss(losses, loss.what, loss.count, loss.first_place);
    }
  }
  key("lost");
  open("{");
  for (const Loss& loss : losses) {
    is_first_ = &loss == &losses.front();
    out_ << (is_first_ ? "" : ",") << quote(loss.what) << ":";
    open("{");
    number("count", loss.count);
    if (report_.sources.size() == 1 && loss.first_place > 0) {
      const bool is_line = report_.sources.front().places == PlaceUnit::Line;
      number(is_line ? "first_line" : "first_byte", loss.first_place);
    }
    close("}");
  }
  close("}");
}

void LeaksJson::render_summary() {
  number("matched", report_.matched);
  number("group_count", report_.group_count);
  key("states");
  open("[");
  for (const StateTotal& state : report_.states) {
    if (&state != &report_.states.front()) out_ << ",";
    open("{");
    key("state").out_ << quote(state.state);
    number("count", state.count);
    number("groups", state.groups);
    close("}");
  }
  close("]");
  key("sources");
  open("[");
  for (const LeaksSource& source : report_.sources) {
    out_ << (&source == &report_.sources.front() ? "" : ",") << quote(source.name);
  }
  close("]");
}

void LeaksJson::render() {
  open("{");
  key("schema").out_ << "\"plumb.leaks/1\"";
  number("total", report_.total);
  key("groups");
  out_ << "[";
  bool is_first_group = true;
  for (const std::uint32_t index : report_.shown) {
    out_ << (is_first_group ? "\n" : ",\n");
    is_first_group = false;
    render_group(index);
  }
  close("]");
  render_verdict();
  render_context();
  render_lost();
  render_summary();
  close("}");
  out_ << "\n";
}

}  // namespace

void render_leaks_json(const LeaksReport& report, Writer& out) {
  LeaksJson(report, out).render();
}

void render_leak_group_json(const LeaksReport& report, std::uint32_t group, Writer& out) {
  LeaksJson(report, out).render_group(group);
}

}  // namespace plumb

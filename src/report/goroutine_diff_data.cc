// SPDX-License-Identifier: Apache-2.0
// The difference of goroutines for programs: JSON and CSV.

#include "base/checked.h"
#include "report/csv_writer.h"
#include "report/goroutine_diff.h"
#include "report/json_writer.h"
#include "report/leaks.h"

namespace plumb {
namespace {

// Calls `add` for each change that is to be shown.
template <typename Add>
void for_each_shown(const GoroutineDiff& diff, const ChangeOptions& options, Add&& add) {
  std::size_t left = options.row_count == 0 ? diff.changes.size() : options.row_count;
  for (const GoroutineChange& change : diff.changes) {
    if (left == 0) return;
    if (!is_change(change, options)) continue;
    add(change);
    --left;
  }
}

void write_frame(const StackGroups& stacks, const StackFrame& frame, JsonWriter& json) {
  json.begin_object();
  if (frame.is_elided) {
    json.field("elided", frame.elided);
  } else {
    json.field("function", stacks.text(frame.function));
    json.field("file", stacks.text(frame.file));
    json.field("line", frame.line);
    if (frame.function.index == 0) json.field("address", address_text(frame));
  }
  json.end_object();
}

void write_moves(const GoroutineMoves& moves, JsonWriter& json) {
  json.field("new", moves.fresh);
  json.field("ended", moves.ended);
  json.field("stayed", moves.stayed);
  json.field("moved_in", moves.moved_in);
  json.field("moved_out", moves.moved_out);
}

void write_change(const GoroutineDiff& diff, const GoroutineChange& change, JsonWriter& json) {
  const StackGroup& group = diff.stacks.groups[change.group];
  json.line().begin_object();
  json.field("before", change.before);
  json.field("after", change.after);
  json.field("change", subtract_wrapping(change.after, change.before));
  json.field("kind", to_string(change_kind(change.before, change.after)));
  json.field("state", state_text(diff.stacks, group));
  json.key("by_id");
  if (diff.has_ids) {
    json.begin_object();
    write_moves(change.moves, json);
    json.field("stayed_minutes_longest", change.moves.longest_minutes);
    json.field("stayed_minutes_shortest", change.moves.shortest_minutes);
    json.end_object();
  } else {
    json.null();
  }
  json.key("created_by");
  if (group.creator.index == kNone) {
    json.null();
  } else {
    write_frame(diff.stacks, diff.stacks.frame(group.creator), json);
  }
  json.key("blocked");
  if (group.blocked == kNone) {
    json.null();
  } else {
    write_frame(diff.stacks, diff.stacks.frame(group, group.blocked), json);
  }
  json.key("frames").begin_array();
  for (const StackFrameId id : diff.stacks.stack(group)) {
    write_frame(diff.stacks, diff.stacks.frame(id), json);
  }
  json.end_array();
  json.end_object();
}

}  // namespace

void render_goroutine_diff_json(const GoroutineDiff& diff, const ChangeOptions& options,
                                Writer& out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("schema", "plumb.diff.goroutines/1");
  json.key("sources").begin_array();
  json.text(diff.before_name);
  json.text(diff.after_name);
  json.end_array();
  json.field("before", diff.before);
  json.field("after", diff.after);
  json.field("change", subtract_wrapping(diff.after, diff.before));
  json.field("compares_creators", !diff.compares_stacks_only);
  json.key("by_id");
  if (diff.has_ids) {
    json.begin_object();
    write_moves(diff.moves, json);
    json.end_object();
  } else {
    json.null();
  }
  json.key("groups").begin_array();
  for_each_shown(diff, options,
                 [&](const GoroutineChange& change) { write_change(diff, change, json); });
  json.end_array();
  json.end_object();
  out << "\n";
}

void render_goroutine_diff_csv(const GoroutineDiff& diff, const ChangeOptions& options,
                               Writer& out) {
  CsvWriter csv(out);
  csv.row({"change", "before", "after", "kind", "state", "function", "file", "line", "created_by",
           "new", "ended", "stayed", "stayed_minutes_longest"});
  for_each_shown(diff, options, [&](const GoroutineChange& change) {
    const StackGroup& group = diff.stacks.groups[change.group];
    csv.cell(subtract_wrapping(change.after, change.before)).cell(change.before);
    csv.cell(change.after).cell(to_string(change_kind(change.before, change.after)));
    csv.cell(state_text(diff.stacks, group));
    if (group.blocked == kNone) {
      csv.cell("").cell("").cell("");
    } else {
      const StackFrame& frame = diff.stacks.frame(group, group.blocked);
      csv.cell(diff.stacks.text(frame.function)).cell(diff.stacks.text(frame.file));
      csv.cell(frame.line);
    }
    const bool has_creator = group.creator.index != kNone;
    csv.cell(has_creator ? diff.stacks.text(diff.stacks.frame(group.creator).function) : "");
    if (diff.has_ids) {
      csv.cell(change.moves.fresh).cell(change.moves.ended).cell(change.moves.stayed);
      csv.cell(change.moves.longest_minutes);
    } else {
      csv.cell("").cell("").cell("").cell("");
    }
    csv.end_row();
  });
}

}  // namespace plumb

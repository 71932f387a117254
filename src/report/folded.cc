// SPDX-License-Identifier: Apache-2.0
#include "report/folded.h"

#include <algorithm>

#include "base/strings.h"
#include "base/text_block.h"
#include "report/json_writer.h"
#include "report/stack_sums.h"

namespace plumb {
namespace {

constexpr std::string_view kNoStack = "[no stack]";

// The name as it may stand in a line.
std::string folded_name(const std::string& name) {
  std::string text = printable(name);
  std::ranges::replace(text, ';', ':');
  return text.empty() ? "<unknown>" : text;
}

std::vector<std::string> folded_names(const FrameNames& frames) {
  std::vector<std::string> names;
  for (const StackFrameName& frame : frames.all()) names.push_back(folded_name(frame.name));
  return names;
}

}  // namespace

void render_folded_text(const ReportInput& input, Writer& out) {
  const FrameNames frames(input.profile);
  const std::vector<std::string> names = folded_names(frames);
  TextBlock text(out);
  std::vector<LocationId> stack;
  std::vector<FrameIndex> path;
  for (const StackSum& sum : sum_stacks(input, frames)) {
    if (out.is_closed()) break;
    input.profile.read_stack(sum.sample, stack);
    frames.read(stack, path);
    for (std::size_t i = 0; i < path.size(); ++i) {
      if (i > 0) text.append(";");
      text.append(names[path[i]]);
    }
    if (path.empty()) text.append(kNoStack);
    char* at = text.room(kDecimalBytes + 2);
    *at++ = ' ';
    at = write_decimal(at, sum.value);
    *at++ = '\n';
    text.commit(at);
  }
  text.flush();
}

void render_folded_json(const ReportInput& input, Writer& out) {
  const FrameNames frames(input.profile);
  JsonWriter json(out);
  json.begin_object();
  json.field("schema", "plumb.folded/1");
  json.field("sample_type", input.samples.type);
  json.field("unit", input.samples.format.sample_unit);
  json.key("frames").begin_array();
  for (const StackFrameName& frame : frames.all()) json.text(frame.name);
  json.end_array();
  json.key("stacks").begin_array();
  std::vector<LocationId> stack;
  std::vector<FrameIndex> path;
  for (const StackSum& sum : sum_stacks(input, frames)) {
    if (out.is_closed()) break;
    input.profile.read_stack(sum.sample, stack);
    frames.read(stack, path);
    json.line().begin_object();
    json.field("value", sum.value);
    json.key("frames").begin_array();
    for (const FrameIndex frame : path) json.number(frame);
    json.end_array();
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << "\n";
}

}  // namespace plumb

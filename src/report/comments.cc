// SPDX-License-Identifier: Apache-2.0
#include "report/comments.h"

#include "report/json_writer.h"

namespace plumb {

void render_comments_text(const ReportInput& input, Writer& out) {
  for (const StringId comment : input.profile.comments) out << input.profile.text(comment) << "\n";
}

void render_comments_json(const ReportInput& input, Writer& out) {
  JsonWriter json(out);
  json.begin_object();
  json.field("schema", "plumb.comments/1");
  json.key("comments").begin_array();
  for (const StringId comment : input.profile.comments) json.text(input.profile.text(comment));
  json.end_array();
  json.end_object();
  out << "\n";
}

}  // namespace plumb

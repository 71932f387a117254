// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "report/json_writer.h"
#include "report/raw.h"

namespace plumb {
namespace {

class RawJson {
 public:
  RawJson(const Profile& profile, Writer& out) : profile_(profile), out_(out), json_(out) {}

  void write() {
    json_.begin_object();
    write_header();
    json_.key("samples").begin_array();
    for (std::size_t i = 0; i < profile_.sample_count() && !out_.is_closed(); ++i) write_sample(i);
    json_.end_array();
    json_.key("locations").begin_array();
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) write_location(i);
    json_.end_array();
    json_.key("mappings").begin_array();
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) write_mapping(i);
    json_.end_array();
    json_.end_object();
    out_ << "\n";
  }

 private:
  void text(std::string_view name, StringId id) { json_.field(name, profile_.text(id)); }

  void write_header() {
    json_.field("schema", "plumb.raw/1");
    json_.key("sample_types").begin_array();
    for (const ValueType& type : profile_.sample_types) write_type(type);
    json_.end_array();
    text("default_sample_type", profile_.default_sample_type);
    json_.key("period_type");
    write_type(profile_.period_type);
    json_.field("period", profile_.period);
    json_.field("time_nanos", profile_.time_nanos);
    json_.field("duration_nanos", profile_.duration_nanos);
    json_.key("comments").begin_array();
    for (const StringId comment : profile_.comments) json_.text(profile_.text(comment));
    json_.end_array();
    text("doc_url", profile_.doc_url);
    text("drop_frames", profile_.drop_frames);
    text("keep_frames", profile_.keep_frames);
  }

  void write_type(const ValueType& type) {
    json_.begin_object();
    text("type", type.type);
    text("unit", type.unit);
    json_.end_object();
  }

  void write_sample(std::size_t i) {
    json_.line().begin_object();
    json_.key("values").begin_array();
    for (const std::int64_t value : profile_.values(i)) json_.number(value);
    json_.end_array();
    profile_.read_stack(i, stack_);
    json_.key("locations").begin_array();
    for (const LocationId id : stack_) json_.number(profile_.location_numbers.of(id.index));
    json_.end_array();
    json_.key("labels").begin_array();
    for (const Label& label : profile_.labels(i)) write_label(label);
    json_.end_array();
    json_.end_object();
  }

  void write_label(const Label& label) {
    json_.begin_object();
    text("key", label.key);
    if (label.is_string()) {
      text("value", label.str);
    } else {
      json_.field("value", label.num);
      text("unit", label.unit);
    }
    json_.end_object();
  }

  void write_location(std::size_t i) {
    const Location& location = profile_.locations[i];
    json_.line().begin_object();
    json_.field("id", profile_.location_numbers.of(i));
    json_.key("address").address(location.address);
    json_.key("mapping");
    if (location.mapping.index == kNone) {
      json_.null();
    } else {
      json_.number(profile_.mapping_numbers.of(location.mapping.index));
    }
    json_.field("is_folded", location.is_folded);
    json_.key("lines").begin_array();
    for (const Line& line : profile_.lines_of(location)) write_code_line(line);
    json_.end_array();
    json_.end_object();
  }

  void write_code_line(const Line& line) {
    const Function& function = profile_.function(line.function);
    json_.begin_object();
    text("function", function.name);
    text("system_name", function.system_name);
    text("file", function.file);
    json_.field("line", line.line);
    json_.field("column", line.column);
    json_.field("start_line", function.start_line);
    json_.end_object();
  }

  void write_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    json_.line().begin_object();
    json_.field("id", profile_.mapping_numbers.of(i));
    json_.key("start").address(mapping.start);
    json_.key("limit").address(mapping.limit);
    json_.key("offset").address(mapping.offset);
    text("file", mapping.file);
    text("build_id", mapping.build_id);
    json_.field("has_functions", mapping.has_functions);
    json_.field("has_filenames", mapping.has_filenames);
    json_.field("has_line_numbers", mapping.has_line_numbers);
    json_.field("has_inline_frames", mapping.has_inline_frames);
    json_.end_object();
  }

  const Profile& profile_;
  Writer& out_;
  JsonWriter json_;
  std::vector<LocationId> stack_;
};

}  // namespace

void render_raw_json(const ReportInput& input, Writer& out) {
  RawJson(input.profile, out).write();
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Writing a Profile as profile.proto: samples first, string table last, ids dense, repeated
// integers packed, fields with zero left out.

#include <libdeflate.h>

#include "base/varint.h"
#include "formats/profile_proto.h"
#include "formats/profile_proto_fields.h"

namespace plumb {
namespace {

void append_key(std::string& out, std::uint64_t number, std::uint64_t type) {
  append_varint(out, number << 3 | type);
}

void append_number(std::string& out, std::uint64_t number, std::uint64_t value) {
  if (value == 0) return;
  append_key(out, number, kWireVarint);
  append_varint(out, value);
}

void append_signed(std::string& out, std::uint64_t number, std::int64_t value) {
  append_number(out, number, static_cast<std::uint64_t>(value));
}

void append_string_id(std::string& out, std::uint64_t number, StringId id) {
  append_number(out, number, id.index);
}

void append_bytes(std::string& out, std::uint64_t number, std::string_view bytes) {
  append_key(out, number, kWireBytes);
  append_varint(out, bytes.size());
  out += bytes;
}

class ProtoWriter {
 public:
  explicit ProtoWriter(const Profile& profile) : profile_(profile) {}

  std::string write() {
    for (const ValueType& type : profile_.sample_types) write_value_type(proto::kSampleType, type);
    for (std::size_t i = 0; i < profile_.sample_count(); ++i) write_sample(i);
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) write_mapping(i);
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) write_location(i);
    for (std::size_t i = 0; i < profile_.functions.size(); ++i) write_function(i);
    for (std::uint32_t i = 0; i < profile_.strings.size(); ++i) {
      append_bytes(out_, proto::kStringTable, profile_.text({i}));
    }
    if (needs_empty_string_) append_bytes(out_, proto::kStringTable, {});
    write_header();
    return std::move(out_);
  }

 private:
  void write_value_type(std::uint64_t number, const ValueType& type) {
    record_.clear();
    append_string_id(record_, 1, type.type);
    append_string_id(record_, 2, type.unit);
    append_bytes(out_, number, record_);
  }

  void write_sample(std::size_t i) {
    record_.clear();
    profile_.read_stack(i, stack_);
    if (!stack_.empty()) {
      part_.clear();
      for (const LocationId id : stack_) append_varint(part_, std::uint64_t{id.index} + 1);
      append_bytes(record_, 1, part_);
    }
    part_.clear();
    for (const std::int64_t value : profile_.values(i)) {
      append_varint(part_, static_cast<std::uint64_t>(value));
    }
    append_bytes(record_, 2, part_);
    for (const Label& label : profile_.labels(i)) {
      write_label(label);
    }
    append_bytes(out_, proto::kSample, record_);
  }

  // To readers, string 0 means that there is no text, and a label of nothing but a key is none.
  // What is there and empty is told by a second empty string, behind all others.
  void write_label(const Label& label) {
    const std::uint64_t empty = profile_.strings.size();
    const bool has_empty_unit = !label.is_string() && label.num == 0 && label.unit.index == 0;
    needs_empty_string_ = needs_empty_string_ || label.is_empty_text || has_empty_unit;
    part_.clear();
    append_string_id(part_, 1, label.key);
    append_number(part_, 2, label.is_empty_text ? empty : label.str.index);
    append_signed(part_, 3, label.num);
    append_number(part_, 4, has_empty_unit ? empty : label.unit.index);
    append_bytes(record_, 3, part_);
  }

  void write_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    record_.clear();
    append_number(record_, 1, i + 1);
    append_number(record_, 2, mapping.start);
    append_number(record_, 3, mapping.limit);
    append_number(record_, 4, mapping.offset);
    append_string_id(record_, 5, mapping.file);
    append_string_id(record_, 6, mapping.build_id);
    append_number(record_, 7, mapping.has_functions ? 1 : 0);
    append_number(record_, 8, mapping.has_filenames ? 1 : 0);
    append_number(record_, 9, mapping.has_line_numbers ? 1 : 0);
    append_number(record_, 10, mapping.has_inline_frames ? 1 : 0);
    append_bytes(out_, proto::kMapping, record_);
  }

  void write_location(std::size_t i) {
    const Location& location = profile_.locations[i];
    record_.clear();
    append_number(record_, 1, i + 1);
    if (location.mapping.index != kNone) {
      append_number(record_, 2, std::uint64_t{location.mapping.index} + 1);
    }
    append_number(record_, 3, location.address);
    for (const Line& line : profile_.lines_of(location)) {
      part_.clear();
      append_number(part_, 1, std::uint64_t{line.function.index} + 1);
      append_signed(part_, 2, line.line);
      append_signed(part_, 3, line.column);
      append_bytes(record_, 4, part_);
    }
    append_number(record_, 5, location.is_folded ? 1 : 0);
    append_bytes(out_, proto::kLocation, record_);
  }

  void write_function(std::size_t i) {
    const Function& function = profile_.functions[i];
    record_.clear();
    append_number(record_, 1, i + 1);
    append_string_id(record_, 2, function.name);
    append_string_id(record_, 3, function.system_name);
    append_string_id(record_, 4, function.file);
    append_signed(record_, 5, function.start_line);
    append_bytes(out_, proto::kFunction, record_);
  }

  void write_header() {
    append_string_id(out_, proto::kDropFrames, profile_.drop_frames);
    append_string_id(out_, proto::kKeepFrames, profile_.keep_frames);
    append_signed(out_, proto::kTimeNanos, profile_.time_nanos);
    append_signed(out_, proto::kDurationNanos, profile_.duration_nanos);
    if (profile_.has_period_type) write_value_type(proto::kPeriodType, profile_.period_type);
    append_signed(out_, proto::kPeriod, profile_.period);
    if (!profile_.comments.empty()) {
      part_.clear();
      for (const StringId comment : profile_.comments) append_varint(part_, comment.index);
      append_bytes(out_, proto::kComment, part_);
    }
    append_string_id(out_, proto::kDefaultSampleType, profile_.default_sample_type);
    append_string_id(out_, proto::kDocUrl, profile_.doc_url);
  }

  const Profile& profile_;
  std::string out_;
  std::string record_;  // The message being written.
  std::string part_;    // A message within it.
  std::vector<LocationId> stack_;
  bool needs_empty_string_ = false;
};

}  // namespace

std::string encode_profile_proto(const Profile& profile) {
  return ProtoWriter(profile).write();
}

std::string write_profile_proto(const Profile& profile) {
  constexpr int kFastest = 1;
  const std::string message = encode_profile_proto(profile);
  libdeflate_compressor* const compressor = libdeflate_alloc_compressor(kFastest);
  std::string gzip(libdeflate_gzip_compress_bound(compressor, message.size()), '\0');
  gzip.resize(libdeflate_gzip_compress(compressor, message.data(), message.size(), gzip.data(),
                                       gzip.size()));
  libdeflate_free_compressor(compressor);
  return gzip;
}

}  // namespace plumb

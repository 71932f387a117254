// SPDX-License-Identifier: Apache-2.0
// Reading profile.proto into a Profile. One pass: tables may come in any order, so ids and string
// indices are kept as they stand in the input and turned into ours when all of it is known.

#include "formats/profile_proto.h"

#include <algorithm>
#include <optional>
#include <span>

#include "base/raw_vector.h"
#include "formats/id_table.h"
#include "formats/plain_records.h"
#include "formats/profile_proto_fields.h"
#include "formats/proto_stack.h"
#include "formats/proto_wire.h"

namespace plumb {
namespace {

Error malformed(std::string message) {
  return Error(ErrorCode::Malformed, std::move(message));
}

class ProtoReader {
 public:
  explicit ProtoReader(const Limits& limits) : limits_(limits) {}

  Result<Profile> read(ByteSource& source) {
    Window window(source, Window::Mode::Threaded);
    const auto visit_field = [this](const WireField& field) { return visit(field); };
    const auto take = [this](std::string_view bytes) { return take_samples(bytes); };
    std::size_t keep = 0;
    do {
      TRY(walk_block(window, limits_, keep, visit_field, take));
      if (unchecked_bytes_ >= kBytesPerCheck) TRY(check_memory(window.offset()));
    } while (!window.at_end());
    if (!any_field_) return Error(ErrorCode::NotRecognized, "empty input file");
    TRY(finish());
    return std::move(profile_);
  }

 private:
  Result<bool> visit(const WireField& field) {
    any_field_ = true;
    switch (field.number) {
      case proto::kSample:
        TRY(read_sample(field));
        break;
      case proto::kLocation:
        TRY(read_location(field));
        break;
      case proto::kFunction:
        TRY(read_function(field));
        break;
      case proto::kStringTable:
        TRY(read_string(field));
        break;
      default:
        TRY(read_header(field));
    }
    unchecked_bytes_ += field.bytes.size() + 2;
    if (unchecked_bytes_ >= kBytesPerCheck) TRY(check_memory(field.offset));
    return true;
  }

  // The hot loop: most of a large profile are samples of the usual form.
  std::size_t take_samples(std::string_view bytes) {
    if (sample_count_ == 0) return 0;
    const auto add = [this](const PlainSample& sample) {
      if (sample.value_count != width_) return false;
      stack_.clear();
      if (!stack_.add({.type = kWireBytes, .bytes = sample.locations})) return false;
      if (stack_.frames() > limits_.stack_frames || !read_labels(sample.labels)) return false;
      profile_.add_sample(profile_.add_packed_stack(stack_.frames(), stack_.packed()),
                          std::span(sample.values).first(width_), labels_);
      ++sample_count_;
      return true;
    };
    const std::size_t taken = take_plain_samples(bytes, add);
    unchecked_bytes_ += taken;
    return taken;
  }

  // The label fields of a sample. False if one is wrong.
  bool read_labels(std::string_view fields) {
    labels_.clear();
    ByteReader in(fields);
    WireField label;
    while (!in.at_end()) {
      if (!take_wire_field(in, label) || !read_label(label)) return false;
    }
    return true;
  }

  // Strings are still indices into the input's table here: an index is stored as the StringId.
  Result<void> store_string_index(const WireField& field, StringId& id) {
    if (field.type != kWireVarint) return bad_wire_type(field);
    if (field.value >= kNone) return malformed("malformed profile format").at(field.offset);
    id.index = static_cast<std::uint32_t>(field.value);
    max_string_ = std::max(max_string_, id.index);
    return {};
  }

  Result<void> read_value_type(const WireField& field, ValueType& type) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 1) TRY(store_string_index(part, type.type));
      if (part.number == 2) TRY(store_string_index(part, type.unit));
    }
    return {};
  }

  Result<void> read_string(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    if (strings_.empty() && !field.bytes.empty()) {
      return Error(ErrorCode::NotRecognized, "string_table[0] must be ''").at(field.offset);
    }
    strings_.push_back(profile_.strings.intern(field.bytes));
    return {};
  }

  Result<void> read_function(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    Function function;
    std::uint64_t id = 0;
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 0 || part.number > 5) continue;
      if (part.type != kWireVarint) return bad_wire_type(part);
      switch (part.number) {
        case 1:
          id = part.value;
          break;
        case 2:
          TRY(store_string_index(part, function.name));
          break;
        case 3:
          TRY(store_string_index(part, function.system_name));
          break;
        case 4:
          TRY(store_string_index(part, function.file));
          break;
        default:
          function.start_line = static_cast<std::int64_t>(part.value);
      }
    }
    function_ids_.add(id);
    profile_.functions.push_back(function);
    return {};
  }

  Result<void> read_line(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    Line line;
    std::uint64_t function = 0;
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 0 || part.number > 3) continue;
      if (part.type != kWireVarint) return bad_wire_type(part);
      if (part.number == 1) function = part.value;
      if (part.number == 2) line.line = static_cast<std::int64_t>(part.value);
      if (part.number == 3) line.column = static_cast<std::int64_t>(part.value);
    }
    profile_.lines.push_back(line);
    line_functions_.push_back(function);
    return {};
  }

  Result<void> read_location(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    Location location;
    std::uint64_t id = 0;
    std::uint64_t mapping = 0;
    location.first_line = static_cast<std::uint32_t>(profile_.lines.size());
    if (PlainLocation plain; read_plain_location(field.bytes, plain)) {
      location.address = static_cast<std::uint64_t>(plain.address);
      for (const auto& line : std::span(plain.lines).first(plain.line_count)) {
        profile_.lines.push_back({.function = {}, .line = line.line, .column = line.column});
        line_functions_.push_back(static_cast<std::uint64_t>(line.function));
      }
      add_location(location, static_cast<std::uint64_t>(plain.id),
                   static_cast<std::uint64_t>(plain.mapping));
      return {};
    }
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 4) {
        TRY(read_line(part));
        continue;
      }
      if (part.number == 0 || part.number > 5) continue;
      if (part.type != kWireVarint) return bad_wire_type(part);
      if (part.number == 1) id = part.value;
      if (part.number == 2) mapping = part.value;
      if (part.number == 3) location.address = part.value;
      if (part.number == 5) location.is_folded = part.value != 0;
    }
    add_location(location, id, mapping);
    return {};
  }

  // Its lines are there.
  void add_location(Location& location, std::uint64_t id, std::uint64_t mapping) {
    location.line_count = static_cast<std::uint32_t>(profile_.lines.size()) - location.first_line;
    profile_.locations.push_back(location);
    location_ids_.add(id);
    location_mappings_.push_back(mapping);
  }

  Result<void> read_mapping(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    Mapping mapping;
    std::uint64_t id = 0;
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 0 || part.number > 10) continue;
      if (part.type != kWireVarint) return bad_wire_type(part);
      if (part.number == 1) id = part.value;
      if (part.number == 2) mapping.start = part.value;
      if (part.number == 3) mapping.limit = part.value;
      if (part.number == 4) mapping.offset = part.value;
      if (part.number == 5) TRY(store_string_index(part, mapping.file));
      if (part.number == 6) TRY(store_string_index(part, mapping.build_id));
      if (part.number == 7) mapping.has_functions = part.value != 0;
      if (part.number == 8) mapping.has_filenames = part.value != 0;
      if (part.number == 9) mapping.has_line_numbers = part.value != 0;
      if (part.number == 10) mapping.has_inline_frames = part.value != 0;
    }
    mapping_ids_.add(id);
    profile_.mappings.push_back(mapping);
    return {};
  }

  Result<void> read_label(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    Label label;
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 0 || part.number > 4) continue;
      if (part.type != kWireVarint) return bad_wire_type(part);
      if (part.number == 1) TRY(store_string_index(part, label.key));
      if (part.number == 2) TRY(store_string_index(part, label.str));
      if (part.number == 3) label.num = static_cast<std::int64_t>(part.value);
      if (part.number == 4) TRY(store_string_index(part, label.unit));
    }
    // A label with nothing but a key says nothing; pprof's reader drops it, too.
    if (label.str.index != 0 || label.num != 0 || label.unit.index != 0) labels_.push_back(label);
    return {};
  }

  Result<void> read_sample(const WireField& field) {
    if (field.type != kWireBytes) return bad_wire_type(field);
    values_.clear();
    labels_.clear();
    stack_.clear();
    ByteReader in(field.bytes, field.offset);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part)) return wire_error(in, part);
      if (part.number == 2 && part.type == kWireVarint) {
        values_.push_back(static_cast<std::int64_t>(part.value));
      } else if (part.number == 1) {
        TRY(stack_.add(part));
      } else if (part.number == 2) {
        TRY(read_repeated(part, values_));
      } else if (part.number == 3) {
        TRY(read_label(part));
      }
    }
    if (stack_.frames() > limits_.stack_frames) {
      return Error(ErrorCode::LimitExceeded,
                   "a stack has more than " + std::to_string(limits_.stack_frames) + " frames")
          .at(field.offset);
    }
    add_sample();
    return {};
  }

  // How wide a row must be is only known when all sample types were read: the rows are compared
  // with the first here, and the first with the types in finish().
  void add_sample() {
    if (sample_count_++ == 0) width_ = values_.size();
    if (values_.size() != width_) {
      if (!bad_width_) bad_width_ = values_.size();
      return;
    }
    profile_.add_sample(profile_.add_packed_stack(stack_.frames(), stack_.packed()), values_,
                        labels_);
  }

  Result<void> read_header(const WireField& field) {
    switch (field.number) {
      case proto::kSampleType: {
        ValueType type;
        TRY(read_value_type(field, type));
        profile_.sample_types.push_back(type);
        return {};
      }
      case proto::kMapping:
        return read_mapping(field);
      case proto::kDropFrames:
        return store_string_index(field, profile_.drop_frames);
      case proto::kKeepFrames:
        return store_string_index(field, profile_.keep_frames);
      case proto::kDefaultSampleType:
        return store_string_index(field, profile_.default_sample_type);
      case proto::kDocUrl:
        return store_string_index(field, profile_.doc_url);
      case proto::kComment:
        return read_comments(field);
      case proto::kPeriodType:
        profile_.has_period_type = true;
        profile_.period_type = {};
        return read_value_type(field, profile_.period_type);
      case proto::kTimeNanos:
        if (profile_.time_nanos != 0) return malformed("concatenated profiles detected");
        return store_number(field, profile_.time_nanos);
      case proto::kDurationNanos:
        return store_number(field, profile_.duration_nanos);
      case proto::kPeriod:
        return store_number(field, profile_.period);
      default:
        return {};  // A field of a later version of the format.
    }
  }

  static Result<void> store_number(const WireField& field, std::int64_t& number) {
    if (field.type != kWireVarint) return bad_wire_type(field);
    number = static_cast<std::int64_t>(field.value);
    return {};
  }

  Result<void> read_comments(const WireField& field) {
    std::vector<std::uint64_t> indices;
    TRY(read_repeated(field, indices));
    for (const std::uint64_t index : indices) {
      WireField one = field;
      one.type = kWireVarint;
      one.value = index;
      TRY(store_string_index(one, profile_.comments.emplace_back()));
    }
    return {};
  }

  Result<void> check_memory(std::uint64_t offset) {
    unchecked_bytes_ = 0;
    const std::size_t bytes = profile_.memory_bytes() + location_ids_.memory_bytes() +
                              function_ids_.memory_bytes() + mapping_ids_.memory_bytes() +
                              strings_.capacity() * sizeof(StringId) +
                              line_functions_.capacity() * sizeof(std::uint64_t) +
                              location_mappings_.capacity() * sizeof(std::uint64_t);
    if (bytes <= limits_.model_bytes) return {};
    return Error(ErrorCode::LimitExceeded,
                 "takes more than " + std::to_string(limits_.model_bytes) + " bytes of memory")
        .at(offset);
  }

  Result<void> finish() {
    TRY(finish_strings());
    TRY(finish_samples());
    TRY(mapping_ids_.finish("mapping"));
    TRY(function_ids_.finish("function"));
    TRY(finish_lines());
    profile_.mapping_numbers = mapping_ids_.take_numbers();
    profile_.function_numbers = function_ids_.take_numbers();
    profile_.location_numbers = location_ids_.take_numbers();
    return {};
  }

  Result<void> finish_strings() {
    if (max_string_ >= strings_.size()) {
      return malformed("malformed profile format: string " + std::to_string(max_string_) +
                       " is not in the table of " + std::to_string(strings_.size()));
    }
    bool is_identity = true;
    for (std::uint32_t i = 0; i < strings_.size(); ++i) {
      is_identity = is_identity && strings_[i].index == i;
    }
    if (!is_identity) resolve_strings();
    return {};
  }

  void resolve_strings() {
    const auto resolve = [this](StringId& id) { id = strings_[id.index]; };
    for (ValueType& type : profile_.sample_types) resolve(type.type), resolve(type.unit);
    resolve(profile_.period_type.type), resolve(profile_.period_type.unit);
    for (Mapping& mapping : profile_.mappings) resolve(mapping.file), resolve(mapping.build_id);
    for (Function& function : profile_.functions) {
      resolve(function.name), resolve(function.system_name), resolve(function.file);
    }
    for (StringId& comment : profile_.comments) resolve(comment);
    resolve(profile_.default_sample_type), resolve(profile_.drop_frames);
    resolve(profile_.keep_frames), resolve(profile_.doc_url);
    profile_.update_labels([&](Label& label) {
      const bool was_text = label.str.index != 0;
      const bool had_unit = label.unit.index != 0;
      resolve(label.key), resolve(label.str), resolve(label.unit);
      label.is_empty_text = was_text && label.str.index == 0;
      label.is_empty_unit = had_unit && label.unit.index == 0;
    });
  }

  // In the order in which pprof checks, so that the first complaint is the same.
  Result<void> finish_samples() {
    if (sample_count_ > 0 && profile_.sample_types.empty()) {
      return malformed("missing sample type information");
    }
    if (sample_count_ > 0 && (bad_width_ || width_ != profile_.sample_types.size())) {
      const bool first_is_bad = width_ != profile_.sample_types.size();
      return malformed("mismatch: sample has " +
                       std::to_string(first_is_bad ? width_ : *bad_width_) + " values vs. " +
                       std::to_string(profile_.sample_types.size()) + " types");
    }
    // The table decides what is unknown, so it is checked first where ids are not dense.
    TRY(location_ids_.finish("location"));
    const bool all_known =
        location_ids_.is_dense()
            ? stack_.all_within(profile_.locations.size())
            : profile_.remap_stacks([this](std::uint64_t id) { return location_ids_.find(id); });
    if (!all_known) return malformed("sample has nil location");
    return {};
  }

  Result<void> finish_lines() {
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) {
      Location& location = profile_.locations[i];
      location.mapping.index = mapping_ids_.find(location_mappings_[i]);
      for (std::uint32_t l = 0; l < location.line_count; ++l) {
        const std::size_t at = location.first_line + l;
        profile_.lines[at].function.index = function_ids_.find(line_functions_[at]);
        if (profile_.lines[at].function.index == kNone) {
          return malformed("location id: " + std::to_string(location_ids_.id(i)) +
                           " has a line with nil function");
        }
      }
    }
    return {};
  }

  static constexpr std::uint64_t kBytesPerCheck = std::uint64_t{1} << 20;

  const Limits limits_;
  Profile profile_;
  bool any_field_ = false;
  std::uint64_t unchecked_bytes_ = 0;

  std::vector<StringId> strings_;  // By index in the input.
  std::uint32_t max_string_ = 0;
  IdTable function_ids_;
  IdTable location_ids_;
  IdTable mapping_ids_;
  RawVector<std::uint64_t> line_functions_;     // Per Profile::lines.
  RawVector<std::uint64_t> location_mappings_;  // Per Profile::locations.

  std::uint64_t sample_count_ = 0;
  std::size_t width_ = 0;  // Values of the first sample.
  std::optional<std::size_t> bad_width_;

  // Scratch of the sample being read.
  std::vector<std::int64_t> values_;
  std::vector<Label> labels_;
  ProtoStack stack_;
};

}  // namespace

bool looks_like_profile_proto(std::string_view head, bool is_whole) {
  ByteReader in(head);
  WireField field;
  bool has_known_field = false;
  while (!in.at_end()) {
    if (!take_wire_field(in, field)) {
      const bool is_cut = wire_error(in, field).code() == ErrorCode::Truncated;
      return is_cut && !is_whole && has_known_field;
    }
    if (field.number == 0 || field.number > proto::kDocUrl) continue;
    const bool is_packed = field.number == proto::kComment && field.type == kWireBytes;
    if (field.type != proto::wire_type(field.number) && !is_packed) return false;
    has_known_field = true;
  }
  return has_known_field;
}

Result<Profile> read_profile_proto(ByteSource& source, const ReadOptions& options) {
  return ProtoReader(options.limits).read(source);
}

}  // namespace plumb

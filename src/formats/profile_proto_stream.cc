// SPDX-License-Identifier: Apache-2.0
#include "formats/profile_proto_stream.h"

#include <algorithm>
#include <vector>

#include "formats/packed_ids.h"
#include "formats/profile_proto_fields.h"
#include "formats/proto_wire.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMaxId = UINT32_MAX;

class StreamReader {
 public:
  explicit StreamReader(ProfileStream& stream) : stream_(stream) {}

  // False: not to be streamed.
  bool visit(const WireField& field) {
    switch (field.number) {
      case proto::kSample:
        return field.type == kWireBytes && on_sample(field.bytes);
      case proto::kLocation:
        return field.type == kWireBytes && on_location(field.bytes);
      case proto::kFunction:
        return field.type == kWireBytes && on_function(field.bytes);
      case proto::kStringTable:
        ++string_count_;
        return field.type == kWireBytes && stream_.on_string(field.bytes);
      case proto::kMapping:
        return field.type == kWireBytes && on_mapping(field.bytes);
      case proto::kSampleType:
        return field.type == kWireBytes && on_sample_type(field.bytes);
      case proto::kComment:
        header_.has_comments = true;
        return true;
      default:
        return on_header(field);
    }
  }

  [[nodiscard]] const StreamedHeader& header() const { return header_; }

  /// True if every string that was referred to is there. Those of labels are not looked at.
  [[nodiscard]] bool strings_complete() const { return max_string_ < string_count_; }

 private:
  // Calls `visit(part) -> bool` for the fields of a record; false if they cannot be read.
  template <typename Visit>
  static bool for_each_part(std::string_view record, Visit&& visit_part) {
    ByteReader in(record);
    WireField part;
    while (!in.at_end()) {
      if (!take_wire_field(in, part) || !visit_part(part)) return false;
    }
    return true;
  }

  static bool store(const WireField& part, std::uint32_t& number) {
    number = static_cast<std::uint32_t>(part.value);
    return part.type == kWireVarint && part.value <= kMaxId;
  }

  bool store_string(const WireField& part, std::uint32_t& index) {
    if (!store(part, index)) return false;
    max_string_ = std::max(max_string_, index);
    return true;
  }

  bool on_header(const WireField& field) {
    std::uint32_t unused = 0;
    switch (field.number) {
      case proto::kTimeNanos:
        if (header_.time_nanos != 0) return false;
        header_.time_nanos = static_cast<std::int64_t>(field.value);
        return field.type == kWireVarint;
      case proto::kDurationNanos:
        header_.duration_nanos = static_cast<std::int64_t>(field.value);
        return field.type == kWireVarint;
      case proto::kDropFrames:
        return store_string(field, header_.drop_frames);
      case proto::kKeepFrames:
        return store_string(field, unused);
      case proto::kDefaultSampleType:
        return store_string(field, header_.default_sample_type);
      case proto::kDocUrl:
        return store_string(field, header_.doc_url);
      case proto::kPeriodType:
        return field.type == kWireBytes && read_value_type(field.bytes, unused, unused);
      case proto::kPeriod:
        return field.type == kWireVarint;
      default:
        return true;
    }
  }

  bool read_value_type(std::string_view record, std::uint32_t& type, std::uint32_t& unit) {
    return for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store_string(part, type);
      return part.number != 2 || store_string(part, unit);
    });
  }

  bool on_sample_type(std::string_view record) {
    std::uint32_t type = 0;
    std::uint32_t unit = 0;
    return read_value_type(record, type, unit) && stream_.on_sample_type(type, unit);
  }

  // Ids other than 1, 2, 3, ... may be wrong: the reader of whole profiles tells.
  bool on_mapping(std::string_view record) {
    std::uint32_t id = 0;
    std::uint32_t file = 0;
    std::uint32_t build_id = 0;
    const bool ok = for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store(part, id);
      if (part.number == 5) return store_string(part, file);
      if (part.number == 6) return store_string(part, build_id);
      return part.number == 0 || part.number > 10 || part.type == kWireVarint;
    });
    if (!header_.has_mapping) {
      header_.first_mapping_file = file;
      header_.first_mapping_build_id = build_id;
    }
    header_.has_mapping = true;
    return ok && id == ++mapping_count_;
  }

  bool on_function(std::string_view record) {
    std::uint32_t id = 0;
    std::uint32_t name = 0;
    std::uint32_t system_name = 0;
    std::uint32_t file = 0;
    return for_each_part(record,
                         [&](const WireField& part) {
                           if (part.number == 1) return store(part, id);
                           if (part.number == 2) return store_string(part, name);
                           if (part.number == 3) return store_string(part, system_name);
                           if (part.number == 4) return store_string(part, file);
                           return part.number != 5 || part.type == kWireVarint;
                         }) &&
           stream_.on_function(id, name, system_name);
  }

  bool on_location(std::string_view record) {
    std::uint32_t id = 0;
    functions_.clear();
    return for_each_part(record,
                         [&](const WireField& part) {
                           if (part.number == 1) return store(part, id);
                           if (part.number == 4) {
                             return part.type == kWireBytes && on_line(part.bytes);
                           }
                           return part.number == 0 || part.number > 5 || part.type == kWireVarint;
                         }) &&
           stream_.on_location(id, functions_);
  }

  bool on_line(std::string_view record) {
    std::uint32_t function = 0;
    const bool ok = for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store(part, function);
      return part.number == 0 || part.number > 3 || part.type == kWireVarint;
    });
    functions_.push_back(function);
    return ok;
  }

  void make_room(std::size_t more) {
    if (locations_.size() >= location_count_ + more) return;
    locations_.resize((location_count_ + more) * 2);
  }

  // The hot loop: nearly all records of a large profile are samples.
  bool on_sample(std::string_view record) {
    location_count_ = 0;
    values_.clear();
    ByteReader in(record);
    while (!in.at_end()) {
      const std::uint64_t key = in.varint();
      switch (key) {
        case 1 << 3 | kWireBytes:
          if (!add_packed_locations(in.take(in.varint()))) return false;
          break;
        case 1 << 3 | kWireVarint: {
          make_room(1);
          const std::uint64_t id = in.varint();
          if (id > kMaxId) return false;
          locations_[location_count_++] = static_cast<std::uint32_t>(id);
          break;
        }
        case 2 << 3 | kWireVarint:
          values_.push_back(static_cast<std::int64_t>(in.varint()));
          break;
        case 2 << 3 | kWireBytes: {
          ByteReader packed = in.nested(in.varint());
          while (!packed.at_end()) values_.push_back(static_cast<std::int64_t>(packed.varint()));
          if (!packed.ok()) return false;
          break;
        }
        case 3 << 3 | kWireBytes:  // Labels: no report that streams needs them.
          in.take(in.varint());
          break;
        default:
          if (key >> 3 <= 3 && key >> 3 != 0) return false;  // A known field of a wrong type.
          if (!skip(in, key & 7)) return false;
      }
    }
    return in.ok() && stream_.on_sample({locations_.data(), location_count_}, values_);
  }

  static bool skip(ByteReader& in, std::uint64_t type) {
    if (type == kWireVarint) in.varint();
    if (type == kWireFixed64) in.take(8);
    if (type == kWireBytes) in.take(in.varint());
    if (type == kWireFixed32) in.take(4);
    return type <= kWireBytes || type == kWireFixed32;
  }

  bool add_packed_locations(std::string_view packed) {
    make_room(packed.size() + kPackedIdsSlack);
    const auto count = decode_packed_ids(packed, locations_.data() + location_count_);
    if (!count) return false;
    location_count_ += *count;
    return true;
  }

  ProfileStream& stream_;
  StreamedHeader header_;
  std::uint32_t mapping_count_ = 0;
  std::uint64_t string_count_ = 0;
  std::uint32_t max_string_ = 0;
  std::vector<std::uint32_t> functions_;
  std::vector<std::uint32_t> locations_ = std::vector<std::uint32_t>(1024);
  std::size_t location_count_ = 0;
  std::vector<std::int64_t> values_;
};

}  // namespace

Result<bool> stream_profile_proto(ByteSource& source, ProfileStream& stream, const Limits& limits) {
  Window window(source, Window::Mode::Threaded);
  StreamReader reader(stream);
  bool usable = true;
  const auto walked = walk_message(window, limits, [&](const WireField& field) {
    usable = reader.visit(field);
    return usable;
  });
  if (!walked) {
    const ErrorCode code = walked.error().code();
    if (code == ErrorCode::Io || code == ErrorCode::LimitExceeded) return walked.error();
    return false;
  }
  return usable && reader.strings_complete() && stream.on_end(reader.header());
}

}  // namespace plumb

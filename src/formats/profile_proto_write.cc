// SPDX-License-Identifier: Apache-2.0
// Writing a Profile as profile.proto: the very bytes of pprof, so that two files can be compared.
//
// Samples come first and the string table behind the tables; strings have the order in which pprof
// meets them: sample types, labels (of each sample by key, texts before numbers), mappings,
// functions, header. Repeated integers are packed from three on, and zeros left out.

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "base/text_block.h"
#include "base/varint.h"
#include "formats/profile_proto.h"
#include "formats/profile_proto_fields.h"

namespace plumb {
namespace {

constexpr std::size_t kVarintBytes = 10;
constexpr std::size_t kUnpackedCount = 2;  // So many repeated integers are written one by one.

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

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

// Gives strings their places in the table, in the order in which they are asked for.
class StringTable {
 public:
  explicit StringTable(const StringPool& pool) : pool_(pool), places_(pool.size(), 0) {}

  std::uint64_t place_of(StringId id) {
    if (id.index == 0) return 0;
    std::uint32_t& place = places_[id.index];
    if (place == 0) {
      order_.push_back(id);
      place = static_cast<std::uint32_t>(order_.size());
    }
    return place;
  }

  // To readers, string 0 means that there is no text, and a label of nothing but a key is none.
  // What is there and empty is told by a second empty string.
  std::uint32_t second_empty() {
    if (second_empty_ == 0) {
      order_.emplace_back();
      second_empty_ = static_cast<std::uint32_t>(order_.size());
    }
    return second_empty_;
  }

  template <typename Write>
  void write(Write&& write_string) const {
    write_string(std::string_view());
    for (const StringId id : order_) write_string(pool_.view(id));
  }

 private:
  const StringPool& pool_;
  std::vector<std::uint32_t> places_;  // By index in the pool; 0: none yet.
  std::vector<StringId> order_;
  std::uint32_t second_empty_ = 0;  // 0: none yet.
};

class ProtoWriter {
 public:
  ProtoWriter(const Profile& profile, Writer& out)
      : profile_(profile), out_(out), strings_(profile.strings) {}

  void write() {
    for (const ValueType& type : profile_.sample_types) write_value_type(proto::kSampleType, type);
    for (std::size_t i = 0; i < profile_.sample_count(); ++i) write_sample(i);
    for (std::size_t i = 0; i < profile_.mappings.size(); ++i) write_mapping(i);
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) write_location(i);
    for (std::size_t i = 0; i < profile_.functions.size(); ++i) write_function(i);
    make_header();
    strings_.write([this](std::string_view text) { write_bytes(proto::kStringTable, text); });
    out_.append(header_);
    out_.flush();
  }

 private:
  void write_bytes(std::uint64_t number, std::string_view bytes) {
    char* at = out_.room(bytes.size() + 2 * kVarintBytes);
    at = write_key(at, number, kWireBytes);
    at = write_varint(at, bytes.size());
    out_.commit(std::copy(bytes.begin(), bytes.end(), at));
  }

  static char* write_key(char* at, std::uint64_t number, std::uint64_t type) {
    return write_varint(at, number << 3 | type);
  }

  static char* write_varint(char* at, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
    *at++ = static_cast<char>(value);
    return at;
  }

  static void append_bytes(std::string& out, std::uint64_t number, std::string_view bytes) {
    append_key(out, number, kWireBytes);
    append_varint(out, bytes.size());
    out += bytes;
  }

  void append_string(std::string& out, std::uint64_t number, StringId id) {
    append_number(out, number, strings_.place_of(id));
  }

  std::string& value_type(const ValueType& type) {
    record_.clear();
    append_string(record_, 1, type.type);
    append_string(record_, 2, type.unit);
    return record_;
  }

  void write_value_type(std::uint64_t number, const ValueType& type) {
    write_bytes(number, value_type(type));
  }

  void write_sample(std::size_t i) {
    record_.clear();
    append_labels(i);
    const std::span<const std::uint8_t> stack = packed_stack(i);
    const std::size_t frames = profile_.stack(i).size();
    const auto values = profile_.values(i);
    const std::size_t size =
        repeated_size(frames, stack.size()) + values_size(values) + record_.size();

    char* at = out_.room(size + 2 * kVarintBytes);
    at = write_key(at, proto::kSample, kWireBytes);
    at = write_varint(at, size);
    at = write_stack(at, frames, stack);
    at = write_values(at, values);
    out_.commit(std::copy(record_.begin(), record_.end(), at));
  }

  // The location ids of a sample as varints. Those are how stacks are stored, if ids are usual: a
  // zero byte in them, as there is no id 0, is the end of a varint that is longer than it need be.
  std::span<const std::uint8_t> packed_stack(std::size_t i) {
    const PackedStack stack = profile_.stack(i);
    const std::span<const std::uint8_t> stored = stack.bytes();
    const bool is_short = std::memchr(stored.data(), 0, stored.size()) == nullptr;
    if (profile_.location_numbers.are_usual() && is_short) return stored;
    packed_.clear();
    for (const LocationId id : stack) {
      append_varint(packed_, profile_.location_numbers.of(id.index));
    }
    return packed_;
  }

  // Bytes of a repeated field with a number below 16, whose varints have `bytes`.
  static std::size_t repeated_size(std::size_t count, std::size_t bytes) {
    if (count <= kUnpackedCount) return count + bytes;
    return 1 + varint_size(bytes) + bytes;
  }

  static std::size_t values_size(std::span<const std::int64_t> values) {
    std::size_t bytes = 0;
    for (const std::int64_t value : values) bytes += varint_size(static_cast<std::uint64_t>(value));
    return repeated_size(values.size(), bytes);
  }

  static char* write_stack(char* at, std::size_t frames, std::span<const std::uint8_t> stack) {
    if (frames > kUnpackedCount) {
      at = write_key(at, 1, kWireBytes);
      at = write_varint(at, stack.size());
      std::memcpy(at, stack.data(), stack.size());
      return at + stack.size();
    }
    bool is_start = true;  // Of a varint.
    for (const std::uint8_t byte : stack) {
      if (is_start) at = write_key(at, 1, kWireVarint);
      *at++ = static_cast<char>(byte);
      is_start = byte < 0x80;
    }
    return at;
  }

  static char* write_values(char* at, std::span<const std::int64_t> values) {
    if (values.size() > kUnpackedCount) {
      std::size_t bytes = 0;
      for (const std::int64_t value : values) {
        bytes += varint_size(static_cast<std::uint64_t>(value));
      }
      at = write_key(at, 2, kWireBytes);
      at = write_varint(at, bytes);
    }
    for (const std::int64_t value : values) {
      if (values.size() <= kUnpackedCount) at = write_key(at, 2, kWireVarint);
      at = write_varint(at, static_cast<std::uint64_t>(value));
    }
    return at;
  }

  // Texts, then numbers, each by key; labels of one key keep their order.
  void append_labels(std::size_t i) {
    const auto labels = profile_.labels(i);
    if (labels.size() <= 1) {
      for (const Label& label : labels) append_label(label);
      return;
    }
    labels_.assign(labels.begin(), labels.end());
    std::ranges::stable_sort(labels_, [this](const Label& a, const Label& b) {
      if (a.is_string() != b.is_string()) return a.is_string();
      return a.key != b.key && profile_.text(a.key) < profile_.text(b.key);
    });
    for (const Label& label : labels_) append_label(label);
  }

  void append_label(const Label& label) {
    const bool has_empty_unit = !label.is_string() && label.num == 0 && label.unit.index == 0;
    part_.clear();
    append_string(part_, 1, label.key);
    append_number(part_, 2,
                  label.is_empty_text ? strings_.second_empty() : strings_.place_of(label.str));
    append_signed(part_, 3, label.num);
    append_number(part_, 4,
                  has_empty_unit ? strings_.second_empty() : strings_.place_of(label.unit));
    append_bytes(record_, 3, part_);
  }

  void write_mapping(std::size_t i) {
    const Mapping& mapping = profile_.mappings[i];
    record_.clear();
    append_number(record_, 1, profile_.mapping_numbers.of(i));
    append_number(record_, 2, mapping.start);
    append_number(record_, 3, mapping.limit);
    append_number(record_, 4, mapping.offset);
    append_string(record_, 5, mapping.file);
    append_string(record_, 6, mapping.build_id);
    append_number(record_, 7, mapping.has_functions ? 1 : 0);
    append_number(record_, 8, mapping.has_filenames ? 1 : 0);
    append_number(record_, 9, mapping.has_line_numbers ? 1 : 0);
    append_number(record_, 10, mapping.has_inline_frames ? 1 : 0);
    write_bytes(proto::kMapping, record_);
  }

  void write_location(std::size_t i) {
    const Location& location = profile_.locations[i];
    record_.clear();
    append_number(record_, 1, profile_.location_numbers.of(i));
    if (location.mapping.index != kNone) {
      append_number(record_, 2, profile_.mapping_numbers.of(location.mapping.index));
    }
    append_number(record_, 3, location.address);
    for (const Line& line : profile_.lines_of(location)) {
      part_.clear();
      append_number(part_, 1, profile_.function_numbers.of(line.function.index));
      append_signed(part_, 2, line.line);
      append_signed(part_, 3, line.column);
      append_bytes(record_, 4, part_);
    }
    append_number(record_, 5, location.is_folded ? 1 : 0);
    write_bytes(proto::kLocation, record_);
  }

  void write_function(std::size_t i) {
    const Function& function = profile_.functions[i];
    record_.clear();
    append_number(record_, 1, profile_.function_numbers.of(i));
    append_string(record_, 2, function.name);
    append_string(record_, 3, function.system_name);
    append_string(record_, 4, function.file);
    append_signed(record_, 5, function.start_line);
    write_bytes(proto::kFunction, record_);
  }

  // It stands behind the strings, and has some.
  void make_header() {
    append_string(header_, proto::kDropFrames, profile_.drop_frames);
    append_string(header_, proto::kKeepFrames, profile_.keep_frames);
    append_signed(header_, proto::kTimeNanos, profile_.time_nanos);
    append_signed(header_, proto::kDurationNanos, profile_.duration_nanos);
    const ValueType& period_type = profile_.period_type;
    if (period_type.type.index != 0 || period_type.unit.index != 0) {
      append_bytes(header_, proto::kPeriodType, value_type(period_type));
    }
    append_signed(header_, proto::kPeriod, profile_.period);
    append_comments();
    append_key(header_, proto::kDefaultSampleType, kWireVarint);
    append_varint(header_, strings_.place_of(profile_.default_sample_type));
    append_string(header_, proto::kDocUrl, profile_.doc_url);
  }

  void append_comments() {
    if (profile_.comments.size() <= kUnpackedCount) {
      for (const StringId comment : profile_.comments) {
        append_key(header_, proto::kComment, kWireVarint);
        append_varint(header_, strings_.place_of(comment));
      }
      return;
    }
    part_.clear();
    for (const StringId comment : profile_.comments) {
      append_varint(part_, strings_.place_of(comment));
    }
    append_bytes(header_, proto::kComment, part_);
  }

  const Profile& profile_;
  TextBlock out_;
  StringTable strings_;
  std::string record_;  // The message being written.
  std::string part_;    // A message within it.
  std::string header_;
  std::vector<std::uint8_t> packed_;
  std::vector<Label> labels_;
};

}  // namespace

void encode_profile_proto(const Profile& profile, Writer& out) {
  ProtoWriter(profile, out).write();
}

std::string encode_profile_proto(const Profile& profile) {
  StringWriter out;
  ProtoWriter(profile, out).write();
  return out.text();
}

}  // namespace plumb

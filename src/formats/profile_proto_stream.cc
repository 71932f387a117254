// SPDX-License-Identifier: Apache-2.0
#include "formats/profile_proto_stream.h"

#include <algorithm>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include "base/handover_ring.h"
#include "base/packed_ids.h"
#include "base/varint.h"
#include "formats/plain_records.h"
#include "formats/profile_proto_fields.h"
#include "formats/proto_wire.h"

namespace plumb {
namespace {

constexpr std::uint64_t kMaxId = UINT32_MAX;

// Small enough for what is made of a block to be near a core still when it is used.
constexpr std::size_t kBlockBytes = std::size_t{64} << 10;

// Makes parts of the fields of a profile.
class PartsReader {
 public:
  explicit PartsReader(bool keeps_fields) : keeps_fields_(keeps_fields) {}

  // Where the parts go from now on.
  void fill(StreamedParts& parts) {
    parts_ = &parts;
    parts_->samples.width = width_;
  }

  // False: not to be streamed.
  bool visit(const WireField& field) {
    if (keeps_fields_ && field.number != proto::kSample) keep(field);
    switch (field.number) {
      case proto::kSample:
        return field.type == kWireBytes && on_sample(field.bytes);
      case proto::kLocation:
        return field.type == kWireBytes && on_location(field.bytes);
      case proto::kFunction:
        return field.type == kWireBytes && on_function(field.bytes);
      case proto::kStringTable:
        ++string_count_;
        if (field.type != kWireBytes) return false;
        parts_->text += field.bytes;
        parts_->text_ends.push_back(parts_->text.size());
        return true;
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

  // The hot loop: most of a large profile are samples of the usual form.
  std::size_t take_samples(std::string_view bytes) {
    if (width_ == 0) return 0;
    bytes = bytes.substr(0, kBlockBytes);
    StreamedSamples& samples = parts_->samples;
    const std::size_t known = samples.locations.size();
    samples.locations.resize(known + bytes.size() + kPackedIdsSlack);
    std::uint32_t* const locations = samples.locations.data();
    std::uint32_t* out = locations + known;
    bool have_labels = samples.have_labels;
    const auto add = [&](const PlainSample& sample) {
      if (sample.value_count != width_) return false;
      std::uint32_t* const end = decode_packed_ids(sample.locations, out);
      if (end == nullptr) return false;
      out = end;
      samples.ends.push_back(static_cast<std::size_t>(out - locations));
      for (std::size_t i = 0; i < width_; ++i) samples.values.push_back(sample.values[i]);
      have_labels = have_labels || !sample.labels.empty();
      return true;
    };
    const std::size_t taken = take_plain_samples(bytes, add);
    samples.have_labels = have_labels;
    samples.locations.resize(static_cast<std::size_t>(out - locations));
    return taken;
  }

  [[nodiscard]] const StreamedHeader& header() const { return header_; }

  /// True if every string that was referred to is there. Those of labels are not looked at.
  [[nodiscard]] bool strings_complete() const { return max_string_ < string_count_; }

 private:
  void keep(const WireField& field) {
    const bool is_known = field.number <= proto::kDocUrl;
    if (!is_known || (field.type != kWireVarint && field.type != kWireBytes)) return;
    std::string& fields = parts_->fields;
    append_varint(fields, field.number << 3 | field.type);
    append_varint(fields, field.type == kWireVarint ? field.value : field.bytes.size());
    if (field.type == kWireBytes) fields += field.bytes;
  }

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
    if (!read_value_type(record, type, unit)) return false;
    parts_->sample_types.push_back({type, unit});
    return true;
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
    StreamedParts::Function function;
    std::uint32_t file = 0;
    const bool ok = for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store(part, function.id);
      if (part.number == 2) return store_string(part, function.name);
      if (part.number == 3) return store_string(part, function.system_name);
      if (part.number == 4) return store_string(part, file);
      return part.number != 5 || part.type == kWireVarint;
    });
    parts_->functions.push_back(function);
    return ok;
  }

  bool on_location(std::string_view record) {
    PlainLocation location;
    if (!read_plain_location(record, location)) return on_any_location(record);
    bool ok = std::cmp_less_equal(location.id, kMaxId);
    for (const auto& line : std::span(location.lines).first(location.line_count)) {
      ok = ok && std::cmp_less_equal(line.function, kMaxId);
      parts_->lines.push_back(static_cast<std::uint32_t>(line.function));
    }
    parts_->locations.push_back({static_cast<std::uint32_t>(location.id), parts_->lines.size()});
    return ok;
  }

  bool on_any_location(std::string_view record) {
    std::uint32_t id = 0;
    const bool ok = for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store(part, id);
      if (part.number == 4) return part.type == kWireBytes && on_line(part.bytes);
      return part.number == 0 || part.number > 5 || part.type == kWireVarint;
    });
    parts_->locations.push_back({id, parts_->lines.size()});
    return ok;
  }

  bool on_line(std::string_view record) {
    std::uint32_t function = 0;
    const bool ok = for_each_part(record, [&](const WireField& part) {
      if (part.number == 1) return store(part, function);
      return part.number == 0 || part.number > 3 || part.type == kWireVarint;
    });
    parts_->lines.push_back(function);
    return ok;
  }

  bool on_sample(std::string_view record) {
    StreamedSamples& samples = parts_->samples;
    const std::size_t first_value = samples.values.size();
    ByteReader in(record);
    while (!in.at_end()) {
      const std::uint64_t key = in.varint();
      switch (key) {
        case 1 << 3 | kWireBytes:
          if (!add_packed_locations(in.take(in.varint()), samples.locations)) return false;
          break;
        case 1 << 3 | kWireVarint: {
          const std::uint64_t id = in.varint();
          if (id > kMaxId) return false;
          samples.locations.push_back(static_cast<std::uint32_t>(id));
          break;
        }
        case 2 << 3 | kWireVarint:
          samples.values.push_back(static_cast<std::int64_t>(in.varint()));
          break;
        case 2 << 3 | kWireBytes: {
          ByteReader packed = in.nested(in.varint());
          while (!packed.at_end()) {
            samples.values.push_back(static_cast<std::int64_t>(packed.varint()));
          }
          if (!packed.ok()) return false;
          break;
        }
        case 3 << 3 | kWireBytes:  // Of labels, reports that stream want to know no more.
          samples.have_labels = true;
          in.take(in.varint());
          break;
        default:
          if (key >> 3 <= 3 && key >> 3 != 0) return false;  // A known field of a wrong type.
          if (!skip(in, key & 7)) return false;
      }
    }
    samples.ends.push_back(samples.locations.size());
    const std::size_t width = samples.values.size() - first_value;
    if (width_ == 0) width_ = samples.width = width;
    return in.ok() && width == width_ && width != 0;
  }

  static bool skip(ByteReader& in, std::uint64_t type) {
    if (type == kWireVarint) in.varint();
    if (type == kWireFixed64) in.take(8);
    if (type == kWireBytes) in.take(in.varint());
    if (type == kWireFixed32) in.take(4);
    return type <= kWireBytes || type == kWireFixed32;
  }

  static bool add_packed_locations(std::string_view packed, RawVector<std::uint32_t>& locations) {
    const std::size_t size = locations.size();
    locations.resize(size + packed.size() + kPackedIdsSlack);
    const std::uint32_t* const end = decode_packed_ids(packed, locations.data() + size);
    locations.resize(end == nullptr ? size : static_cast<std::size_t>(end - locations.data()));
    return end != nullptr;
  }

  const bool keeps_fields_;
  StreamedParts* parts_ = nullptr;
  StreamedHeader header_;
  std::uint32_t mapping_count_ = 0;
  std::uint64_t string_count_ = 0;
  std::uint32_t max_string_ = 0;
  std::size_t width_ = 0;  // Values of a sample; 0: none seen.
};

// Inflates and decodes one block after the other.
class BlockReader {
 public:
  BlockReader(ByteSource& source, const Limits& limits, bool keeps_fields)
      : window_(source, Window::Mode::Inline, kBlockBytes),
        limits_(limits),
        reader_(keeps_fields) {}

  // Fills `parts`, which are empty, from the next block. False if there was none, or no use.
  bool fill(StreamedParts& parts) {
    if (!status_ || !*status_ || is_at_end()) return false;
    reader_.fill(parts);
    status_ = walk_block(
        window_, limits_, keep_, [this](const WireField& field) { return reader_.visit(field); },
        [this](std::string_view bytes) { return reader_.take_samples(bytes); });
    has_begun_ = true;
    return status_ && *status_;
  }

  [[nodiscard]] bool is_at_end() const { return has_begun_ && window_.at_end(); }

  // After the end: whether all of it can be used.
  Result<bool> finish() const {
    if (status_) return *status_ && reader_.strings_complete();
    const ErrorCode code = status_.error().code();
    if (code == ErrorCode::Io || code == ErrorCode::LimitExceeded) return status_.error();
    return false;
  }

  [[nodiscard]] const StreamedHeader& header() const { return reader_.header(); }

 private:
  Window window_;
  const Limits& limits_;
  PartsReader reader_;
  std::size_t keep_ = 0;
  bool has_begun_ = false;
  Result<bool> status_ = true;
};

// Reads the rest on another thread. False if `stream` ended it.
bool stream_ahead(BlockReader& reader, ProfileStream& stream) {
  HandoverRing<StreamedParts> ring;
  bool is_wanted = true;
  std::thread thread([&] {
    for (StreamedParts* parts = ring.next_empty(); parts != nullptr; parts = ring.next_empty()) {
      if (!reader.fill(*parts)) break;
      is_wanted = stream.on_read(*parts);
      if (!is_wanted) break;
      ring.publish();
    }
    ring.finish();
  });
  bool is_taken = true;
  for (StreamedParts* parts = ring.next_full(); parts != nullptr; parts = ring.next_full()) {
    is_taken = stream.on_parts(*parts);
    if (!is_taken) break;
    parts->clear();
  }
  ring.give_up();
  thread.join();
  return is_wanted && is_taken;
}

}  // namespace

Result<bool> stream_profile_proto(ByteSource& source, ProfileStream& stream, const Limits& limits) {
  BlockReader reader(source, limits, stream.wants_fields());
  StreamedParts first;
  if (reader.fill(first)) {
    if (!stream.on_read(first) || !stream.on_parts(first)) return false;
    if (!reader.is_at_end() && !stream_ahead(reader, stream)) return false;
  }
  TRY_ASSIGN(const bool usable, reader.finish());
  return usable && stream.on_end(reader.header());
}

}  // namespace plumb

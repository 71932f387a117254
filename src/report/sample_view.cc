// SPDX-License-Identifier: Apache-2.0
#include "report/sample_view.h"

#include "base/checked.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/try.h"
#include "base/units.h"

namespace plumb {
namespace {

// Samples of the base of a diff carry this label; they alone make the total.
constexpr std::string_view kDiffBaseKey = "pprof::base";
constexpr std::string_view kDiffBaseValue = "true";

struct Total {
  std::int64_t values = 0;
  std::int64_t divisors = 0;

  void add(std::int64_t value, std::int64_t divisor) {
    values = add_wrapping(values, abs_wrapping(value));
    divisors = add_wrapping(divisors, divisor);
  }
  [[nodiscard]] std::int64_t result() const { return divided(values, divisors); }
};

std::int64_t compute_total(const Profile& profile, const Weights& weights) {
  const StringId base_key = profile.strings.find(kDiffBaseKey);
  const StringId base_value = profile.strings.find(kDiffBaseValue);
  const bool may_be_diff = base_key.index != 0 && base_value.index != 0;
  Total all;
  Total base;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const Weight weight = weights.of(profile.values(i));
    all.add(weight.value, weight.divisor);
    if (!may_be_diff) continue;
    for (const Label& label : profile.labels(i)) {
      if (label.key != base_key || label.str != base_value) continue;
      base.add(weight.value, weight.divisor);
      break;
    }
  }
  return base.values > 0 ? base.result() : all.result();
}

std::string go_list(const std::vector<std::string_view>& words) {
  std::string out = "[";
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += ' ';
    out += words[i];
  }
  return out + ']';
}

}  // namespace

std::string ValueFormat::operator()(std::int64_t value) const {
  return format_value(times_ratio(value), sample_unit, output_unit);
}

std::int64_t ValueFormat::times_ratio(std::int64_t value) const {
  if (!(ratio > 0) || ratio == 1) return value;
  return truncate_to_int64(static_cast<double>(value) * ratio);
}

Result<std::size_t> find_sample_index(const std::vector<std::string_view>& types,
                                      std::string_view default_type, std::string_view name) {
  if (types.empty()) return Error(ErrorCode::Usage, "profile has no samples");
  if (name.empty()) {
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (!default_type.empty() && types[i] == default_type) return i;
    }
    return types.size() - 1;
  }
  std::string_view digits = name;
  if (name.size() > 1 && name[1] != '-') consume_prefix(digits, "+");
  if (const auto index = parse_int<std::int64_t>(digits)) {
    if (*index >= 0 && static_cast<std::uint64_t>(*index) < types.size()) {
      return static_cast<std::size_t>(*index);
    }
    return Error(ErrorCode::Usage, "sample_index " + std::string(name) +
                                       " is outside the range [0.." +
                                       std::to_string(types.size() - 1) + "]");
  }
  std::string_view without_inuse = name;
  consume_prefix(without_inuse, "inuse_");
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (types[i] == name || types[i] == without_inuse) return i;
  }
  return Error(ErrorCode::Usage,
               "sample_index \"" + std::string(name) + "\" must be one of: " + go_list(types));
}

Result<SampleView> select_samples(const Profile& profile, const ReportOptions& options) {
  std::vector<std::string_view> types;
  for (const ValueType& type : profile.sample_types) types.push_back(profile.text(type.type));
  SampleView view;
  TRY_ASSIGN(view.weights.value, find_sample_index(types, profile.text(profile.default_sample_type),
                                                   options.sample_index));
  if (options.divide_by == 0) return Error(ErrorCode::Usage, "zero divisor specified");
  if (options.mean) view.weights.divisor = 0;
  view.type = (options.mean ? "mean_" : "") + std::string(types[view.weights.value]);
  view.format.sample_unit = profile.text(profile.sample_types[view.weights.value].unit);
  view.format.output_unit = options.unit;
  view.format.ratio = 1 / options.divide_by;
  view.total = compute_total(profile, view.weights);
  return view;
}

ProfileHeader header_of(const Profile& profile) {
  ProfileHeader header;
  if (!profile.mappings.empty()) header.file = profile.text(profile.mappings[0].file);
  header.build_id = profile.build_id();
  for (const StringId comment : profile.comments) header.comments.push_back(profile.text(comment));
  header.doc_url = profile.text(profile.doc_url);
  header.time_nanos = profile.time_nanos;
  header.duration_nanos = profile.duration_nanos;
  return header;
}

std::vector<std::string> header_lines(const ProfileHeader& header, const SampleView& samples) {
  std::vector<std::string> lines;
  if (!header.file.empty()) lines.push_back("File: " + std::string(path_base(header.file)));
  if (!header.build_id.empty()) lines.push_back("Build ID: " + std::string(header.build_id));
  for (const std::string_view comment : header.comments) {
    if (!comment.starts_with('#')) lines.emplace_back(comment);
  }
  if (!samples.type.empty()) lines.push_back("Type: " + samples.type);
  if (!header.doc_url.empty()) lines.push_back("Doc: " + std::string(header.doc_url));
  if (header.time_nanos != 0) lines.push_back("Time: " + format_local_time(header.time_nanos));
  if (header.duration_nanos == 0) return lines;
  const Scaled total = scale_value(samples.total, samples.format.sample_unit, "nanoseconds");
  std::string share;
  if (total.unit == "ns" && total.value != 0) {
    share = "(" + format_percentage(truncate_to_int64(total.value), header.duration_nanos) + ")";
  }
  lines.push_back("Duration: " + format_value(header.duration_nanos, "nanoseconds", "auto") +
                  ", Total samples = " + samples.format(samples.total) + " " + share);
  return lines;
}

namespace {

// What decides about the unit of a report. Where the smallest and the largest value have different
// units, the smallest may be written as 0.01.
struct UnitChoice {
  std::string unit;  // Of the smallest value.
  std::string hundredfold_unit;
  bool takes_hundredfold = false;

  UnitChoice(const ValueFormat& format, std::int64_t smallest, std::int64_t largest) {
    smallest = format.times_ratio(smallest);
    largest = format.times_ratio(largest);
    const auto unit_of = [&format](std::int64_t value) {
      return scale_value(value, format.sample_unit, "minimum").unit;
    };
    const auto hundredfold = static_cast<std::int64_t>(static_cast<std::uint64_t>(smallest) * 100);
    unit = unit_of(smallest);
    hundredfold_unit = unit_of(hundredfold);
    takes_hundredfold = unit != unit_of(largest) && hundredfold < largest;
  }

  friend bool operator==(const UnitChoice&, const UnitChoice&) = default;
};

}  // namespace

void choose_output_unit(ValueFormat& format, std::int64_t smallest, std::int64_t total) {
  if (format.output_unit != "minimum") return;
  if (smallest == 0) smallest = total;
  const UnitChoice choice(format, smallest, total);
  const std::string& unit = choice.takes_hundredfold ? choice.hundredfold_unit : choice.unit;
  format.output_unit = unit.empty() ? format.sample_unit : unit;
}

bool choose_output_unit_within(ValueFormat& format, std::int64_t least, std::int64_t most,
                               std::int64_t total) {
  if (format.output_unit != "minimum") return true;
  if (format.ratio != 1 || most > INT64_MAX / 100) return false;
  // The units of larger values are the same or larger: in between there is no other.
  if (UnitChoice(format, least, total) != UnitChoice(format, most, total)) return false;
  choose_output_unit(format, least, total);
  return true;
}

}  // namespace plumb

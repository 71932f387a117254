// SPDX-License-Identifier: Apache-2.0
#include "report/tags.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/cancellation.h"
#include "base/checked.h"
#include "base/hash.h"
#include "base/tab_writer.h"
#include "base/units.h"
#include "report/json_text.h"

namespace plumb {
namespace {

struct TagHash {
  std::size_t operator()(const std::pair<std::uint32_t, std::int64_t>& tag) const {
    return hash_mix(tag.first ^ kHashSeed, static_cast<std::uint64_t>(tag.second));
  }
};

// Weights by label key and value: the id of a string, or a number.
using TagWeights =
    std::unordered_map<std::pair<std::uint32_t, std::int64_t>, std::int64_t, TagHash>;

using ValuesByText = std::map<std::string_view, std::unordered_map<std::string, TagValue>>;

void add_number(TagValue& value, std::int64_t number) {
  value.least = value.is_number ? std::min(value.least, number) : number;
  value.most = value.is_number ? std::max(value.most, number) : number;
  value.is_number = true;
}

bool heavier(const TagValue& a, const TagValue& b) {
  const std::int64_t size_a = abs_wrapping(a.weight);
  const std::int64_t size_b = abs_wrapping(b.weight);
  return size_a != size_b ? size_a > size_b : a.value < b.value;
}

}  // namespace

TagsReport build_tags(const ReportInput& input) {
  const Profile& profile = input.profile;
  const SampleView& samples = input.samples;
  TagWeights texts;
  TagWeights numbers;
  for (std::size_t i = 0; i < profile.sample_count() && !is_cancelled_at(i); ++i) {
    const std::int64_t weight = profile.values(i)[samples.weights.value];
    for (const Label& label : profile.labels(i)) {
      std::int64_t& sum = label.is_string() ? texts[{label.key.index, label.str.index}]
                                            : numbers[{label.key.index, label.num}];
      sum = add_wrapping(sum, weight);
    }
  }

  // Different numbers may read alike once they have their unit ("1kB").
  ValuesByText by_text;
  const auto add = [&](std::uint32_t key, std::string text, std::int64_t weight) -> TagValue& {
    TagValue& value = by_text[profile.text({key})][std::move(text)];
    value.weight = add_wrapping(value.weight, weight);
    return value;
  };
  std::map<std::string_view, std::string> units;
  for (const auto& [tag, weight] : texts) {
    add(tag.first, std::string(profile.text({static_cast<std::uint32_t>(tag.second)})), weight);
  }
  for (const auto& [tag, weight] : numbers) {
    const auto unit = input.label_units.of({tag.first});
    add_number(add(tag.first, format_value(tag.second, unit, input.options.unit), weight),
               tag.second);
    units[profile.text({tag.first})] = unit;
  }

  TagsReport report;
  report.sample_type = samples.type;
  report.format = samples.format;
  report.total = samples.total;
  for (auto& [key, values] : by_text) {
    TagKey& row = report.keys.emplace_back();
    row.key = key;
    row.unit = units[key];
    for (auto& [text, value] : values) {
      value.value = text;
      row.total = add_wrapping(row.total, value.weight);
      row.values.push_back(std::move(value));
    }
    std::ranges::sort(row.values, heavier);
  }
  return report;
}

void render_tags_text(const TagsReport& report, Writer& out) {
  std::string text;
  const auto share = [&](std::int64_t weight) {
    if (report.total <= 0) return std::string();
    return " (" + format_percentage(weight, report.total) + ")";
  };
  for (const TagKey& key : report.keys) {
    text += key.key + ":\t Total " + report.format(key.total) + " of " +
            report.format(report.total) + share(key.total) + "\n";
    for (const TagValue& value : key.values) {
      text += " \t" + report.format(value.weight) + share(value.weight) + ":\t " + value.value;
      text += '\n';
    }
    text += '\n';
  }
  out << align_right(text);
}

void render_tags_json(const TagsReport& report, Writer& out) {
  nlohmann::ordered_json json;
  json["schema"] = "plumb.tags/1";
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["keys"] = nlohmann::ordered_json::array();
  for (const TagKey& key : report.keys) {
    nlohmann::ordered_json item;
    item["key"] = key.key;
    item["total"] = report.format.times_ratio(key.total);
    item["values"] = nlohmann::ordered_json::array();
    for (const TagValue& value : key.values) {
      item["values"].push_back(
          {{"value", value.value}, {"weight", report.format.times_ratio(value.weight)}});
    }
    json["keys"].push_back(std::move(item));
  }
  out << to_json_text(json) << "\n";
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/number_tags.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/checked.h"
#include "base/units.h"

namespace plumb {
namespace {

constexpr std::size_t kMostNumbers = 4;

void sort_numbers(std::vector<NumberTag>& numbers, bool by_flat) {
  std::ranges::sort(numbers, [by_flat](const NumberTag& a, const NumberTag& b) {
    return is_before(a.sums, a.text, b.sums, b.text, by_flat);
  });
}

// Numbers that share a box; the first is the heaviest.
class Group {
 public:
  Group(const Tag& tag, std::string_view unit)
      : unit_(unit), first_(tag), least_(tag), most_(tag) {}

  [[nodiscard]] double distance(const Tag& tag) const {
    return std::abs(scaled(first_) - static_cast<double>(tag.value));
  }

  void add(const Tag& tag) {
    const std::int64_t value = truncate_to_int64(scaled(tag));
    if (value < least_.value) least_ = tag;
    if (value > most_.value) most_ = tag;
    add_sums(first_.sums, tag.sums);
    is_single_ = false;
  }

  [[nodiscard]] NumberTag box() const {
    NumberTag box;
    box.text = text(least_) + (is_single_ ? "" : ".." + text(most_));
    box.sums.flat = flat_of(first_.sums);
    box.sums.cum = cum_of(first_.sums);
    return box;
  }

 private:
  // pprof converts between units here, which are always the same.
  [[nodiscard]] double scaled(const Tag& tag) const {
    return scale_value(tag.value, unit_, unit_).value;
  }
  [[nodiscard]] std::string text(const Tag& tag) const {
    return format_value(tag.value, unit_, "auto");
  }

  std::string_view unit_;
  Tag first_;  // With the sums of all.
  Tag least_;
  Tag most_;
  bool is_single_ = true;
};

}  // namespace

bool is_before(const Node& a, std::string_view name_a, const Node& b, std::string_view name_b,
               bool by_flat) {
  const std::int64_t cum_a = abs_wrapping(a.cum);
  const std::int64_t cum_b = abs_wrapping(b.cum);
  if (!by_flat && cum_a != cum_b) return cum_a > cum_b;
  const std::int64_t flat_a = abs_wrapping(a.flat);
  const std::int64_t flat_b = abs_wrapping(b.flat);
  if (flat_a != flat_b) return flat_a > flat_b;
  return name_a < name_b;
}

std::vector<NumberTag> drawn_numbers(const TagTable& tags, std::uint32_t node, std::uint32_t set,
                                     std::string_view unit, bool by_flat) {
  std::vector<const Tag*> chosen;
  for (const Tag& tag : tags.of(node)) {
    if (tag.set == set && tag.number != 0) chosen.push_back(&tag);
  }
  std::ranges::sort(chosen, [&](const Tag* a, const Tag* b) {
    return is_before(a->sums, tags.numbers[a->number], b->sums, tags.numbers[b->number], by_flat);
  });
  std::vector<NumberTag> boxes;
  if (chosen.size() <= kMostNumbers) {
    for (const Tag* const tag : chosen) boxes.push_back({tags.numbers[tag->number], tag->sums});
    return boxes;
  }
  std::vector<Group> groups;
  for (const Tag* const tag : chosen) {
    if (groups.size() < kMostNumbers) {
      groups.emplace_back(*tag, unit);
      continue;
    }
    const auto nearest = std::ranges::min_element(
        groups, {}, [tag](const Group& group) { return group.distance(*tag); });
    nearest->add(*tag);
  }
  for (const Group& group : groups) boxes.push_back(group.box());
  sort_numbers(boxes, by_flat);
  return boxes;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "model/number_tables.h"

#include <utility>
#include <vector>

#include "model/stack_reader.h"

namespace plumb {
namespace {

// The rows of a table that are in use, in the order in which they were asked for.
template <typename Row>
class UsedRows {
 public:
  explicit UsedRows(std::vector<Row> rows)
      : rows_(std::move(rows)), numbers_(rows_.size(), kNone) {}

  [[nodiscard]] bool is_empty() const { return rows_.empty(); }

  // The new number of row `index`; kNone stays kNone.
  std::uint32_t number(std::uint32_t index) {
    if (index == kNone) return kNone;
    std::uint32_t& known = numbers_[index];
    if (known == kNone) {
      known = static_cast<std::uint32_t>(used_.size());
      used_.push_back(rows_[index]);
    }
    return known;
  }

  [[nodiscard]] std::vector<Row> take() { return std::move(used_); }

 private:
  std::vector<Row> rows_;
  std::vector<std::uint32_t> numbers_;  // By old number.
  std::vector<Row> used_;
};

}  // namespace

void number_tables_by_use(Profile& profile) {
  std::vector<std::uint32_t> numbers(profile.locations.size(), kNone);
  std::vector<LocationId> used;
  StackReader stacks(profile);
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    for (const LocationId id : stacks.stack(i)) {
      if (numbers[id.index] != kNone) continue;
      numbers[id.index] = static_cast<std::uint32_t>(used.size());
      used.push_back(id);
    }
  }
  profile.renumber_locations(numbers);

  const std::vector<Location> locations = std::exchange(profile.locations, {});
  const std::vector<Line> lines = std::exchange(profile.lines, {});
  UsedRows mappings(std::exchange(profile.mappings, {}));
  UsedRows functions(std::exchange(profile.functions, {}));
  if (!mappings.is_empty()) mappings.number(0);
  std::vector<Line> lines_of_location;
  profile.locations.reserve(used.size());
  for (const LocationId id : used) {
    Location location = locations[id.index];
    location.mapping.index = mappings.number(location.mapping.index);
    const std::span<const Line> own =
        std::span(lines).subspan(location.first_line, location.line_count);
    lines_of_location.assign(own.begin(), own.end());
    for (Line& line : lines_of_location) {
      line.function.index = functions.number(line.function.index);
    }
    profile.add_location(location, lines_of_location);
  }
  profile.mappings = mappings.take();
  profile.functions = functions.take();
}

}  // namespace plumb

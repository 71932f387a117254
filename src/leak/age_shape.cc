// SPDX-License-Identifier: Apache-2.0
#include "leak/age_shape.h"

#include <algorithm>
#include <span>
#include <vector>

#include "leak/statistics.h"

namespace plumb {
namespace {

// Takes the ages of a group as they come, and tells whether they ascend: those of one process do.
class AgeReader {
 public:
  explicit AgeReader(std::size_t count)
      : tenth_(count, 0.1), middle_(count, 0.5), ninth_(count, 0.9) {}

  void add(double age) {
    if (shape_.count++ == 0) {
      shape_.first = age;
    } else {
      ascends_ &= age >= shape_.last;
      shape_.largest_gap = std::max(shape_.largest_gap, age - shape_.last);
    }
    shape_.last = age;
    tenth_.add(age);
    middle_.add(age);
    ninth_.add(age);
  }

  [[nodiscard]] bool ascends() const { return ascends_; }

  /// Requires: ascends(), and as many were added as the constructor said.
  [[nodiscard]] AgeShape shape() const {
    AgeShape shape = shape_;
    shape.tenth = tenth_.value();
    shape.middle = middle_.value();
    shape.ninetieth = ninth_.value();
    return shape;
  }

 private:
  AgeShape shape_;
  AscendingQuantile tenth_;
  AscendingQuantile middle_;
  AscendingQuantile ninth_;
  bool ascends_ = true;
};

}  // namespace

AgeShape age_shape_of(const GoroutineIndex& goroutines, std::uint32_t group,
                      std::uint64_t newest_id) {
  const std::uint64_t count = goroutines.sums(group).count;
  if (count == 0) return {};
  const auto age_of = [newest = static_cast<double>(newest_id)](const GoroutineIndex::Row& row) {
    return static_cast<double>(row.id) / newest;
  };
  AgeReader reader(count);
  goroutines.for_each(group, [&](const GoroutineIndex::Row& row) { reader.add(age_of(row)); });
  if (reader.ascends()) return reader.shape();
  std::vector<double> ages;
  ages.reserve(count);
  goroutines.for_each(group, [&](const GoroutineIndex::Row& row) { ages.push_back(age_of(row)); });
  std::ranges::sort(ages);
  AgeReader sorted(count);
  for (const double age : ages) sorted.add(age);
  return sorted.shape();
}

WaitShape wait_shape_of(const GoroutineIndex& goroutines, std::uint32_t group) {
  std::vector<std::uint32_t> waits;
  waits.reserve(goroutines.sums(group).count);
  goroutines.for_each(group,
                      [&](const GoroutineIndex::Row& row) { waits.push_back(row.wait_minutes); });
  if (waits.empty()) return {};
  const auto [shortest, longest] = std::ranges::minmax(waits);
  const double tenth = select_quantile(waits, 0.1);
  const double middle = select_quantile(waits, 0.5);
  const auto median = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
  std::ranges::nth_element(waits, median);
  return {shortest, tenth, middle, *median, longest};
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "leak/age_shape.h"

#include <algorithm>
#include <span>
#include <vector>

#include "leak/statistics.h"
#include "leak/wait_times.h"

namespace plumb {
namespace {

// Of a large group, waits of up to eleven days are counted by minutes.
constexpr std::uint64_t kFewGoroutines = 1000;
constexpr std::size_t kMostCounted = std::size_t{1} << 14;

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

WaitTimes wait_times_of(const GoroutineIndex& goroutines, std::uint32_t group) {
  WaitTimes waits;
  const std::uint64_t count = goroutines.sums(group).count;
  if (count < kFewGoroutines) {
    std::vector<std::uint32_t> sorted;
    sorted.reserve(count);
    goroutines.for_each(
        group, [&](const GoroutineIndex::Row& row) { sorted.push_back(row.wait_minutes); });
    std::ranges::sort(sorted);
    for (const std::uint32_t minutes : sorted) waits.add(minutes, 1);
    return waits;
  }
  std::vector<std::uint64_t> counted;  // Goroutines by minutes.
  goroutines.for_each(group, [&](const GoroutineIndex::Row& row) {
    const std::size_t minutes = row.wait_minutes;
    if (minutes >= kMostCounted) return waits.add(minutes, 1);
    if (minutes >= counted.size()) counted.resize(std::max(minutes + 1, 2 * counted.size()));
    ++counted[minutes];
  });
  for (std::size_t minutes = 0; minutes < counted.size(); ++minutes) {
    waits.add(minutes, counted[minutes]);
  }
  return waits;
}

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
  WaitTimes waits = wait_times_of(goroutines, group);
  if (waits.empty()) return {};
  const std::uint64_t count = waits.count();
  return {.shortest = waits.at_rank(0),
          .tenth = waits.quantile(0.1),
          .middle = waits.quantile(0.5),
          .median = waits.at_rank(count / 2),
          .longest = waits.at_rank(count - 1)};
}

}  // namespace plumb

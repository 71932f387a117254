// SPDX-License-Identifier: Apache-2.0
// E10: goroutines that run now and then. A garbage collection notes for every goroutine that waits
// that it does. So where a younger goroutine has waited for minutes, an older one that has not was
// woken in between: it is at its place again, not still.
#include "leak/group_study.h"

namespace plumb {
namespace {

constexpr double kMost = 0.5;

}  // namespace

void study_wakes(const SeriesStudy&, GroupStudy& group) {
  if (group.compared == 0) return;
  const double part = static_cast<double>(group.woken) / static_cast<double>(group.compared);
  if (part < kMost) return;
  group.is_woken = true;
  group.against.push_back({"E10",
                           std::to_string(group.woken) + " of " + std::to_string(group.compared) +
                               " have waited less than goroutines younger than they: they run now "
                               "and then",
                           "ids and minutes of one dump",
                           {{"woken", static_cast<double>(group.woken)},
                            {"compared", static_cast<double>(group.compared)}}});
}

}  // namespace plumb

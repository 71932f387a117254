// SPDX-License-Identifier: Apache-2.0
#include "leak/goroutine_column.h"

#include <string>

namespace plumb {

Result<GoroutineColumn> find_goroutine_column(const Profile& profile) {
  std::string names;
  for (std::size_t i = 0; i < profile.sample_types.size(); ++i) {
    const std::string_view type = profile.text(profile.sample_types[i].type);
    const std::string_view unit = profile.text(profile.sample_types[i].unit);
    if (type == "goroutineleak") return GoroutineColumn{i, true, true};
    if (type == "goroutine" || type == "goroutines") return GoroutineColumn{i, true, false};
    if (profile.sample_types.size() == 1 && unit == "count") return GoroutineColumn{};
    names += (i == 0 ? "" : ", ") + std::string(type) + '/' + std::string(unit);
  }
  return Error(ErrorCode::Usage, "no profile of goroutines: its values are " +
                                     (names.empty() ? std::string("none") : names));
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/build_check.h"

#include <string>
#include <string_view>

namespace plumb {

void BuildCheck::look_at(const Mapping& mapping, const ObjectFile& object) {
  const std::string_view wanted = profile_.text(mapping.build_id);
  if (wanted.empty() || object.build_id().empty() || object.build_id() == wanted) return;
  if (!others_.insert(mapping.file.index).second) return;
  notice_(object.path() + " has another build ID than the profile (" + object.build_id() +
          ", not " + std::string(wanted) + "): its instructions may not be those that ran");
}

}  // namespace plumb

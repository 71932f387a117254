// SPDX-License-Identifier: Apache-2.0
// BuildCheck: whether the binaries that are disassembled are those that ran.

#pragma once

#include <cstdint>
#include <set>

#include "base/notice.h"
#include "model/profile.h"
#include "symbols/object_file.h"

namespace plumb {

class BuildCheck {
 public:
  /// Both outlive this.
  BuildCheck(const Profile& profile, const Notice& notice) : profile_(profile), notice_(notice) {}

  /// Says, once of a binary, that it is not the one that was mapped.
  void look_at(const Mapping& mapping, const ObjectFile& object);

 private:
  const Profile& profile_;
  const Notice& notice_;
  std::set<std::uint32_t> others_;  // Their files.
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// A profile is moved, never copied by accident.

#include <utility>

#include "model/profile.h"

plumb::Profile take(plumb::Profile profile) {
  return profile;
}

plumb::Profile give(plumb::Profile& profile) {
#ifdef PLUMB_BAD
  return take(profile);
#else
  return take(std::move(profile));
#endif
}

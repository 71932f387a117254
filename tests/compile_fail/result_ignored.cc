// SPDX-License-Identifier: Apache-2.0
// A failure cannot be overlooked.

#include "base/result.h"

plumb::Result<void> check();

bool call() {
#ifdef PLUMB_BAD
  check();
  return true;
#else
  return check().has_value();
#endif
}

// SPDX-License-Identifier: Apache-2.0
// Ids of different tables do not mix.

#include "model/profile.h"

bool compare(plumb::FunctionId function, plumb::StringId string) {
#ifdef PLUMB_BAD
  return function == string;
#else
  return function == plumb::FunctionId{string.index};
#endif
}

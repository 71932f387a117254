// SPDX-License-Identifier: Apache-2.0
// The one file that knows, so that the objects of all others serve every checkout.
#include "support/source_dir.h"

namespace plumb::test {

std::string source_dir() {
  return PLUMB_SOURCE_DIR;
}

}  // namespace plumb::test

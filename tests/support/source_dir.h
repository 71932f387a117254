// SPDX-License-Identifier: Apache-2.0
// Where the checkout is that the tests were built from.

#pragma once

#include <string>

namespace plumb::test {

/// Without a slash at the end.
std::string source_dir();

}  // namespace plumb::test

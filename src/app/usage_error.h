// SPDX-License-Identifier: Apache-2.0
// What a user typed wrong.

#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace plumb::cli {

inline Error usage(std::string message) {
  return {ErrorCode::Usage, std::move(message)};
}

}  // namespace plumb::cli

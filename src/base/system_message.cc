// SPDX-License-Identifier: Apache-2.0
#include "base/system_message.h"

#include <cstring>
#include <string_view>

#include "base/strings.h"

namespace plumb {

std::string system_message(int number) {
  const std::string_view sentence = std::strerror(number);
  return to_lower(sentence.substr(0, 1)).append(sentence.substr(1));
}

}  // namespace plumb

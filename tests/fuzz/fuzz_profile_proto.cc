// SPDX-License-Identifier: Apache-2.0
// Any bytes as a profile.proto message: they are refused with a place inside the input, or what
// was read can be written and is read back equal.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/profile_proto.h"
#include "support/describe_profile.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace plumb;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  MemorySource source(bytes);
  const auto profile = read_profile_proto(source, {});
  if (!profile) {
    require(!profile.error().message().empty());
    require(profile.error().offset().value_or(0) <= size);
    return 0;
  }
  require(looks_like_profile_proto(bytes, true));
  const std::string written = encode_profile_proto(*profile);
  MemorySource written_source(written);
  const auto again = read_profile_proto(written_source, {});
  require(again.has_value());
  require(test::describe_profile(*again) == test::describe_profile(*profile));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Any bytes as any input: the format is found or the refusal says something, whatever the bytes
// arrive in, and reading it ends.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "formats/detect.h"
#include "support/step_source.h"

namespace {

using namespace plumb;

void require(bool condition) {
  if (!condition) std::abort();
}

// The name of what the input is, or the error.
std::string verdict(std::string_view bytes, std::size_t step) {
  Limits limits;
  limits.inflated_bytes = std::uint64_t{4} << 20;
  auto input = detect(std::make_unique<test::StepSource>(std::string(bytes), step), limits);
  if (!input) return input.error().describe();
  const auto content = read_detected(*std::move(input), {.limits = limits});
  if (!content) return content.error().describe();
  require(content->format != nullptr);
  return std::string(content->format->name);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = verdict(bytes, SIZE_MAX);
  require(!whole.empty());
  if (size < 2000) require(verdict(bytes, 3) == whole);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// Any bytes as a profile: where `top` can be made while they stream by, it is that of the profile
// read as a whole, whatever the options, with a base and without. The first four bytes choose them.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/proto_wire.h"
#include "support/describe_top.h"

namespace {

using namespace plumb;

void require(bool condition) {
  if (!condition) std::abort();
}

ReportOptions options_of(const std::uint8_t* choice) {
  constexpr double kFractions[] = {0, 0.005, 0.1, 0.5};
  constexpr std::int64_t kCounts[] = {-1, 0, 1, 3};
  ReportOptions options;
  options.nodefraction = kFractions[choice[0] & 3];
  options.edgefraction = kFractions[choice[0] >> 2 & 3];
  options.nodecount = kCounts[choice[0] >> 4 & 3];
  options.sort = (choice[0] & 64) != 0 ? SortOrder::Cum : SortOrder::Flat;
  options.trim = (choice[0] & 128) == 0;
  options.drop_negative = (choice[1] & 1) != 0;
  if ((choice[1] & 2) != 0) options.sample_index = std::to_string(choice[1] >> 4 & 3);
  if ((choice[1] & 4) != 0) options.unit = "auto";
  return options;
}

// Labels are not looked at while they stream by: what is wrong in them is not found.
bool has_labels(std::string_view bytes) {
  bool found = false;
  ByteReader in(bytes);
  WireField field;
  WireField part;
  while (!in.at_end() && take_wire_field(in, field)) {
    if (field.number != 2 || field.type != kWireBytes) continue;
    ByteReader sample(field.bytes);
    while (!sample.at_end() && take_wire_field(sample, part)) found = found || part.number == 3;
  }
  return found;
}

// Less than the whole of the same profile: some samples that are gone, and some that are not.
std::optional<test::Base> base_of(std::string_view bytes, std::uint8_t choice) {
  MemorySource source(bytes);
  auto profile = read_profile_proto(source, {});
  if (!profile) return std::nullopt;
  std::vector<std::uint8_t> kept;
  for (std::size_t i = 0; i < profile->sample_count(); ++i) kept.push_back(choice >> i % 6 & 1);
  profile->keep_samples(kept);
  return test::Base{encode_profile_proto(*profile), {.keep_apart = (choice & 128) != 0}};
}

void require_same(std::string_view bytes, const ReportOptions& options, std::size_t warmup,
                  const test::Base* base) {
  const auto streamed = test::top_of_stream(bytes, options, warmup, base);
  if (!streamed.report) return;
  const std::string whole = test::top_of_whole(bytes, options, base);
  require((has_labels(bytes) && whole.starts_with("error: ")) || *streamed.report == whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kChoiceBytes = 4;
  if (size < kChoiceBytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + kChoiceBytes,
                               size - kChoiceBytes);
  const ReportOptions options = options_of(data);
  const std::size_t warmup = std::size_t{1} << (data[2] & 15);
  require_same(bytes, options, warmup, nullptr);
  const std::optional<test::Base> base = base_of(bytes, data[3]);
  if (base) require_same(bytes, options, warmup, &*base);
  return 0;
}

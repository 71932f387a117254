// SPDX-License-Identifier: Apache-2.0
// Parts of small profiles, and the recorded ones, for the tests of profile.proto.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/gunzip.h"
#include "formats/profile_proto.h"
#include "support/describe_profile.h"
#include "support/proto_message.h"
#include "support/read_file.h"

namespace plumb {

using test::describe_profile;
using test::ProtoMessage;

inline Result<Profile> read(const std::string& bytes, const Limits& limits = {}) {
  MemorySource source(bytes);
  return read_profile_proto(source, {.limits = limits});
}

inline std::string describe(const std::string& bytes) {
  const auto profile = read(bytes);
  return profile ? describe_profile(*profile) : "error: " + profile.error().describe();
}

// Parts of a small profile. String 0 is "", 1 "samples", 2 "count", 3 "main.f", 4 "main.g", 5
// "main.go", 6 "key", 7 "value".
enum : std::uint64_t { kSamples = 1, kCount, kNameF, kNameG, kFile, kKey, kValue, kStrings };

inline ProtoMessage strings() {
  ProtoMessage message;
  for (const char* text : {"", "samples", "count", "main.f", "main.g", "main.go", "key", "value"}) {
    message.bytes(6, text);
  }
  return message;
}

inline ProtoMessage sample_type(std::uint64_t type = kSamples, std::uint64_t unit = kCount) {
  return ProtoMessage().message(1, ProtoMessage().number(1, type).number(2, unit));
}

inline ProtoMessage sample(const std::vector<std::uint64_t>& locations,
                           const std::vector<std::uint64_t>& values) {
  return ProtoMessage().message(2, ProtoMessage().packed(1, locations).packed(2, values));
}

inline ProtoMessage sample_with_label(const ProtoMessage& label) {
  return ProtoMessage().message(2, ProtoMessage().packed(1, {1}).packed(2, {1}).message(3, label));
}

inline ProtoMessage mapping(std::uint64_t id) {
  return ProtoMessage().message(3, ProtoMessage().number(1, id).number(5, kFile));
}

inline ProtoMessage line(std::uint64_t function) {
  return ProtoMessage().number(1, function);
}

inline ProtoMessage location(std::uint64_t id, std::uint64_t function,
                             std::uint64_t mapping_id = 0) {
  return ProtoMessage().message(
      4, ProtoMessage().number(1, id).number(2, mapping_id).message(4, line(function)));
}

inline ProtoMessage function(std::uint64_t id, std::uint64_t name) {
  return ProtoMessage().message(5, ProtoMessage().number(1, id).number(2, name));
}

inline ProtoMessage join(const std::vector<ProtoMessage>& parts) {
  ProtoMessage all;
  for (const ProtoMessage& part : parts) all.append(part);
  return all;
}

// Everything but samples and their types.
inline ProtoMessage tables() {
  return join({mapping(1), location(1, 1, 1), location(2, 2, 1), function(1, kNameF),
               function(2, kNameG), strings()});
}

inline ProtoMessage valid() {
  return join({sample_type(), sample({1, 2}, {10}), tables()});
}

inline std::string recorded(const std::string& name) {
  const std::string bytes = test::read_test_data("go-samples/" + name);
  GunzipSource source(std::make_unique<OwnedSource>(bytes), {});
  auto text = read_all(source, 1 << 30);
  EXPECT_TRUE(text.has_value()) << name;
  return text ? *std::move(text) : std::string();
}

inline ProtoMessage with(const ProtoMessage& more) {
  return join({valid(), more});
}

}  // namespace plumb

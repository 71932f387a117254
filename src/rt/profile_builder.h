// SPDX-License-Identifier: Apache-2.0
// ProfileBuilder: makes a Profile of stacks of this process, with names, lines, inlined calls and
// mappings, as Go's runtime/pprof makes one.

#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/profile.h"
#include "rt/leaf_cut.h"
#include "rt/modules.h"
#include "rt/stack_counts.h"

namespace plumb::rt::detail {

class ProfileBuilder {
 public:
  /// The addresses of all stacks to come are looked up at once: `pcs` are return addresses.
  /// `hidden`: what no stack shall begin with; of stacks of return addresses only.
  explicit ProfileBuilder(std::span<const std::uintptr_t> pcs,
                          HiddenLeaf hidden = HiddenLeaf::Nothing);

  void add_sample_type(std::string_view type, std::string_view unit);
  void set_period(std::string_view type, std::string_view unit, std::int64_t period);

  /// `pcs` are return addresses, leaf first; the first is none if `is_exact`. `bytes`: the value of
  /// the numeric label "bytes", 0 for none.
  void add(std::span<const std::uintptr_t> pcs, std::span<const std::int64_t> values,
           const Labels& labels, bool is_exact = false, std::int64_t bytes = 0);

  /// What was built. May be asked for once.
  Profile finish();

 private:
  LocationId location_of(std::uintptr_t pc, std::size_t hidden_frames);
  FunctionId function_of(const struct Frame& frame);
  MappingId mapping_of(std::uintptr_t pc);

  const HiddenLeaf hidden_;
  Profile profile_;
  std::vector<Module> modules_;
  // By address and how many of its functions are hidden. kNone: not to be shown.
  std::map<std::pair<std::uintptr_t, std::size_t>, LocationId> locations_;
  std::unordered_map<std::string, FunctionId> functions_;   // By names and place.
  std::unordered_map<std::uintptr_t, MappingId> mappings_;  // By start.
};

}  // namespace plumb::rt::detail

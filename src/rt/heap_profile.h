// SPDX-License-Identifier: Apache-2.0
// The heap and allocs profiles, from the samples that plumb_rt_heap takes (heap_sampler.h).

#pragma once

#include <string>
#include <string_view>

#include "model/profile.h"

namespace plumb::rt::detail {

std::size_t heap_record_count();
/// `default_type`: the sample type that is shown first; empty: the last.
Profile heap_profile(std::string_view default_type);
std::string heap_text();

}  // namespace plumb::rt::detail

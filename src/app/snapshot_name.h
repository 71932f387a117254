// SPDX-License-Identifier: Apache-2.0
// The names of recorded snapshots, which tell when each was taken, wherever the files are copied
// to.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::cli {

/// "20261126T091500.123Z" for a time in nanoseconds since 1970. Sorts by time.
std::string time_name(std::int64_t time_ns);

/// The time of the snapshot in the file `path`, in nanoseconds since 1970; 0 if its name tells
/// none.
std::int64_t time_of_snapshot(std::string_view path);

/// True if the name of the file `path` is one of a recorded snapshot.
bool is_snapshot_name(std::string_view path);

}  // namespace plumb::cli

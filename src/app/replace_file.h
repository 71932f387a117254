// SPDX-License-Identifier: Apache-2.0
// Small files of ours, written whole or not at all: settings, baselines, recorded profiles; and the
// history, which grows.

#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb::cli {

constexpr mode_t kFileOfAll = 0666;  ///< As far as the umask allows it.
constexpr mode_t kFileOfOwner = 0600;
constexpr mode_t kDirectoryOfAll = 0755;  ///< As far as the umask allows it.
constexpr mode_t kDirectoryOfOwner = 0700;

/// Puts `bytes` in the place of the file `path`. Whoever reads it, at any time, also after a crash
/// of this process, sees the old file or the new one.
///
/// Errors: Io, which names the file, and errno tells why; then nothing has changed.
Result<void> replace_file(const std::string& path, std::string_view bytes,
                          mode_t mode = kFileOfAll);

/// Adds `bytes` to the end of the file `path`, or makes it: in one go, so that what several
/// processes add does not mix. Errors: Io, which names the file.
Result<void> append_to_file(const std::string& path, std::string_view bytes, mode_t mode);

/// Makes the directory `path` and those above it that are missing.
///
/// Errors: Io, with the first that cannot be made, as Go says it: "mkdir PATH: not a directory".
Result<void> make_directories(const std::string& path, mode_t mode);

/// Makes the directories above `path` that are missing, for the owner alone. What cannot be made
/// shows when the file is written.
void make_directories_for(const std::string& path);

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
// MappedFile: a whole file as borrowed bytes, read by the kernel where they are touched.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace plumb {

/// A regular file mapped for reading. Owns the mapping; views of bytes() live as long as it does.
/// A file that another program shortens while it is mapped ends the process, as with any mapping.
/// Move-only.
class MappedFile {
 public:
  /// Which file a path named when it was opened: equal for equal content, in practice.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };

  /// Errors: NotFound, Io; neither names the file.
  static Result<MappedFile> open(const std::string& path);

  MappedFile() = default;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] const Identity& identity() const { return identity_; }

 private:
  std::string_view bytes_;  // The mapping; empty: none.
  Identity identity_;
};

}  // namespace plumb

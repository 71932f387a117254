// SPDX-License-Identifier: Apache-2.0
// A directory of one test's own: tests run at the same time, each in its process.

#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace plumb::test {

/// Made empty under GoogleTest's directory for temporary files, with a name that no other has; gone
/// with all in it when the object is.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = testing::TempDir() + "plumb-XXXXXX";
    EXPECT_NE(::mkdtemp(name.data()), nullptr) << name;
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Without a slash at the end.
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Where a file or directory `name` in it is, or would be.
  [[nodiscard]] std::string path(std::string_view name) const {
    return path_ + '/' + std::string(name);
  }

  /// Writes a file, and the directories that it is in; its path.
  // NOLINTNEXTLINE(modernize-use-nodiscard): often only written.
  std::string write(std::string_view name, std::string_view content) const {
    const std::string file = path(name);
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    std::ofstream(file, std::ios::binary) << content;
    return file;
  }

 private:
  std::string path_;
};

}  // namespace plumb::test

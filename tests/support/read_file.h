// SPDX-License-Identifier: Apache-2.0
// What a file holds.

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/source_dir.h"

namespace plumb::test {

/// All bytes of a file; empty if it cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file of tests/data.
inline std::string read_test_data(const std::string& name) {
  const std::string path = source_dir() + "/tests/data/" + name;
  EXPECT_TRUE(std::filesystem::exists(path)) << path;
  return read_file(path);
}

}  // namespace plumb::test

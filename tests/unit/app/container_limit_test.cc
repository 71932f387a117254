// SPDX-License-Identifier: Apache-2.0
// Whose memory limit holds for the process behind a port of this machine.
#include "app/container_limit.h"

#include <gtest/gtest.h>

#include <string>

#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

constexpr std::string_view kTable =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "1145 1 000000003ce4ce03 100 0 0 10 0\n"
    "   1: 0100007F:17AC 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 "
    "7777 1 000000003ce4ce03 100 0 0 10 0\n"
    "   2: 0100007F:17AC 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "4242 1 000000003ce4ce03 100 0 0 10 0\n";

TEST(FindListener, TakesTheSocketThatListens) {
  EXPECT_EQ(find_listener(kTable, 8080), 1145u);
  EXPECT_EQ(find_listener(kTable, 6060), 4242u);
  EXPECT_EQ(find_listener(kTable, 54321), 0u);
  EXPECT_EQ(find_listener("", 8080), 0u);
  EXPECT_EQ(find_listener(kTable.substr(0, 140), 8080), 0u);
}

class CgroupLimit : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    directory_.write(path.substr(1), text);
  }

  const test::TemporaryDirectory directory_;
  const std::string root_ = directory_.path();
};

TEST_F(CgroupLimit, IsTheSmallestOnTheWay) {
  write("/a/memory.max", "536870912\n");
  write("/a/b/memory.max", "1073741824\n");
  write("/a/b/c/memory.max", "max\n");
  EXPECT_EQ(find_cgroup_limit("0::/a/b/c\n", root_), 536870912u);
  EXPECT_EQ(find_cgroup_limit("0::/a/b\n", root_), 536870912u);
  EXPECT_EQ(find_cgroup_limit("0::/\n", root_), std::nullopt);
}

TEST_F(CgroupLimit, OfVersionOneIsOfTheMemoryController) {
  write("/memory/memory.limit_in_bytes", "9223372036854771712\n");  // None.
  write("/memory/docker/4711/memory.limit_in_bytes", "268435456\n");
  const std::string membership = "9:cpu:/docker/4711\n4:memory:/docker/4711\n0::/\n";
  EXPECT_EQ(find_cgroup_limit(membership, root_), 268435456u);
  EXPECT_EQ(find_cgroup_limit("4:memory:/other\n", root_), std::nullopt);
}

// Inside of a container the path is that outside, and the mount shows the container's own.
TEST_F(CgroupLimit, OfAPathThatIsNotThereIsThatOfTheMount) {
  write("/memory.max", "1048576\n");
  EXPECT_EQ(find_cgroup_limit("0::/kubepods/pod1\n", root_), 1048576u);
  EXPECT_EQ(find_cgroup_limit("0::/../../x\n", root_), 1048576u);
  EXPECT_EQ(find_cgroup_limit("nonsense", root_), std::nullopt);
  EXPECT_EQ(find_cgroup_limit("", root_), std::nullopt);
}

TEST(ContainerLimit, IsNotLookedForElsewhere) {
  EXPECT_FALSE(find_container_limit("example.com", "6060").has_value());
  EXPECT_FALSE(find_container_limit("localhost", "no").has_value());
}

}  // namespace
}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
#include "app/container_limit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/loopback.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

// Version 1 says "no limit" as the largest number of whole pages.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60;
constexpr std::size_t kMostProcBytes = std::size_t{4} << 20;

// Of a file of /proc or /sys, which says it has no size.
std::string read_small_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.size() > kMostProcBytes) text.resize(kMostProcBytes);
  return text;
}

bool has_socket(const fs::path& process, const std::string& socket) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code unreadable;
    if (fs::read_symlink(at->path(), unreadable) == socket) return true;
  }
  return false;
}

// The number of the process that has the socket with this inode; empty if none is to be seen.
std::string find_process(std::uint64_t inode) {
  const std::string socket = "socket:[" + std::to_string(inode) + "]";
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename().string();
    if (parse_int<std::uint64_t>(name) && has_socket(at->path(), socket)) return name;
  }
  return {};
}

void lower_limit(const std::string& file, std::optional<std::uint64_t>& limit) {
  const std::string text = read_small_file(file);
  const auto bytes = parse_int<std::uint64_t>(trim(text));
  if (!bytes || *bytes == 0 || *bytes >= kNoLimit) return;
  limit = std::min(limit.value_or(*bytes), *bytes);
}

// The limits of the cgroup and of all around it.
void lower_limits(std::string folder, const std::string& root, std::string_view file,
                  std::optional<std::uint64_t>& limit) {
  while (folder.size() >= root.size()) {
    lower_limit(folder + '/' + std::string(file), limit);
    const std::size_t slash = folder.rfind('/');
    if (slash == std::string::npos) return;
    folder.resize(slash);
  }
}

}  // namespace

std::uint64_t find_listener(std::string_view table, std::uint16_t port) {
  constexpr std::string_view kListens = "0A";
  constexpr std::size_t kInode = 9;  // The column.
  std::string wanted = to_hex(port, 4);
  std::ranges::transform(wanted, wanted.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  while (!table.empty()) {
    std::string_view line = take_until(table, '\n');
    std::string_view local;
    std::string_view state;
    for (std::size_t column = 0; column <= kInode && !line.empty(); ++column) {
      while (line.starts_with(' ')) line.remove_prefix(1);
      const std::string_view word = take_until(line, ' ');
      if (column == 1) local = word;
      if (column == 3) state = word;
      if (column != kInode || state != kListens || !local.ends_with(':' + wanted)) continue;
      return parse_int<std::uint64_t>(word).value_or(0);
    }
  }
  return 0;
}

std::optional<std::uint64_t> find_cgroup_limit(std::string_view membership,
                                               const std::string& root) {
  std::optional<std::uint64_t> limit;
  while (!membership.empty()) {
    // "0::/user.slice" of version 2, "9:memory:/docker/4711" of version 1.
    std::string_view line = take_until(membership, '\n');
    const std::string_view number = take_until(line, ':');
    const std::string_view controllers = take_until(line, ':');
    std::string path(line);
    while (path.ends_with('/')) path.pop_back();
    if (path.find("..") != std::string::npos) path.clear();  // Outside of what is mounted here.
    if (number == "0" && controllers.empty()) {
      lower_limits(root + path, root, "memory.max", limit);
    } else if (controllers == "memory" || controllers.ends_with(",memory") ||
               controllers.starts_with("memory,")) {
      const std::string memory = root + "/memory";
      lower_limits(memory + path, memory, "memory.limit_in_bytes", limit);
    }
  }
  return limit;
}

std::optional<ContainerLimit> find_container_limit(std::string_view host, std::string_view port) {
  const auto number = parse_int<std::uint16_t>(port);
  if (!number || !is_loopback_host(host)) return std::nullopt;
  for (const char* const table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    const std::uint64_t inode = find_listener(read_small_file(table), *number);
    if (inode == 0) continue;
    const std::string process = find_process(inode);
    if (process.empty()) continue;
    const auto bytes =
        find_cgroup_limit(read_small_file("/proc/" + process + "/cgroup"), "/sys/fs/cgroup");
    if (bytes) return ContainerLimit{*bytes, "the container of process " + process};
  }
  return std::nullopt;
}

}  // namespace plumb::cli

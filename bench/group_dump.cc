// SPDX-License-Identifier: Apache-2.0
// Reads a goroutine dump, and prints the table of its groups: what `plumb leaks` does before it
// judges them.
//
//   group_dump dump.txt

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>

#include "base/byte_source.h"
#include "formats/goroutine_text.h"
#include "leak/stack_grouper.h"

namespace plumb {
namespace {

std::string place_of(const StackGroups& all, const StackFrame& frame) {
  return std::string(all.text(frame.function)) + " " + std::string(all.text(frame.file)) + ":" +
         std::to_string(frame.line);
}

void print_groups(StackGroups& all) {
  std::ranges::stable_sort(all.groups, std::ranges::greater(), &StackGroup::count);
  for (StackGroup& group : all.groups) {
    std::string line = std::to_string(group.count) + " " + std::string(all.text(group.state)) +
                       ", longest " + std::to_string(group.waits.oldest()) + " minutes, median " +
                       std::to_string(group.waits.median());
    if (group.blocked != kNone) line += ", at " + place_of(all, all.frame(group, group.blocked));
    if (group.entry != kNone) line += ", in " + place_of(all, all.frame(group, group.entry));
    if (group.creator.index != kNone) line += ", by " + place_of(all, all.frame(group.creator));
    std::puts(line.c_str());
  }
}

int run(const char* file) {
  auto source = FileSource::open(file);
  if (!source) {
    std::fprintf(stderr, "%s\n", source.error().describe().c_str());
    return 2;
  }
  auto dump = read_goroutine_text(**source, ReadOptions{});
  if (!dump) {
    std::fprintf(stderr, "%s\n", dump.error().describe().c_str());
    return 2;
  }
  StackGrouper grouper;
  grouper.take(*dump);
  StackGroups all = std::move(grouper).finish();
  print_groups(all);
  return 0;
}

}  // namespace
}  // namespace plumb

int main(int argc, char** argv) {
  if (argc == 2) return plumb::run(argv[1]);
  std::fputs("usage: group_dump FILE\n", stderr);
  return 2;
}

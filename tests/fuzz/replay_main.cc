// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target in builds that have no libFuzzer:
//
//   fuzz_NAME [-mutations=N] DIRECTORY...
//
// once on every file of the directories, and on N inputs made from each: cut, with bytes changed,
// doubled, dropped and taken from other files. The same inputs in every run.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "support/dice.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using plumb::test::Dice;

struct Seed {
  std::filesystem::path path;
  std::string bytes;
};

std::vector<Seed> read_seeds(const std::vector<std::string>& directories) {
  std::vector<Seed> seeds;
  for (const std::string& directory : directories) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      std::ifstream file(entry.path(), std::ios::binary);
      seeds.push_back({entry.path(), {std::istreambuf_iterator<char>(file), {}}});
    }
  }
  std::ranges::sort(seeds, {}, &Seed::path);
  return seeds;
}

// A piece of `bytes`, mostly short.
std::string_view piece_of(std::string_view bytes, Dice& dice) {
  if (bytes.empty()) return {};
  const std::size_t at = dice.below(bytes.size());
  const std::size_t most = dice.chance(90) ? std::min<std::size_t>(bytes.size(), 64) : bytes.size();
  return bytes.substr(at, 1 + dice.below(most));
}

void change(std::string& bytes, const std::vector<Seed>& seeds, Dice& dice) {
  const std::size_t at = dice.below(bytes.size() + 1);
  switch (dice.below(6)) {
    case 0:
      bytes.resize(at);
      return;
    case 1:
      bytes.insert(at, std::string(piece_of(seeds[dice.below(seeds.size())].bytes, dice)));
      return;
    case 2:
      bytes.insert(at, std::string(piece_of(bytes, dice)));
      return;
    case 3:
      bytes.erase(at, 1 + dice.below(16));
      return;
    default:
      if (at < bytes.size()) bytes[at] = static_cast<char>(dice.below(256));
  }
}

void run(std::string_view bytes) {
  // A copy of its own: a read behind its end is one behind the end of a block.
  const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(input.data(), input.size());
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kMutations = "-mutations=";
  std::vector<std::string> directories(argv + 1, argv + argc);
  unsigned long mutations = 0;
  if (!directories.empty() && directories[0].starts_with(kMutations)) {
    mutations = std::strtoul(directories[0].c_str() + kMutations.size(), nullptr, 10);
    directories.erase(directories.begin());
  }
  const std::vector<Seed> seeds = read_seeds(directories);
  for (std::uint32_t i = 0; i < seeds.size(); ++i) {
    std::printf("%s\n", seeds[i].path.c_str());  // The last lines name the input of a crash.
    std::fflush(stdout);
    run(seeds[i].bytes);
    Dice dice(i);
    for (unsigned long mutation = 0; mutation < mutations; ++mutation) {
      std::string bytes = seeds[i].bytes;
      for (std::uint32_t changes = 1 + dice.below(4); changes > 0; --changes) {
        change(bytes, seeds, dice);
      }
      run(bytes);
    }
  }
  std::printf("\n%zu inputs\n", seeds.size() * (1 + mutations));
  return seeds.empty() ? 1 : 0;
}

// SPDX-License-Identifier: Apache-2.0
// A program whose addresses are hard to name: templates, inlined calls in inlined calls, recursion,
// lambdas, an anonymous namespace, functions of the same name, a line that is many instructions.

#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "shapes.h"

namespace {

// Inlined into weigh() twice.
inline long mix(long a, long b) {
  return (a * 31) ^ (b >> 3);
}

inline long mix_all(const std::vector<long>& numbers) {
  long total = 0;
  for (const long number : numbers) total = mix(total, number);
  return total;
}

__attribute__((noinline)) long weigh(const std::vector<long>& numbers, long seed) {
  long total = mix(seed, 7);
  total += mix_all(numbers);
  return total + std::accumulate(numbers.begin(), numbers.end(), 0L);
}

__attribute__((noinline)) long descend(long depth) {
  if (depth < 2) return depth;
  return descend(depth - 1) + mix(descend(depth - 2), depth);
}

struct Sorter {
  __attribute__((noinline)) void operator()(std::vector<long>& numbers) const {
    for (std::size_t i = 1; i < numbers.size(); ++i) {
      for (std::size_t j = i; j > 0 && numbers[j] < numbers[j - 1]; --j) {
        std::swap(numbers[j], numbers[j - 1]);
      }
    }
  }
};

}  // namespace

__attribute__((noinline)) std::map<std::string, long> count_words(const std::string& text) {
  std::map<std::string, long> counts;
  std::string word;
  for (const char c : text) {
    if (c != ' ') {
      word += c;
      continue;
    }
    ++counts[word];
    word.clear();
  }
  return counts;
}

int main(int argc, char** argv) {
  const long rounds = argc > 1 ? std::atol(argv[1]) : 100;
  long total = 0;
  for (long i = 0; i < rounds; ++i) {
    std::vector<long> numbers(100);
    std::iota(numbers.rbegin(), numbers.rend(), i);
    Sorter()(numbers);
    total += weigh(numbers, i) + descend(12);
    total += shapes::area(shapes::Square{i}) + shapes::area(shapes::Circle{i});
    total += static_cast<long>(count_words("a b a c d a e f ").size());
  }
  std::printf("%ld\n", total);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "formats/process_names.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/strings.h"
#include "formats/log_fields.h"

namespace plumb {
namespace {

// Labels that name a process by themselves, the best one first.
constexpr std::array<std::string_view, 7> kNames = {
    "\"pod\"=",        "\"instance\"=", "\"container\"=", "\"host\"=",
    "\"@logStream\"=", "\"job\"=",      "\"app\"="};

// Takes the next word of `process`, which may be a label; empty at the end.
std::string_view take_word(std::string_view& process) {
  process.remove_prefix(std::min(process.find_first_not_of(' '), process.size()));
  std::string_view rest = process;
  if (!take_json_token(rest).empty() && consume_prefix(rest, "=") &&
      !take_json_token(rest).empty()) {
    const std::string_view label = process.substr(0, process.size() - rest.size());
    process = rest;
    return label;
  }
  return take_until(process, ' ');
}

// The words of `process`, but for a number that is not there.
std::vector<std::string_view> words_of(std::string_view process) {
  consume_suffix(process, "[]");
  std::vector<std::string_view> words;
  while (true) {
    const std::string_view word = take_word(process);
    if (word.empty()) return words;
    words.push_back(word);
  }
}

// "web-1" of `"pod"="web-1"`, and of itself.
std::string_view value_of(std::string_view word) {
  std::string_view value = word;
  if (take_json_token(value).empty() || !consume_prefix(value, "=")) return word;
  return without_quotes(value);
}

bool are_different(std::vector<std::string> names) {
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end() &&
         std::ranges::find(names, "") == names.end();
}

}  // namespace

std::vector<std::string> short_process_names(std::span<const std::string> processes) {
  std::vector<std::vector<std::string_view>> all;
  for (const std::string& process : processes) all.push_back(words_of(process));
  std::vector<std::string> names;
  for (const std::string_view key : kNames) {
    names.clear();
    for (const auto& words : all) {
      const auto label = std::ranges::find_if(
          words, [key](std::string_view word) { return word.starts_with(key); });
      names.emplace_back(label == words.end() ? "" : value_of(*label));
    }
    if (are_different(names)) return names;
  }
  names.clear();
  for (const auto& words : all) {
    std::string& name = names.emplace_back();
    for (const std::string_view word : words) {
      const bool is_common = std::ranges::all_of(
          all, [word](const auto& other) { return std::ranges::find(other, word) != other.end(); });
      if (!is_common) name.append(name.empty() ? "" : " ").append(value_of(word));
    }
  }
  if (!are_different(names)) std::ranges::fill(names, "");
  return names;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "app/earlier_build.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "app/reports.h"
#include "base/ascii.h"
#include "base/try.h"
#include "fetch/fetch.h"
#include "model/profile.h"

namespace plumb::cli {
namespace {

bool is_word_character(char c) {
  return is_digit(c) || is_letter(c);
}

// "v1.4" stands so in "dumps/v1.4-007.txt", and not in "dumps/v1.41.txt".
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_word_character(text[at - 1]);
    if (begins && (end == text.size() || !is_word_character(text[end]))) return true;
  }
  return false;
}

std::string_view build_id_of(const Content& content) {
  const auto* const profile = std::get_if<Profile>(&content);
  return profile == nullptr ? std::string_view() : profile->build_id();
}

}  // namespace

bool BuildDivider::is_of_build(std::string_view name, std::string_view build_id) const {
  return build_id.starts_with(build_) || has_word(name, build_);
}

bool BuildDivider::is_earlier(const Input& input) {
  if (has_begun_) return false;
  const std::string_view build_id = build_id_of(input.content);
  if (is_of_build(input.name, build_id)) {
    has_begun_ = true;
    return false;
  }
  has_earlier_ = true;
  if (!build_id.empty() && std::ranges::find(seen_, build_id) == seen_.end()) {
    seen_.emplace_back(build_id);
  }
  return true;
}

Result<void> BuildDivider::check() const {
  if (build_.empty()) return {};
  if (has_begun_ && has_earlier_) return {};
  if (has_begun_) {
    return Error(ErrorCode::Usage, "no source is in front of the build " + build_ +
                                       ", so that there is nothing to compare with");
  }
  constexpr std::size_t kMostNamed = 5;
  std::string text = "no source is of the build " + build_;
  for (std::size_t i = 0; i < std::min(seen_.size(), kMostNamed); ++i) {
    text += (i == 0 ? "; there are " : ", ") + seen_[i];
  }
  if (seen_.size() > kMostNamed) text += ", ...";
  return Error(ErrorCode::Usage, std::move(text));
}

Result<void> check_comparison(const LeakSettings& settings) {
  if (settings.before.empty() || settings.since.empty()) return {};
  return Error(ErrorCode::Usage,
               "-since divides one series and -before names another one; only one of them can be");
}

Result<void> add_earlier(const Input& input, std::uint32_t& servers, const Session& session,
                         LeaksBuilder& builder) {
  auto result = builder.add_before(leaks_input(input, servers), input.content);
  if (!result) return std::move(result).error().while_reading(input.name);
  const SourceLosses losses = losses_of(input.name, *input.format, input.content);
  session.say_losses(std::span(&losses, 1));
  return {};
}

Result<void> add_before(const Invocation& invocation, LeaksBuilder& builder,
                        Environment& environment) {
  const std::string& before = invocation.settings.leaks.before;
  if (before.empty()) return {};
  std::vector<std::string> all(invocation.operands.begin(), invocation.operands.end());
  all.push_back(before);
  TRY(check_standard_input(all));
  TRY_ASSIGN(Session session, Session::open(std::span(&before, 1), invocation.settings,
                                            invocation.command.bare_host_path, environment));
  ReadOptions reading;
  reading.keep_goroutines = true;
  std::uint32_t servers = 0;
  std::size_t added = 0;
  std::optional<Error> refusal;
  TRY(session.load_each(reading, [&](const Input& input) {
    auto result = add_earlier(input, servers, session, builder);
    if (result) {
      ++added;
      return;
    }
    refusal = std::move(result).error();
    if (session.source_count() > 1) session.say(*refusal);
  }));
  if (added > 0) return {};
  if (session.source_count() == 1) return *std::move(refusal);
  return Error(ErrorCode::Usage, "none of the sources in " + before + " has goroutines");
}

}  // namespace plumb::cli

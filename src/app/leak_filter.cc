// SPDX-License-Identifier: Apache-2.0
#include "app/leak_filter.h"

#include <re2/re2.h>

#include <string>
#include <utility>

#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

LeakFilter::LeakFilter() = default;
LeakFilter::LeakFilter(LeakFilter&&) noexcept = default;
LeakFilter& LeakFilter::operator=(LeakFilter&&) noexcept = default;
LeakFilter::~LeakFilter() = default;

Result<LeakFilter> LeakFilter::compile(const LeakSettings& settings) {
  LeakFilter result;
  TRY_ASSIGN(result.filter_.state, result.text_predicate("state", settings.state));
  TRY_ASSIGN(result.filter_.function, result.text_predicate("function", settings.function));
  TRY_ASSIGN(result.filter_.file, result.text_predicate("file", settings.file));
  TRY_ASSIGN(result.filter_.exclude, result.text_predicate("exclude", settings.exclude));
  TRY_ASSIGN(result.filter_.label, result.label_predicate(settings.label));
  result.filter_.min_wait_minutes = settings.min_age.minutes;
  return result;
}

Result<const re2::RE2*> LeakFilter::add_pattern(std::string_view flag, std::string_view pattern) {
  patterns_.push_back(std::make_unique<re2::RE2>(piece(pattern), re2::RE2::Quiet));
  const re2::RE2& compiled = *patterns_.back();
  if (compiled.ok()) return &compiled;
  return Error(ErrorCode::Usage, "parsing " + std::string(flag) + " regexp: " + compiled.error());
}

Result<TextPredicate> LeakFilter::text_predicate(std::string_view flag,
                                                 const std::string& pattern) {
  if (pattern.empty()) return TextPredicate();
  TRY_ASSIGN(const re2::RE2* const compiled, add_pattern(flag, pattern));
  return TextPredicate(
      [compiled](std::string_view text) { return re2::RE2::PartialMatch(piece(text), *compiled); });
}

// "key=regexp" looks at the values of one key, anything else at "key:value", as -tagfocus does.
Result<LabelPredicate> LeakFilter::label_predicate(const std::string& label) {
  if (label.empty()) return LabelPredicate();
  const std::size_t equals = label.find('=');
  if (equals == std::string::npos) {
    TRY_ASSIGN(const re2::RE2* const compiled, add_pattern("label", label));
    return LabelPredicate([compiled](std::string_view key, std::string_view value) {
      const std::string pair = std::string(key) + ':' + std::string(value);
      return re2::RE2::PartialMatch(pair, *compiled);
    });
  }
  TRY_ASSIGN(const re2::RE2* const compiled,
             add_pattern("label", std::string_view(label).substr(equals + 1)));
  const std::string wanted = label.substr(0, equals);
  return LabelPredicate([compiled, wanted](std::string_view key, std::string_view value) {
    return key == wanted && re2::RE2::PartialMatch(piece(value), *compiled);
  });
}

}  // namespace plumb::cli

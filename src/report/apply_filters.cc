// SPDX-License-Identifier: Apache-2.0
#include "report/apply_filters.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "base/try.h"
#include "model/filter.h"
#include "model/label_filter.h"
#include "model/label_frames.h"

namespace plumb {
namespace {

// What is given as null when there is no such filter.
template <typename T>
const T* pointer(const std::optional<T>& filter) {
  return filter ? &*filter : nullptr;
}

Error named(const Error& error, std::string_view option) {
  return {error.code(), "parsing " + std::string(option) + " regexp: " + error.message()};
}

Result<std::optional<Regexp>> compile(std::string_view option, std::string_view text) {
  if (text.empty()) return std::optional<Regexp>();
  auto regexp = Regexp::compile(text);
  if (!regexp) return named(regexp.error(), option);
  return std::optional<Regexp>(*std::move(regexp));
}

Result<std::optional<LabelFilter>> parse(std::string_view option, std::string_view text,
                                         const LabelUnits& units, const Notice& notice) {
  if (text.empty()) return std::optional<LabelFilter>();
  auto filter = LabelFilter::parse(text, units);
  if (!filter) return named(std::move(filter).error(), option);
  if (!filter->range_text().empty()) {
    notice(std::string(option) + ":Interpreted '" + filter->range_text() +
           "' as range, not regexp");
  }
  return std::optional<LabelFilter>(*std::move(filter));
}

// Says that a filter that was given matched nothing.
void check_match(bool is_given, bool matched, std::string_view name, const Notice& notice) {
  if (is_given && !matched) notice(std::string(name) + " expression matched no samples");
}

// The options whose mistakes come before anything is filtered.
struct CompiledFilters {
  std::optional<Regexp> focus;
  std::optional<Regexp> ignore;
  std::optional<Regexp> hide;
  std::optional<Regexp> show;
  std::optional<Regexp> show_from;
  std::optional<LabelFilter> tagfocus;
  std::optional<LabelFilter> tagignore;
  std::optional<Regexp> prune_from;
};

Result<CompiledFilters> compile_all(const FilterOptions& filters, const LabelUnits& units,
                                    const Notice& notice) {
  CompiledFilters compiled;
  TRY_ASSIGN(compiled.focus, compile("focus", filters.focus));
  TRY_ASSIGN(compiled.ignore, compile("ignore", filters.ignore));
  TRY_ASSIGN(compiled.hide, compile("hide", filters.hide));
  TRY_ASSIGN(compiled.show, compile("show", filters.show));
  TRY_ASSIGN(compiled.show_from, compile("show_from", filters.show_from));
  TRY_ASSIGN(compiled.tagfocus, parse("tagfocus", filters.tagfocus, units, notice));
  TRY_ASSIGN(compiled.tagignore, parse("tagignore", filters.tagignore, units, notice));
  TRY_ASSIGN(compiled.prune_from, compile("prune_from", filters.prune_from));
  return compiled;
}

void filter_by_frame(Profile& profile, const CompiledFilters& filters, const Notice& notice,
                     std::vector<std::uint8_t>* kept_stacks) {
  // These look at what stands next to each other in stacks.
  if (filters.show_from || filters.prune_from) kept_stacks = nullptr;
  const FrameMatches frames = filter_frames(profile, {.focus = pointer(filters.focus),
                                                      .ignore = pointer(filters.ignore),
                                                      .hide = pointer(filters.hide),
                                                      .show = pointer(filters.show),
                                                      .kept_stacks = kept_stacks});
  check_match(filters.focus.has_value(), frames.focus, "Focus", notice);
  check_match(filters.ignore.has_value(), frames.ignore, "Ignore", notice);
  check_match(filters.hide.has_value(), frames.hide, "Hide", notice);
  check_match(filters.show.has_value(), frames.show, "Show", notice);
  if (!filters.show_from) return;
  check_match(true, show_from(profile, *filters.show_from), "ShowFrom", notice);
}

std::vector<std::string_view> split_keys(std::string_view list) {
  std::vector<std::string_view> keys = split(list, ',');
  std::erase(keys, std::string_view());
  return keys;
}

}  // namespace

void apply_label_frames(Profile& profile, const ReportOptions& options, const Notice& notice) {
  const LabelFrameMatches matched = add_label_frames(profile, split_keys(options.tagroot),
                                                     split_keys(options.tagleaf), options.unit);
  check_match(!options.tagroot.empty(), matched.root, "TagRoot", notice);
  check_match(!options.tagleaf.empty(), matched.leaf, "TagLeaf", notice);
}

Result<void> apply_filters(Profile& profile, const FilterOptions& filters, const LabelUnits& units,
                           const Notice& notice, std::vector<std::uint8_t>* kept_stacks) {
  TRY_ASSIGN(const CompiledFilters compiled, compile_all(filters, units, notice));
  filter_by_frame(profile, compiled, notice, kept_stacks);
  const LabelMatches samples =
      filter_by_labels(profile, pointer(compiled.tagfocus), pointer(compiled.tagignore));
  check_match(compiled.tagfocus.has_value(), samples.kept, "TagFocus", notice);
  check_match(compiled.tagignore.has_value(), samples.removed, "TagIgnore", notice);
  TRY_ASSIGN(const std::optional<Regexp> tagshow, compile("tagshow", filters.tagshow));
  TRY_ASSIGN(const std::optional<Regexp> taghide, compile("taghide", filters.taghide));
  const LabelMatches labels = filter_labels(profile, pointer(tagshow), pointer(taghide));
  check_match(tagshow.has_value(), labels.kept, "TagShow", notice);
  check_match(taghide.has_value(), labels.removed, "TagHide", notice);
  if (compiled.prune_from) prune_from(profile, *compiled.prune_from);
  return {};
}

std::vector<std::string> filter_lines(const std::vector<std::string>& active_filters) {
  constexpr std::size_t kMostBytes = 80;
  std::vector<std::string> lines;
  if (!active_filters.empty()) lines.emplace_back("Active filters:");
  for (const std::string& filter : active_filters) {
    std::string& line = lines.emplace_back("   " + filter.substr(0, kMostBytes));
    if (filter.size() > kMostBytes) line += "\u2026";
  }
  return lines;
}

}  // namespace plumb

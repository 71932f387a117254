// SPDX-License-Identifier: Apache-2.0
#include "report/report_input.h"

#include <utility>

#include "base/paths.h"
#include "base/try.h"
#include "report/apply_filters.h"
#include "report/argument.h"
#include "report/derived_labels.h"

namespace plumb {
namespace {

std::vector<std::string> list_filters(const FilterOptions& filters) {
  std::vector<std::string> list;
  const auto add = [&list](const char* name, const std::string& value) {
    if (!value.empty()) list.push_back(name + ("=" + value));
  };
  add("focus", filters.focus);
  add("ignore", filters.ignore);
  add("hide", filters.hide);
  add("show", filters.show);
  add("show_from", filters.show_from);
  add("tagfocus", filters.tagfocus);
  add("tagignore", filters.tagignore);
  add("tagshow", filters.tagshow);
  add("taghide", filters.taghide);
  return list;
}

// Graphs are made of files without the prefixes of where they were built.
bool trims_files(ReportKind kind) {
  return kind != ReportKind::Traces && kind != ReportKind::Tags && kind != ReportKind::WebList;
}

// Node names show files in their shortest form, so that one file is one file however it is spelled.
void clean_files(Profile& profile, bool trims, const ReportOptions& options) {
  for (Function& function : profile.functions) {
    if (function.file.index == 0) continue;
    std::string_view file = profile.text(function.file);
    if (trims) file = trim_source_path(file, options.trim_path, options.source_path);
    function.file = file.empty() ? StringId{} : profile.strings.intern(clean_path(file));
  }
}

bool shows_files_as_they_are(ReportKind kind) {
  return kind == ReportKind::Raw || kind == ReportKind::Proto || kind == ReportKind::Comments;
}

bool asks_for_labels(ReportKind kind, const ReportOptions& options) {
  const FilterOptions& filters = options.filters;
  return kind == ReportKind::Tags || options.shows_states || !options.tagroot.empty() ||
         !options.tagleaf.empty() || !filters.tagfocus.empty() || !filters.tagignore.empty() ||
         !filters.tagshow.empty() || !filters.taghide.empty();
}

// Reports that show each sample with its labels, or what they add up to.
bool shows_labels(ReportKind kind) {
  switch (kind) {
    case ReportKind::Traces:
    case ReportKind::Tags:
    case ReportKind::Raw:
    case ReportKind::Dot:
    case ReportKind::Proto:
      return true;
    default:
      return false;
  }
}

}  // namespace

bool uses_labels(ReportKind kind, const ReportOptions& options) {
  return shows_labels(kind) || asks_for_labels(kind, options);
}

Result<ReportInput> make_report_input(Profile& profile, ReportKind kind,
                                      const ReportOptions& options, const Notice& notice,
                                      std::string_view argument) {
  ReportInput input{.profile = profile,
                    .kind = kind,
                    .options = effective_options(kind, options),
                    .samples = {},
                    .label_units = find_label_units(profile),
                    .hidden = {},
                    .active_filters = list_filters(options.filters)};
  for (const std::string& line : input.label_units.notices) notice(line);
  const bool derives = options.derive_labels && asks_for_labels(kind, options);
  if (derives) add_derived_labels(profile);
  // Filters may ask for the frames.
  apply_label_frames(profile, input.options, notice);
  const auto filter = [&] {
    return apply_filters(profile, input.options.filters, input.label_units, notice,
                         options.keeps_stacks ? &input.hidden : nullptr);
  };
  const bool relative = input.options.relative_percentages;
  if (relative) TRY(filter());
  TRY_ASSIGN(input.samples, select_samples(profile, input.options));
  if (!argument.empty()) TRY(compile_argument(argument));
  if (!relative) TRY(filter());
  if (derives && kind != ReportKind::Tags && !options.shows_states) drop_derived_labels(profile);
  aggregate_profile(profile, input.options.aggregate);
  if (!shows_files_as_they_are(kind)) clean_files(profile, trims_files(kind), options);
  return input;
}

}  // namespace plumb

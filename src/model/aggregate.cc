// SPDX-License-Identifier: Apache-2.0
#include "model/aggregate.h"

namespace plumb {
namespace {

// What stays visible.
struct Kept {
  bool function = false;
  bool file = false;
  bool line = false;
  bool address = false;
};

Kept kept_at(Granularity granularity) {
  switch (granularity) {
    case Granularity::Functions:
      return {.function = true};
    case Granularity::FileFunctions:
      return {.function = true, .file = true};
    case Granularity::Files:
      return {.file = true};
    case Granularity::Lines:
      return {.function = true, .file = true, .line = true};
    case Granularity::Addresses:
      return {.function = true, .file = true, .line = true, .address = true};
  }
  return {};
}

void blank_functions(Profile& profile, const Kept& kept) {
  for (Function& function : profile.functions) {
    if (!kept.function) function.name = function.system_name = {};
    if (!kept.file) function.file = {};
  }
}

}  // namespace

void aggregate_profile(Profile& profile, const AggregateOptions& options) {
  if (options.granularity == Granularity::Addresses && !options.no_inlines) return;
  const Kept kept = kept_at(options.granularity);
  for (Mapping& mapping : profile.mappings) {
    mapping.has_inline_frames = mapping.has_inline_frames && !options.no_inlines;
    mapping.has_functions = mapping.has_functions && kept.function;
    mapping.has_filenames = mapping.has_filenames && kept.file;
    mapping.has_line_numbers = mapping.has_line_numbers && kept.line;
  }
  blank_functions(profile, kept);
  for (Location& location : profile.locations) {
    if (options.no_inlines && location.line_count > 1) {
      location.first_line += location.line_count - 1;
      location.line_count = 1;
    }
    if (!kept.address) location.address = 0;
  }
  for (Line& line : profile.lines) {
    if (!kept.line) line.line = 0;
    if (!kept.line || !options.with_columns) line.column = 0;
  }
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/report_options.h"

namespace plumb {
namespace {

constexpr std::int64_t kUsualNodeCount = 80;

// Reports of single functions, and those that lose nothing, must not miss what weighs little.
bool shows_everything(ReportKind kind) {
  switch (kind) {
    case ReportKind::Peek:
    case ReportKind::List:
    case ReportKind::Disasm:
    case ReportKind::WebList:
    case ReportKind::Raw:
    case ReportKind::Callgrind:
    case ReportKind::Proto:
      return true;
    default:
      return false;
  }
}

void set_granularity(ReportKind kind, AggregateOptions& aggregate) {
  switch (kind) {
    case ReportKind::Disasm:
      aggregate.granularity = Granularity::Addresses;
      aggregate.no_inlines = true;  // An address has one line, or its cost would count twice.
      return;
    case ReportKind::WebList:
      aggregate.granularity = Granularity::Addresses;
      aggregate.no_inlines = false;
      return;
    case ReportKind::List:
      aggregate.granularity = Granularity::Lines;
      return;
    case ReportKind::Raw:
    case ReportKind::Callgrind:
    case ReportKind::Proto:
      aggregate.granularity = Granularity::Addresses;
      return;
    default:
      return;
  }
}

}  // namespace

ReportOptions effective_options(ReportKind kind, ReportOptions options) {
  set_granularity(kind, options.aggregate);
  if (options.nodecount == -1) {
    const bool is_list = kind == ReportKind::Top || kind == ReportKind::TopProto;
    options.nodecount = is_list ? 0 : kUsualNodeCount;
  }
  if (!options.trim || shows_everything(kind)) {
    options.trim = false;
    options.nodecount = 0;
    options.nodefraction = 0;
    options.edgefraction = 0;
  }
  return options;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/function_diff.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <unordered_map>
#include <utility>

#include "base/checked.h"
#include "base/strings.h"
#include "base/units.h"
#include "report/csv_writer.h"
#include "report/json_writer.h"
#include "report/top.h"

namespace plumb {
namespace {

// Values of one input in the unit of the other.
class UnitConversion {
 public:
  UnitConversion(const std::string& from, const std::string& to)
      : is_needed_(from != to),
        fits_(!is_needed_ || units_are_related(from, to)),
        scale_(find_unit_scale(from, to)) {}

  [[nodiscard]] bool fits() const { return fits_; }
  [[nodiscard]] std::int64_t operator()(std::int64_t value) const {
    if (!is_needed_) return value;
    return truncate_to_int64(std::round(scale_(value)));
  }

 private:
  bool is_needed_;
  bool fits_;
  UnitScale scale_;
};

class FunctionJoin {
 public:
  FunctionChange& find(const std::string& name) {
    const auto [known, is_new] = rows_.try_emplace(name, changes_.size());
    if (is_new) changes_.emplace_back().name = name;
    return changes_[known->second];
  }
  std::vector<FunctionChange> take() { return std::move(changes_); }

 private:
  std::unordered_map<std::string, std::size_t> rows_;
  std::vector<FunctionChange> changes_;
};

void sort_changes(FunctionDiff& diff) {
  const auto size = [&](const FunctionChange& change) {
    return abs_saturating(diff.change_of(change));
  };
  const auto other = [&](const FunctionChange& change) {
    const std::int64_t both = diff.sort == SortOrder::Flat
                                  ? subtract_wrapping(change.cum_after, change.cum_before)
                                  : subtract_wrapping(change.flat_after, change.flat_before);
    return abs_saturating(both);
  };
  std::ranges::sort(diff.changes, [&](const FunctionChange& a, const FunctionChange& b) {
    if (size(a) != size(b)) return size(a) > size(b);
    if (other(a) != other(b)) return other(a) > other(b);
    return a.name < b.name;
  });
}

// The rows to show.
std::span<const FunctionChange> shown_rows(const FunctionDiff& diff, std::int64_t least,
                                           std::size_t row_count) {
  const auto end = std::ranges::find_if(diff.changes, [&](const FunctionChange& change) {
    return abs_saturating(diff.change_of(change)) < least;
  });
  const auto count = static_cast<std::size_t>(end - diff.changes.begin());
  return std::span(diff.changes).first(row_count == 0 ? count : std::min(count, row_count));
}

std::string change_text(const ValueFormat& format, std::int64_t before, std::int64_t after) {
  const std::int64_t change = subtract_wrapping(after, before);
  return (change > 0 ? "+" : "") + format(change);
}

// The same for programs.
std::int64_t change_number(const ValueFormat& format, std::int64_t before, std::int64_t after) {
  return format.times_ratio(subtract_wrapping(after, before));
}

// "+12%", and "gone" where nothing is left.
std::string relative_text(std::int64_t before, std::int64_t after) {
  return before != 0 && after == 0 ? "gone" : relative_change(before, after);
}

}  // namespace

std::int64_t FunctionDiff::change_of(const FunctionChange& change) const {
  return sort == SortOrder::Flat ? subtract_wrapping(change.flat_after, change.flat_before)
                                 : subtract_wrapping(change.cum_after, change.cum_before);
}

Result<FunctionDiff> build_function_diff(const ReportInput& before, const ReportInput& after) {
  const UnitConversion scale(before.samples.format.sample_unit, after.samples.format.sample_unit);
  if (before.samples.type != after.samples.type || !scale.fits()) {
    return Error(ErrorCode::Usage, "the values are not comparable: " + before.samples.type + '/' +
                                       before.samples.format.sample_unit + " and " +
                                       after.samples.type + '/' + after.samples.format.sample_unit);
  }
  FunctionDiff diff;
  diff.sample_type = after.samples.type;
  diff.format = after.samples.format;
  diff.sort = after.options.sort;
  diff.before = scale(before.samples.total);
  diff.after = after.samples.total;
  FunctionJoin join;
  for (const TopRow& row : build_top(before).rows) {
    FunctionChange& change = join.find(row.name);
    change.flat_before = add_wrapping(change.flat_before, scale(row.flat));
    change.cum_before = add_wrapping(change.cum_before, scale(row.cum));
  }
  for (const TopRow& row : build_top(after).rows) {
    FunctionChange& change = join.find(row.name);
    change.flat_after = add_wrapping(change.flat_after, row.flat);
    change.cum_after = add_wrapping(change.cum_after, row.cum);
  }
  diff.changes = join.take();
  sort_changes(diff);
  return diff;
}

void render_function_diff_text(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                               Writer& out) {
  const ValueFormat& format = diff.format;
  out << printable(diff.before_name) << " -> " << printable(diff.after_name) << ": "
      << printable(diff.sample_type) << " " << format(diff.before) << " -> " << format(diff.after);
  if (diff.before != diff.after) {
    out << ", " << change_text(format, diff.before, diff.after) << " ("
        << relative_change(diff.before, diff.after) << ")";
  }
  out << "\n";
  const auto changed = shown_rows(diff, least, 0);
  const auto rows = shown_rows(diff, least, row_count);
  if (changed.empty()) {
    if (diff.dropped == 0) {
      out << "No function has changed.\n";
    } else {
      out << "Not shown: " << plural(diff.dropped, "function")
          << " with less than before, as -drop_negative asks.\n";
    }
    return;
  }
  out << "      flat     change                  cum     change\n";
  for (const FunctionChange& row : rows) {
    std::string line;
    append_right(line, format(row.flat_after), 10);
    append_right(line, change_text(format, row.flat_before, row.flat_after), 11);
    append_right(line, relative_text(row.flat_before, row.flat_after), 10);
    append_right(line, format(row.cum_after), 11);
    append_right(line, change_text(format, row.cum_before, row.cum_after), 11);
    append_right(line, relative_text(row.cum_before, row.cum_after), 10);
    out << line << "  " << row.name << "\n";
  }
  if (rows.size() < changed.size()) {
    out << "Not shown: " << plural(changed.size() - rows.size(), "function")
        << " with smaller changes; -nodecount=0 shows all.\n";
  }
}

void render_function_diff_json(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                               Writer& out) {
  JsonWriter json(out);
  const ValueFormat& format = diff.format;
  json.begin_object();
  json.field("schema", "plumb.diff.functions/1");
  json.key("sources").begin_array();
  json.text(diff.before_name);
  json.text(diff.after_name);
  json.end_array();
  json.field("sample_type", diff.sample_type);
  json.field("unit", diff.format.sample_unit);
  json.field("before", format.times_ratio(diff.before));
  json.field("after", format.times_ratio(diff.after));
  json.field("change", change_number(format, diff.before, diff.after));
  json.field("sorted_by", diff.sort == SortOrder::Flat ? "flat" : "cum");
  json.key("functions").begin_array();
  for (const FunctionChange& row : shown_rows(diff, least, row_count)) {
    json.line().begin_object();
    json.field("function", row.name);
    json.field("flat_before", format.times_ratio(row.flat_before));
    json.field("flat_after", format.times_ratio(row.flat_after));
    json.field("flat_change", change_number(format, row.flat_before, row.flat_after));
    json.field("cum_before", format.times_ratio(row.cum_before));
    json.field("cum_after", format.times_ratio(row.cum_after));
    json.field("cum_change", change_number(format, row.cum_before, row.cum_after));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << "\n";
}

void render_function_diff_csv(const FunctionDiff& diff, std::int64_t least, std::size_t row_count,
                              Writer& out) {
  CsvWriter csv(out);
  const ValueFormat& format = diff.format;
  csv.row({"function", "flat_before", "flat_after", "flat_change", "cum_before", "cum_after",
           "cum_change", "unit"});
  for (const FunctionChange& row : shown_rows(diff, least, row_count)) {
    csv.cell(row.name)
        .cell(format.times_ratio(row.flat_before))
        .cell(format.times_ratio(row.flat_after));
    csv.cell(change_number(format, row.flat_before, row.flat_after));
    csv.cell(format.times_ratio(row.cum_before)).cell(format.times_ratio(row.cum_after));
    csv.cell(change_number(format, row.cum_before, row.cum_after)).cell(diff.format.sample_unit);
    csv.end_row();
  }
}

}  // namespace plumb

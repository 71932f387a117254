// SPDX-License-Identifier: Apache-2.0
// plumb diff: two sources, what changed between them.

#include <array>
#include <optional>
#include <utility>

#include "app/output.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/checked.h"
#include "base/try.h"
#include "leak/goroutine_column.h"
#include "model/prepare.h"
#include "report/function_diff.h"
#include "report/goroutine_diff.h"

namespace plumb::cli {
namespace {

constexpr std::size_t kUsualRows = 20;

// What was asked to fail on.
enum class FailOn : std::uint8_t { Nothing, Grew, Shrank, Changed };

Result<FailOn> parse_fail_on(std::string_view text) {
  if (text.empty()) return FailOn::Nothing;
  if (text == "grew") return FailOn::Grew;
  if (text == "shrank") return FailOn::Shrank;
  if (text == "changed") return FailOn::Changed;
  return Error(ErrorCode::Usage, "invalid value \"" + std::string(text) +
                                     "\" for flag -fail_on: grew, shrank or changed");
}

bool is_failure(FailOn fail_on, std::int64_t change, std::int64_t least) {
  if (change == 0 || abs_saturating(change) < least) return false;
  switch (fail_on) {
    case FailOn::Grew:
      return change > 0;
    case FailOn::Shrank:
      return change < 0;
    case FailOn::Changed:
      return true;
    case FailOn::Nothing:
      break;
  }
  return false;
}

// True if it holds goroutines, or anything else that is counted one by one.
bool counts_stacks(const Content& content) {
  const auto* profile = std::get_if<Profile>(&content);
  return profile == nullptr || find_goroutine_column(*profile).has_value();
}

// True if options choose samples, change stacks or scale values, of which groups of goroutines know
// nothing.
bool has_filters(const ReportOptions& options) {
  const bool has_unit = options.unit != ReportOptions().unit && options.unit != "auto";
  return has_unit || options.divide_by != 1 || !options.filters.is_empty() ||
         !options.tagroot.empty() || !options.tagleaf.empty() || options.relative_percentages;
}

// Turns what was read into a profile good for reports.
Result<Profile> to_profile(Content content) {
  Profile profile = take_profile(std::move(content));
  TRY(prepare_profile(profile));
  return profile;
}

class DiffRun {
 public:
  DiffRun(const Invocation& invocation, Environment& environment)
      : invocation_(invocation),
        environment_(environment),
        settings_(invocation.settings),
        notice_([&environment](std::string_view line) { environment.say(line); }) {}

  Result<Exit> run() {
    if (invocation_.operands.size() != 2) {
      return Error(ErrorCode::Usage, "diff compares two profiles: give the older one first");
    }
    TRY(check_standard_input(invocation_.operands));
    TRY_ASSIGN(options_, report_options(settings_, notice_));
    TRY_ASSIGN(fail_on_, parse_fail_on(settings_.fail_on));
    row_count_ = options_.nodecount < 0 ? kUsualRows : static_cast<std::size_t>(options_.nodecount);
    TRY_ASSIGN(Input before, load(0));
    TRY_ASSIGN(Input after, load(1));
    if (counts_stacks(before.content) && counts_stacks(after.content) && !has_filters(options_)) {
      return compare_goroutines(before, after);
    }
    return compare_functions(std::move(before), std::move(after));
  }

 private:
  Result<Input> load(std::size_t operand) {
    const auto words = invocation_.operands.subspan(operand, 1);
    TRY_ASSIGN(Session session,
               Session::open(words, settings_, invocation_.command.bare_host_path, environment_));
    ReadOptions options;
    options.limits = session.limits();
    options.keep_goroutines = true;
    std::optional<Input> loaded;
    TRY(session.load_each(options, [&](Input input) {
      const SourceLosses losses = losses_of(input.name, *input.format, input.content);
      session.say_losses(std::span(&losses, 1));
      loaded = std::move(input);
    }));
    if (session.source_count() > 1) {
      return Error(ErrorCode::Usage, words[0] + ": diff compares two profiles, not more");
    }
    return *std::move(loaded);
  }

  Result<Exit> compare_goroutines(const Input& before, const Input& after) {
    TRY_ASSIGN(GoroutineDiff diff, build_goroutine_diff(before.content, after.content));
    diff.before_name = before.name;
    diff.after_name = after.name;
    if (options_.drop_negative) {
      diff.dropped =
          std::erase_if(diff.changes, [](const auto& row) { return row.after < row.before; });
    }
    ChangeOptions options;
    options.row_count = row_count_;
    TRY_ASSIGN(options.least, parse_least_change(settings_.diff.min_change, "count", diff.before));
    TRY(deliver_report(invocation_, environment_, [&](Writer& out) -> Result<void> {
      pick(render_goroutine_diff_text, render_goroutine_diff_json, render_goroutine_diff_csv)(
          diff, options, out);
      return {};
    }));
    for (const GoroutineChange& change : diff.changes) {
      const std::int64_t by = subtract_wrapping(change.after, change.before);
      if (is_failure(fail_on_, by, options.least)) return Exit::Finding;
    }
    return Exit::Ok;
  }

  Result<Exit> compare_functions(Input before, Input after) {
    const std::string before_name = std::move(before.name);
    const std::string after_name = std::move(after.name);
    TRY_ASSIGN(Profile first, to_profile(std::move(before.content)));
    TRY_ASSIGN(Profile second, to_profile(std::move(after.content)));
    ReportOptions options = options_;
    options.trim = false;
    options.drop_negative = false;  // Of the difference, not of what is compared.
    TRY_ASSIGN(const ReportInput first_input,
               make_report_input(first, ReportKind::Top, options, notice_));
    TRY_ASSIGN(const ReportInput second_input,
               make_report_input(second, ReportKind::Top, options, notice_));
    TRY_ASSIGN(FunctionDiff diff, build_function_diff(first_input, second_input));
    diff.before_name = before_name;
    diff.after_name = after_name;
    if (options_.drop_negative) {
      diff.dropped =
          std::erase_if(diff.changes, [&](const auto& row) { return diff.change_of(row) < 0; });
    }
    TRY_ASSIGN(const std::int64_t least,
               parse_least_change(settings_.diff.min_change, diff.format.sample_unit, diff.before));
    TRY(deliver_report(invocation_, environment_, [&](Writer& out) -> Result<void> {
      pick(render_function_diff_text, render_function_diff_json, render_function_diff_csv)(
          diff, least, row_count_, out);
      return {};
    }));
    for (const FunctionChange& change : diff.changes) {
      if (is_failure(fail_on_, diff.change_of(change), least)) return Exit::Finding;
    }
    return Exit::Ok;
  }

  // One of the renderers, by the format that was asked for.
  template <typename Render>
  Render pick(Render text, Render json, Render csv) const {
    if (settings_.json) return json;
    return settings_.csv ? csv : text;
  }

  const Invocation& invocation_;
  Environment& environment_;
  const Settings& settings_;
  const Notice notice_;
  ReportOptions options_;
  FailOn fail_on_ = FailOn::Nothing;
  std::size_t row_count_ = kUsualRows;
};

}  // namespace

Result<Exit> run_diff(const Invocation& invocation, Environment& environment) {
  return DiffRun(invocation, environment).run();
}

}  // namespace plumb::cli

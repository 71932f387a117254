// SPDX-License-Identifier: Apache-2.0
#include "report/top_proto.h"

#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "base/units.h"
#include "report/graph_report.h"

namespace plumb {
namespace {

class TopProtoMaker {
 public:
  explicit TopProtoMaker(const GraphReport& report) : report_(report), source_(report.profile) {}

  // Strings come into the table in pprof's order.
  Profile make() {
    for (const char* const type : {"cum", "flat"}) {
      const StringId name = copy(type);
      top_.sample_types.push_back({name, copy(report_.format.output_unit)});
    }
    for (std::size_t i = 0; i < report_.graph.shown_count; ++i) add(report_.graph.nodes[i]);
    top_.time_nanos = source_.time_nanos;
    top_.duration_nanos = source_.duration_nanos;
    top_.period = source_.period;
    top_.period_type = {copy(source_.text(source_.period_type.type)),
                        copy(source_.text(source_.period_type.unit))};
    top_.has_period_type = top_.period_type.type.index != 0 || top_.period_type.unit.index != 0;
    return std::move(top_);
  }

 private:
  StringId copy(std::string_view text) { return top_.strings.intern(text); }

  [[nodiscard]] std::int64_t scaled(std::int64_t value) const {
    const ValueFormat& format = report_.format;
    return truncate_to_int64(scale_value(value, format.sample_unit, format.output_unit).value);
  }

  void add(const TrimmedNode& node) {
    const NodeInfo& info = report_.info(node);
    const Line line{.function = function_of(info), .line = info.line, .column = info.column};
    Location row;
    row.address = info.address;
    const LocationId location = top_.add_location(row, {&line, 1});
    const std::array values = {scaled(cum_of(node.sums)), scaled(flat_of(node.sums))};
    top_.add_sample(top_.add_stack({&location, 1}), values, {});
  }

  FunctionId function_of(const NodeInfo& info) {
    const auto next = static_cast<std::uint32_t>(top_.functions.size());
    const auto [it, is_new] =
        functions_.try_emplace(std::tuple(info.name, info.file, info.start_line), next);
    if (!is_new) return {it->second};
    Function function;
    function.name = copy(source_.text(info.name));
    function.file = copy(source_.text(info.file));
    function.start_line = info.start_line;
    top_.functions.push_back(function);
    return {next};
  }

  const GraphReport& report_;
  const Profile& source_;
  Profile top_;
  std::map<std::tuple<StringId, StringId, std::int64_t>, std::uint32_t> functions_;
};

}  // namespace

Profile build_top_proto(const ReportInput& input) {
  const GraphReport report = build_graph_report(input);
  return TopProtoMaker(report).make();
}

}  // namespace plumb

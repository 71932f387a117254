// SPDX-License-Identifier: Apache-2.0
#include "report/leak_baseline.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "leak/stack_names.h"
#include "report/json_text.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "plumb.leaks.baseline/1";

Error malformed(std::string_view what) {
  return {ErrorCode::Malformed, "no baseline of leaks: " + std::string(what)};
}

std::string text_at(const Json& row, const char* key) {
  const auto at = row.find(key);
  return at != row.end() && at->is_string() ? at->get<std::string>() : std::string();
}

std::int64_t number_at(const Json& row, const char* key) {
  const auto at = row.find(key);
  return at != row.end() && at->is_number_integer() ? at->get<std::int64_t>() : -1;
}

const Json* list_at(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_array() ? &*at : nullptr;
}

bool is_usual(const UsualGoroutines& rule, const StackGroups& stacks, const StackGroup& group) {
  if (group.count > rule.at_most) return false;
  if (!rule.state.empty() && stacks.text(group.state) != rule.state) return false;
  return has_function(stacks, group, rule.function);
}

}  // namespace

Result<LeakBaseline> parse_leak_baseline(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return malformed("not a JSON object");
  if (text_at(json, "schema") != kSchema) return malformed("its schema is another one");
  LeakBaseline baseline;
  if (const Json* const known = list_at(json, "known")) {
    for (const Json& row : *known) {
      const auto level = row.is_object() ? find_level(text_at(row, "level")) : std::nullopt;
      if (!level || text_at(row, "key").empty()) {
        return malformed("a row of \"known\" without key or level");
      }
      baseline.known.push_back({text_at(row, "key"), *level});
    }
  }
  if (const Json* const rules = list_at(json, "rules")) {
    for (const Json& row : *rules) {
      if (!row.is_object() || text_at(row, "function").empty() || number_at(row, "at_most") < 0) {
        return malformed("a row of \"rules\" without function or at_most");
      }
      baseline.rules.push_back(
          {text_at(row, "function"), text_at(row, "state"), number_at(row, "at_most")});
    }
  }
  return baseline;
}

void mark_known(const LeakBaseline& baseline, const StackGroups& stacks,
                std::vector<Finding>& findings) {
  if (baseline.known.empty() && baseline.rules.empty()) return;
  for (Finding& finding : findings) {
    const StackGroup& group = stacks.groups[finding.group];
    if (finding.may_leak()) {
      const std::string key = coarse_key(stacks, group);
      finding.is_known = std::ranges::any_of(baseline.known, [&](const KnownLeak& known) {
        return known.level >= finding.level && known.key == key;
      });
    }
    finding.is_known =
        finding.is_known || std::ranges::any_of(baseline.rules, [&](const UsualGoroutines& rule) {
          return is_usual(rule, stacks, group);
        });
  }
}

std::string write_leak_baseline(const StackGroups& stacks, const std::vector<Finding>& findings,
                                const LeakBaseline& old) {
  Json json = {{"schema", kSchema}, {"known", Json::array()}, {"rules", Json::array()}};
  for (const Finding& finding : findings) {
    if (!finding.may_leak()) continue;
    const StackGroup& group = stacks.groups[finding.group];
    json["known"].push_back({{"key", coarse_key(stacks, group)},
                             {"level", to_string(finding.level)},
                             {"function", blocked_function(stacks, group)},
                             {"count", group.count}});
  }
  for (const UsualGoroutines& rule : old.rules) {
    json["rules"].push_back(
        {{"function", rule.function}, {"state", rule.state}, {"at_most", rule.at_most}});
  }
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace plumb

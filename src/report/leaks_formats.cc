// SPDX-License-Identifier: Apache-2.0
#include "report/leaks_formats.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "base/ascii.h"
#include "base/replace_all.h"
#include "base/strings.h"
#include "base/version.h"
#include "leak/group_study.h"
#include "leak/patterns.h"
#include "leak/stack_names.h"
#include "report/json_text.h"
#include "report/leaks_words.h"
#include "report/xml_text.h"

namespace plumb {
namespace {

using Json = nlohmann::ordered_json;

std::vector<const Finding*> new_findings(const LeaksReport& report) {
  std::vector<const Finding*> found;
  for (const std::uint32_t group : report.shown) {
    const Finding* const finding = report.finding(group);
    const bool is_told = finding != nullptr && finding->is_new_leak() && !finding->follows();
    if (is_told) found.push_back(finding);
  }
  return found;
}

const StackGroup& group_of(const LeaksReport& report, const Finding& finding) {
  return report.stacks.groups[finding.group];
}

std::string function_of(const LeaksReport& report, const Finding& finding) {
  return printable(blocked_function(report.stacks, group_of(report, finding)));
}

const StackFrame* blocked_frame(const LeaksReport& report, const Finding& finding) {
  const StackGroup& group = group_of(report, finding);
  return group.blocked == kNone ? nullptr : &report.stacks.frame(group, group.blocked);
}

// From the folder of the checkout on, where CI shows it beside the line.
std::string file_of(const LeaksReport& report, const StackFrame* frame) {
  if (frame == nullptr) return {};
  std::string_view file = report.stacks.text(frame->file);
  std::string_view rest = file;
  if (!report.root.empty() && consume_prefix(rest, report.root) && rest.starts_with('/')) {
    file = rest.substr(1);
  }
  return printable(file);
}

// A reference of RFC 3986.
std::string uri_of(std::string_view file) {
  constexpr std::string_view kPlain = "-._~/!$&'()*+,;=@";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = file.starts_with('/') ? "file://" : "";
  for (const char c : file) {
    if (is_letter(c) || is_digit(c) || contains(kPlain, std::string_view(&c, 1))) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[static_cast<unsigned char>(c) >> 4U];
      uri += kHex[static_cast<unsigned char>(c) & 15U];
    }
  }
  return uri;
}

std::string pattern_name(const Finding& finding) {
  const Pattern* const pattern = find_pattern(finding.pattern);
  return pattern == nullptr ? std::string("goroutines that stay") : std::string(pattern->name);
}

std::string rule_id(const Finding& finding) {
  return finding.pattern.empty() ? "L0" : std::string(finding.pattern);
}

// A text of the table of patterns for no goroutine in particular.
std::string text_for_all(std::string_view text) {
  std::string filled(text);
  filled = replace_all(filled, "{blocked}", "the function that waits");
  filled = replace_all(filled, "{creator}", "its creator");
  filled = replace_all(filled, "{what}", "what cannot happen");
  return filled;
}

// What code scanning services show of a pattern beside each of its results.
Json sarif_rule(const Finding& finding) {
  Json rule = {{"id", rule_id(finding)}, {"shortDescription", {{"text", pattern_name(finding)}}}};
  const Pattern* const pattern = find_pattern(finding.pattern);
  const std::string cause = pattern == nullptr ? "goroutines stay where they are, or become more"
                                               : text_for_all(pattern->cause);
  const std::string fix = pattern == nullptr ? "find what they wait for, and end them by a context"
                                             : text_for_all(pattern->fix);
  rule["fullDescription"] = {{"text", cause + '.'}};
  rule["help"] = {{"text", "Fix: " + fix + '.'}};
  return rule;
}

// "300 goroutines in chan send: they come and none leaves. <cause> Fix: <fix>"
std::string message_of(const LeaksReport& report, const Finding& finding) {
  const StackGroup& group = group_of(report, finding);
  std::string text =
      std::string(to_string(finding.level)) + " leak: " +
      goroutines_text(static_cast<std::uint64_t>(std::max<std::int64_t>(group.count, 0))) + " in " +
      printable(state_text(report.stacks, group)) + ", " + finding.reason;
  if (!finding.cause.empty()) text += "; " + finding.cause + ". Fix: " + finding.fix;
  return printable(text) + '.';
}

std::string evidence_text(const Finding& finding, std::string_view separator) {
  std::string text;
  for (const auto* list : {&finding.evidence, &finding.against}) {
    for (const Evidence& item : *list) {
      if (!text.empty()) text += separator;
      text += std::string(item.id) + ": " + printable(item.text);
    }
  }
  return text;
}

Json sarif_location(const LeaksReport& report, const StackFrame& frame) {
  Json region = {{"startLine", std::max<std::int64_t>(frame.line, 1)}};
  return {{"physicalLocation",
           {{"artifactLocation", {{"uri", uri_of(file_of(report, &frame))}}}, {"region", region}}},
          {"logicalLocations",
           Json::array({{{"fullyQualifiedName", printable(report.stacks.text(frame.function))}}})}};
}

Json sarif_result(const LeaksReport& report, const Finding& finding) {
  const StackGroup& group = group_of(report, finding);
  Json result = {{"ruleId", rule_id(finding)},
                 {"level", finding.level >= Level::Likely ? "error" : "warning"},
                 {"message", {{"text", message_of(report, finding)}}},
                 {"locations", Json::array()}};
  if (const StackFrame* const frame = blocked_frame(report, finding)) {
    result["locations"].push_back(sarif_location(report, *frame));
  }
  if (group.creator.index != kNone) {
    Json creator = sarif_location(report, report.stacks.frame(group.creator));
    creator["message"] = {{"text", "started here"}};
    result["relatedLocations"] = Json::array({creator});
  }
  result["partialFingerprints"] = {{"place/v1", coarse_key(report.stacks, group)}};
  result["properties"] = {{"level", to_string(finding.level)},
                          {"count", group.count},
                          {"evidence", evidence_text(finding, "; ")}};
  return result;
}

// GitHub's escapes of workflow commands.
std::string escape_command(std::string_view text, bool is_property) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\n') {
      escaped += "%0A";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (is_property && c == ':') {
      escaped += "%3A";
    } else if (is_property && c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

// A cell of a table, whatever the name holds.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (contains("|`<*_[~", std::string_view(&c, 1))) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string place_text(const LeaksReport& report, const Finding& finding) {
  const StackFrame* const frame = blocked_frame(report, finding);
  if (frame == nullptr || frame->file.index == 0) return {};
  return file_of(report, frame) + ':' + std::to_string(frame->line);
}

std::string headline(const LeaksReport& report) {
  const Level worst = report.findings.worst;
  if (worst >= Level::Likely) return "Goroutines leak";
  return worst == Level::Possible ? "Goroutines may leak" : "No sign of a goroutine leak";
}

}  // namespace

void render_leaks_sarif(const LeaksReport& report, Writer& out) {
  Json rules = Json::array();
  Json results = Json::array();
  std::set<std::string_view> seen;
  for (const Finding* const finding : new_findings(report)) {
    results.push_back(sarif_result(report, *finding));
    if (!seen.insert(finding->pattern).second) continue;
    rules.push_back(sarif_rule(*finding));
  }
  const Json driver = {{"name", "plumb"}, {"semanticVersion", kVersion}, {"rules", rules}};
  const Json json = {
      {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", Json::array({{{"tool", {{"driver", driver}}}, {"results", results}}})}};
  out << to_json_text(json) << "\n";
}

void render_leaks_junit(const LeaksReport& report, Level fail_on, Writer& out) {
  const auto findings = new_findings(report);
  const auto fails = [&](const Finding* finding) { return finding->level >= fail_on; };
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"plumb leaks\" tests=\""
      << std::to_string(std::max<std::size_t>(findings.size(), 1)) << "\" failures=\""
      << std::to_string(std::ranges::count_if(findings, fails)) << "\">\n";
  if (findings.empty()) out << "  <testcase classname=\"leaks\" name=\"no leak\"/>\n";
  for (const Finding* const finding : findings) {
    out << "  <testcase classname=\"leaks\" name=\"" << xml_text(function_of(report, *finding))
        << " " << xml_text(place_text(report, *finding)) << "\"";
    if (!fails(finding)) {
      out << "><system-out>" << xml_text(message_of(report, *finding))
          << "</system-out></testcase>\n";
      continue;
    }
    out << "><failure type=\"" << to_string(finding->level) << "\" message=\""
        << xml_text(message_of(report, *finding)) << "\">"
        << xml_text(evidence_text(*finding, "\n")) << "</failure></testcase>\n";
  }
  out << "</testsuite>\n";
}

void render_leaks_github(const LeaksReport& report, Writer& out) {
  for (const Finding* const finding : new_findings(report)) {
    const StackFrame* const frame = blocked_frame(report, *finding);
    out << (finding->level >= Level::Likely ? "::error " : "::warning ");
    if (frame != nullptr && frame->file.index != 0) {
      out << "file=" << escape_command(file_of(report, frame), true)
          << ",line=" << std::to_string(std::max<std::int64_t>(frame->line, 1)) << ",";
    }
    out << "title=" << escape_command("goroutine leak: " + pattern_name(*finding), true)
        << "::" << escape_command(message_of(report, *finding), false) << "\n";
  }
}

void render_leaks_markdown(const LeaksReport& report, Writer& out) {
  const auto findings = new_findings(report);
  out << "## " << headline(report) << "\n\n"
      << goroutines_text(static_cast<std::uint64_t>(std::max<std::int64_t>(report.total, 0)))
      << " in " << plural(report.series.snapshots.size(), "snapshot") << ".\n";
  if (findings.empty()) return;
  out << "\n| level | goroutines | growth | memory | since | where | why |\n"
         "| --- | ---: | ---: | ---: | ---: | --- | --- |\n";
  for (const Finding* const finding : findings) {
    out << "| " << to_string(finding->level) << " | "
        << std::to_string(group_of(report, *finding).count) << " | " << growth_cell(*finding)
        << " | " << format_bytes(finding->memory_bytes) << " | " << cell(since_cell(*finding))
        << " | " << cell(function_of(report, *finding)) << " " << cell(place_text(report, *finding))
        << " | " << finding->pattern << " " << cell(pattern_name(*finding)) << " |\n";
  }
  for (const Finding* const finding : findings) {
    out << "\n### " << cell(function_of(report, *finding)) << "\n\n"
        << cell(message_of(report, *finding)) << "\n\n- " << cell(evidence_text(*finding, "\n- "))
        << "\n";
  }
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "web/static_page.h"

#include <algorithm>
#include <cstdint>

#include "base/html.h"
#include "base/paths.h"
#include "base/strings.h"
#include "leak/finding.h"
#include "web/view_text.h"

namespace plumb::web {
namespace {

constexpr std::size_t kMostRows = 60;
constexpr std::size_t kMostIds = 50;

// A text field of an object; empty if it is null or missing.
std::string text_of(const Json& object, const char* field) {
  if (!object.is_object() || !object.contains(field)) return {};
  const Json& value = object[field];
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? value.dump() : std::string();
}

std::string tag(std::string_view name, std::string_view text, std::string_view attributes = "") {
  std::string out = "<" + std::string(name);
  if (!attributes.empty()) out += ' ' + std::string(attributes);
  return out + '>' + escape_html(text) + "</" + std::string(name) + ">";
}

std::string goroutines_of(const Json& count) {
  return plural(count.get<std::uint64_t>(), "goroutine");
}

std::string place_of(const Json& frame) {
  const std::string file = text_of(frame, "file");
  if (file.empty()) return {};
  const std::string line = text_of(frame, "line");
  return std::string(path_base(file)) + (line.empty() || line == "0" ? "" : ':' + line);
}

std::string function_of(const Json& frame) {
  if (!frame.is_object()) return {};
  if (frame.contains("elided")) return "... frames that Go left out";
  const std::string name = text_of(frame, "function");
  return name.empty() ? "unknown" : name;
}

bool is_suspect(const Json& group) {
  const auto level = find_level(text_of(group, "level"));
  return level && *level >= Level::Possible;
}

class StaticWriter {
 public:
  explicit StaticWriter(const StaticPage& page) : page_(page) {}

  std::string write() {
    out_ = "<main class=\"static\">\n";
    out_ += tag("h1", text_of(page_.leaks.is_object() ? page_.leaks : page_.top, "title")) + '\n';
    for (const Json& line : page_.info["notices"]) add("p", line.get<std::string>(), "warning");
    if (page_.leaks.is_object()) write_leaks();
    if (page_.top.is_object()) write_top();
    if (!page_.flame_svg.empty()) out_ += "<h2>Flame graph</h2>\n" + page_.flame_svg;
    write_foot();
    return out_ + "</main>\n";
  }

 private:
  void add(std::string_view name, std::string_view text, const char* css_class = "") {
    const std::string attributes =
        *css_class == '\0' ? "" : "class=\"" + std::string(css_class) + '"';
    out_ += tag(name, text, attributes) + '\n';
  }

  void write_leaks() {
    const Json& report = page_.leaks["data"]["report"];
    const std::string verdict = text_of(report, "verdict");
    out_ += "<section class=\"verdict " + escape_html(verdict) + "\">\n";
    add("p", "Verdict: " + verdict + ", among " + goroutines_of(report["total"]), "verdict-line");
    if (!report["filters"].empty()) {
      std::string line = "Only goroutines that filters keep:";
      for (const Json& filter : report["filters"]) line += ' ' + filter.get<std::string>();
      add("p", line);
    }
    for (const Json& note : report["notes"]) add("p", note.get<std::string>());
    out_ += "</section>\n";
    // In the order of the rows.
    const Json& pages = page_.leaks["data"]["pages"];
    write_groups(pages);
    for (const Json& page : pages) {
      if (is_suspect(page["detail"])) write_group(page);
    }
  }

  void write_groups(const Json& pages) {
    out_ +=
        "<div class=\"rows\"><table class=\"groups\"><thead><tr>"
        "<th class=\"left\">Verdict</th><th>Goroutines</th><th class=\"left\">State</th>"
        "<th class=\"left\">Blocked at</th><th class=\"left\">Created by</th></tr></thead>"
        "<tbody>\n";
    std::size_t count = 0;
    for (const Json& page : pages) {
      if (++count > kMostRows) break;
      const Json& group = page["detail"];
      out_ += "<tr>" + tag("td", text_of(group, "level"), "class=\"left\"") +
              tag("td", text_of(group, "count")) +
              tag("td", text_of(group, "state"), "class=\"left\"") +
              tag("td", function_of(group["blocked"]) + ' ' + place_of(group["blocked"]),
                  "class=\"left\"") +
              tag("td", function_of(group["created_by"]) + ' ' + place_of(group["created_by"]),
                  "class=\"left\"") +
              "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
    if (pages.size() > kMostRows) add("p", plural(pages.size() - kMostRows, "more group"), "note");
  }

  void write_group(const Json& page) {
    const Json& group = page["detail"];
    out_ += "<section class=\"card wide\">\n";
    add("h2", goroutines_of(group["count"]) + " in " + text_of(group, "state") + " at " +
                  function_of(group["blocked"]) + ' ' + place_of(group["blocked"]));
    const std::pair<const char*, const char*> parts[] = {
        {"reason", ""}, {"cause", "Why: "}, {"fix", "Fix: "}, {"next", "To be surer: "}};
    for (const auto& [field, title] : parts) {
      const std::string text = text_of(group, field);
      if (!text.empty()) add("p", title + text);
    }
    for (const char* const field : {"evidence", "against"}) {
      if (group[field].empty()) continue;
      add("h3", field[0] == 'e' ? "What speaks for a leak" : "What speaks against it");
      out_ += "<ul>\n";
      for (const Json& one : group[field]) {
        add("li", text_of(one, "text") + " (" + text_of(one, "source") + ')');
      }
      out_ += "</ul>\n";
    }
    write_stack(group);
    write_page(group, page);
    out_ += "</section>\n";
  }

  void write_stack(const Json& group) {
    add("h3", "Stack");
    out_ += "<ol class=\"stack\">\n";
    for (const Json& frame : group["frames"]) {
      out_ +=
          "<li>" + tag("code", function_of(frame)) + ' ' + escape_html(place_of(frame)) + "</li>\n";
    }
    out_ += "</ol>\n";
    if (group["created_by"].is_object()) {
      add("p",
          "created by " + function_of(group["created_by"]) + ' ' + place_of(group["created_by"]));
    }
  }

  void write_page(const Json& group, const Json& page) {
    if (page["source"].is_object()) {
      add("h3", "Source");
      std::string lines;
      std::int64_t number = page["source"]["first"].get<std::int64_t>();
      for (const Json& line : page["source"]["lines"]) {
        const bool is_blocked = std::to_string(number) == text_of(group["blocked"], "line");
        lines += (is_blocked ? "> " : "  ") + std::to_string(number) + "  " +
                 line.get<std::string>() + '\n';
        ++number;
      }
      add("pre", lines);
    }
    if (page["goroutines"].empty()) return;
    std::string ids;
    std::size_t count = 0;
    for (const Json& one : page["goroutines"]) {
      if (count == kMostIds) break;
      ids += (count++ == 0 ? "" : ", ") + text_of(one, "id");
    }
    const std::size_t more =
        page["goroutines"].size() - count + page["more_goroutines"].get<std::size_t>();
    add("p", "Goroutines: " + ids + (more > 0 ? " and " + std::to_string(more) + " more" : ""));
  }

  void write_top() {
    const Json& rows = page_.top["data"]["rows"];
    const auto total = page_.top["total"].get<std::int64_t>();
    add("h2", "Functions by " + text_of(page_.top, "sample_type"));
    add("p", "Total " + text_of(page_.top, "total_text"), "note");
    out_ +=
        "<div class=\"rows\"><table class=\"groups\"><thead><tr><th>Flat</th><th>Flat%</th>"
        "<th>Cum</th><th>Cum%</th><th class=\"left\">Function</th></tr></thead><tbody>\n";
    std::size_t count = 0;
    for (const Json& row : rows) {
      if (++count > kMostRows) break;
      out_ += "<tr>" + tag("td", text_of(row, "flat_text")) +
              tag("td", short_percentage(row["flat"].get<std::int64_t>(), total)) +
              tag("td", text_of(row, "cum_text")) +
              tag("td", short_percentage(row["cum"].get<std::int64_t>(), total)) +
              tag("td", text_of(row, "name"), "class=\"left\"") + "</tr>\n";
    }
    out_ += "</tbody></table></div>\n";
    if (rows.size() > kMostRows) add("p", plural(rows.size() - kMostRows, "more function"), "note");
  }

  void write_foot() {
    out_ += "<h2>Made by</h2>\n";
    for (const Json* document : {&page_.leaks, &page_.top}) {
      if (document->is_object())
        out_ += "<p>" + tag("code", text_of(*document, "command")) + "</p>\n";
    }
    for (const Json& source : page_.info["sources"])
      add("p", "Source: " + source.get<std::string>());
    for (const std::string& line : page_.left_out)
      add("p", "Not in this file for its size: " + line);
    add("p", "plumb " + text_of(page_.info, "version"), "note");
  }

  const StaticPage& page_;
  std::string out_;
};

}  // namespace

std::string render_static_page(const StaticPage& page) {
  return StaticWriter(page).write();
}

}  // namespace plumb::web

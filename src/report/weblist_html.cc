// SPDX-License-Identifier: Apache-2.0
// The page of a weblist report. Its text has pprof's columns, so that what was copied from one can
// be compared with the other; all of it works without a network, and is read without the script.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/html.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/units.h"
#include "report/json_text.h"
#include "report/list.h"
#include "report/weblist.h"

namespace plumb {
namespace {

constexpr std::string_view kListingStyle = R"(<style>
:root { color-scheme: light dark; }
body { font-family: sans-serif; margin: 1rem; }
pre { overflow-x: auto; line-height: 1.35; }
.file, .number, .place { opacity: .6; }
summary { list-style: none; cursor: pointer; display: inline; }
summary::-webkit-details-marker { display: none; }
summary:hover, summary:focus-visible { background: #8883; }
details, details > span { display: inline; }
.asm { color: #087508; }
.call { color: #2f4fb5; }
@media (prefers-color-scheme: dark) { .asm { color: #7fce7f; } .call { color: #9fb4ff; } }
</style>
)";

constexpr std::size_t kCodeColumns = 80;

// With spaces for tabs, and spaces behind it up to a width.
std::string padded(std::string_view text, std::size_t width) {
  std::string out;
  std::size_t column = 0;
  for (const char c : text) {
    const bool is_continuation = (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    if (!is_continuation) ++column;
    if (c != '\t') {
      out += c;
      continue;
    }
    out += ' ';
    for (; column % 8 != 0; ++column) out += ' ';
  }
  if (column < width) out.append(width - column, ' ');
  return out;
}

std::size_t indentation(std::string_view line) {
  std::size_t column = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    ++column;
    while (c == '\t' && column % 8 != 0) ++column;
  }
  return column;
}

class Page {
 public:
  Page(const WebListReport& report, Writer& out) : report_(report), out_(out) {}

  void render() {
    out_ << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'\">\n<title>"
         << escape_html(report_.title) << "</title>\n"
         << kListingStyle << "</head>\n<body>\n<div class=\"legend\">";
    for (const std::string& line : report_.header) out_ << escape_html(line) << "<br>\n";
    out_ << "Total: " << report_.format(report_.total) << "</div>\n";
    for (const WebListFile& file : report_.files) {
      for (const WebListFunction& function : file.functions) render_function(file, function);
    }
    out_ << "</body>\n</html>\n";
  }

 private:
  [[nodiscard]] std::string values(std::int64_t flat, std::int64_t cum) const {
    std::string text;
    append_right(text, value_or_dot(report_.format, flat), 10);
    text += ' ';
    append_right(text, value_or_dot(report_.format, cum), 10);
    return text;
  }

  void render_function(const WebListFile& file, const WebListFunction& function) {
    out_ << "<h2>" << escape_html(function.name) << "</h2>\n<p class=\"file\">"
         << escape_html(file.path) << "</p>\n<pre>\n  Total:  ";
    std::string text;
    append_right(text, report_.format(function.flat), 10);
    text += ' ';
    append_right(text, report_.format(function.cum), 10);
    out_ << text << " (flat, cum) " << format_percentage(function.cum, report_.total) << "\n";
    for (const WebListLine& line : function.lines) render_line(line);
    out_ << "</pre>\n";
  }

  void render_line(const WebListLine& line) {
    std::string number;
    append_right(number, std::to_string(line.number), 6);
    out_ << "<span class=\"number\"> " << number << "</span> ";
    const std::string text = "  " + values(line.flat, line.cum) + std::string(11, ' ') + line.text;
    const bool unfolds = std::ranges::any_of(line.instructions, [](const auto& instruction) {
      return !instruction.text.empty() || !instruction.calls.empty();
    });
    if (!unfolds) {
      out_ << escape_html(text) << " \n";
      return;
    }
    out_ << "<details><summary>" << escape_html(text) << " </summary><span class=\"asm\">\n";
    const std::vector<WebListCall>* calls = nullptr;
    for (const WebListInstruction& instruction : line.instructions) {
      if (instruction.starts_block && calls != nullptr) {
        out_ << std::string(36, ' ') << " \xE2\x8B\xAE\n";
      }
      render_calls(instruction, calls, indentation(line.text));
      render_instruction(instruction, indentation(line.text));
      calls = &instruction.calls;
    }
    out_ << "</span></details>\n";
  }

  // The calls that are not those of the instruction before.
  void render_calls(const WebListInstruction& instruction, const std::vector<WebListCall>* before,
                    std::size_t indent) {
    bool is_same = before != nullptr;
    for (std::size_t i = 0; i < instruction.calls.size(); ++i) {
      const WebListCall& call = instruction.calls[i];
      is_same = is_same && i < before->size() && (*before)[i].file == call.file &&
                (*before)[i].line == call.line;
      if (is_same) continue;
      const std::string code = std::string(indent + 4 + 4 * i, ' ') + std::string(trim(call.text));
      out_ << std::string(42, ' ') << "<span class=\"call\">"
           << escape_html(padded(code, kCodeColumns)) << "</span> <span class=\"place\">"
           << escape_html(path_base(call.file)) << ":" << std::to_string(call.line) << "</span>\n";
    }
  }

  void render_instruction(const WebListInstruction& instruction, std::size_t indent) {
    if (instruction.text.empty()) return;
    std::string text(10, ' ');
    text += values(instruction.flat, instruction.cum) + ' ';
    append_right(text, to_hex(instruction.address), 8);
    const std::string code =
        std::string(indent + 4 + 4 * instruction.calls.size(), ' ') + instruction.text;
    text += ": " + padded(code, kCodeColumns) + ' ';
    out_ << escape_html(text);
    if (!instruction.file.empty()) {
      out_ << "<span class=\"place\">" << escape_html(path_base(instruction.file)) << ":"
           << std::to_string(instruction.line) << "</span>";
    }
    out_ << "\n";
  }

  const WebListReport& report_;
  Writer& out_;
};

nlohmann::ordered_json line_json(const ValueFormat& format, const WebListLine& line) {
  nlohmann::ordered_json item;
  item["line"] = line.number;
  item["flat"] = format.times_ratio(line.flat);
  item["cum"] = format.times_ratio(line.cum);
  item["text"] = line.text;
  item["instructions"] = nlohmann::ordered_json::array();
  for (const WebListInstruction& instruction : line.instructions) {
    nlohmann::ordered_json row = {{"address", "0x" + to_hex(instruction.address)},
                                  {"flat", format.times_ratio(instruction.flat)},
                                  {"cum", format.times_ratio(instruction.cum)},
                                  {"text", instruction.text},
                                  {"file", instruction.file},
                                  {"line", instruction.line}};
    row["calls"] = nlohmann::ordered_json::array();
    for (const WebListCall& call : instruction.calls) {
      row["calls"].push_back({{"file", call.file}, {"line", call.line}});
    }
    item["instructions"].push_back(std::move(row));
  }
  return item;
}

}  // namespace

void render_weblist_html(const WebListReport& report, Writer& out) {
  Page(report, out).render();
}

void render_weblist_json(const WebListReport& report, Writer& out) {
  nlohmann::ordered_json json;
  json["schema"] = "plumb.weblist/1";
  json["sample_type"] = report.sample_type;
  json["unit"] = report.format.sample_unit;
  json["total"] = report.format.times_ratio(report.total);
  json["files"] = nlohmann::ordered_json::array();
  for (const WebListFile& file : report.files) {
    nlohmann::ordered_json item = {{"file", file.path},
                                   {"flat", report.format.times_ratio(file.flat)},
                                   {"cum", report.format.times_ratio(file.cum)}};
    item["functions"] = nlohmann::ordered_json::array();
    for (const WebListFunction& function : file.functions) {
      nlohmann::ordered_json row = {{"function", function.name},
                                    {"flat", report.format.times_ratio(function.flat)},
                                    {"cum", report.format.times_ratio(function.cum)}};
      row["lines"] = nlohmann::ordered_json::array();
      for (const WebListLine& line : function.lines) {
        row["lines"].push_back(line_json(report.format, line));
      }
      item["functions"].push_back(std::move(row));
    }
    json["files"].push_back(std::move(item));
  }
  out << to_json_text(json) << "\n";
}

}  // namespace plumb

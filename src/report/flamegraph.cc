// SPDX-License-Identifier: Apache-2.0
#include "report/flamegraph.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "base/paths.h"
#include "base/strings.h"
#include "base/units.h"
#include "report/flame_colour.h"
#include "report/flame_script.h"
#include "report/flame_tree.h"
#include "report/json_writer.h"
#include "report/xml_text.h"

namespace plumb {
namespace {

constexpr double kWidth = 1200;
constexpr double kMargin = 10;
constexpr double kBoxesWidth = kWidth - 2 * kMargin;
constexpr double kTop = 64;  // Of the first row; above are the title and what is shown.
constexpr double kRowHeight = 17;
constexpr double kFoot = 30;  // Below the last row: the line of the script.
constexpr double kLeastWidth = 0.1;
constexpr double kCharacterWidth = 6.6;  // Of the fixed-width font at 11 px.
constexpr double kLeastFolded = 0.5;  // Narrower remainders are not drawn; the head says how much.
constexpr std::string_view kStyle =
    "text{font:11px monospace;fill:#1b1f24}#title{font:bold 16px sans-serif}"
    ".head{font:12px sans-serif;fill:#57606a}#boxes g{cursor:pointer}"
    "#boxes g:hover rect{stroke:#1b1f24;stroke-width:.7}";

// Hundredths are enough for pixels.
std::string number(double value) {
  std::array<char, 32> text;
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed, 2);
  std::string digits(text.data(), end.ptr);
  while (digits.ends_with('0')) digits.pop_back();
  if (digits.ends_with('.')) digits.pop_back();
  return digits;
}

class FlameSvg {
 public:
  FlameSvg(const ReportInput& input, double least_width, Writer& out)
      : input_(input), out_(out), frames_(input.profile), format_(input.samples.format) {
    format_.ratio = 1;  // The boxes have it.
    FlameOptions options;
    options.least_share = least_width / kBoxesWidth;
    options.is_inverted = input.options.is_inverted;
    tree_ = build_flame_tree(input, frames_, options);
  }

  void write() {
    const double height = kTop + tree_.rows * kRowHeight + kFoot;
    out_ << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" << number(kWidth) << "\" height=\""
         << number(height) << "\" viewBox=\"0 0 " << number(kWidth) << " " << number(height)
         << "\">\n<title>" << xml_text(title()) << "</title>\n<style>" << kStyle
         << "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
    write_head();
    write_boxes();
    out_ << "<text id=\"details\" x=\"" << number(kMargin) << "\" y=\"" << number(height - 10)
         << "\"> </text>\n<script><![CDATA[" << kFlameScript << "]]></script>\n</svg>\n";
  }

  void write_figure() {
    const double height = tree_.rows * kRowHeight;
    out_ << "<svg class=\"picture\" viewBox=\"" << number(kMargin) << " " << number(kTop) << " "
         << number(kBoxesWidth) << " " << number(height) << "\" role=\"img\" aria-label=\""
         << xml_text(title() + ", " + summary())
         << "\" font-family=\"monospace\" font-size=\"11\" fill=\"#1b1f24\">\n";
    write_boxes();
    out_ << "</svg>\n";
  }

 private:
  void write_boxes() {
    out_ << "<g id=\"boxes\">\n";
    for (std::size_t i = 0; i < tree_.boxes.size(); ++i) write_box(i);
    out_ << "</g>\n";
  }

  [[nodiscard]] std::string title() const {
    const std::string file(path_base(header_of(input_.profile).file));
    std::string text = file.empty() ? input_.samples.type : file + ": " + input_.samples.type;
    if (input_.options.is_inverted) text += ", callers below callees";
    return text;
  }

  // What the picture is of, and what it leaves out.
  [[nodiscard]] std::string summary() const {
    const FlameBox& root = tree_.boxes[0];
    std::string text = tree_.has_negative ? "grew or shrank by " : "total ";
    text += format_(root.size);
    if (tree_.has_negative)
      text += ", in sum " + signed_text(root.net) + "; orange: more, blue: less";
    text += "; " + std::to_string(tree_.boxes.size() - 1) + " boxes";
    if (tree_.folded > 0) {
      text += "; " + format_(tree_.folded) + " (" + short_percentage(tree_.folded, root.size) +
              ") in boxes too narrow to draw";
    }
    return text;
  }

  void write_head() {
    const auto line = [this](std::string_view attributes, double y, const std::string& text) {
      out_ << "<text " << attributes << " x=\"" << number(kMargin) << "\" y=\"" << number(y)
           << "\">" << xml_text(text) << "</text>\n";
    };
    line("id=\"title\"", 22, title());
    line("class=\"head\"", 40, summary());
    std::string more;
    for (const std::string& text : header_lines(header_of(input_.profile), input_.samples)) {
      const bool is_said = text.starts_with("File:") || text.starts_with("Type:");
      if (!is_said) more += (more.empty() ? "" : "; ") + text;
    }
    for (const std::string& filter : input_.active_filters) {
      more += (more.empty() ? "" : "; ") + filter;
    }
    constexpr std::size_t kMostRunes = 190;
    line("class=\"head\"", 56, std::string(first_runes(more, kMostRunes)));
    const std::string right = "text-anchor=\"end\" class=\"head\" x=\"" + number(kWidth - kMargin);
    out_ << "<text id=\"controls\" " << right << "\" y=\"22\"></text>\n"
         << "<text id=\"found\" " << right << "\" y=\"40\"></text>\n";
  }

  [[nodiscard]] std::string signed_text(std::int64_t value) const {
    return (value > 0 ? "+" : "") + format_(value);
  }

  [[nodiscard]] std::string name_of(std::size_t index) const {
    if (index == 0) return "all";
    const std::string& name = frames_.all()[tree_.boxes[index].frame].name;
    return name.empty() ? "<unknown>" : name;
  }

  [[nodiscard]] std::string facts_of(const FlameBox& box) const {
    const std::int64_t whole = tree_.boxes[0].size;
    if (tree_.has_negative) {
      return signed_text(box.net) + " in sum, " + format_(box.size) + " grown or shrunk (" +
             short_percentage(box.size, whole) + ")";
    }
    std::string text = format_(box.size) + " (" + short_percentage(box.size, whole) + ")";
    if (box.self > 0) text += ", self " + format_(box.self);
    return text;
  }

  void write_box(std::size_t index) {
    const FlameBox& box = tree_.boxes[index];
    const double whole = static_cast<double>(std::max<std::int64_t>(tree_.boxes[0].size, 1));
    const double x = kMargin + box.begin * kBoxesWidth;
    const double width =
        index == 0 ? kBoxesWidth : static_cast<double>(box.size) / whole * kBoxesWidth;
    const double y = kTop + box.row * kRowHeight;
    const std::string name = name_of(index);
    const std::string colour = tree_.has_negative ? difference_colour(box.net, box.size)
                               : index == 0       ? "#e8eaed"
                                                  : colour_of(box.frame);
    write_rect("", {x, y, width}, colour, name + '\n' + facts_of(box), fit(name, width));
    const double folded = static_cast<double>(box.folded) / whole * kBoxesWidth;
    if (folded < kLeastFolded) return;
    const double children = static_cast<double>(box.size - box.self - box.folded) / whole;
    write_rect(" class=\"folded\"", {x + children * kBoxesWidth, y + kRowHeight, folded}, "#eceef0",
               "too narrow to draw\n" + format_(box.folded) + " (" +
                   short_percentage(box.folded, tree_.boxes[0].size) + ") called by " + name,
               "");
  }

  struct Place {
    double x = 0;
    double y = 0;
    double width = 0;
  };

  void write_rect(std::string_view attributes, const Place& at, std::string_view colour,
                  const std::string& tooltip, const std::string& label) {
    // A line between neighbours where there is room for one.
    const double shown = at.width > 2 ? at.width - 0.5 : at.width;
    out_ << "<g" << attributes << "><title>" << xml_text(tooltip) << "</title><rect x=\""
         << number(at.x) << "\" y=\"" << number(at.y) << "\" width=\"" << number(shown)
         << "\" height=\"16\" fill=\"" << colour << "\"/>";
    if (!label.empty()) {
      out_ << "<text x=\"" << number(at.x + 3) << "\" y=\"" << number(at.y + 12) << "\">"
           << xml_text(label) << "</text>";
    }
    out_ << "</g>\n";
  }

  const std::string& colour_of(FrameIndex frame) {
    colours_.resize(frames_.all().size());
    std::string& colour = colours_[frame];
    if (colour.empty()) colour = package_colour(frames_.all()[frame].name);
    return colour;
  }

  // What of a name fits into a box: all of it, it without its path, or its beginning.
  static std::string fit(const std::string& name, double width) {
    const double room = (width - 6) / kCharacterWidth;
    const std::size_t count = room < 1 ? 0 : static_cast<std::size_t>(room);
    if (count == 0) return {};
    if (rune_count(name) <= count) return printable(name);
    const std::size_t slash = name.rfind('/', name.find('('));
    const std::string brief = slash == std::string::npos ? name : name.substr(slash + 1);
    if (rune_count(brief) <= count) return printable(brief);
    constexpr std::size_t kLeastLabel = 4;
    if (count < kLeastLabel) return {};
    return printable(first_runes(brief, count - 2)) + "..";
  }

  const ReportInput& input_;
  Writer& out_;
  FrameNames frames_;
  FlameTree tree_;
  ValueFormat format_;
  std::vector<std::string> colours_;  // By frame; empty: not needed yet.
};

}  // namespace

void render_flamegraph_svg(const ReportInput& input, Writer& out) {
  FlameSvg(input, kLeastWidth, out).write();
}

void render_flamegraph_figure(const ReportInput& input, Writer& out) {
  constexpr double kLeastFigureWidth = 0.5;
  FlameSvg(input, kLeastFigureWidth, out).write_figure();
}

void render_flamegraph_json(const ReportInput& input, Writer& out) {
  const FrameNames frames(input.profile);
  FlameOptions options;
  options.least_share = kLeastWidth / kBoxesWidth;
  options.is_inverted = input.options.is_inverted;
  const FlameTree tree = build_flame_tree(input, frames, options);
  JsonWriter json(out);
  json.begin_object();
  json.field("schema", "plumb.flamegraph/1");
  json.field("sample_type", input.samples.type);
  json.field("unit", input.samples.format.sample_unit);
  json.field("is_inverted", options.is_inverted);
  json.field("folded", tree.folded);
  json.key("boxes").begin_array();
  for (std::size_t i = 0; i < tree.boxes.size(); ++i) {
    const FlameBox& box = tree.boxes[i];
    json.line().begin_object();
    json.field("name", i == 0 ? std::string_view("all") : frames.all()[box.frame].name);
    json.field("parent", box.parent);
    json.field("row", box.row);
    json.field("size", box.size);
    json.field("net", box.net);
    json.field("self", box.self);
    json.field("folded", box.folded);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  out << "\n";
}

}  // namespace plumb

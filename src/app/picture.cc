// SPDX-License-Identifier: Apache-2.0
#include "app/picture.h"

#include <utility>

#include "app/child_process.h"
#include "base/try.h"
#include "report/dot.h"
#include "report/graph_picture.h"
#include "report/graph_svg.h"
#include "report/svg_script.h"

namespace plumb::cli {
namespace {

// What to give `dot -T`.
std::string_view graphviz_name(PictureFormat format) {
  return extension_of(format).substr(1);
}

Result<std::string> draw_by_graphviz(const DrawnGraph& graph, PictureFormat format) {
  constexpr std::size_t kMostBytes = std::size_t{1} << 30;
  StringWriter text;
  render_dot_text(graph, text);
  return run_filter({"dot", "-T" + std::string(graphviz_name(format))}, text.text(), kMostBytes);
}

// pprof's sentence, and a way out.
Error graphviz_error(const Error& error) {
  std::string message =
      "failed to execute dot. Is Graphviz installed? Error: " + error.message() + '\n';
  message += error.code() == ErrorCode::NotFound ? "install graphviz, or use " : "use ";
  message += "the command svg, which works without it";
  return {error.code(), std::move(message)};
}

void draw_by_plumb(const DrawnGraph& graph, Writer& out) {
  render_graph_svg(graph, build_graph_picture(graph), out);
}

Result<void> draw_svg(const DrawnGraph& graph, const Notice& notice, Writer& out) {
  auto svg = draw_by_graphviz(graph, PictureFormat::Svg);
  if (svg) {
    out << with_zoom(*std::move(svg));
    return {};
  }
  if (svg.error().code() != ErrorCode::NotFound) {
    notice("dot could not draw the graph: " + svg.error().message() + "; plumb draws it");
  }
  draw_by_plumb(graph, out);
  return {};
}

}  // namespace

std::string_view extension_of(PictureFormat format) {
  switch (format) {
    case PictureFormat::Svg:
      return ".svg";
    case PictureFormat::Png:
      return ".png";
    case PictureFormat::Gif:
      return ".gif";
    case PictureFormat::Pdf:
      return ".pdf";
    case PictureFormat::Ps:
      return ".ps";
    case PictureFormat::None:
      break;
  }
  return "";
}

GraphDrawer picture_drawer(PictureFormat format, const Notice& notice) {
  if (format == PictureFormat::None) return nullptr;
  if (format == PictureFormat::Svg) {
    return [notice](const DrawnGraph& graph, Writer& out) { return draw_svg(graph, notice, out); };
  }
  return [format](const DrawnGraph& graph, Writer& out) -> Result<void> {
    auto picture = draw_by_graphviz(graph, format);
    if (!picture) return graphviz_error(picture.error());
    out << *picture;
    return {};
  };
}

std::string with_zoom(std::string svg) {
  constexpr std::string_view kRoot = "<svg ";
  constexpr std::string_view kEnd = "</svg>";
  const std::size_t root = svg.find(kRoot);
  const std::size_t end = svg.rfind(kEnd);
  if (root == std::string::npos || end == std::string::npos || end < root) return svg;
  const std::string script = "<script><![CDATA[" + std::string(kSvgScript) + "]]></script>\n";
  svg.insert(end, script);
  svg.insert(root + kRoot.size(), "style=\"background:#fff;color-scheme:light\" ");
  return svg;
}

}  // namespace plumb::cli

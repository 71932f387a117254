// SPDX-License-Identifier: Apache-2.0
// Call graphs as pictures: by graphviz where it is installed, as in pprof, else by plumb itself.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/notice.h"
#include "base/result.h"
#include "report/write_report.h"

namespace plumb::cli {

enum class PictureFormat : std::uint8_t { None, Svg, Png, Gif, Pdf, Ps };

/// ".svg".
std::string_view extension_of(PictureFormat format);

/// How a graph becomes a picture. SVG always works: where graphviz is missing or does not manage,
/// which `notice` is told, plumb lays out. Errors of what is returned, with other formats: NotFound
/// or Io without graphviz.
GraphDrawer picture_drawer(PictureFormat format, const Notice& notice);

/// The SVG of graphviz with plumb's script to zoom and move, on white.
std::string with_zoom(std::string svg);

}  // namespace plumb::cli

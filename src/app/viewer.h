// SPDX-License-Identifier: Apache-2.0
// Showing a report in another program: a browser, an image viewer.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace plumb::cli {

/// What shows a report; None: nothing, it is written.
enum class Viewer : std::uint8_t { None, Browser, Eog, Evince, Gv, Kcachegrind };

/// Command lines that are tried one after the other. Those of browsers: $BROWSER, then the usual
/// names, with xdg-open only on a desktop ($DISPLAY), as pprof has them.
std::vector<std::string> viewer_candidates(Viewer viewer);

enum class WaitFor : bool {
  Start,  ///< In the shell: further commands can be given while the viewer is open.
  End,
};

/// Writes `content` to a new file $TMPDIR/pprofNNNEXTENSION and opens the first viewer that exists
/// on it. Returns after its end, or a second after its start, when it has read the file. Returns
/// the path of the file if the viewer may still need it, or nothing if it was removed.
///
/// Errors: Io; NotFound if there is no viewer.
Result<std::string> show_in_viewer(Viewer viewer, std::string_view content,
                                   std::string_view extension, WaitFor wait_for);

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
#include "app/viewer.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include "app/child_process.h"
#include "app/environment_variables.h"
#include "app/numbered_file.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

std::vector<std::string> browsers() {
  std::vector<std::string> out;
  const std::string chosen = environment_value("BROWSER");
  if (!chosen.empty()) out.push_back(chosen);
  for (const char* name : {"chrome", "google-chrome", "chromium", "firefox", "sensible-browser"}) {
    out.emplace_back(name);
  }
  if (!environment_value("DISPLAY").empty()) out.emplace_back("xdg-open");
  return out;
}

// Starts the first viewer that exists. Errors: that of the last one.
Result<ChildProcess> start_viewer(Viewer viewer, const std::string& path) {
  std::optional<Error> refusal;
  for (const std::string& candidate : viewer_candidates(viewer)) {
    std::vector<std::string> words;
    for (const std::string_view word : split(candidate, ' ')) {
      if (!word.empty()) words.emplace_back(word);
    }
    if (words.empty()) continue;
    words.push_back(path);
    auto child = ChildProcess::start(words);
    if (child) return child;
    refusal = std::move(child).error();
  }
  std::string message = refusal ? refusal->message() : "no viewer is known";
  message += viewer == Viewer::Browser
                 ? "\nBROWSER names another one; with -output=FILE no viewer is needed"
                 : "\nwith -output=FILE no viewer is needed";
  return Error(ErrorCode::NotFound, std::move(message));
}

// Opens a viewer on the file and waits.
Result<void> view(Viewer viewer, const std::string& path, WaitFor wait_for) {
  TRY_ASSIGN(ChildProcess child, start_viewer(viewer, path));
  // A viewer may be a wrapper that asks another program and ends: that one needs time to read.
  constexpr auto kTimeToRead = std::chrono::seconds(1);
  const auto read_by = std::chrono::steady_clock::now() + kTimeToRead;
  auto end = wait_for == WaitFor::End ? child.wait() : Result<void>();
  std::this_thread::sleep_until(read_by);
  return end;
}

}  // namespace

std::vector<std::string> viewer_candidates(Viewer viewer) {
  switch (viewer) {
    case Viewer::Browser:
      return browsers();
    case Viewer::Eog:
      return {"eog"};
    case Viewer::Evince:
      return {"evince"};
    case Viewer::Gv:
      return {"gv --noantialias"};
    case Viewer::Kcachegrind:
      return {"kcachegrind"};
    case Viewer::None:
      break;
  }
  return {};
}

Result<std::string> show_in_viewer(Viewer viewer, std::string_view content,
                                   std::string_view extension, WaitFor wait_for) {
  std::string directory = environment_value("TMPDIR");
  if (directory.empty()) directory = "/tmp";
  TRY_ASSIGN(NumberedFile file, create_numbered(directory + "/pprof", extension));
  *file.writer << content;
  auto shown = file.writer->finish();
  if (!shown) {
    shown = std::move(shown).error().while_reading(file.path);
  } else {
    shown = view(viewer, file.path, wait_for);
  }
  if (shown && wait_for == WaitFor::Start) return file.path;
  ::unlink(file.path.c_str());
  TRY(shown);
  return std::string();
}

}  // namespace plumb::cli

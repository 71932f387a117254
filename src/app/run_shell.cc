// SPDX-License-Identifier: Apache-2.0
// plumb shell: one profile, many reports.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "app/history_file.h"
#include "app/interrupt.h"
#include "app/line_editor.h"
#include "app/reports.h"
#include "app/session.h"
#include "app/shell.h"
#include "app/shell_completion.h"
#include "base/try.h"

namespace plumb::cli {
namespace {

// The lines of standard input, or of the terminal if the profile comes from standard input.
class StandardLines {
 public:
  static Result<StandardLines> open(bool is_input_taken, Environment& environment) {
    StandardLines lines;
    if (is_input_taken) {
      lines.terminal_ = ::open("/dev/tty", O_RDONLY | O_CLOEXEC);
      if (lines.terminal_ < 0) {
        return Error(ErrorCode::Usage,
                     "standard input is the profile, and there is no terminal for commands");
      }
    }
    const int in = is_input_taken ? lines.terminal_ : STDIN_FILENO;
    lines.reader_ = LineEditor::open(in, STDERR_FILENO, HistoryFile(HistoryFile::usual_path()));
    lines.is_editor_ = lines.reader_ != nullptr;
    if (!lines.reader_) {
      Writer* const prompts = ::isatty(in) == 1 ? &environment.err : nullptr;
      lines.reader_ = std::make_unique<DescriptorLines>(in, prompts);
    }
    return lines;
  }

  StandardLines(StandardLines&& other) noexcept
      : terminal_(std::exchange(other.terminal_, -1)),
        reader_(std::move(other.reader_)),
        is_editor_(other.is_editor_) {}
  StandardLines& operator=(StandardLines&&) = delete;
  StandardLines(const StandardLines&) = delete;
  StandardLines& operator=(const StandardLines&) = delete;
  ~StandardLines() {
    reader_.reset();
    if (terminal_ >= 0) ::close(terminal_);
  }

  [[nodiscard]] LineReader& reader() { return *reader_; }
  /// True if lines are edited: the terminal understands more than plain text.
  [[nodiscard]] bool is_editor() const { return is_editor_; }

 private:
  StandardLines() = default;

  int terminal_ = -1;  // Opened for this; or -1.
  std::unique_ptr<LineReader> reader_;
  bool is_editor_ = false;
};

// The flags that are short for a sample type become what they stand for, as variables are what a
// session goes on with. What is wrong with other settings is said by the commands that need them.
void resolve_shortcuts(Settings& settings, const Notice& notice) {
  const auto options = report_options(settings, notice);
  if (!options) return;
  settings.report.sample_index = options->sample_index;
  settings.report.mean = options->mean;
  settings.value_shortcuts = {};
}

Result<LoadedProfile> load(const Invocation& invocation, Environment& environment) {
  TRY_ASSIGN(Session session, Session::open(invocation.operands, invocation.settings,
                                            invocation.command.bare_host_path, environment));
  ReadOptions read;
  read.limits = session.limits();
  read.keep_goroutines = true;  // Some of the reports to come may list them.
  TRY_ASSIGN(LoadedProfile loaded, session.load(read));
  session.say_losses(loaded.losses);
  return loaded;
}

void run_session(Shell& shell, LineReader& lines) {
  ProfileWords words(shell.profile());
  lines.set_completer([&](std::string_view line) {
    return complete_shell_line(line, words, shell.sample_types());
  });
  shell.greet();
  // A script is interrupted like any other program.
  std::optional<InterruptGuard> guard;
  if (lines.is_terminal()) guard.emplace();
  shell.run(lines);
}

}  // namespace

Result<Exit> run_shell(const Invocation& invocation, Environment& environment) {
  Settings settings = invocation.settings;
  resolve_shortcuts(settings, [&environment](std::string_view line) { environment.say(line); });
  TRY_ASSIGN(LoadedProfile loaded, load(invocation, environment));
  Shell shell(std::move(loaded), std::move(settings), environment);
  if (environment.lines != nullptr) {
    run_session(shell, *environment.lines);
    return Exit::Ok;
  }
  const bool is_input_taken = std::ranges::count(invocation.operands, "-") > 0;
  TRY_ASSIGN(StandardLines lines, StandardLines::open(is_input_taken, environment));
  const char* const no_colour = std::getenv("NO_COLOR");
  if (lines.is_editor() && (no_colour == nullptr || *no_colour == '\0')) shell.use_colour();
  run_session(shell, lines.reader());
  return Exit::Ok;
}

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
// The one place that touches standard output, standard error and the exit status.

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli.h"
#include "app/fd_writer.h"

namespace {

// The width of the terminal that standard output is, or 0.
std::size_t terminal_columns() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

// Nothing can be freed here, and no error can be carried up without memory: say it and end.
[[noreturn]] void end_out_of_memory() {
  constexpr std::string_view kMessage = "plumb: out of memory\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, kMessage.data(), kMessage.size());
  ::_exit(static_cast<int>(plumb::cli::Exit::Error));
}

}  // namespace

int main(int argc, char** argv) {
  using plumb::cli::Exit;
  using plumb::cli::FdWriter;
  std::set_new_handler(end_out_of_memory);
  // Writers say what went wrong. NOLINTBEGIN(cert-err33-c): cannot fail for these.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // A file that grew to the limit of ulimit -f.
  // NOLINTEND(cert-err33-c)
  FdWriter out(STDOUT_FILENO);
  FdWriter err(STDERR_FILENO);
  const bool is_terminal = ::isatty(STDOUT_FILENO) == 1;
  plumb::cli::Environment environment{out, err, is_terminal, is_terminal ? terminal_columns() : 0};
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  Exit exit = plumb::cli::run(words, environment);
  for (const std::string& path : environment.temporary_files) ::unlink(path.c_str());
  if (auto written = out.finish(); !written) {
    environment.say_error(std::move(written).error().while_reading("standard output"));
    exit = Exit::Error;
  }
  return static_cast<int>(exit);
}

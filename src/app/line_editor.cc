// SPDX-License-Identifier: Apache-2.0
#include "app/line_editor.h"

#include <fcntl.h>
#include <histedit.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <clocale>
#include <cstdio>
#include <cstdlib>

#include "app/interrupt.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }  // NOLINT(cert-err33-c)
};
using File = std::unique_ptr<std::FILE, CloseFile>;

// A stream on a copy of `descriptor`, as libedit wants it.
File open_stream(int descriptor, const char* mode) {
  const int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  std::FILE* const file = copy < 0 ? nullptr : ::fdopen(copy, mode);
  if (file == nullptr && copy >= 0) ::close(copy);
  return File(file);
}

bool can_move_cursor() {
  const char* const value = std::getenv("TERM");
  const std::string terminal = to_lower(value == nullptr ? "" : value);
  return !terminal.empty() && terminal != "dumb";
}

std::size_t columns_of(int descriptor) {
  constexpr std::size_t kUsual = 80;
  winsize size{};
  return ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::size_t common_prefix(const std::vector<std::string>& words) {
  std::size_t length = words[0].size();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < length && same < word.size() && word[same] == words[0][same]) ++same;
    length = same;
  }
  return length;
}

}  // namespace

class LineEditor::Impl {
 public:
  Impl(File in, File out, HistoryFile history)
      : in_(std::move(in)), out_(std::move(out)), history_file_(std::move(history)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (edit_ != nullptr) ::el_end(edit_);
    if (history_ != nullptr) ::history_end(history_);
  }

  bool start();
  LineStatus read_line(std::string_view prompt, std::string& line);

  std::function<LineCompletions(std::string_view)> complete;

 private:
  static Impl& of(EditLine* edit) {
    void* self = nullptr;
    ::el_get(edit, EL_CLIENTDATA, &self);
    return *static_cast<Impl*>(self);
  }
  static char* prompt_of(EditLine* edit) { return of(edit).prompt_.data(); }
  static unsigned char on_tab(EditLine* edit, int /*key*/) { return of(edit).complete_line(); }

  void remember(std::string_view line);
  unsigned char complete_line();
  void replace(std::size_t bytes, const std::string& text);
  void show(const std::string& text) const {
    [[maybe_unused]] const auto written = std::fwrite(text.data(), 1, text.size(), out_.get());
    std::fflush(out_.get());  // NOLINT(cert-err33-c)
  }

  File in_;
  File out_;
  HistoryFile history_file_;
  EditLine* edit_ = nullptr;
  History* history_ = nullptr;
  std::string prompt_;
  std::string last_;  // The line remembered last.
};

bool LineEditor::Impl::start() {
  std::setlocale(LC_CTYPE, "");  // NOLINT(cert-err33-c): for names in UTF-8.
  edit_ = ::el_init("plumb", in_.get(), out_.get(), out_.get());
  history_ = ::history_init();
  if (edit_ == nullptr || history_ == nullptr) return false;
  HistEvent event;
  ::history(history_, &event, H_SETSIZE, static_cast<int>(HistoryFile::kMostLines));
  ::history(history_, &event, H_SETUNIQUE, 1);
  for (const std::string& line : history_file_.load()) {
    ::history(history_, &event, H_ENTER, line.c_str());
  }
  ::el_set(edit_, EL_CLIENTDATA, this);
  ::el_set(edit_, EL_SIGNAL, 1);
  ::el_set(edit_, EL_PROMPT, &Impl::prompt_of);
  ::el_set(edit_, EL_EDITOR, "emacs");
  ::el_set(edit_, EL_HIST, ::history, history_);
  ::el_set(edit_, EL_ADDFN, "plumb-complete", "complete the word", &Impl::on_tab);
  ::el_set(edit_, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  ::el_source(edit_, nullptr);
  ::el_set(edit_, EL_BIND, "^I", "plumb-complete", nullptr);
  return true;
}

LineStatus LineEditor::Impl::read_line(std::string_view prompt, std::string& line) {
  prompt_ = prompt;
  line.clear();
  int count = 0;
  const char* const text = ::el_gets(edit_, &count);
  if (was_interrupted()) {
    ::el_reset(edit_);
    show("^C\n");
    return LineStatus::Interrupted;
  }
  if (text == nullptr || count <= 0) {
    show("\n");
    return LineStatus::End;
  }
  line.assign(text, static_cast<std::size_t>(count));
  while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
  remember(line);
  return LineStatus::Line;
}

void LineEditor::Impl::remember(std::string_view line) {
  if (trim(line).empty() || line == last_) return;
  last_ = line;
  HistEvent event;
  ::history(history_, &event, H_ENTER, last_.c_str());
  history_file_.append(line);
}

unsigned char LineEditor::Impl::complete_line() {
  const LineInfo* const info = ::el_line(edit_);
  const std::string typed(info->buffer, info->cursor);
  if (!complete) return CC_ERROR;
  const LineCompletions found = complete(typed);
  if (found.words.empty()) return CC_ERROR;
  const std::string begun = typed.substr(found.start);
  if (found.words.size() == 1) {
    replace(begun.size(), found.words[0] + found.suffix);
    return CC_REFRESH;
  }
  // What was typed may stand in the middle of the words that are offered.
  const std::string common = found.words[0].substr(0, common_prefix(found.words));
  if (common.size() > begun.size() && common.starts_with(begun)) {
    replace(begun.size(), common);
    return CC_REFRESH;
  }
  show('\n' + in_columns(found.words, columns_of(::fileno(out_.get()))));
  return CC_REDISPLAY;
}

// Puts `text` in the place of the `bytes` before the cursor.
void LineEditor::Impl::replace(std::size_t bytes, const std::string& text) {
  const LineInfo* const info = ::el_line(edit_);
  const std::string_view begun(info->cursor - bytes, bytes);
  ::el_deletestr(edit_, static_cast<int>(rune_count(begun)));
  ::el_insertstr(edit_, text.c_str());
}

LineEditor::LineEditor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LineEditor::~LineEditor() = default;

std::unique_ptr<LineEditor> LineEditor::open(int in, int out, HistoryFile history) {
  if (::isatty(in) != 1 || ::isatty(out) != 1 || !can_move_cursor()) return nullptr;
  File in_stream = open_stream(in, "r");
  File out_stream = open_stream(out, "w");
  if (!in_stream || !out_stream) return nullptr;
  auto impl =
      std::make_unique<Impl>(std::move(in_stream), std::move(out_stream), std::move(history));
  if (!impl->start()) return nullptr;
  return std::unique_ptr<LineEditor>(new LineEditor(std::move(impl)));
}

LineStatus LineEditor::read_line(std::string_view prompt, std::string& line) {
  return impl_->read_line(prompt, line);
}

void LineEditor::set_completer(std::function<LineCompletions(std::string_view)> complete) {
  impl_->complete = std::move(complete);
}

std::string in_columns(const std::vector<std::string>& words, std::size_t width) {
  constexpr std::size_t kMostLines = 15;
  std::size_t column = 0;
  for (const std::string& word : words) column = std::max(column, rune_count(word) + 2);
  const std::size_t per_line = std::max<std::size_t>(1, width / std::max<std::size_t>(column, 1));
  const std::size_t shown = std::min(words.size(), per_line * kMostLines);
  const std::size_t lines = (shown + per_line - 1) / per_line;
  std::string out;
  for (std::size_t line = 0; line < lines; ++line) {
    for (std::size_t i = line; i < shown; i += lines) {
      const std::string word = printable(words[i]);
      out += word;
      if (i + lines < shown) out.append(column - std::min(column, rune_count(word)), ' ');
    }
    out += '\n';
  }
  if (shown < words.size()) out += "... and " + plural(words.size() - shown, "other") + '\n';
  return out;
}

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
// The text of a line in the record that a log made of it: a field of JSON, of CSV or of systemd's
// journal.
//
//   {"log":"goroutine 1 [running]:\n","stream":"stderr"}
//   {"message":"{\"log\":\"goroutine 1 [running]:\",\"stream\":\"stderr\"}"}
//   [0] app: [[1700000000.0, {}], {"log"=>"goroutine 1 [running]:"}]            Fluent Bit's stdout
//   2026-11-22T19:41:03Z,"goroutine 7 [select, 5 minutes]:"
//   MESSAGE=goroutine 1 [running]:

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace plumb {

/// The fields in which loggers put the text of a line.
std::span<const std::string_view> json_log_keys();
bool is_json_log_key(std::string_view key);

/// The one of them that a column of a table is called as, in letters of either case; empty if none
/// is.
std::string_view find_log_key(std::string_view column);

/// True for a column that says where a program runs.
bool is_place_column(std::string_view column);

/// True for what may stand between the tokens of JSON.
constexpr bool is_json_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// `line` without the blanks at its end.
inline std::string_view trim_line_end(std::string_view line) {
  return line.substr(0, line.find_last_not_of(" \t\r") + 1);
}

/// Takes the punctuation `mark` of JSON and the blanks around it. False if it is not in front.
bool consume_mark(std::string_view& text, char mark);

/// Takes the JSON string in front of `text` as it stands, in its quotes; empty if there is none.
std::string_view take_json_token(std::string_view& text);

/// What stands in the quotes of such a token, which is not empty.
std::string_view without_quotes(std::string_view token);

struct JsonField {
  std::string_view name;   ///< As it stands, without its quotes.
  std::string_view value;  ///< As it stands; its opening quote is gone, the other one is not.
};

/// Takes all of a JSON object through the next field that is a string, which may lie deeper.
/// Nothing if there is none. Views `text`, which begins outside of strings.
std::optional<JsonField> take_json_field(std::string_view& text);

/// The JSON string in front of `text`, whose opening quote is already gone; nothing if it does not
/// end.
std::optional<std::string> take_json_string(std::string_view text);

/// The text in the field `key` of the JSON object in `line`, or of an object of which `line` is one
/// of several; nothing if there is none. Newlines are blanks, but for those at the end, which are
/// gone.
std::optional<std::string> unwrap_json(std::string_view line, std::string_view key);

/// The same, with newlines between.
std::optional<std::string> unwrap_json_lines(std::string_view line, std::string_view key);

/// The field of the JSON object in `line`, one of json_log_keys(), that has the header of a
/// goroutine, or a JSON object that has one in such a field; empty if none does.
std::string_view find_json_key(std::string_view line);

/// True for a line of an object that is written with a field on each.
bool is_part_of_json(std::string_view line);

/// The field of CSV, or the string of JSON, that `line` is, without its quotes, in `text`; `line`
/// if it has none.
std::string_view unquote_csv(std::string_view line, std::string& text);

/// True for `_PID=12`, a field of a record of the journal, and for what stands between records:
/// nothing, or `Fri 2026-11-27 15:00:00 UTC [s=f00;i=1;b=7;m=2;t=3;x=4]`.
bool is_journal_field(std::string_view line);

}  // namespace plumb

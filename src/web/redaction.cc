// SPDX-License-Identifier: Apache-2.0
#include "web/redaction.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/paths.h"
#include "base/strings.h"

namespace plumb::web {
namespace {

struct RedactionRow {
  std::string_view name;
  bool Redaction::*flag;
};
constexpr std::array kRows = {RedactionRow{"paths", &Redaction::paths},
                              RedactionRow{"labels", &Redaction::labels},
                              RedactionRow{"sources", &Redaction::sources}};

constexpr std::array<std::string_view, 3> kLabelFilters = {"label", "tagfocus", "tagignore"};

bool ends_path(char c) {
  return std::string_view(" \t\r\n\"'`()<>[]{},;|").find(c) != std::string_view::npos;
}

// Whether a path or a URL begins at `at`: "/srv/app", "C:\app", "http://host/x".
bool begins_path(std::string_view text, std::size_t at) {
  const char before = at == 0 ? ' ' : text[at - 1];
  if (!ends_path(before) && before != '=' && before != ':') return false;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with('/')) return before != ':' || !rest.starts_with("//");
  if (!is_letter(rest[0])) return false;
  if (rest.size() > 2 && rest[1] == ':' && rest[2] == '\\') return true;
  std::size_t end = 0;
  while (end < rest.size() && (is_letter(rest[end]) || rest[end] == '+')) ++end;
  return rest.substr(end).starts_with("://");
}

}  // namespace

Result<Redaction> parse_redaction(std::string_view text) {
  Redaction redaction;
  for (const std::string_view part : split(text, ',')) {
    const std::string_view name = trim(part);
    if (name.empty()) continue;
    const auto* const row = std::ranges::find(kRows, name, &RedactionRow::name);
    if (row == kRows.end()) {
      return Error(ErrorCode::Usage,
                   '"' + printable(name) + "\" is none of paths, labels and sources");
    }
    redaction.*(row->flag) = true;
  }
  return redaction;
}

bool tells_label_values(std::string_view option) {
  return std::ranges::find(kLabelFilters, option) != kLabelFilters.end();
}

std::string redaction_names(const Redaction& redaction) {
  std::string names;
  for (const RedactionRow& row : kRows) {
    if (!(redaction.*(row.flag))) continue;
    names += (names.empty() ? "" : ",") + std::string(row.name);
  }
  return names;
}

std::string cut_paths(std::string_view text) {
  // A text that is one path may have blanks in it.
  if (text.starts_with('/') && text.find('\n') == std::string_view::npos) {
    return std::string(text.substr(text.rfind('/') + 1));
  }
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!begins_path(text, at)) {
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && !ends_path(text[end])) ++end;
    const std::string_view path = text.substr(at, end - at);
    const std::size_t last = path.find_last_of("/\\");
    out += path.substr(last == 0 ? 0 : last + 1);
    at = end;
  }
  return out;
}

PathCutter::PathCutter(std::span<const std::string> names, const Profile& profile,
                       const LeaksReport* leaks) {
  for (const std::string& name : names) {
    if (name.find('/') != std::string::npos) add(name);
  }
  const auto add_blank = [this](std::string_view path) {
    if (path.find(' ') != std::string_view::npos) add(path);
  };
  for (const Function& function : profile.functions) add_blank(profile.text(function.file));
  for (const Mapping& mapping : profile.mappings) add_blank(profile.text(mapping.file));
  if (leaks != nullptr) {
    for (const StackFrame& frame : leaks->stacks.frames) add_blank(leaks->stacks.text(frame.file));
  }
  std::ranges::sort(known_, [](const auto& a, const auto& b) {
    return a.first.size() != b.first.size() ? a.first.size() > b.first.size() : a < b;
  });
  known_.erase(std::unique(known_.begin(), known_.end()), known_.end());
}

void PathCutter::add(std::string_view path) {
  known_.emplace_back(path, path_base(path));
}

std::string PathCutter::cut(std::string_view text) const {
  std::string out(text);
  for (const auto& [path, base] : known_) {
    for (std::size_t at = 0; (at = out.find(path, at)) != std::string::npos; at += base.size()) {
      out.replace(at, path.size(), base);
    }
  }
  return cut_paths(out);
}

void PathCutter::cut_all(Json& json) const {
  if (json.is_string()) {
    json = cut(json.get_ref<const std::string&>());
  } else if (json.is_structured()) {
    for (Json& child : json) cut_all(child);
  }
}

}  // namespace plumb::web

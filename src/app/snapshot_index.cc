// SPDX-License-Identifier: Apache-2.0
#include "app/snapshot_index.h"

#include <signal.h>
#include <sys/types.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/replace_file.h"
#include "app/snapshot_name.h"
#include "base/strings.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kIndexName = ".index.jsonl";
constexpr mode_t kIndexMode = 0644;

std::string line_of(const SnapshotIndex::Row& row) {
  Json json = {{"file", row.file}, {"time_ns", row.time_ns}, {"goroutines", nullptr}};
  if (row.goroutines) json["goroutines"] = *row.goroutines;
  json["server"] = row.server;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

// ".20261126T091500.123Z.goroutine.txt.4711", or of the index: replace_file() was killed.
bool is_half_written(std::string_view name) {
  if (!consume_prefix(name, ".")) return false;
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const auto process = parse_int<pid_t>(name.substr(dot + 1));
  // Another one may be writing it.
  if (!process || *process <= 0 || ::kill(*process, 0) == 0) return false;
  return is_snapshot_name(name.substr(0, dot)) || name.substr(0, dot) == kIndexName;
}

std::map<std::string, SnapshotIndex::Row> read_rows(const fs::path& path) {
  std::map<std::string, SnapshotIndex::Row> rows;
  std::ifstream index(path);
  for (std::string line; std::getline(index, line);) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object()) continue;  // Cut by whatever ended the recording.
    const auto file = json.find("file");
    const auto count = json.find("goroutines");
    const auto server = json.find("server");
    if (file == json.end() || !file->is_string()) continue;
    SnapshotIndex::Row row{file->get<std::string>(), 0, {}, {}};
    if (count != json.end() && count->is_number_integer())
      row.goroutines = count->get<std::int64_t>();
    if (server != json.end() && server->is_string()) row.server = server->get<std::string>();
    std::string name = row.file;
    rows.insert_or_assign(std::move(name), std::move(row));
  }
  return rows;
}

}  // namespace

Result<void> SnapshotIndex::open() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return Error(ErrorCode::Io, folder_.string() + ": " + error.message());
  read();
  write();
  return {};
}

void SnapshotIndex::read() {
  auto known = read_rows(folder_ / kIndexName);
  std::error_code error;
  for (fs::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code ignored;
    if (is_half_written(name)) fs::remove(at->path(), ignored);
    if (!is_snapshot_name(name) || name.starts_with('.')) continue;
    const auto row = known.find(name);
    rows_.push_back(row == known.end() ? Row{name, 0, {}, {}} : std::move(row->second));
    rows_.back().time_ns = time_of_snapshot(name);
  }
  std::ranges::sort(rows_, {}, &Row::file);
}

bool SnapshotIndex::write() {
  std::string text;
  for (const Row& row : rows_) text += line_of(row);
  is_written_ = replace_file(folder_ / kIndexName, text).has_value();
  return is_written_;
}

void SnapshotIndex::add(Row row) {
  const std::string line = line_of(row);
  rows_.push_back(std::move(row));
  if (!is_written_) {
    write();
  } else {
    is_written_ = append_to_file(folder_ / kIndexName, line, kIndexMode).has_value();
  }
}

void SnapshotIndex::remove_first(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    std::error_code ignored;
    fs::remove(folder_ / rows_[i].file, ignored);
  }
  rows_.erase(rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(count));
}

void SnapshotIndex::keep(std::size_t count) {
  if (rows_.size() <= count) return;
  remove_first(rows_.size() - count);
  write();
}

bool SnapshotIndex::make_room(std::uint64_t bytes) {
  std::uint64_t room = 0;
  std::size_t count = 0;
  while (count < (rows_.size() + 1) / 2 && room <= bytes) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(folder_ / rows_[count++].file, error);
    if (!error) room += size;
  }
  if (count == 0) return false;
  remove_first(count);
  is_written_ = false;
  return true;
}

}  // namespace plumb::cli

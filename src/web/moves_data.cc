// SPDX-License-Identifier: Apache-2.0
// The series knows of each goroutine the places it was at, as far as they are kept. Each place is a
// stay of some snapshots; the stays that two snapshots lie in say what became of it between them.

#include "web/moves_data.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/strings.h"
#include "base/try.h"
#include "web/leaks_data.h"

namespace plumb::web {
namespace {

enum class Who : std::uint8_t { New, Stayed, Moved, Gone };
constexpr std::array<std::string_view, 4> kWhoNames = {"new", "stayed", "moved", "gone"};

constexpr std::uint32_t kStillThere = kNone;
constexpr std::uint32_t kToTheNext = kNone - 1;  // Up to the next stay of the same goroutine.

// The snapshots [since, until) in which a goroutine was in a group.
struct Stay {
  std::uint64_t id = 0;
  std::uint32_t process = 0;
  std::uint32_t since = 0;
  std::uint32_t until = 0;
  std::uint32_t group = 0;
  std::uint32_t minutes = 0;  // Of the last snapshot.

  [[nodiscard]] auto key() const { return std::tuple(process, id, since); }
  [[nodiscard]] bool has(std::size_t snapshot) const {
    return since <= snapshot && snapshot < until;
  }
};

std::vector<Stay> stays_of(const SnapshotSeries& series) {
  std::vector<Stay> stays;
  stays.reserve(series.goroutines.size() + series.earlier.size() + series.gone.size());
  for (const SeenGoroutine& one : series.goroutines) {
    stays.push_back(
        {one.row.id, one.process, one.since, kStillThere, one.row.group, one.row.wait_minutes});
  }
  for (const EarlierPlace& one : series.earlier) {
    stays.push_back({one.id, one.process, one.since, kToTheNext, one.group, 0});
  }
  for (const GoneGoroutine& one : series.gone) {
    stays.push_back({one.id, one.process, one.since, one.until, one.group, 0});
  }
  std::ranges::sort(stays, {}, &Stay::key);
  for (std::size_t i = 0; i < stays.size(); ++i) {
    if (stays[i].until != kToTheNext) continue;
    const bool has_next = i + 1 < stays.size() && stays[i + 1].id == stays[i].id &&
                          stays[i + 1].process == stays[i].process;
    stays[i].until = has_next ? stays[i + 1].since : stays[i].since;
  }
  return stays;
}

struct Move {
  const Stay* from = nullptr;  // Null: it was not there.
  const Stay* to = nullptr;

  [[nodiscard]] Who who() const {
    if (from == nullptr) return Who::New;
    if (to == nullptr) return Who::Gone;
    return from->group == to->group ? Who::Stayed : Who::Moved;
  }
  // Where it is, or was; it has been in one of the two at least.
  [[nodiscard]] const Stay& stay() const {
    return to != nullptr ? *to : *from;  // NOLINT(clang-analyzer-core.uninitialized.UndefReturn)
  }
  // The group that lists it.
  [[nodiscard]] std::uint32_t group() const { return stay().group; }
};

// In the order of `stays`.
std::vector<Move> moves_between(const std::vector<Stay>& stays, const SnapshotPair& pair) {
  std::vector<Move> moves;
  for (std::size_t i = 0; i < stays.size();) {
    const std::size_t first = i;
    Move move;
    for (; i < stays.size() && stays[i].id == stays[first].id &&
           stays[i].process == stays[first].process;
         ++i) {
      if (stays[i].has(pair.from)) move.from = &stays[i];
      if (stays[i].has(pair.to)) move.to = &stays[i];
    }
    if (move.from != nullptr || move.to != nullptr) moves.push_back(move);
  }
  return moves;
}

// Why ids tell nothing of two snapshots; empty if they do.
std::string problem_of(const SnapshotSeries& series, const SnapshotPair& pair) {
  if (pair.from == pair.to) return "one snapshot alone: a second one tells what became of it";
  if (pair.from < series.first_since_restart && pair.to >= series.first_since_restart) {
    return "the program was started anew between them: ids of two processes are not compared";
  }
  if (pair.to < series.first_since_restart) {
    return "the program was started anew after them: goroutines of before are not kept";
  }
  for (const std::size_t i : {pair.from, pair.to}) {
    if (series.snapshots[i].has_ids) continue;
    return "snapshot " + std::to_string(i + 1) +
           (series.snapshots[i].is_cut ? " is cut short: some goroutines are missing"
                                       : " has no ids; a dump (debug=2) has them");
  }
  return {};
}

std::int64_t count_at(const SnapshotSeries& series, std::uint32_t group, std::size_t snapshot) {
  if (group >= series.counts.size()) return 0;
  for (const CountAt& at : series.counts[group]) {
    if (at.snapshot == snapshot) return at.count;
  }
  return 0;
}

struct GroupMoves {
  std::uint32_t group = 0;
  std::int64_t before = 0;
  std::int64_t after = 0;
  std::array<std::int64_t, 4> counts{};  // By Who.

  // What changed most stands first.
  [[nodiscard]] auto rank() const {
    const std::int64_t moved = counts[0] + counts[2] + counts[3];
    const std::int64_t change = after > before ? after - before : before - after;
    return std::tuple(-std::max(moved, change), -after, group);
  }
};

class MovesBuilder {
 public:
  MovesBuilder(const LeaksReport& report, const SnapshotPair& pair)
      : report_(report),
        series_(report.series),
        pair_(pair),
        problem_(problem_of(series_, pair)),
        stays_(problem_.empty() ? stays_of(series_) : std::vector<Stay>()),
        moves_(moves_between(stays_, pair)) {}

  Json build(const Query& query, Who who, std::size_t offset, std::size_t most) {
    count();
    Json json;
    json["from"] = pair_.from;
    json["to"] = pair_.to;
    json["has_ids"] = problem_.empty();
    json["problem"] = problem_;
    json["lacks"] = problem_.empty() && (series_.lacks_earlier || series_.lacks_gone);
    json["before"] = series_.snapshots[pair_.from].total;
    json["after"] = series_.snapshots[pair_.to].total;
    for (std::size_t i = 0; i < kWhoNames.size(); ++i) json[std::string(kWhoNames[i])] = sums_[i];
    add_groups(json);
    add_rows(json, query.get("of"), who, offset, most);
    return json;
  }

 private:
  void count() {
    for (std::uint32_t i = 0; i < series_.counts.size(); ++i) {
      const std::int64_t before = count_at(series_, i, pair_.from);
      const std::int64_t after = count_at(series_, i, pair_.to);
      if (before == 0 && after == 0) continue;
      index_of_[i] = groups_.size();
      groups_.push_back({i, before, after, {}});
    }
    for (const Move& move : moves_) {
      const auto who = static_cast<std::size_t>(move.who());
      ++sums_[who];
      const auto row = index_of_.find(move.group());
      if (row != index_of_.end()) ++groups_[row->second].counts[who];
    }
    std::ranges::sort(groups_, {}, &GroupMoves::rank);
  }

  void add_groups(Json& json) const {
    std::unordered_map<std::uint32_t, std::size_t> shown_at;
    for (std::size_t i = 0; i < report_.shown.size(); ++i) shown_at[report_.shown[i]] = i;
    json["groups"] = Json::array();
    for (const GroupMoves& one : groups_) {
      if (json["groups"].size() == kMostMoveGroups) break;
      Json row = name_json(one.group);
      const auto shown = shown_at.find(one.group);
      row["key"] = key_of(one.group);
      row["shown"] = shown == shown_at.end() ? Json(nullptr) : Json(shown->second);
      row["before"] = one.before;
      row["after"] = one.after;
      for (std::size_t i = 0; i < kWhoNames.size(); ++i) {
        row[std::string(kWhoNames[i])] = one.counts[i];
      }
      json["groups"].push_back(std::move(row));
    }
    json["more_groups"] = groups_.size() - json["groups"].size();
  }

  void add_rows(Json& json, std::string_view of, Who who, std::size_t offset, std::size_t most) {
    std::uint32_t group = kNone;
    for (const GroupMoves& one : groups_) {
      if (!of.empty() && key_of(one.group) == of) group = one.group;
    }
    const auto is_asked = [&](const Move& move) {
      return move.who() == who && (of.empty() || move.group() == group);
    };
    json["who"] = kWhoNames[static_cast<std::size_t>(who)];
    json["of"] = of;
    json["offset"] = offset;
    json["count"] = std::ranges::count_if(moves_, is_asked);
    json["rows"] = Json::array();
    json["names"] = Json::array();
    std::size_t at = 0;
    for (const Move& move : moves_) {
      if (!is_asked(move) || at++ < offset) continue;
      if (json["rows"].size() == most) break;
      json["rows"].push_back(row_json(move, json["names"]));
    }
  }

  Json row_json(const Move& move, Json& names) {
    const Stay& stay = move.stay();
    const bool is_last = stay.until == kStillThere;
    Json row = {{"id", stay.id},
                {"process", stay.process},
                {"group", name_index(stay.group, names)},
                {"since", stay.since},
                {"until", is_last ? Json(nullptr) : Json(stay.until)},
                {"minutes", is_last ? Json(stay.minutes) : Json(nullptr)}};
    if (move.who() == Who::Moved) row["from_group"] = name_index(move.from->group, names);
    return row;
  }

  std::size_t name_index(std::uint32_t group, Json& names) {
    const auto [row, is_new] = name_of_.emplace(group, names.size());
    if (is_new) names.push_back(name_json(group));
    return row->second;
  }

  [[nodiscard]] Json name_json(std::uint32_t index) const {
    const StackGroup& group = report_.stacks.groups[index];
    return {{"name", valid_utf8(place_text(report_.stacks, group))},
            {"state", valid_utf8(state_text(report_.stacks, group))}};
  }

  [[nodiscard]] std::string key_of(std::uint32_t index) const {
    return group_key(report_.stacks, report_.stacks.groups[index]);
  }

  const LeaksReport& report_;
  const SnapshotSeries& series_;
  const SnapshotPair pair_;
  const std::string problem_;
  const std::vector<Stay> stays_;
  const std::vector<Move> moves_;  // Views stays_.
  std::array<std::int64_t, 4> sums_{};
  std::vector<GroupMoves> groups_;
  std::unordered_map<std::uint32_t, std::size_t> index_of_;  // Of a group in groups_, at first.
  std::unordered_map<std::uint32_t, std::size_t> name_of_;
};

Result<std::size_t> read_number(const Query& query, std::string_view name, std::size_t otherwise) {
  const std::string_view text = query.get(name);
  if (text.empty()) return otherwise;
  const auto number = parse_int<std::uint32_t>(text);
  if (number) return std::size_t{*number};
  return Error(ErrorCode::Usage, std::string(name) + ": \"" + printable(text) + "\" is no number");
}

}  // namespace

Result<SnapshotPair> read_snapshot_pair(const SnapshotSeries& series, const Query& query) {
  const std::size_t count = series.snapshots.size();
  const bool has_two = series.id_snapshots > 1;
  const std::size_t first = has_two ? series.first_id_snapshot : 0;
  const std::size_t last = has_two ? series.last_id_snapshot : count - 1;
  TRY_ASSIGN(const std::size_t from, read_number(query, "from", first + 1));
  TRY_ASSIGN(const std::size_t to, read_number(query, "to", last + 1));
  if (from < 1 || to < from || to > count) {
    return Error(ErrorCode::Usage, "there are snapshots 1 to " + std::to_string(count) +
                                       ", of which \"from\" has to be in front of \"to\"");
  }
  return SnapshotPair{from - 1, to - 1};
}

Result<Json> build_moves_data(const LeaksReport& report, const SnapshotPair& pair,
                              const Query& query, std::size_t most_rows) {
  const std::string_view asked = query.get("who");
  const auto* const who = asked.empty() ? kWhoNames.begin() : std::ranges::find(kWhoNames, asked);
  if (who == kWhoNames.end()) {
    return Error(ErrorCode::Usage,
                 "\"" + printable(asked) + "\" is none of new, stayed, moved, gone");
  }
  TRY_ASSIGN(const std::size_t offset, read_number(query, "offset", 0));
  MovesBuilder builder(report, pair);
  return builder.build(query, static_cast<Who>(who - kWhoNames.begin()), offset, most_rows);
}

}  // namespace plumb::web

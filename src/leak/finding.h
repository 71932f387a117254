// SPDX-License-Identifier: Apache-2.0
// What the verdict says of one group of goroutines: how sure it is that they leak, and everything
// that this rests on.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leak/statistics.h"
#include "leak/wait_kind.h"

namespace plumb {

/// How sure it is. A level is never a bare score: a Finding says why, and what speaks against it.
enum class Level : std::uint8_t {
  Benign,     ///< A known kind of goroutine in the number that is usual for it, or it moves.
  Watch,      ///< Nothing is known against it; it would be noticed if it grew.
  Possible,   ///< One sign, or the same signs where healthy programs have them too.
  Likely,     ///< They come and none leaves, or nobody can ever wake them as far as seen.
  Confirmed,  ///< Blocked for ever for certain.
};

/// "benign", "watch", "possible", "likely", "confirmed".
std::string_view to_string(Level level);

/// The level of that name; nothing for any other text.
std::optional<Level> find_level(std::string_view name);

/// One number of an evidence, for programs.
struct EvidenceNumber {
  std::string_view name;  ///< "arrived"
  double value = 0;
};

/// One observation that speaks for a leak, or against one.
struct Evidence {
  std::string_view id;      ///< "E1" to "E10", as docs/LEAKS.md numbers them.
  std::string text;         ///< A clause with its numbers, without a full stop.
  std::string_view source;  ///< What it was read from: "ids of 2 snapshots".
  std::vector<EvidenceNumber> numbers;
};

/// How fast a group grows.
struct GrowthRate {
  Estimate per_second;  ///< Or per interval between snapshots, if the times are not known.
  bool is_per_second = false;
  std::string_view method;  ///< "arrivals counted by id".
};

/// When it began.
struct Beginning {
  double seconds_ago = 0;    ///< Before the last snapshot.
  bool is_at_least = false;  ///< It may have begun earlier.
  std::string_view method;
  /// If the number always grew as it does now, and none left; 0: not known.
  double seconds_ago_by_rate = 0;
};

/// Heap in use that was allocated by functions of a group, by a heap profile. What they allocated
/// may be held by others, so it is an upper bound of what the group retains.
struct HeapShare {
  std::int64_t by_entry = 0;    ///< Bytes, below the outermost function of the user on its stack.
  std::int64_t by_creator = 0;  ///< Below the function that started the goroutines.
};

/// The same place in an earlier series, of another build.
struct EarlierFinding {
  std::int64_t count = 0;  ///< Goroutines in its last snapshot; 0: none.
  Level level = Level::Benign;
};

struct Finding {
  std::uint32_t group = 0;  ///< In StackGroups::groups.
  Level level = Level::Benign;
  WaitKind kind = WaitKind::Unknown;
  std::string_view pattern;  ///< "L1" to "L25"; empty: none.
  std::string reason;        ///< Why it has this level: a clause.
  std::vector<Evidence> evidence;
  std::vector<Evidence> against;
  std::string next;   ///< What to collect to be surer; empty: nothing.
  std::string cause;  ///< A sentence or two, in terms of the program's functions.
  std::string fix;
  std::optional<GrowthRate> rate;
  std::optional<Beginning> since;
  std::string_view benign_rule;  ///< Empty: none matches.
  std::uint32_t family = 0;      ///< Findings with the same number are one leaked object; 0: alone.
  bool leads_family = false;     ///< The one to read.
  std::int64_t objects = 0;      ///< Leaked objects of the family, if it has one.
  std::uint64_t memory_bytes = 0;        ///< At least.
  std::optional<HeapShare> heap;         ///< If there is a heap profile.
  std::optional<EarlierFinding> before;  ///< If there is an earlier series.
  bool is_known = false;                 ///< In the baseline.

  /// It may be a leak, as far as the verdict goes.
  [[nodiscard]] bool may_leak() const { return level >= Level::Possible; }
  /// The same, and nobody has said that they know of it.
  [[nodiscard]] bool is_new_leak() const { return may_leak() && !is_known; }
  /// Another finding of its family tells of the same leak.
  [[nodiscard]] bool follows() const { return family != 0 && !leads_family; }
};

/// The verdict on a series of snapshots.
struct Findings {
  std::vector<Finding> all;  ///< Surest first, then by what it costs; one for each group.
  Level worst = Level::Benign;
  std::vector<std::string> notes;  ///< What limits the verdict.
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "leak/families.h"

#include <algorithm>
#include <cmath>

#include "leak/pattern_cases.h"
#include "leak/patterns.h"
#include "leak/stack_names.h"

namespace plumb {
namespace {

constexpr std::size_t kFewestMembers = 4;  // Goroutines of the smaller group.
constexpr std::uint64_t kNear = 8;         // Ids apart: made one after the other.
constexpr double kNearPart = 0.8;          // Of the smaller group.
constexpr double kWatchedPart = 0.75;      // Of the larger group.
constexpr double kDrift = 0.05;            // Of the ratio of two counts.
constexpr std::size_t kFewestForRatio = 5;
constexpr std::size_t kLargestRatio = 8;

bool are_in_small_ratio(std::uint64_t few, std::uint64_t many) {
  const std::uint64_t ratio = (many + few / 2) / few;
  const std::uint64_t expected = ratio * few;
  const std::uint64_t off = many > expected ? many - expected : expected - many;
  return ratio <= kLargestRatio && off <= 1 + many / 100;
}

// Of each in `few`, one in `many` was made next to it.
bool were_made_together(const std::vector<std::uint64_t>& few,
                        const std::vector<std::uint64_t>& many) {
  std::size_t near = 0;
  for (const std::uint64_t id : few) {
    const auto at = std::ranges::lower_bound(many, id > kNear ? id - kNear : 0);
    if (at != many.end() && *at <= id + kNear) ++near;
  }
  return static_cast<double>(near) >= kNearPart * static_cast<double>(few.size());
}

// The ratio of two counts is the same in all snapshots, and both rise.
bool counts_keep_ratio(const GroupStudy& a, const GroupStudy& b) {
  if (a.counts.size() < kFewestForRatio || a.counts.back() <= a.counts.front()) return false;
  if (b.counts.back() <= 0) return false;
  const double ratio = a.counts.back() / b.counts.back();
  for (std::size_t i = 0; i < a.counts.size(); ++i) {
    if (std::fabs(a.counts[i] - ratio * b.counts[i]) > kDrift * a.counts[i]) return false;
  }
  return true;
}

class FamilyFinder {
 public:
  FamilyFinder(const SeriesStudy& all, std::span<const GroupStudy> studies,
               std::vector<Finding>& findings)
      : all_(all), studies_(studies), findings_(findings) {}

  void find() {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < findings_.size() && candidates.size() < kMostCompared; ++i) {
      const Finding& finding = findings_[i];
      const auto count = static_cast<std::size_t>(
          std::max<std::int64_t>(all_.series.stacks.groups[finding.group].count, 0));
      if (finding.may_leak() && count >= kFewestMembers) candidates.push_back(i);
    }
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      Finding& lead = findings_[candidates[i]];
      if (lead.family != 0) continue;
      for (std::size_t j = i + 1; j < candidates.size(); ++j) join(lead, findings_[candidates[j]]);
    }
    choose_leads();
  }

 private:
  void join(Finding& lead, Finding& other) {
    if (other.family != 0 || !belong_together(lead, other)) return;
    if (lead.family == 0) lead.family = ++count_;
    other.family = lead.family;
  }

  // One of them was started by what stands on the other's stack, or both by the same function or
  // the same type's methods; or both wait for a process.
  [[nodiscard]] bool are_related(const Finding& a, const Finding& b) const {
    const StackGroups& stacks = all_.series.stacks;
    const StackGroup& left = stacks.groups[a.group];
    const StackGroup& right = stacks.groups[b.group];
    const std::string_view left_creator = creator_function(stacks, left);
    const std::string_view right_creator = creator_function(stacks, right);
    if (left_creator.empty() || right_creator.empty()) return true;
    if (enclosing_function(left_creator) == enclosing_function(right_creator)) return true;
    if (has_function(stacks, left, right_creator) || has_function(stacks, right, left_creator)) {
      return true;
    }
    if (waits_for_process(stacks, left, a.kind) && waits_for_process(stacks, right, b.kind)) {
      return true;
    }
    return package_of(left_creator) == package_of(right_creator) &&
           !receiver_of(left_creator).empty() &&
           receiver_of(left_creator) == receiver_of(right_creator);
  }

  // Each HTTP handler that runs has a goroutine of net/http, which watches for the end of its
  // connection, and each request to a server one that reads its answer. These are made for a
  // request, or are much older.
  [[nodiscard]] bool watches_for(const Finding& watchers, const Finding& requests) const {
    const StackGroups& stacks = all_.series.stacks;
    const StackGroup& watching = stacks.groups[watchers.group];
    const StackGroup& waiting = stacks.groups[requests.group];
    const bool is_served =
        has_function(stacks, watching, "net/http.(*connReader).backgroundRead") &&
        is_http_handler(stacks, waiting);
    const bool is_sent = watchers.kind == WaitKind::IoWait &&
                         has_function(stacks, watching, "net/http.(*persistConn).readLoop") &&
                         awaits_http_answer(stacks, waiting, requests.kind);
    if (!is_served && !is_sent) return false;
    const auto few = static_cast<double>(std::min(watching.count, waiting.count));
    return few >= kWatchedPart * static_cast<double>(std::max(watching.count, waiting.count));
  }

  [[nodiscard]] bool belong_together(const Finding& a, const Finding& b) const {
    if (watches_for(a, b) || watches_for(b, a)) return true;
    if (!are_related(a, b)) return false;
    const std::uint64_t count_a = all_.goroutines.sums(a.group).count;
    const std::uint64_t count_b = all_.goroutines.sums(b.group).count;
    if (count_a > 0 && count_b > 0) {
      const Finding& few = count_a <= count_b ? a : b;
      const Finding& many = count_a <= count_b ? b : a;
      return are_in_small_ratio(std::min(count_a, count_b), std::max(count_a, count_b)) &&
             were_made_together(all_.goroutines.ids(few.group), all_.goroutines.ids(many.group));
    }
    const StackGroups& stacks = all_.series.stacks;
    return package_of(blocked_function(stacks, stacks.groups[a.group])) ==
               package_of(blocked_function(stacks, stacks.groups[b.group])) &&
           counts_keep_ratio(studies_[a.group], studies_[b.group]);
  }

  // The member whose line is in the user's own code, and of those the surest, which comes first.
  void choose_leads() {
    const StackGroups& stacks = all_.series.stacks;
    for (std::uint32_t family = 1; family <= count_; ++family) {
      Finding* lead = nullptr;
      int best = 0;
      std::int64_t fewest = 0;
      for (Finding& finding : findings_) {
        if (finding.family != family) continue;
        const StackGroup& group = stacks.groups[finding.group];
        fewest = lead == nullptr ? group.count : std::min(fewest, group.count);
        const int is_own = waits_in_own_code(stacks, group) ? 1 : 0;
        const int rank = static_cast<int>(finding.level) * 2 + is_own;
        if (lead == nullptr || rank > best) {
          lead = &finding;
          best = rank;
        }
      }
      lead->leads_family = true;
      for (Finding& finding : findings_) {
        if (finding.family != family) continue;
        finding.objects = fewest;
        if (&finding != lead) explain_member(stacks, *lead, finding);
      }
    }
  }

  const SeriesStudy& all_;
  std::span<const GroupStudy> studies_;
  std::vector<Finding>& findings_;
  std::uint32_t count_ = 0;
};

}  // namespace

void find_families(const SeriesStudy& all, std::span<const GroupStudy> studies,
                   std::vector<Finding>& findings) {
  FamilyFinder(all, studies, findings).find();
}

}  // namespace plumb

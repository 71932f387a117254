// SPDX-License-Identifier: Apache-2.0
#include "leak/hidden_pcs.h"

#include <algorithm>
#include <utility>

#include "leak/channel_pcs.h"
#include "leak/frames.h"

namespace plumb {
namespace {

// block() is one call, selectgo() parks far inside: 0x73f to 0xabf behind it.
constexpr std::uint64_t kMinSelectDistance = 0x100;
constexpr std::uint64_t kMaxSelectDistance = 0x4000;
// A process has at most six kinds of channel waits and two of select. More is something else.
constexpr std::size_t kMaxCandidates = 8;

WaitState make_state(std::string_view state, std::optional<bool> is_range = std::nullopt) {
  WaitState result;
  result.state = state;
  result.is_range = is_range;
  return result;
}

// Functions of the standard library whose only waits on a channel are plain receives, `<-ch`.
constexpr std::array<std::string_view, 9> kReceivers = {"database/sql.(*Tx).awaitDone",
                                                        "net/http.(*persistConn).mapRoundTripError",
                                                        "net/rpc.(*Client).Call",
                                                        "testing.(*T).Parallel",
                                                        "testing.(*T).Run",
                                                        "testing.(*testContext).waitParallel",
                                                        "testing.(*testState).waitParallel",
                                                        "testing.tRunner.func1",
                                                        "testing.tRunner.func1.2"};

// A few waits of third parties that always select.
constexpr std::array<std::string_view, 6> kSelectors = {
    "github.com/syndtr/goleveldb/leveldb.(*DB).mpoolDrain",
    "go.opencensus.io/stats/view.(*worker).start",
    "golang.org/x/sync/semaphore.(*Weighted).Acquire",
    "google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run",
    "google.golang.org/grpc/internal/transport.(*controlBuffer).get",
    "google.golang.org/grpc/internal/transport.(*http2Server).keepalive"};

bool has_name(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The standard library never says `select {}`, but for a debugging aid of httptest and js.
WaitState hint_of_select(std::string_view function, std::string_view file) {
  if (function.starts_with("runtime/trace.")) return make_state("trace reader (blocked)");
  if (function.starts_with("net/http/httptest.") || function.starts_with("syscall/js.")) return {};
  const bool selects =
      has_name(kSelectors, function) || find_owner(function, file) == FrameOwner::Standard;
  return selects ? make_state("select") : WaitState{};
}

WaitState hint_of_channel(std::string_view function) {
  if (has_name(kReceivers, function)) return make_state("chan receive", false);
  return {};
}

}  // namespace

HiddenPcs::Key HiddenPcs::make_key(std::span<const std::uint64_t> pcs) {
  Key key;
  key.count = pcs.size();
  std::ranges::copy(pcs, key.pcs.begin());
  return key;
}

void HiddenPcs::add(std::span<const std::uint64_t> hidden, const WaitState& shown,
                    std::string_view function, std::string_view file) {
  if (hidden.empty()) return;
  if (!shown.state.empty() && role_of_function(function) != LeafRole::Busy && !shown.is_cgo) {
    ++park_votes_[hidden[0]];
  }
  if (hidden.size() > kMaxPcs) return;
  const Key key = make_key(hidden);
  Wait& wait = waits_[key];
  if (!shown.state.empty()) {
    wait.is_named = true;
    return;
  }
  WaitState hint;
  if (key.count == kSelectPcs) hint = hint_of_select(function, file);
  if (key.count == kChannelPcs) hint = hint_of_channel(function);
  if (hint.state.empty()) return;
  if (!wait.hint.state.empty() && wait.hint != hint) wait.is_doubtful = true;
  wait.hint = hint;
}

// The key with more than half of all votes.
std::optional<std::uint64_t> HiddenPcs::find_majority(const Votes& votes) {
  std::uint64_t all = 0;
  for (const auto& [pc, count] : votes) all += count;
  for (const auto& [pc, count] : votes) {
    if (count > all / 2) return pc;
  }
  return std::nullopt;
}

// The PC in gopark: where goroutines begin whose wait is named, except a few that were caught on
// their way. Without such goroutines, what most kinds of waits begin with.
std::optional<std::uint64_t> HiddenPcs::find_park() const {
  if (!park_votes_.empty()) return find_majority(park_votes_);
  Votes kinds;
  for (const auto& [key, wait] : waits_) {
    if (key.count >= kSelectPcs) ++kinds[key.pcs[0]];
  }
  return find_majority(kinds);
}

HiddenPcs::Candidates HiddenPcs::find_candidates(std::uint64_t park, std::size_t pcs) {
  Candidates found;
  for (auto& entry : waits_) {
    const bool is_kind = entry.first.count == pcs && entry.first.pcs[0] == park;
    if (is_kind && !entry.second.is_named) found.push_back(&entry);
  }
  if (found.size() > kMaxCandidates) found.clear();
  std::ranges::sort(found, {}, [](const auto* entry) { return entry->first.pcs; });
  return found;
}

void HiddenPcs::resolve() {
  const auto park = find_park();
  if (!park) return;
  shape_ = find_code_shape(*park + 1);
  resolve_selects(find_candidates(*park, kSelectPcs));
  resolve_channels(find_candidates(*park, kChannelPcs));
}

// What the place of a wait's code says. block() has its own place; selectgo() may have any.
WaitState HiddenPcs::hint_of_shape(const Key& key) const {
  if (!shape_) return {};
  const std::uint64_t place = CodeShape::low_bits(key.pcs[key.count - 1] + 1);
  if (key.count == kSelectPcs) return place == shape_->block ? WaitState{} : make_state("select");
  if (place == shape_->chansend1) return make_state("chan send");
  return place == shape_->chanrecv1 ? make_state("chan receive") : WaitState{};
}

void HiddenPcs::resolve_selects(const Candidates& candidates) {
  Candidates open;
  for (auto* const entry : candidates) {
    Wait& wait = entry->second;
    if (wait.is_doubtful) return;
    if (wait.hint.state.empty()) wait.hint = hint_of_shape(entry->first);
    wait.state = wait.hint;
    if (wait.hint.state != "trace reader (blocked)") open.push_back(entry);
  }
  if (open.size() != 2) return;
  // In the order of their addresses: block(), then selectgo().
  const std::uint64_t distance = open[1]->first.pcs[1] - open[0]->first.pcs[1];
  const bool is_plausible = distance >= kMinSelectDistance && distance <= kMaxSelectDistance;
  if (!is_plausible || !open[0]->second.hint.state.empty()) return;
  open[0]->second.state = make_state("select (no cases)");
  open[1]->second.state = make_state("select");
}

void HiddenPcs::resolve_channels(const Candidates& candidates) {
  std::vector<ChannelWait> waits;
  for (const auto* const entry : candidates) {
    const Wait& wait = entry->second;
    if (wait.is_doubtful) return;
    const WaitState hint = wait.hint.state.empty() ? hint_of_shape(entry->first) : wait.hint;
    waits.push_back({entry->first.pcs[1], entry->first.pcs[2], hint});
  }
  const std::vector<WaitState> states = resolve_channel_waits(waits);
  for (std::size_t i = 0; i < states.size(); ++i) candidates[i]->second.state = states[i];
}

WaitState HiddenPcs::find(std::span<const std::uint64_t> hidden) const {
  if (hidden.empty() || hidden.size() > kMaxPcs) return {};
  const auto at = waits_.find(make_key(hidden));
  return at == waits_.end() ? WaitState{} : at->second.state;
}

}  // namespace plumb

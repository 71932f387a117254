// SPDX-License-Identifier: Apache-2.0
#include "report/top_stream.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "base/checked.h"
#include "base/string_pool.h"
#include "base/try.h"
#include "graph/edge_trie.h"
#include "report/streamed_stacks.h"
#include "report/top_rows.h"

namespace plumb {
namespace {

// A node is ranked for good once its share of the samples so far is so many standard deviations
// away from the share that is kept. A thousand nodes are looked at a few times each: 4.5 makes one
// wrong rank in 300 profiles whose samples come in random order.
constexpr double kDeviations = 4.5;
// Values differ from sample to sample: the sum of n of them varies as that of n / 1.5 equal ones.
constexpr double kValueSpread = 1.5;
constexpr std::uint32_t kMaxCells = 350'000;  // 11 MB: a guess may not cost more.
constexpr std::uint32_t kMaxExactCells = 60'000'000;

// Left alone, g++ makes the body of the hot loop a call.
#define PLUMB_INLINE __attribute__((always_inline))

}  // namespace

class TopStream::State {
 public:
  State(const ReportOptions& options, std::size_t warmup_frames)
      : options_(options), warmup_frames_(warmup_frames), edges_(kMaxCells) {
    held_.locations.reserve(warmup_frames + 1024);  // Untouched pages cost nothing.
  }

  bool on_sample_type(std::uint32_t type, std::uint32_t unit) {
    if (reads_tables()) types_.push_back({type, unit});
    return true;
  }

  void set_name_needs(NameNeeds needs) { needs_ = std::move(needs); }

  bool on_location(std::uint32_t id, std::span<const std::uint32_t> functions) {
    if (!reads_tables()) return true;
    if (needs_.completes_locations && functions.empty()) return false;
    for (const std::uint32_t function : functions) {
      if (function > 2 * std::uint64_t{line_count_} + 4096 || function == 0) return false;
      if (function >= sums_.size()) {
        sums_.resize(std::max<std::size_t>(function + 1, sums_.size() * 2));
        flats_.resize(sums_.size());
        is_called_.resize(sums_.size());
      }
      is_called_[function] = true;
      ++line_count_;
    }
    return id != 0 && locations_.add(id, functions);
  }

  bool on_function(std::uint32_t id, std::uint32_t name, std::uint32_t system_name) {
    if (!reads_tables()) return true;
    if (id == 0 || id > 2 * (function_count_ + std::uint64_t{line_count_}) + 8192) return false;
    if (id >= names_.size()) names_.resize(std::max<std::size_t>(id + 1, names_.size() * 2), 0);
    if (names_[id] != 0 || name == 0) return false;
    names_[id] = name;
    if (needs_.changes_name) {
      if (system_names_.size() < names_.size()) system_names_.resize(names_.size(), 0);
      system_names_[id] = system_name;
    }
    ++function_count_;
    return true;
  }

  bool on_sample(std::span<const std::uint32_t> stack, std::span<const std::int64_t> values) {
    if (phase_ == Phase::Tables) return true;
    if (width_ == 0) {
      if (types_.empty()) return false;
      width_ = values.size();
      if (!has_column_) column_ = types_.size() - 1;
    }
    if (values.size() != width_ || column_ >= width_ || sample_ == UINT32_MAX - 1) return false;
    const std::int64_t value = values[column_];
    if (phase_ == Phase::Edges) {
      if (value != 0 && !stack.empty()) walk<Adding::Edges>(stack, value);
      return !edges_.overflowed();
    }
    total_ = add_wrapping(total_, abs_wrapping(value));
    if (is_holding_) held_.add(stack, value);
    const bool is_known = value == 0 || stack.empty() ? all_known(stack)
                          : is_holding_               ? walk<Adding::Sums>(stack, value)
                                                      : walk<Adding::Both>(stack, value);
    if (!is_known) {
      if (phase_ != Phase::Everything) return false;
      phase_ = Phase::Tables;  // Samples before their locations: tables first, then.
      return true;
    }
    if (is_holding_) {
      if (held_.locations.size() >= warmup_frames_) end_warmup();
    } else if (sample_ >= next_ranking_) {
      rank_by_samples_so_far();
    }
    return true;
  }

  bool on_string(std::string_view text) {
    if (!reads_tables()) return true;
    strings_.push_back(pool_.intern(text));
    return strings_.size() > 1 || text.empty();
  }

  bool on_end(const StreamedHeader& header) {
    if (phase_ == Phase::Edges) {
      resolved_ = edges_.resolve(kept_);
      return resolved_.has_value();
    }
    if (phase_ != Phase::Samples) {
      header_ = header;
      if (!check_strings() || !check_functions()) return false;
      const auto index = find_column();
      if (!index) return false;
      const bool guessed_right = *index == column_ || width_ == 0;
      column_ = *index;
      has_column_ = true;
      if (phase_ == Phase::Tables || !guessed_right) {
        restart_samples();
        return true;
      }
    }
    finish_nodes();
    return true;
  }

  [[nodiscard]] bool wants_again() const { return !resolved_.has_value(); }

  Result<TopReport> take_report() {
    SampleView samples;
    samples.weights.value = column_;
    samples.type = text(types_[column_].type);
    samples.format.sample_unit = text(types_[column_].unit);
    samples.format.output_unit = options_.unit;
    samples.format.ratio = 1 / options_.divide_by;
    samples.total = total_;
    ProfileHeader header{.file = text(header_.first_mapping_file),
                         .build_id = text(header_.first_mapping_build_id),
                         .comments = {},
                         .doc_url = text(header_.doc_url),
                         .time_nanos = header_.time_nanos,
                         .duration_nanos = header_.duration_nanos};
    const TopNodes top{.nodes = nodes_,
                       .inlining = inlining_of(*resolved_, trimmed_.edge_cutoff),
                       .trimmed = trimmed_,
                       .name = [this](std::uint32_t node) { return text(names_[node]); }};
    return make_top_report(header, std::move(samples), top, options_);
  }

 private:
  struct TypeIndex {
    std::uint32_t type = 0;
    std::uint32_t unit = 0;
  };
  // What the edge trie is to do with a node. Callers matter only for a node that is called inlined
  // often enough for an edge that is shown.
  enum class Role : std::uint8_t { None, SureContext, SureCallee, MaybeContext, MaybeCallee };

  struct Sum {
    std::uint32_t sample = 0;  // The last sample that added to cum.
    Role role = Role::None;
    std::int64_t cum = 0;
  };

  // What a pass over the input is for.
  enum class Phase : std::uint8_t {
    Everything,
    Tables,   // All but samples: they stand before what they refer to.
    Samples,  // Samples only, with the tables known.
    Edges,    // Samples only, for the edges between the nodes that are kept.
  };

  [[nodiscard]] bool reads_tables() const {
    return phase_ == Phase::Everything || phase_ == Phase::Tables;
  }

  // Forgets what was added up, but not the tables.
  void restart_samples() {
    phase_ = Phase::Samples;
    sums_.assign(sums_.size(), {});
    flats_.assign(flats_.size(), 0);
    locations_.for_each_list([](LocationTable::List list) { list.set_weight(0); });
    locations_.forget_memos();
    sample_ = 0;
    total_ = 0;
    is_holding_ = true;
    is_ranked_ = false;
    next_ranking_ = UINT64_MAX;
    held_ = {};
    edges_ = EdgeTrie(kMaxCells);
  }

  // What a walk over a stack adds up.
  enum class Adding : std::uint8_t { Sums, Edges, Both };

  // The hot loop of large profiles: adds one stack, from the root. False if a location is not
  // known.
  template <Adding kAdding>
  bool walk(std::span<const std::uint32_t> stack, std::int64_t value) {
    const std::span<const std::uint32_t> entries = locations_.entries();
    EdgeTrie::Memo* const memos = locations_.memos();
    Sum* const sums = sums_.data();
    const std::uint32_t sample = ++sample_;
    const std::int64_t magnitude = abs_saturating(value);
    if constexpr (kAdding != Adding::Sums) edges_.begin_sample();
    std::uint32_t context = 0;
    const auto step = [&](std::uint32_t function, bool inlined, EdgeTrie::Memo& memo) PLUMB_INLINE {
      Sum& sum = sums[function];
      const bool repeated = sum.sample == sample;
      if (!repeated) [[likely]] {
        sum.sample = sample;
        if constexpr (kAdding != Adding::Edges) sum.cum = add_wrapping(sum.cum, value);
      }
      if constexpr (kAdding != Adding::Sums) {
        if (sum.role > Role::SureContext) [[unlikely]] {
          edges_.set_context(context);
          add_edge(function, sum.role, inlined, repeated, value, memo);
          context = edges_.context();
        }
        // No branch: which of the frames are shown is hard to predict.
        context = sum.role == Role::SureContext ? EdgeTrie::sure_context(function) : context;
      }
    };
    std::uint32_t leaf = 0;
    for (std::size_t i = stack.size(); i-- > 0;) {
      const std::uint32_t id = stack[i];
      if (id >= entries.size()) return false;
      const std::uint32_t entry = entries[id];
      if (entry < LocationTable::kManyBit) [[likely]] {
        leaf = entry;
        step(leaf, false, memos[id]);
        continue;
      }
      if (entry == LocationTable::kUnset) return false;
      const LocationTable::List list = locations_.list(entry);
      if constexpr (kAdding != Adding::Edges) {
        list.set_weight(add_saturating(list.weight(), magnitude));
      }
      const std::uint32_t count = list.count();
      for (std::uint32_t line = count; line-- > 0;) {
        leaf = list.function(line);
        step(leaf, line + 1 != count, list.memo(line));
      }
    }
    if constexpr (kAdding != Adding::Edges) flats_[leaf] = add_wrapping(flats_[leaf], value);
    return true;
  }

  // Not inlined: the loop around it needs the registers.
  [[gnu::noinline]] void add_edge(std::uint32_t function, Role role, bool inlined, bool repeated,
                                  std::int64_t value, EdgeTrie::Memo& memo) {
    if (role == Role::MaybeContext) return edges_.pass_maybe(function, inlined, memo);
    const Rank rank = role == Role::SureCallee ? Rank::Sure : Rank::Maybe;
    edges_.add(function, rank, inlined, repeated, value, memo);
  }

  [[nodiscard]] bool all_known(std::span<const std::uint32_t> stack) const {
    const auto entries = locations_.entries();
    return std::ranges::all_of(stack, [&](std::uint32_t id) {
      return id < entries.size() && entries[id] != LocationTable::kUnset;
    });
  }

  void end_warmup() {
    is_holding_ = false;
    rank_by_samples_so_far();
    walk_held_samples();
    held_ = {};
  }

  void walk_held_samples() {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < held_.values.size(); ++i) {
      const std::size_t size = held_.ends[i] - begin;
      const auto stack = std::span<const std::uint32_t>(held_.locations).subspan(begin, size);
      if (held_.values[i] != 0 && size != 0) walk<Adding::Edges>(stack, held_.values[i]);
      begin = held_.ends[i];
    }
  }

  // Ranks the nodes by the samples so far. A rank other than Maybe is final: what EdgeTrie counted
  // under Maybe before stays right. So is the end of being a callee.
  void rank_by_samples_so_far() {
    const TrimOptions trim = trim_options(options_);
    if (trim.nodefraction <= 0 || trim.nodecount > 0) return;  // Decided by the end only.
    std::int64_t total = 0;
    for (const std::int64_t flat : flats_) total = add_wrapping(total, flat);
    add_up_inlined();
    const double size = static_cast<double>(abs_wrapping(total));
    const double node_cutoff = size * trim.nodefraction;
    const double node_margin = margin(trim.nodefraction);
    const double edge_floor = size * trim.edgefraction * (1 - margin(trim.edgefraction));
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      Sum& sum = sums_[i];
      const double cum = std::fabs(static_cast<double>(sum.cum));
      const auto inlined = static_cast<double>(inlined_[i]);
      const bool was_maybe = sum.role == Role::MaybeContext || sum.role == Role::MaybeCallee;
      const bool was_callee = sum.role == Role::SureCallee || sum.role == Role::MaybeCallee;
      const bool is_callee =
          (was_callee || !is_ranked_) && inlined_[i] > 0 && inlined >= edge_floor;
      if (is_ranked_ && sum.role == Role::None) continue;
      if (is_ranked_ && !was_maybe) {
        sum.role = is_callee ? Role::SureCallee : Role::SureContext;
      } else if (cum >= node_cutoff * (1 + node_margin)) {
        sum.role = is_callee ? Role::SureCallee : Role::SureContext;
      } else if (cum >= node_cutoff * (1 - node_margin)) {
        sum.role = is_callee ? Role::MaybeCallee : Role::MaybeContext;
      } else {
        sum.role = Role::None;
      }
    }
    is_ranked_ = true;
    next_ranking_ = std::uint64_t{sample_} * 3 / 2;
  }

  void add_up_inlined() {
    inlined_.assign(sums_.size(), 0);
    locations_.for_each_list([this](LocationTable::List list) {
      for (std::uint32_t line = 0; line + 1 < list.count(); ++line) {
        std::int64_t& sum = inlined_[list.function(line)];
        sum = add_saturating(sum, list.weight());
      }
    });
  }

  // How far a share of the samples so far may be from the share of all of them, relative to it.
  [[nodiscard]] double margin(double fraction) const {
    const double hits = static_cast<double>(sample_) * fraction / kValueSpread;
    return kDeviations / std::sqrt(std::max(hits, 1.0));
  }

  // Every string index in use must be in the table, and no two functions may share a name: nodes
  // are by function here. A profile that is to be cut or that is a diff is for build_top().
  bool check_strings() {
    const std::size_t count = strings_.size();
    for (const TypeIndex& type : types_) {
      if (type.type >= count || type.unit >= count) return false;
    }
    if (header_.drop_frames != 0 || header_.has_comments || header_.doc_url >= count ||
        header_.default_sample_type >= count || header_.first_mapping_file >= count ||
        header_.first_mapping_build_id >= count) {
      return false;
    }
    const bool is_plain_path = text(header_.first_mapping_file).find(':') == std::string_view::npos;
    return is_plain_path && pool_.find("pprof::base").index == 0;
  }

  bool check_functions() {
    names_.resize(std::max(names_.size(), sums_.size()));
    sums_.resize(names_.size());
    flats_.resize(names_.size());
    is_called_.resize(names_.size());
    std::vector<bool> is_name(pool_.size());
    for (std::size_t i = 1; i < names_.size(); ++i) {
      if (names_[i] == 0) {
        if (is_called_[i]) return false;  // By a location, but not in the input.
        continue;
      }
      if (names_[i] >= strings_.size()) return false;
      const std::uint32_t name = strings_[names_[i]].index;
      if (name == 0 || is_name[name] || changes_name(i)) return false;
      is_name[name] = true;
    }
    return true;
  }

  [[nodiscard]] bool changes_name(std::size_t function) const {
    if (!needs_.changes_name) return false;
    if (function >= system_names_.size()) return true;
    const std::uint32_t system_name = system_names_[function];
    if (system_name >= strings_.size()) return true;
    return needs_.changes_name(text(names_[function]), text(system_name));
  }

  std::optional<std::size_t> find_column() const {
    std::vector<std::string_view> types;
    for (const TypeIndex& type : types_) types.push_back(text(type.type));
    std::unordered_set<std::uint32_t> names;
    for (const TypeIndex& type : types_) names.insert(strings_[type.type].index);
    if (names.size() != types_.size()) return std::nullopt;  // prepare_profile() is needed.
    const auto index =
        find_sample_index(types, text(header_.default_sample_type), options_.sample_index);
    if (!index || (width_ != 0 && width_ != types.size())) return std::nullopt;
    return *index;
  }

  void finish_nodes() {
    nodes_.resize(sums_.size());
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      nodes_[i].cum = sums_[i].cum;
      nodes_[i].flat = flats_[i];
    }
    trimmed_ = trim_nodes(nodes_, trim_options(options_), [this](std::uint32_t a, std::uint32_t b) {
      return text(names_[a]).compare(text(names_[b]));
    });
    kept_.assign(nodes_.size(), trimmed_.is_everything);
    for (const std::uint32_t node : trimmed_.order) kept_[node] = true;
    add_up_inlined();
    if (is_holding_) {
      rank_exactly();
      walk_held_samples();
      resolved_ = edges_.resolve(kept_);
    } else if (ranks_hold()) {
      resolved_ = edges_.resolve(kept_);
    }
    if (resolved_) return;
    rank_exactly();
    edges_ = EdgeTrie(kMaxExactCells);
    locations_.forget_memos();
    phase_ = Phase::Edges;
  }

  // Whether some edge to the function could weigh enough and be inlined throughout.
  [[nodiscard]] bool may_be_inlined(std::size_t i) const {
    return inlined_[i] > 0 && inlined_[i] >= trimmed_.edge_cutoff;
  }

  void rank_exactly() {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      sums_[i].role = !kept_[i]           ? Role::None
                      : may_be_inlined(i) ? Role::SureCallee
                                          : Role::SureContext;
    }
  }

  // Whether what was guessed on the way has come out true.
  [[nodiscard]] bool ranks_hold() const {
    if (!is_ranked_ || edges_.overflowed()) return false;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const Role role = sums_[i].role;
      const bool is_sure = role == Role::SureContext || role == Role::SureCallee;
      const bool is_callee = role == Role::SureCallee || role == Role::MaybeCallee;
      if (is_sure && !kept_[i]) return false;
      const bool occurs = sums_[i].sample != 0;
      if (role == Role::None && kept_[i] && occurs) return false;
      if (kept_[i] && may_be_inlined(i) && !is_callee) return false;
    }
    return true;
  }

  [[nodiscard]] std::string_view text(std::uint32_t index) const {
    return pool_.view(strings_[index]);
  }

  ReportOptions options_;
  std::size_t warmup_frames_;
  Phase phase_ = Phase::Everything;

  std::vector<TypeIndex> types_;
  std::size_t width_ = 0;  // Values of a sample; 0: none seen.
  std::size_t column_ = 0;
  bool has_column_ = false;

  LocationTable locations_;
  std::uint64_t line_count_ = 0;
  std::vector<Sum> sums_;            // By function id.
  std::vector<std::int64_t> flats_;  // By function id.
  // By function id, as of the last ranking: at least what all samples weigh that came over an
  // inlined call of it.
  std::vector<std::int64_t> inlined_;
  std::vector<bool> is_called_;              // By function id: some location has a line of it.
  std::vector<std::uint32_t> names_;         // By function id: index of the string; 0: not seen.
  std::vector<std::uint32_t> system_names_;  // The same, if names may have to be changed.
  NameNeeds needs_;
  std::uint64_t function_count_ = 0;
  std::uint32_t sample_ = 0;
  std::int64_t total_ = 0;

  StringPool pool_;
  std::vector<StringId> strings_;  // By index in the input.
  StreamedHeader header_;

  bool is_holding_ = true;
  bool is_ranked_ = false;
  std::uint64_t next_ranking_ = UINT64_MAX;  // At so many samples.
  HeldSamples held_;
  EdgeTrie edges_;

  std::vector<Node> nodes_;  // By function id.
  TrimmedNodes trimmed_;
  std::vector<bool> kept_;
  std::optional<std::vector<Edge>> resolved_;
};

TopStream::TopStream(const ReportOptions& options, std::size_t warmup_frames)
    : state_(std::make_unique<State>(options, warmup_frames)) {}

TopStream::~TopStream() = default;

bool TopStream::can_stream(const ReportOptions& options) {
  const AggregateOptions& aggregate = options.aggregate;
  const bool is_plain = aggregate.granularity == Granularity::Functions && !aggregate.no_inlines;
  return is_plain && !options.mean && options.divide_by != 0 && options.filters.is_empty() &&
         options.tagroot.empty() && options.tagleaf.empty();
}

bool TopStream::on_sample_type(std::uint32_t type, std::uint32_t unit) {
  return state_->on_sample_type(type, unit);
}
bool TopStream::on_location(std::uint32_t id, std::span<const std::uint32_t> functions) {
  return state_->on_location(id, functions);
}
bool TopStream::on_function(std::uint32_t id, std::uint32_t name, std::uint32_t system_name) {
  return state_->on_function(id, name, system_name);
}
void TopStream::set_name_needs(NameNeeds needs) {
  state_->set_name_needs(std::move(needs));
}
bool TopStream::on_sample(std::span<const std::uint32_t> locations,
                          std::span<const std::int64_t> values) {
  return state_->on_sample(locations, values);
}
bool TopStream::on_string(std::string_view text) {
  return state_->on_string(text);
}
bool TopStream::on_end(const StreamedHeader& header) {
  return state_->on_end(header);
}
bool TopStream::wants_again() const {
  return state_->wants_again();
}
Result<TopReport> TopStream::take_report() {
  return state_->take_report();
}

}  // namespace plumb

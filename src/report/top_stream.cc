// SPDX-License-Identifier: Apache-2.0
#include "report/top_stream.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_set>

#include "base/checked.h"
#include "base/parallel.h"
#include "base/string_pool.h"
#include "base/try.h"
#include "graph/edge_table.h"
#include "report/streamed_base.h"
#include "report/streamed_sums.h"
#include "report/top_rows.h"

namespace plumb {
namespace {

// A node is ranked for good once its share of the samples so far is so many standard deviations
// away from the share that is kept. A thousand nodes are looked at a few times each: 4.5 makes one
// wrong rank in 300 profiles whose samples come in random order.
constexpr double kDeviations = 4.5;
// Values differ from sample to sample: the sum of n of them varies as that of n / 1.5 equal ones.
constexpr double kValueSpread = 1.5;
// The samples held are walked by and by, not to stop the thread that reads.
constexpr std::uint64_t kAddedPerHeld = 8;
// Whose names are looked at while the rest is finished.
constexpr std::size_t kFunctionsWorthAThread = 5000;
constexpr std::uint32_t kMaxCells = 440'000;                 // 11 MB: a guess may not cost more.
constexpr std::size_t kUsualFields = std::size_t{16} << 20;  // Address space, not memory.
constexpr std::uint32_t kMaxExactCells = 60'000'000;

}  // namespace

class TopStream::State {
 public:
  State(const ReportOptions& options, std::size_t warmup_frames)
      : options_(options), warmup_frames_(warmup_frames), sums_(kMaxCells) {}

  void set_changes_name(ChangesName changes_name) { changes_name_ = std::move(changes_name); }

  void set_base(Profile base, const DiffOptions& options, const Limits& limits) {
    base_.emplace(std::move(base), options, limits);
    most_table_bytes_ = limits.model_bytes;
    fields_.reserve(kUsualFields);
  }

  [[nodiscard]] bool wants_fields() const { return base_ && reads_tables(); }

  // On the thread that reads: makes entries of the locations of samples.
  bool on_read(StreamedParts& parts) {
    const auto add = [this](std::uint32_t id, std::span<const std::uint32_t> functions) {
      return locations_.add(id, functions);
    };
    if (!has_locations_ && !parts.for_each_location(add)) return false;
    if (base_) StreamedBase::hash_stacks(parts.samples);
    RawVector<std::uint32_t>& ids = parts.samples.locations;
    locations_.look_up({ids.data(), ids.size()});
    return true;
  }

  bool on_parts(const StreamedParts& parts) {
    return (!reads_tables() || on_tables(parts)) && on_samples(parts.samples);
  }

  bool on_end(const StreamedHeader& header) {
    if (phase_ == Phase::Edges) {
      resolve_edges();
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
        return names_stay();
      }
    }
    if (base_ && !subtract_base()) return false;
    const bool had_names = phase_ == Phase::Samples;
    bool stays = true;
    do_two(
        names_.size() >= kFunctionsWorthAThread, [this] { finish_nodes(); },
        [&] { stays = had_names || names_stay(); });
    return stays;
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
    const ProfileHeader own_header{.file = text(header_.first_mapping_file),
                                   .build_id = text(header_.first_mapping_build_id),
                                   .comments = {},
                                   .doc_url = text(header_.doc_url),
                                   .time_nanos = header_.time_nanos,
                                   .duration_nanos = header_.duration_nanos};
    const ProfileHeader header = base_ ? header_of(base_->difference()) : own_header;
    const TopNodes top{.nodes = nodes_,
                       .inlining = inlining_of(*resolved_, trimmed_.edge_cutoff),
                       .trimmed = trimmed_,
                       .name = [this](std::uint32_t node) { return text(names_[node]); }};
    return make_top_report(header, std::move(samples), top, options_);
  }

 private:
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

  bool on_tables(const StreamedParts& parts) {
    table_bytes_ += parts.text.size() + parts.fields.size();
    if (table_bytes_ > most_table_bytes_) return false;
    fields_.append(std::span<const char>(parts.fields));
    types_.insert(types_.end(), parts.sample_types.begin(), parts.sample_types.end());
    const auto add = [this](std::uint32_t, std::span<const std::uint32_t> functions) {
      return on_lines(functions);
    };
    if (!parts.for_each_location(add)) return false;
    for (const StreamedParts::Function& function : parts.functions) {
      if (!on_function(function)) return false;
    }
    std::size_t begin = 0;
    for (const std::size_t end : parts.text_ends) {
      strings_.push_back(pool_.intern(std::string_view(parts.text).substr(begin, end - begin)));
      if (strings_.size() == 1 && begin != end) return false;
      begin = end;
    }
    return true;
  }

  bool on_lines(std::span<const std::uint32_t> functions) {
    for (const std::uint32_t function : functions) {
      if (function > 2 * std::uint64_t{line_count_} + 4096 || function == 0) return false;
      if (function >= sums_.size()) {
        sums_.resize(std::max<std::size_t>(function + 1, sums_.size() * 2));
        is_called_.resize(sums_.size());
      }
      is_called_[function] = true;
      ++line_count_;
    }
    if (functions.size() > 1) sums_.add_lines(functions);
    return true;
  }

  bool on_function(const StreamedParts::Function& function) {
    const std::uint32_t id = function.id;
    if (id == 0 || id > 2 * (function_count_ + std::uint64_t{line_count_}) + 8192) return false;
    if (id >= names_.size()) names_.resize(std::max<std::size_t>(id + 1, names_.size() * 2), 0);
    if (names_[id] != 0 || function.name == 0) return false;
    names_[id] = function.name;
    if (changes_name_) {
      if (system_names_.size() < names_.size()) system_names_.resize(names_.size(), 0);
      system_names_[id] = function.system_name;
    }
    ++function_count_;
    return true;
  }

  bool on_samples(const StreamedSamples& samples) {
    if (phase_ == Phase::Tables || samples.size() == 0) return true;
    if (width_ == 0) {
      if (types_.empty()) return false;
      width_ = samples.width;
      if (!has_column_) column_ = types_.size() - 1;
    }
    if (samples.width != width_ || column_ >= width_) return false;
    const bool is_noted = !base_ || phase_ == Phase::Edges || base_->note(samples, column_);
    if (!is_noted) return false;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (sums_.sample_count() >= UINT32_MAX - 1) return false;
      if (add_sample(samples, i)) continue;
      if (phase_ != Phase::Everything) return false;
      phase_ = Phase::Tables;  // Samples before their locations: tables first, then.
      return true;
    }
    return true;
  }

  // False if there is an unknown location, or too much to remember.
  bool add_sample(const StreamedSamples& samples, std::size_t i) {
    using Adding = StreamedSums::Adding;
    const std::span<const std::uint32_t> stack = samples.stack(i);
    const std::int64_t value = samples.values[i * width_ + column_];
    if (phase_ == Phase::Edges) {
      return sums_.add<Adding::Edges>(stack, value) && !sums_.edges_overflowed();
    }
    total_ = add_wrapping(total_, abs_wrapping(value));
    if (is_holding_) {
      held_.locations.append(stack);
      held_.ends.push_back(held_.locations.size());
      held_.values.push_back(value);
      if (!sums_.add<Adding::Sums>(stack, value)) return false;
      if (held_.locations.size() >= warmup_frames_) end_warmup();
      return true;
    }
    if (!sums_.add<Adding::Both>(stack, value)) return false;
    if (held_.size() != 0 && ++added_ % kAddedPerHeld == 0) walk_held_sample();
    if (sums_.sample_count() >= next_ranking_) rank_by_samples_so_far();
    return true;
  }

  // Forgets what was added up, but not the tables.
  void restart_samples() {
    phase_ = Phase::Samples;
    has_locations_ = true;
    sums_.restart(kMaxCells);
    if (base_) base_->restart();
    total_ = 0;
    is_holding_ = true;
    is_ranked_ = false;
    next_ranking_ = UINT64_MAX;
    forget_held_samples();
  }

  void end_warmup() {
    is_holding_ = false;
    rank_by_samples_so_far();
  }

  // The edges of the next of the samples that were held.
  void walk_held_sample() {
    const std::size_t next = walked_++;
    sums_.add<StreamedSums::Adding::Edges>(held_.stack(next), held_.values[next]);
    if (walked_ == held_.size()) forget_held_samples();
  }

  void forget_held_samples() {
    held_ = {};
    walked_ = 0;
  }

  // Ranks the nodes by the samples so far. A rank other than Maybe is final: what EdgeTrie counted
  // under Maybe before stays right. So is the end of being a callee.
  void rank_by_samples_so_far() {
    const TrimOptions trim = trim_options(options_);
    if (trim.nodefraction <= 0 || trim.nodecount > 0) return;  // Decided by the end only.
    std::int64_t total = 0;
    for (const std::int64_t flat : sums_.flats()) total = add_wrapping(total, flat);
    const std::vector<std::int64_t> all_inlined = sums_.inlined();
    const double size = static_cast<double>(abs_wrapping(total));
    const double node_cutoff = size * trim.nodefraction;
    const double node_margin = margin(trim.nodefraction);
    const double edge_floor = size * trim.edgefraction * (1 - margin(trim.edgefraction));
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      StreamedSums::Sum& sum = sums_.sums()[i];
      const double cum = std::fabs(static_cast<double>(sum.cum));
      const auto inlined = static_cast<double>(all_inlined[i]);
      const bool was_maybe = sum.role == Role::MaybeContext || sum.role == Role::MaybeCallee;
      const bool was_callee = sum.role == Role::SureCallee || sum.role == Role::MaybeCallee;
      const bool is_callee = (was_callee || !is_ranked_) && inlined > 0 && inlined >= edge_floor;
      if (is_ranked_ && sum.role == Role::None) continue;
      const bool is_final = is_ranked_ && !was_maybe;
      if (is_final || cum >= node_cutoff * (1 + node_margin)) {
        sum.role = is_callee ? Role::SureCallee : Role::SureContext;
      } else if (cum >= node_cutoff * (1 - node_margin)) {
        sum.role = is_callee ? Role::MaybeCallee : Role::MaybeContext;
      } else {
        sum.role = Role::None;
      }
    }
    is_ranked_ = true;
    next_ranking_ = std::uint64_t{sums_.sample_count()} * 3 / 2;
  }

  // How far a share of the samples so far may be from the share of all of them, relative to it.
  [[nodiscard]] double margin(double fraction) const {
    const double hits = static_cast<double>(sums_.sample_count()) * fraction / kValueSpread;
    return kDeviations / std::sqrt(std::max(hits, 1.0));
  }

  // Every string index in use must be in the table, and no two functions may share a name: nodes
  // are by function here. A profile that is to be cut or that is a diff is for build_top().
  bool check_strings() {
    const std::size_t count = strings_.size();
    for (const StreamedParts::ValueType& type : types_) {
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
    is_called_.resize(names_.size());
    std::vector<bool> is_name(pool_.size());
    for (std::size_t i = 1; i < names_.size(); ++i) {
      if (names_[i] == 0) {
        if (is_called_[i]) return false;  // By a location, but not in the input.
        continue;
      }
      if (names_[i] >= strings_.size()) return false;
      const std::uint32_t name = strings_[names_[i]].index;
      if (name == 0 || is_name[name]) return false;
      is_name[name] = true;
    }
    return true;
  }

  // Whether all functions are to be called as they are.
  [[nodiscard]] bool names_stay() const {
    if (!changes_name_) return true;
    for (std::size_t i = 1; i < system_names_.size(); ++i) {
      if (names_[i] == 0) continue;
      const std::uint32_t system_name = system_names_[i];
      if (system_name >= strings_.size()) return false;
      if (changes_name_(text(names_[i]), text(system_name))) return false;
    }
    return true;
  }

  std::optional<std::size_t> find_column() const {
    std::vector<std::string_view> types;
    for (const StreamedParts::ValueType& type : types_) types.push_back(text(type.type));
    std::unordered_set<std::uint32_t> names;
    for (const StreamedParts::ValueType& type : types_) names.insert(strings_[type.type].index);
    if (names.size() != types_.size()) return std::nullopt;  // prepare_profile() is needed.
    const auto index =
        find_sample_index(types, text(header_.default_sample_type), options_.sample_index);
    if (!index || (width_ != 0 && width_ != types.size())) return std::nullopt;
    return *index;
  }

  // Takes the base off the sums; the edges follow when it is known which are wanted.
  bool subtract_base() {
    if (!base_->subtract({fields_.data(), fields_.size()}, column_)) return false;
    fields_ = {};
    const Profile& tables = base_->difference();
    const std::optional<std::vector<std::uint32_t>> functions = find_functions(tables);
    if (!functions || !add_locations(tables, *functions)) return false;
    const std::optional<std::int64_t> total = base_->total(total_);
    if (!total) return false;
    total_ = *total;
    using Adding = StreamedSums::Adding;
    using Stacks = StreamedBase::Stacks;
    are_cancelled_off_ = !is_holding_;
    sums_.set_takes_off(true);
    const bool is_off = is_holding_ ? add_base<Adding::Sums>(Stacks::Cancelled)
                                    : add_base<Adding::Both>(Stacks::Cancelled);
    sums_.set_takes_off(false);
    return is_off && add_base<Adding::Sums>(Stacks::Others);
  }

  // The ids of the functions of a difference: those of the input, and new ones where the base alone
  // has a function. Nothing if two functions have the same name.
  std::optional<std::vector<std::uint32_t>> find_functions(const Profile& tables) {
    std::vector<std::uint32_t> of_names(pool_.size());
    for (std::uint32_t id = 1; id < names_.size(); ++id) {
      if (names_[id] != 0) of_names[strings_[names_[id]].index] = id;
    }
    std::vector<bool> is_own(tables.functions.size());
    for (std::size_t i = 0; i < tables.locations.size(); ++i) {
      for (const Line& line : tables.lines_of(tables.locations[i])) {
        if (line.function.index == kNone) return std::nullopt;
        if (i < base_->own_location_count()) is_own[line.function.index] = true;
      }
    }
    std::vector<std::uint32_t> ids;
    for (std::size_t i = 0; i < tables.functions.size(); ++i) {
      const Function& function = tables.functions[i];
      const std::string_view name = tables.text(function.name);
      const StringId known = pool_.find(name);
      const std::uint32_t id = known.index == 0 ? 0 : of_names[known.index];
      if (is_own[i] != (id != 0) || name.empty()) return std::nullopt;
      if (!is_own[i]) {
        if (changes_name_ && changes_name_(name, tables.text(function.system_name))) {
          return std::nullopt;
        }
        strings_.push_back(pool_.intern(name));
        of_names.resize(pool_.size());
        of_names[strings_.back().index] = static_cast<std::uint32_t>(names_.size());
        names_.push_back(static_cast<std::uint32_t>(strings_.size() - 1));
      }
      ids.push_back(id != 0 ? id : static_cast<std::uint32_t>(names_.size() - 1));
    }
    sums_.resize(names_.size());
    return ids;
  }

  // Those that the base alone has.
  bool add_locations(const Profile& tables, std::span<const std::uint32_t> functions) {
    std::vector<std::uint32_t> lines;
    for (std::size_t i = base_->own_location_count(); i < tables.locations.size(); ++i) {
      lines.clear();
      for (const Line& line : tables.lines_of(tables.locations[i])) {
        lines.push_back(functions[line.function.index]);
      }
      if (!locations_.add(static_cast<std::uint32_t>(i + 1), lines)) return false;
      if (lines.size() > 1) sums_.add_lines(lines);
    }
    return true;
  }

  // Nothing if they have to be counted anew.
  void resolve_edges() {
    if (!base_) {
      resolved_ = sums_.resolve_edges(kept_);
      return;
    }
    if (!are_cancelled_off_) {
      add_base<StreamedSums::Adding::Edges>(StreamedBase::Stacks::Cancelled);
    }
    resolved_ = sums_.resolve_edges_left(kept_);
    if (!resolved_) return;
    rank_exactly();
    sums_.restart_edges(kMaxExactCells);
    add_base<StreamedSums::Adding::Edges>(StreamedBase::Stacks::Others);
    std::optional<std::vector<Edge>> others = sums_.resolve_edges(kept_);
    if (!others) return resolved_.reset();
    sort_edges_by_ends(*others);
    resolved_ = add_edges(*std::move(resolved_), *others);
  }

  template <StreamedSums::Adding kAdding>
  bool add_base(StreamedBase::Stacks which) {
    return base_->for_each_stack(which, [&](std::span<std::uint32_t> stack, std::int64_t value) {
      locations_.look_up(stack);
      return sums_.sample_count() < UINT32_MAX - 1 && sums_.add<kAdding>(stack, value);
    });
  }

  void finish_nodes() {
    nodes_.resize(sums_.size());
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      nodes_[i].cum = sums_.sums()[i].cum;
      nodes_[i].flat = sums_.flats()[i];
    }
    trimmed_ = trim_nodes(nodes_, trim_options(options_), [this](std::uint32_t a, std::uint32_t b) {
      return text(names_[a]).compare(text(names_[b]));
    });
    if (trimmed_.order.empty()) {  // Of a difference between equals, everything would be kept.
      resolved_.emplace();
      return;
    }
    kept_.assign(nodes_.size(), trimmed_.is_everything);
    for (const std::uint32_t node : trimmed_.order) kept_[node] = true;
    inlined_ = sums_.inlined();
    if (is_holding_) rank_exactly();
    while (held_.size() != 0) walk_held_sample();
    if (is_holding_ || ranks_hold()) resolve_edges();
    if (resolved_) return;
    rank_exactly();
    sums_.restart_edges(kMaxExactCells);
    are_cancelled_off_ = false;
    phase_ = Phase::Edges;
    has_locations_ = true;
  }

  // Whether some edge to the function could weigh enough and be inlined throughout.
  [[nodiscard]] bool may_be_inlined(std::size_t i) const {
    return inlined_[i] > 0 && inlined_[i] >= trimmed_.edge_cutoff;
  }

  void rank_exactly() {
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      sums_.sums()[i].role = !kept_[i]           ? Role::None
                             : may_be_inlined(i) ? Role::SureCallee
                                                 : Role::SureContext;
    }
  }

  // Whether what was guessed on the way has come out true.
  [[nodiscard]] bool ranks_hold() const {
    if (!is_ranked_ || sums_.edges_overflowed()) return false;
    for (std::size_t i = 0; i < sums_.size(); ++i) {
      const Role role = sums_.sums()[i].role;
      const bool is_sure = role == Role::SureContext || role == Role::SureCallee;
      const bool is_callee = role == Role::SureCallee || role == Role::MaybeCallee;
      if (is_sure && !kept_[i]) return false;
      const bool occurs = sums_.sums()[i].sample != 0;
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

  std::vector<StreamedParts::ValueType> types_;
  std::size_t width_ = 0;  // Values of a sample; 0: none seen.
  std::size_t column_ = 0;
  bool has_column_ = false;

  LocationTable locations_;     // Of the thread that reads.
  bool has_locations_ = false;  // From the pass before.

  StreamedSums sums_;
  std::uint64_t line_count_ = 0;
  std::vector<bool> is_called_;              // By function id: some location has a line of it.
  std::vector<std::uint32_t> names_;         // By function id: index of the string; 0: not seen.
  std::vector<std::uint32_t> system_names_;  // The same, if names may have to be changed.
  ChangesName changes_name_;
  std::uint64_t function_count_ = 0;
  std::int64_t total_ = 0;

  StringPool pool_;
  std::vector<StringId> strings_;  // By index in the input.
  std::optional<StreamedBase> base_;
  bool are_cancelled_off_ = false;  // Its stacks of which nothing is left, off the edges.
  RawVector<char> fields_;          // For it: all of the input but the samples.
  std::uint64_t table_bytes_ = 0;   // Of these, and of all strings.
  std::uint64_t most_table_bytes_ = Limits().model_bytes;
  StreamedHeader header_;

  bool is_holding_ = true;
  bool is_ranked_ = false;
  std::uint64_t next_ranking_ = UINT64_MAX;  // At so many samples.
  // From before the ranks were known, to be walked again for their edges.
  StreamedSamples held_;
  std::size_t walked_ = 0;   // Of held_.
  std::uint64_t added_ = 0;  // Samples since.

  std::vector<Node> nodes_;  // By function id.
  TrimmedNodes trimmed_;
  std::vector<std::int64_t> inlined_;  // By function id, at the end.
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

bool TopStream::can_subtract(const Profile& base, const DiffOptions& options) {
  return StreamedBase::can_stream(base, options);
}

void TopStream::set_changes_name(ChangesName changes_name) {
  state_->set_changes_name(std::move(changes_name));
}
void TopStream::set_base(Profile base, const DiffOptions& options, const Limits& limits) {
  state_->set_base(std::move(base), options, limits);
}
bool TopStream::wants_fields() const {
  return state_->wants_fields();
}
bool TopStream::on_read(StreamedParts& parts) {
  return state_->on_read(parts);
}
bool TopStream::on_parts(const StreamedParts& parts) {
  return state_->on_parts(parts);
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

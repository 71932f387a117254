// SPDX-License-Identifier: Apache-2.0
#include "report/top_stream.h"

#include <algorithm>

#include "base/checked.h"
#include "base/parallel.h"
#include "base/try.h"
#include "graph/edge_table.h"
#include "report/streamed_base.h"
#include "report/streamed_ranks.h"
#include "report/streamed_sums.h"
#include "report/streamed_tables.h"
#include "report/top_rows.h"

namespace plumb {
namespace {

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
      : options_(options),
        warmup_frames_(warmup_frames),
        sums_(kMaxCells),
        ranks_(trim_options(options)) {}

  void set_changes_name(ChangesName changes_name) {
    tables_.set_changes_name(std::move(changes_name));
  }

  void set_base(Profile base, const DiffOptions& options, const Limits& limits) {
    base_.emplace(std::move(base), options, limits);
    tables_.set_limit(limits.model_bytes);
    hashes_stacks_ = true;
    fields_.reserve(kUsualFields);
  }

  [[nodiscard]] bool wants_fields() const { return base_ && reads_tables(); }

  // On the thread that reads: makes entries of the locations of samples.
  bool on_read(StreamedParts& parts) {
    const auto add = [this](std::uint32_t id, std::span<const std::uint32_t> functions) {
      return locations_.add(id, functions);
    };
    if (!has_locations_ && !parts.for_each_location(add)) return false;
    if (hashes_stacks_) StreamedBase::hash_stacks(parts.samples);
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
      if (!tables_.check(header_, sums_.size())) return false;
      sums_.resize(tables_.size());
      const auto index = tables_.find_column(header_, options_.sample_index);
      if (!index || (width_ != 0 && width_ != tables_.types().size())) return false;
      const bool guessed_right = *index == column_ || width_ == 0;
      column_ = *index;
      has_column_ = true;
      if (phase_ == Phase::Tables || !guessed_right) {
        restart_samples();
        return tables_.names_stay();
      }
    }
    if (base_ && !subtract_base()) return false;
    const bool had_names = phase_ == Phase::Samples;
    bool stays = true;
    do_two(
        tables_.size() >= kFunctionsWorthAThread, [this] { finish_nodes(); },
        [&] { stays = had_names || tables_.names_stay(); });
    return stays;
  }

  [[nodiscard]] bool wants_again() const { return !resolved_.has_value(); }

  Result<TopReport> take_report() {
    SampleView samples;
    samples.weights.value = column_;
    samples.type = tables_.text(tables_.types()[column_].type);
    samples.format.sample_unit = tables_.text(tables_.types()[column_].unit);
    samples.format.output_unit = options_.unit;
    samples.format.ratio = 1 / options_.divide_by;
    samples.total = total_;
    const ProfileHeader own_header{.file = tables_.text(header_.first_mapping_file),
                                   .build_id = tables_.text(header_.first_mapping_build_id),
                                   .comments = {},
                                   .doc_url = tables_.text(header_.doc_url),
                                   .time_nanos = header_.time_nanos,
                                   .duration_nanos = header_.duration_nanos};
    const ProfileHeader header = base_ ? header_of(base_->difference()) : own_header;
    const TopNodes top{.nodes = nodes_,
                       .inlining = inlining_of(*resolved_, trimmed_.edge_cutoff),
                       .trimmed = trimmed_,
                       .name = [this](std::uint32_t node) { return tables_.name(node); }};
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
    fields_.append(std::span<const char>(parts.fields));
    const auto add = [this](std::uint32_t, std::span<const std::uint32_t> functions) {
      return on_lines(functions);
    };
    return parts.for_each_location(add) && tables_.add(parts);
  }

  bool on_lines(std::span<const std::uint32_t> functions) {
    for (const std::uint32_t function : functions) {
      if (!tables_.add_line(function)) return false;
      if (function >= sums_.size()) {
        sums_.resize(std::max<std::size_t>(function + 1, sums_.size() * 2));
      }
    }
    if (functions.size() > 1) sums_.add_lines(functions);
    return true;
  }

  bool on_samples(const StreamedSamples& samples) {
    if (phase_ == Phase::Tables || samples.size() == 0) return true;
    if (width_ == 0) {
      if (tables_.types().empty()) return false;
      width_ = samples.width;
      if (!has_column_) column_ = tables_.types().size() - 1;
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
    if (sums_.sample_count() >= ranks_.next()) ranks_.guess(sums_);
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
    ranks_ = StreamedRanks(trim_options(options_));
    forget_held_samples();
  }

  void end_warmup() {
    is_holding_ = false;
    ranks_.guess(sums_);
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

  // Takes the base off the sums; the edges follow when it is known which are wanted.
  bool subtract_base() {
    if (!base_->subtract({fields_.data(), fields_.size()}, column_)) return false;
    fields_ = {};
    const Profile& tables = base_->difference();
    const auto functions = tables_.find_functions(tables, base_->own_location_count());
    if (!functions) return false;
    sums_.resize(tables_.size());
    if (!add_locations(tables, *functions)) return false;
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
      resolved_ = sums_.resolve_edges(shown_.kept);
      return;
    }
    if (!are_cancelled_off_) {
      add_base<StreamedSums::Adding::Edges>(StreamedBase::Stacks::Cancelled);
    }
    resolved_ = sums_.resolve_edges_left(shown_.kept);
    if (!resolved_) return;
    rank_exactly(shown_, sums_);
    sums_.restart_edges(kMaxExactCells);
    add_base<StreamedSums::Adding::Edges>(StreamedBase::Stacks::Others);
    std::optional<std::vector<Edge>> others = sums_.resolve_edges(shown_.kept);
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
      return tables_.name(a).compare(tables_.name(b));
    });
    if (trimmed_.order.empty()) {  // Of a difference between equals, everything would be kept.
      resolved_.emplace();
      return;
    }
    shown_.kept.assign(nodes_.size(), trimmed_.is_everything);
    for (const std::uint32_t node : trimmed_.order) shown_.kept[node] = true;
    shown_.inlined = sums_.inlined();
    shown_.edge_cutoff = trimmed_.edge_cutoff;
    if (is_holding_) rank_exactly(shown_, sums_);
    while (held_.size() != 0) walk_held_sample();
    if (is_holding_ || ranks_.hold(sums_, shown_)) resolve_edges();
    if (resolved_) return;
    rank_exactly(shown_, sums_);
    sums_.restart_edges(kMaxExactCells);
    are_cancelled_off_ = false;
    hashes_stacks_ = false;
    phase_ = Phase::Edges;
    has_locations_ = true;
  }

  ReportOptions options_;
  std::size_t warmup_frames_;
  Phase phase_ = Phase::Everything;

  StreamedTables tables_;
  std::size_t width_ = 0;  // Values of a sample; 0: none seen.
  std::size_t column_ = 0;
  bool has_column_ = false;

  LocationTable locations_;     // Of the thread that reads.
  bool has_locations_ = false;  // From the pass before.

  StreamedSums sums_;
  StreamedRanks ranks_;
  std::int64_t total_ = 0;

  std::optional<StreamedBase> base_;
  bool hashes_stacks_ = false;      // For it; the thread that reads asks.
  bool are_cancelled_off_ = false;  // Its stacks of which nothing is left, off the edges.
  RawVector<char> fields_;          // For it: all of the input but the samples.
  StreamedHeader header_;

  bool is_holding_ = true;
  // From before the ranks were known, to be walked again for their edges.
  StreamedSamples held_;
  std::size_t walked_ = 0;   // Of held_.
  std::uint64_t added_ = 0;  // Samples since.

  std::vector<Node> nodes_;  // By function id.
  TrimmedNodes trimmed_;
  ShownFunctions shown_;
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

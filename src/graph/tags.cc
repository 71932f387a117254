// SPDX-License-Identifier: Apache-2.0
#include "graph/tags.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/checked.h"
#include "base/hash.h"
#include "base/units.h"

namespace plumb {
namespace {

constexpr std::string_view kBytesKey = "bytes";
constexpr std::string_view kDiffBaseKey = "pprof::base";  // A mark, not a label.

struct PairHash {
  template <typename A, typename B>
  std::size_t operator()(const std::pair<A, B>& pair) const {
    return hash_mix(static_cast<std::uint64_t>(pair.first) ^ kHashSeed,
                    static_cast<std::uint64_t>(pair.second));
  }
};

// What one sample adds to its nodes: a tag, and for numbers the value.
struct SampleTag {
  std::uint32_t kind = 0;
  std::int64_t value = 0;
};

// A tag before it is known at which nodes it is.
struct TagKind {
  std::uint32_t set = 0;
  std::uint32_t number = 0;
  std::int64_t most = 0;  // No node can get more than this from it.
};

// Reads the labels of samples into numbers of tags.
class TagReader {
 public:
  TagReader(const Profile& profile, const TagOptions& options)
      : profile_(profile),
        options_(options),
        bytes_(profile.strings.find(kBytesKey)),
        diff_base_(profile.strings.find(kDiffBaseKey)) {
    sets_.emplace_back();
    set_of_name_.try_emplace(std::string(), 0);
    numbers_.emplace_back();
  }

  // Appends the tags of sample `i`, which weighs `size` at most.
  void read(std::size_t i, std::int64_t size, std::vector<SampleTag>& tags) {
    const std::size_t begin = tags.size();
    const std::uint32_t set = set_of(profile_.labels(i));
    if (set != 0) tags.push_back({kind_of(set, 0), 0});
    for (const Label& label : profile_.labels(i)) {
      if (label.is_string() || label.key != bytes_ || bytes_.index == 0) continue;
      tags.push_back({kind_of(set, number_of(label.num)), label.num});
    }
    for (std::size_t tag = begin; tag < tags.size(); ++tag) {
      std::int64_t& most = kinds_[tags[tag].kind].most;
      most = add_saturating(most, size);
    }
  }

  [[nodiscard]] const std::vector<TagKind>& kinds() const { return kinds_; }
  std::vector<LabelSet> take_sets() { return std::move(sets_); }
  std::vector<std::string> take_numbers() { return std::move(numbers_); }

 private:
  // The set of the text labels in `labels`. Equal labels in another order are the same set.
  std::uint32_t set_of(std::span<const Label> labels) {
    pairs_.clear();
    for (const Label& label : labels) {
      const bool is_mark = diff_base_.index != 0 && label.key == diff_base_;
      if (label.is_string() && !is_mark) pairs_.emplace_back(label.key.index, label.str.index);
    }
    if (pairs_.empty()) return 0;
    std::ranges::sort(pairs_);
    key_.assign(reinterpret_cast<const char*>(pairs_.data()), pairs_.size() * sizeof pairs_[0]);
    const auto known = set_of_pairs_.find(key_);
    if (known != set_of_pairs_.end()) return known->second;
    const std::uint32_t set = add_set();
    set_of_pairs_.emplace(key_, set);
    return set;
  }

  // The set of pairs_ by its name: different labels may read alike.
  std::uint32_t add_set() {
    LabelSet set;
    for (const auto& [key, text] : pairs_) {
      set.lines.push_back(std::string(profile_.text({key})) + ':' +
                          std::string(profile_.text({text})));
    }
    std::ranges::sort(set.lines);
    for (const std::string& line : set.lines) {
      set.name += (set.name.empty() ? "" : "\\n") + line;
    }
    const auto index = static_cast<std::uint32_t>(sets_.size());
    const auto [it, is_new] = set_of_name_.try_emplace(set.name, index);
    if (is_new) sets_.push_back(std::move(set));
    return it->second;
  }

  std::uint32_t number_of(std::int64_t value) {
    const auto [known, is_new] = number_of_value_.try_emplace(value, 0);
    if (!is_new) return known->second;
    std::string text = format_value(value, options_.bytes_unit, options_.output_unit);
    const auto index = static_cast<std::uint32_t>(numbers_.size());
    const auto [it, is_new_text] = number_of_text_.try_emplace(text, index);
    if (is_new_text) numbers_.push_back(std::move(text));
    return known->second = it->second;
  }

  std::uint32_t kind_of(std::uint32_t set, std::uint32_t number) {
    const auto index = static_cast<std::uint32_t>(kinds_.size());
    const auto [it, is_new] = kind_index_.try_emplace({set, number}, index);
    if (is_new) kinds_.push_back({.set = set, .number = number});
    return it->second;
  }

  const Profile& profile_;
  const TagOptions& options_;
  const StringId bytes_;
  const StringId diff_base_;
  std::vector<LabelSet> sets_;
  std::vector<std::string> numbers_;
  std::vector<TagKind> kinds_;
  std::unordered_map<std::string, std::uint32_t> set_of_pairs_;  // By the bytes of pairs_.
  std::unordered_map<std::string, std::uint32_t> set_of_name_;
  std::unordered_map<std::int64_t, std::uint32_t> number_of_value_;
  std::unordered_map<std::string, std::uint32_t> number_of_text_;
  std::unordered_map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t, PairHash> kind_index_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs_;  // Key and text of one sample.
  std::string key_;
};

// Adds tags up by node.
class TagSums {
 public:
  explicit TagSums(const std::vector<TagKind>& kinds) : kinds_(kinds) {}

  Node& sums(std::uint32_t node, const SampleTag& tag) {
    const auto [it, is_new] = index_.try_emplace({node, tag.kind}, rows_.size());
    if (is_new) {
      const TagKind& kind = kinds_[tag.kind];
      rows_.push_back(
          {node, {.set = kind.set, .number = kind.number, .value = tag.value, .sums = {}}});
    }
    return rows_[it->second].tag.sums;
  }

  // Moves what is not below the cutoff into `table`.
  void store(std::size_t node_count, std::int64_t cutoff, TagTable& table) {
    std::erase_if(rows_, [cutoff](const Row& row) {
      return abs_wrapping(row.tag.sums.flat) < cutoff && abs_wrapping(row.tag.sums.cum) < cutoff;
    });
    std::ranges::stable_sort(rows_, {}, &Row::node);
    table.first.assign(node_count + 1, 0);
    for (const Row& row : rows_) ++table.first[row.node + 1];
    for (std::size_t i = 1; i <= node_count; ++i) table.first[i] += table.first[i - 1];
    for (const Row& row : rows_) table.tags.push_back(row.tag);
  }

 private:
  struct Row {
    std::uint32_t node = 0;
    Tag tag;
  };
  const std::vector<TagKind>& kinds_;
  std::vector<Row> rows_;
  std::unordered_map<std::pair<std::uint32_t, std::uint32_t>, std::size_t, PairHash> index_;
};

void add(Node& sums, const Node& sample, bool is_flat) {
  if (is_flat) {
    sums.flat = add_wrapping(sums.flat, sample.flat);
    sums.flat_divisor = add_wrapping(sums.flat_divisor, sample.flat_divisor);
  } else {
    sums.cum = add_wrapping(sums.cum, sample.cum);
    sums.cum_divisor = add_wrapping(sums.cum_divisor, sample.cum_divisor);
  }
}

// The same weight as flat and as cum.
Node weight_of(const Profile& profile, std::size_t i, const Weights& weights) {
  const Weight weight = weights.of(profile.values(i));
  return {weight.value, weight.divisor, weight.value, weight.divisor};
}

}  // namespace

TagTable build_tags(const Profile& profile, const Weights& weights, std::size_t node_count,
                    const NodesOfSample& nodes_of_sample, const TagOptions& options) {
  TagReader reader(profile, options);
  TagTable table;
  if (!profile.has_labels()) {
    table.sets = reader.take_sets();
    table.numbers = reader.take_numbers();
    return table;
  }
  std::vector<SampleTag> tags;
  std::vector<std::size_t> ends;
  ends.reserve(profile.sample_count());
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    const Node weight = weight_of(profile, i, weights);
    if (weight.cum != 0 || weight.cum_divisor != 0) {
      reader.read(i, abs_saturating(weight.cum), tags);
    }
    ends.push_back(tags.size());
  }

  TagSums sums(reader.kinds());
  std::vector<std::uint32_t> nodes;
  std::size_t tag = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    bool has_nodes = false;
    std::uint32_t leaf = kNone;
    for (; tag < ends[i]; ++tag) {
      if (reader.kinds()[tags[tag].kind].most < options.cutoff) continue;
      if (!has_nodes) leaf = nodes_of_sample(i, nodes);
      has_nodes = true;
      const Node weight = weight_of(profile, i, weights);
      for (const std::uint32_t node : nodes) add(sums.sums(node, tags[tag]), weight, false);
      if (leaf != kNone) add(sums.sums(leaf, tags[tag]), weight, true);
    }
  }
  sums.store(node_count, options.cutoff, table);
  table.sets = reader.take_sets();
  table.numbers = reader.take_numbers();
  return table;
}

}  // namespace plumb

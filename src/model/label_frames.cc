// SPDX-License-Identifier: Apache-2.0
#include "model/label_frames.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/units.h"

namespace plumb {
namespace {

class LabelFrames {
 public:
  LabelFrames(Profile& profile, std::string_view unit) : profile_(profile), unit_(unit) {}

  // Appends the frames of sample `i` for `keys` from the last to the first. True if it has any of
  // the labels.
  bool append(std::size_t i, std::span<const StringId> keys, std::vector<LocationId>& frames) {
    bool found = false;
    for (std::size_t k = keys.size(); k-- > 0;) {
      found |= find_values(profile_.labels(i), keys[k]);
      frames.push_back(location_of(values_, keys[k]));
    }
    return found;
  }

 private:
  // Sets values_ to the values of the label `key`; false if there are none.
  bool find_values(std::span<const Label> labels, StringId key) {
    values_ = {};
    const Label* only = nullptr;
    std::size_t count = 0;
    for (const Label& label : labels) {
      if (label.key != key) continue;
      only = &label;
      ++count;
    }
    if (count == 0) return false;
    if (count == 1 && only->is_string()) {
      values_ = only->str;
    } else {
      values_ = profile_.strings.intern(join(labels, key));
    }
    return true;
  }

  // "a,b,1kB": strings first. Numbers of a label without any unit are shown as they are.
  [[nodiscard]] std::string join(std::span<const Label> labels, StringId key) const {
    bool has_unit = false;
    for (const Label& label : labels) {
      has_unit |= label.key == key && !label.is_string() && label.unit.index != 0;
    }
    std::string out;
    bool is_first = true;
    for (const bool strings : {true, false}) {
      for (const Label& label : labels) {
        if (label.key != key || label.is_string() != strings) continue;
        if (!is_first) out += ',';
        is_first = false;
        out += strings ? std::string(profile_.text(label.str))
                       : format_value(label.num, profile_.text(label.unit), has_unit ? unit_ : "");
      }
    }
    return out;
  }

  LocationId location_of(StringId name, StringId file) {
    const auto [known, is_new] =
        locations_.try_emplace(std::uint64_t{name.index} << 32 | file.index);
    if (!is_new) return known->second;
    Function function;
    function.name = name;
    function.file = file;
    profile_.functions.push_back(function);
    Line line;
    line.function.index = static_cast<std::uint32_t>(profile_.functions.size() - 1);
    return known->second = profile_.add_location(Location(), std::span(&line, 1));
  }

  struct Hash {
    std::size_t operator()(std::uint64_t names) const { return hash_mix(names, kHashSeed); }
  };

  Profile& profile_;
  std::string_view unit_;
  StringId values_;
  std::unordered_map<std::uint64_t, LocationId, Hash> locations_;
};

}  // namespace

LabelFrameMatches add_label_frames(Profile& profile, std::span<const std::string_view> root_keys,
                                   std::span<const std::string_view> leaf_keys,
                                   std::string_view unit) {
  LabelFrameMatches matched;
  if (root_keys.empty() && leaf_keys.empty()) return matched;
  std::vector<StringId> roots;
  std::vector<StringId> leaves;
  for (const std::string_view key : root_keys) roots.push_back(profile.strings.intern(key));
  for (const std::string_view key : leaf_keys) leaves.push_back(profile.strings.intern(key));
  LabelFrames frames(profile, unit);
  profile.extend_stacks(
      [&](std::size_t i, std::vector<LocationId>& above, std::vector<LocationId>& below) {
        matched.root |= frames.append(i, roots, above);
        matched.leaf |= frames.append(i, leaves, below);
      });
  return matched;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "model/label_units.h"

#include <map>
#include <set>

namespace plumb {

LabelUnits find_label_units(const Profile& profile) {
  LabelUnits units;
  std::map<std::string_view, std::set<std::string_view>> ignored;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) {
    for (const Label& label : profile.labels(i)) {
      if (label.is_string()) continue;
      std::string& unit = units.by_key[label.key.index];
      const std::string_view found = profile.text(label.unit);
      if (found.empty()) continue;
      if (unit.empty()) unit = found;
      if (unit != found) ignored[profile.text(label.key)].insert(found);
    }
  }
  for (auto& [key, unit] : units.by_key) {
    if (!unit.empty()) continue;
    const std::string_view name = profile.text({key});
    unit = name == "alignment" || name == "request" ? "bytes" : name;
  }
  for (const auto& [key, others] : ignored) {
    std::string list;
    for (const std::string_view other : others) {
      list += (list.empty() ? "" : ", ") + std::string(other);
    }
    units.notices.push_back("For tag " + std::string(key) + " used unit " +
                            units.by_key[profile.strings.find(key).index] +
                            ", also encountered unit(s) " + list);
  }
  return units;
}

}  // namespace plumb

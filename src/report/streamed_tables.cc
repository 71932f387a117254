// SPDX-License-Identifier: Apache-2.0
#include "report/streamed_tables.h"

#include <algorithm>
#include <unordered_set>

#include "report/sample_view.h"

namespace plumb {

bool StreamedTables::add_line(std::uint32_t function) {
  if (function > 2 * line_count_ + 4096 || function == 0) return false;
  if (function >= is_called_.size()) {
    is_called_.resize(std::max<std::size_t>(function + 1, is_called_.size() * 2));
  }
  is_called_[function] = true;
  ++line_count_;
  return true;
}

bool StreamedTables::add(const StreamedParts& parts) {
  bytes_ += parts.text.size() + parts.fields.size();
  if (bytes_ > most_bytes_) return false;
  types_.insert(types_.end(), parts.sample_types.begin(), parts.sample_types.end());
  for (const StreamedParts::Function& function : parts.functions) {
    if (!add_function(function)) return false;
  }
  std::size_t begin = 0;
  for (const std::size_t end : parts.text_ends) {
    strings_.push_back(pool_.intern(std::string_view(parts.text).substr(begin, end - begin)));
    if (strings_.size() == 1 && begin != end) return false;
    begin = end;
  }
  return true;
}

bool StreamedTables::add_function(const StreamedParts::Function& function) {
  const std::uint32_t id = function.id;
  if (id == 0 || id > 2 * (function_count_ + line_count_) + 8192) return false;
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

bool StreamedTables::check(const StreamedHeader& header, std::size_t sum_count) {
  names_.resize(std::max({names_.size(), is_called_.size(), sum_count}));
  is_called_.resize(names_.size());
  return check_strings(header) && check_functions();
}

// Every string index in use must be in the table. A profile that is to be cut or that is a diff is
// for build_top().
bool StreamedTables::check_strings(const StreamedHeader& header) const {
  const std::size_t count = strings_.size();
  for (const StreamedParts::ValueType& type : types_) {
    if (type.type >= count || type.unit >= count) return false;
  }
  if (header.drop_frames != 0 || header.has_comments || header.doc_url >= count ||
      header.default_sample_type >= count || header.first_mapping_file >= count ||
      header.first_mapping_build_id >= count) {
    return false;
  }
  const bool is_plain_path = text(header.first_mapping_file).find(':') == std::string_view::npos;
  return is_plain_path && pool_.find("pprof::base").index == 0;
}

bool StreamedTables::check_functions() {
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

bool StreamedTables::names_stay() const {
  if (!changes_name_) return true;
  for (std::size_t i = 1; i < system_names_.size(); ++i) {
    if (names_[i] == 0) continue;
    const std::uint32_t system_name = system_names_[i];
    if (system_name >= strings_.size()) return false;
    if (changes_name_(text(names_[i]), text(system_name))) return false;
  }
  return true;
}

std::optional<std::size_t> StreamedTables::find_column(const StreamedHeader& header,
                                                       std::string_view sample_index) const {
  std::vector<std::string_view> types;
  for (const StreamedParts::ValueType& type : types_) types.push_back(text(type.type));
  std::unordered_set<std::uint32_t> names;
  for (const StreamedParts::ValueType& type : types_) names.insert(strings_[type.type].index);
  if (names.size() != types_.size()) return std::nullopt;  // prepare_profile() is needed.
  const auto index = find_sample_index(types, text(header.default_sample_type), sample_index);
  if (!index) return std::nullopt;
  return *index;
}

std::optional<std::vector<std::uint32_t>> StreamedTables::find_functions(
    const Profile& difference, std::size_t own_location_count) {
  std::vector<std::uint32_t> of_names(pool_.size());
  for (std::uint32_t id = 1; id < names_.size(); ++id) {
    if (names_[id] != 0) of_names[strings_[names_[id]].index] = id;
  }
  std::vector<bool> is_own(difference.functions.size());
  for (std::size_t i = 0; i < difference.locations.size(); ++i) {
    for (const Line& line : difference.lines_of(difference.locations[i])) {
      if (line.function.index == kNone) return std::nullopt;
      if (i < own_location_count) is_own[line.function.index] = true;
    }
  }
  std::vector<std::uint32_t> ids;
  for (std::size_t i = 0; i < difference.functions.size(); ++i) {
    const Function& function = difference.functions[i];
    const std::string_view name = difference.text(function.name);
    const StringId known = pool_.find(name);
    std::uint32_t id = known.index == 0 ? 0 : of_names[known.index];
    if (is_own[i] != (id != 0) || name.empty()) return std::nullopt;
    if (!is_own[i]) {
      if (changes_name_ && changes_name_(name, difference.text(function.system_name))) {
        return std::nullopt;
      }
      id = add_name(name);
      of_names.resize(pool_.size());
      of_names[strings_.back().index] = id;
    }
    ids.push_back(id);
  }
  return ids;
}

// The id of a function that the input does not have.
std::uint32_t StreamedTables::add_name(std::string_view name) {
  strings_.push_back(pool_.intern(name));
  names_.push_back(static_cast<std::uint32_t>(strings_.size() - 1));
  return static_cast<std::uint32_t>(names_.size() - 1);
}

}  // namespace plumb

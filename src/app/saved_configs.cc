// SPDX-License-Identifier: Apache-2.0
#include "app/saved_configs.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>

#include "app/environment_variables.h"
#include "app/option_values.h"
#include "app/replace_file.h"
#include "base/byte_source.h"
#include "base/try.h"
#include "report/json_text.h"

namespace plumb::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMostFileBytes = std::uint64_t{4} << 20;

// Options that hold for one run only are not kept.
bool is_saved(const UrlParameter& parameter) {
  return parameter.option != "sample_index";
}

// The value of an option as JSON; null for what Go leaves out because it is zero.
Json json_value(const Settings& settings, const Option& option) {
  const std::string text = option_text(settings, option);
  if (option.is_switch()) return text == "true" ? Json(true) : Json(nullptr);
  if (std::holds_alternative<std::int64_t* (*)(Settings&)>(option.slot)) {
    const auto number = parse_go_int(text);
    return number && *number != 0 ? Json(*number) : Json(nullptr);
  }
  if (std::holds_alternative<double* (*)(Settings&)>(option.slot)) {
    const auto number = parse_go_float(text);
    return number && *number != 0 ? Json(*number) : Json(nullptr);
  }
  return text.empty() ? Json(nullptr) : Json(text);
}

// What a field of the file says, as the text of an option.
std::string value_text(const Option& option, const Json* field) {
  if (field != nullptr && field->is_string()) return field->get<std::string>();
  if (option.is_switch()) return field != nullptr && *field == Json(true) ? "true" : "false";
  if (field != nullptr && field->is_number_integer()) {
    return std::to_string(field->get<std::int64_t>());
  }
  if (field != nullptr && field->is_number()) return to_text(field->get<double>());
  const bool is_text = std::holds_alternative<std::string* (*)(Settings&)>(option.slot);
  return is_text ? "" : "0";
}

SavedConfig read_config(const Json& row) {
  SavedConfig config;
  config.name = row.value("name", "");
  const Settings defaults;
  for (const UrlParameter& parameter : url_parameters()) {
    const Option* const option = find_option(parameter.option);
    if (option == nullptr || !is_saved(parameter)) continue;
    const auto field = row.find(std::string(parameter.option));
    const std::string text = value_text(*option, field == row.end() ? nullptr : &*field);
    if (text == option_text(defaults, *option)) continue;
    const bool is_switch = option->is_switch();
    config.parameters.emplace_back(parameter.name, is_switch ? text.substr(0, 1) : text);
  }
  return config;
}

Result<Json> read_file(const std::string& path) {
  Json none = {{"configs", Json::array()}};
  auto source = FileSource::open(path);
  if (!source) {
    if (source.error().code() == ErrorCode::NotFound) return none;
    return std::move(source).error().while_reading("could not read settings");
  }
  TRY_ASSIGN(const std::string text, read_all(**source, kMostFileBytes));
  Json file = Json::parse(text, nullptr, false);
  if (!file.is_object()) return Error(ErrorCode::Malformed, "could not parse settings");
  Json& configs = file["configs"];
  if (configs.is_null()) configs = Json::array();
  if (!configs.is_array()) return Error(ErrorCode::Malformed, "could not parse settings");
  for (const Json& row : configs) {
    const bool has_name = row.is_object() && row.contains("name") && row["name"].is_string();
    if (!has_name) return Error(ErrorCode::Malformed, "could not parse settings");
  }
  return file;
}

Result<void> write_file(const std::string& path, const Json& file) {
  make_directories_for(path);
  auto written =
      replace_file(path, file.dump(2, ' ', false, Json::error_handler_t::replace), kFileOfOwner);
  if (written) return {};
  return Error(ErrorCode::Io, "failed to write settings: " + written.error().message());
}

// The row of that name, or the end.
Json::iterator find_row(Json& configs, const std::string& name) {
  auto row = configs.begin();
  while (row != configs.end() && (*row)["name"] != name) ++row;
  return row;
}

}  // namespace

Result<std::string> settings_path() {
  const std::string config = user_directory("XDG_CONFIG_HOME", ".config");
  if (!config.empty()) return config + "/pprof/settings.json";
  return Error(ErrorCode::NotFound, "neither $XDG_CONFIG_HOME nor $HOME are defined");
}

Result<std::vector<SavedConfig>> read_configs(const std::string& path) {
  TRY_ASSIGN(const Json file, read_file(path));
  std::vector<SavedConfig> configs;
  for (const Json& row : file["configs"]) configs.push_back(read_config(row));
  return configs;
}

Result<void> save_config(const std::string& path, const std::string& name, const Settings& base,
                         const NameValues& parameters) {
  if (name.empty()) return Error(ErrorCode::Usage, "invalid config name");
  Settings settings = base;
  TRY(apply_url(settings, parameters));
  TRY_ASSIGN(Json file, read_file(path));
  Json& configs = file["configs"];
  auto row = find_row(configs, name);
  if (row == configs.end()) {
    configs.push_back({{"name", name}});
    row = configs.end() - 1;
  }
  for (const UrlParameter& parameter : url_parameters()) {
    const Option* const option = find_option(parameter.option);
    if (option == nullptr || !is_saved(parameter)) continue;
    const std::string field(parameter.option);
    Json value = json_value(settings, *option);
    row->erase(field);
    if (!value.is_null()) (*row)[field] = std::move(value);
  }
  return write_file(path, file);
}

Result<void> delete_config(const std::string& path, const std::string& name) {
  TRY_ASSIGN(Json file, read_file(path));
  Json& configs = file["configs"];
  const auto row = find_row(configs, name);
  if (row == configs.end()) return Error(ErrorCode::Usage, "config " + name + " not found");
  configs.erase(row);
  return write_file(path, file);
}

}  // namespace plumb::cli

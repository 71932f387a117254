// SPDX-License-Identifier: Apache-2.0
// Configurations with names, in pprof's settings file, which pprof and plumb share:
//
//   {"configs":[{"name":"quiet","unit":"minimum","trim":true,"nodecount":20,...}]}
//
// A field that is missing is zero (not its default), as Go reads it. What plumb does not know stays
// in the file.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "app/url_options.h"
#include "base/result.h"

namespace plumb::cli {

struct SavedConfig {
  std::string name;
  NameValues parameters;  ///< Of a URL; those with the default value are left out.
};

/// $XDG_CONFIG_HOME/pprof/settings.json, or below ~/.config. Errors: NotFound without a home.
Result<std::string> settings_path();

/// None if there is no file. Errors: Io; Malformed.
Result<std::vector<SavedConfig>> read_configs(const std::string& path);

/// Stores what `parameters` make of `base` under `name`, in place of what has the name.
/// Errors: Usage, in pprof's words; Io; Malformed.
Result<void> save_config(const std::string& path, const std::string& name, const Settings& base,
                         const NameValues& parameters);

/// Errors: Usage, in pprof's words, if there is none of that name; Io; Malformed.
Result<void> delete_config(const std::string& path, const std::string& name);

}  // namespace plumb::cli

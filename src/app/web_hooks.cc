// SPDX-License-Identifier: Apache-2.0
#include "app/web_hooks.h"

#include <string>
#include <utility>
#include <vector>

#include "app/page_command.h"
#include "app/saved_configs.h"
#include "app/url_options.h"
#include "app/web_content.h"
#include "base/try.h"
#include "base/version.h"

namespace plumb::cli {
web::WebHooks make_web_hooks(const Invocation& invocation) {
  web::WebHooks hooks;
  hooks.version = kVersion;
  const Settings& settings = invocation.settings;
  hooks.source_path = settings.report.source_path;
  hooks.trim_path = settings.report.trim_path;
  hooks.options = [&settings](const web::Query& query) -> Result<ReportOptions> {
    Settings asked = settings;
    TRY(apply_url(asked, query.pairs()));
    return report_options(asked, [](std::string_view /*line*/) {});
  };
  hooks.configs = []() -> Result<web::Json> {
    TRY_ASSIGN(const std::string path, settings_path());
    TRY_ASSIGN(const std::vector<SavedConfig> configs, read_configs(path));
    web::Json list = web::Json::array();
    for (const SavedConfig& config : configs) {
      web::Json parameters = web::Json::object();
      for (const auto& [name, value] : config.parameters) parameters[name] = value;
      list.push_back({{"name", config.name}, {"parameters", std::move(parameters)}});
    }
    return list;
  };
  hooks.save_config = [&settings](const std::string& name,
                                  const web::Query& query) -> Result<void> {
    TRY_ASSIGN(const std::string path, settings_path());
    return save_config(path, name, settings, query.pairs());
  };
  hooks.delete_config = [](const std::string& name) -> Result<void> {
    TRY_ASSIGN(const std::string path, settings_path());
    return delete_config(path, name);
  };
  hooks.command = [&settings](std::string_view command, const web::Query& query,
                              const web::WebContent& content, const web::Redaction& redaction) {
    return page_command(command, query, content, settings, redaction);
  };
  hooks.leak_filters = [&settings](const web::Redaction& redaction) {
    return leak_filter_flags(settings, redaction);
  };
  hooks.open = [&settings](const std::string& name, std::string bytes) {
    return open_web_content(settings, name, std::move(bytes));
  };
  hooks.compare = compare_web_content;
  return hooks;
}

}  // namespace plumb::cli

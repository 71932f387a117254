// SPDX-License-Identifier: Apache-2.0
#include "web/share.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "base/html.h"
#include "base/sha256.h"
#include "base/strings.h"
#include "base/try.h"
#include "report/json_text.h"
#include "web/assets.h"
#include "web/response_cache.h"
#include "web/static_page.h"

namespace plumb::web {
namespace {

// Views of a profile in the order of their worth; what the file has no room for is left out.
constexpr std::array<std::string_view, 7> kSharedViews = {"flamegraph", "top",  "graph", "peek",
                                                          "source",     "tags", "traces"};
// Of other sample types than the first only these.
constexpr std::size_t kViewsOfOthers = 3;
constexpr std::size_t kMostSampleTypes = 8;

// Parameters that are about the file, or choose within a page.
constexpr std::array<std::string_view, 6> kOwnParameters = {"redact", "ids",     "script",
                                                            "group",  "profile", "version"};

Query filters_of(const Query& query) {
  std::vector<NameValue> pairs;
  for (const NameValue& pair : query.pairs()) {
    if (std::ranges::count(kOwnParameters, pair.first) == 0) pairs.push_back(pair);
  }
  return Query(std::move(pairs));
}

Query with_sample_type(const Query& query, std::string_view type) {
  std::vector<NameValue> pairs;
  for (const NameValue& pair : query.pairs()) {
    if (pair.first != "si") pairs.push_back(pair);
  }
  pairs.emplace_back("si", type);
  return Query(std::move(pairs));
}

std::string source_hash(std::string_view content) {
  const auto digest = sha256(content);
  std::string bytes;
  for (const std::uint8_t byte : digest) bytes += static_cast<char>(byte);
  return "'sha256-" + base64(bytes) + '\'';
}

class ShareBuilder {
 public:
  ShareBuilder(const Documents& documents, Query filters, const ShareOptions& options)
      : documents_(documents), filters_(std::move(filters)), options_(options) {}

  Result<std::string> build() {
    TRY(collect());
    std::string text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    const std::string css = inflated(*find_asset("app.css"));
    const std::string script = options_.has_script ? inflated(*find_asset("app.js")) : "";
    text += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy(css, script) +
            "\">\n<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
            escape_html(title_) + " - plumb</title>\n<style>" + css + "</style>\n";
    if (options_.has_script) {
      text += "<meta name=\"plumb\" content=\"" + escape_html(info_text()) + "\">\n";
    }
    text += "</head>\n<body>\n" + render_static_page(page_);
    if (options_.has_script) {
      text += "<script type=\"text/plain\" id=\"plumb-documents\">" + packed_ +
              "</script>\n<script type=\"module\">" + script + "</script>\n";
    }
    return text + "</body>\n</html>\n";
  }

 private:
  static std::string policy(std::string_view css, std::string_view script) {
    return "default-src 'none'; script-src " + (script.empty() ? "'none'" : source_hash(script)) +
           "; style-src " + source_hash(css) +
           "; img-src data:; base-uri 'none'; form-action 'none'";
  }

  Result<void> collect() {
    page_.info = documents_.info("");
    if (options_.redaction.paths) documents_.path_cutter().cut_all(page_.info);
    if (documents_.has_leaks()) add_leaks();
    const Profile& profile = documents_.content().profile;
    for (const std::string_view name : kSharedViews) TRY(add_view(name, filters_, ""));
    TRY_ASSIGN(page_.flame_svg, documents_.make_picture(filters_, options_.redaction));
    const std::size_t types = std::min(profile.sample_types.size(), kMostSampleTypes);
    for (std::size_t i = 0; i < types; ++i) {
      const std::string type(profile.text(profile.sample_types[i].type));
      if (type == sample_type_) continue;
      const Query query = with_sample_type(filters_, type);
      for (std::size_t k = 0; k < kViewsOfOthers; ++k) TRY(add_view(kSharedViews[k], query, type));
    }
    page_.left_out = left_out_;
    return {};
  }

  void add_leaks() {
    Document document = documents_.make_leaks(filters_, options_.redaction, true);
    pack(std::string(kLeaksView), document.text());
    // Of the first and the last snapshot.
    if (auto moves = documents_.make_moves(Query(), options_.redaction)) {
      pack("moves", moves->text());
    }
    title_ = document.json["title"].get<std::string>();
    page_.leaks = std::move(document.json);
  }

  // `type` is empty for the sample type that is shown first.
  Result<void> add_view(std::string_view name, const Query& query, const std::string& type) {
    if (name == "source" && options_.redaction.sources) return {};
    if (name == "tags" && options_.redaction.labels) return {};
    if (!documents_.has_view(*find_view(name))) return {};
    auto document = documents_.make(*find_view(name), query, options_.redaction);
    if (!document) {
      // Without the first view nothing is right; without others, they have nothing to show.
      if (name == kSharedViews[0]) return std::move(document).error();
      return {};
    }
    if (name == kSharedViews[0] && type.empty()) {
      sample_type_ = document->json["sample_type"].get<std::string>();
      if (title_.empty()) title_ = document->json["title"].get<std::string>();
    }
    const std::string key(name);
    if (!pack(type.empty() ? key : key + "?si=" + percent_encode(type), document->text())) {
      left_out_.push_back(key + (type.empty() ? "" : " of " + type) + ": " +
                          document->json["command"].get<std::string>());
      return {};
    }
    if (type.empty()) {
      names_.push_back(key);
      if (name == "top") page_.top = std::move(document->json);
    }
    return {};
  }

  // Returns whether there was room.
  bool pack(const std::string& key, const std::string& text) {
    if (!options_.has_script) return true;
    const std::string bytes = gzip_text(text);
    if (bytes_ + bytes.size() > kMostShareBytes) return false;
    bytes_ += bytes.size();
    packed_ += key + ' ' + base64(bytes) + '\n';
    return true;
  }

  std::string info_text() {
    Json info = page_.info;
    Json rows = Json::array();
    for (const Json& row : info["views"]) {
      const auto& name = row["name"].get_ref<const std::string&>();
      const bool is_there = name == kLeaksView || std::ranges::count(names_, name) > 0;
      if (is_there) rows.push_back(row);
    }
    info["views"] = std::move(rows);
    info["view"] = documents_.has_leaks() ? kLeaksView : kSharedViews[0];
    info["is_file"] = true;
    info["sample_type"] = sample_type_;
    for (const std::string& line : left_out_) {
      info["notices"].push_back("Not in this file for its size: " + line);
    }
    return to_json_text(info);
  }

  const Documents& documents_;
  const Query filters_;
  const ShareOptions& options_;
  StaticPage page_;
  std::string title_;
  std::string sample_type_;
  std::vector<std::string> names_;  // Views in the file.
  std::vector<std::string> left_out_;
  std::string packed_;  // A line for each: key, blank, Base64.
  std::size_t bytes_ = 0;
};

}  // namespace

Result<ShareOptions> read_share_options(const Query& query) {
  ShareOptions options;
  TRY_ASSIGN(options.redaction, parse_redaction(query.get("redact")));
  if (const std::string_view ids = query.get("ids"); !ids.empty()) {
    const auto count = parse_int<std::uint32_t>(ids);
    if (!count) return Error(ErrorCode::Usage, "\"" + printable(ids) + "\" is no number of ids");
    options.redaction.most_ids = *count;
  }
  options.has_script = !query.get("script").starts_with('f');
  return options;
}

Result<std::string> build_share(const Documents& documents, const Query& query,
                                const ShareOptions& options) {
  return ShareBuilder(documents, filters_of(query), options).build();
}

}  // namespace plumb::web

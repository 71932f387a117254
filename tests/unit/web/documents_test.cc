// SPDX-License-Identifier: Apache-2.0
#include "web/documents.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "support/make_profile.h"

namespace plumb::web {
namespace {

WebContent labelled_content() {
  test::ProfileMaker make("cpu");
  make.add(10, "main.main;main.work",
           {make.text_label("customer", "acme"), make.number_label("bytes", 4711, "bytes")});
  make.add(30, "main.main;main.idle");
  WebContent content;
  content.profile = std::move(make.profile);
  return content;
}

WebHooks hooks_of(const ReportOptions& options) {
  WebHooks hooks;
  hooks.options = [options](const Query&) -> Result<ReportOptions> { return options; };
  hooks.command = [](std::string_view name, const auto&, const auto&, const auto&) {
    return std::string(name);
  };
  return hooks;
}

TEST(Documents, KeepBackValuesOfLabelsInFilters) {
  ReportOptions options;
  options.filters = {.focus = "main", .tagfocus = "customer=acme", .tagignore = "4712b:4713b"};
  const WebHooks hooks = hooks_of(options);
  const Documents documents(labelled_content(), hooks);
  const Redaction closed{.labels = true};
  for (const View& view : views()) {
    const auto document = documents.make(view, Query(), closed);
    if (!document) continue;  // There is no program whose instructions could be shown.
    const std::string text = document->text();
    EXPECT_EQ(text.find("acme"), std::string::npos) << view.name;
    EXPECT_EQ(text.find("4712"), std::string::npos) << view.name;
  }
  const Json top = (*documents.make(*find_view("top"), Query(), closed)).json;
  const std::string legend = top["legend"].dump();
  EXPECT_NE(legend.find("focus=main"), std::string::npos) << legend;
  EXPECT_NE(legend.find("tagfocus=(hidden)"), std::string::npos) << legend;
  EXPECT_NE(legend.find("tagignore=(hidden)"), std::string::npos) << legend;
  EXPECT_EQ(top["notices"].dump().find("Interpreted"), std::string::npos) << top["notices"];

  const Json open = (*documents.make(*find_view("top"), Query())).json;
  EXPECT_NE(open["legend"].dump().find("tagfocus=customer=acme"), std::string::npos);
  EXPECT_NE(open["notices"].dump().find("Interpreted '4712b:4713b'"), std::string::npos);
}

TEST(Documents, KeepBackValuesOfLabelsInFrames) {
  ReportOptions options;
  options.tagroot = "customer";
  options.tagleaf = "bytes";
  const WebHooks hooks = hooks_of(options);
  const Documents documents(labelled_content(), hooks);
  const Redaction closed{.labels = true};
  for (const View& view : views()) {
    const auto document = documents.make(view, Query(), closed);
    if (!document) continue;
    const std::string text = document->text();
    EXPECT_EQ(text.find("acme"), std::string::npos) << view.name;
    EXPECT_EQ(text.find("4711"), std::string::npos) << view.name;
    EXPECT_NE(document->json["notices"].dump().find("no frames"), std::string::npos) << view.name;
  }
  EXPECT_EQ(documents.make_picture(Query(), closed)->find("acme"), std::string::npos);
  EXPECT_NE(documents.make_picture(Query())->find("acme"), std::string::npos);
}

}  // namespace
}  // namespace plumb::web

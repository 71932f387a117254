// SPDX-License-Identifier: Apache-2.0
#include "app/saved_configs.h"

#include <gtest/gtest.h>

#include <string>

#include "support/read_file.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

class SavedConfigsTest : public testing::Test {
 protected:
  void write(std::string_view text) const { directory_.write("pprof/settings.json", text); }
  [[nodiscard]] std::string text() const { return test::read_file(path_); }

  const test::TemporaryDirectory directory_;
  const std::string path_ = directory_.path("pprof/settings.json");
};

TEST_F(SavedConfigsTest, ComeBackAsTheParametersTheyWereSavedWith) {
  const NameValues parameters = {{"mean", "t"}, {"n", "20"},    {"nf", "0.01"},
                                 {"trim", "f"}, {"g", "lines"}, {"f", "a|b"}};
  ASSERT_TRUE(save_config(path_, "mine", Settings(), parameters));
  const auto configs = read_configs(path_);
  ASSERT_TRUE(configs);
  ASSERT_EQ(configs->size(), 1u);
  EXPECT_EQ((*configs)[0].name, "mine");
  EXPECT_EQ((*configs)[0].parameters, parameters);
}

TEST_F(SavedConfigsTest, AreWrittenAsPprofWritesThem) {
  ASSERT_TRUE(save_config(path_, "x", Settings(), {{"f", "main"}, {"si", "cpu"}}));
  EXPECT_EQ(text(), R"({
  "configs": [
    {
      "name": "x",
      "unit": "minimum",
      "sort": "flat",
      "nodecount": -1,
      "nodefraction": 0.005,
      "edgefraction": 0.001,
      "trim": true,
      "focus": "main"
    }
  ]
})");
}

TEST_F(SavedConfigsTest, MissingFieldsAreZero) {
  write(R"({"configs":[{"name":"old","focus":"x"}]})");
  const auto configs = read_configs(path_);
  ASSERT_TRUE(configs);
  const NameValues expected = {{"n", "0"}, {"nf", "0"}, {"ef", "0"}, {"trim", "f"}, {"f", "x"}};
  NameValues found = (*configs)[0].parameters;
  std::erase_if(found, [](const auto& one) { return one.first == "unit" || one.first == "sort"; });
  EXPECT_EQ(found, expected);
}

TEST_F(SavedConfigsTest, ReplaceAndKeepWhatPlumbDoesNotKnow) {
  write(R"({"configs":[{"name":"a","future":7,"hide":"h"},{"name":"b"}],"more":true})");
  ASSERT_TRUE(save_config(path_, "a", Settings(), {{"i", "x"}}));
  ASSERT_TRUE(delete_config(path_, "b"));
  EXPECT_NE(text().find("\"future\": 7"), std::string::npos);
  EXPECT_NE(text().find("\"more\": true"), std::string::npos);
  EXPECT_EQ(text().find("\"hide\""), std::string::npos);
  EXPECT_EQ(read_configs(path_)->size(), 1u);
}

TEST_F(SavedConfigsTest, SayWhatIsWrong) {
  EXPECT_TRUE(read_configs(path_)->empty()) << "no file is no error";
  EXPECT_EQ(save_config(path_, "", Settings(), {}).error().message(), "invalid config name");
  EXPECT_EQ(delete_config(path_, "zzz").error().message(), "config zzz not found");
  EXPECT_FALSE(save_config(path_, "x", Settings(), {{"g", "bogus"}}));
  for (const char* bad :
       {"", "{", "[]", R"({"configs":7})", R"({"configs":[7]})", R"({"configs":[{"name":7}]})"}) {
    write(bad);
    EXPECT_FALSE(read_configs(path_)) << bad;
    EXPECT_FALSE(save_config(path_, "x", Settings(), {})) << bad;
    EXPECT_EQ(text(), bad) << "what cannot be read is not overwritten";
  }
}

}  // namespace
}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
#include "app/page_command.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/web_content.h"
#include "base/writer.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

// Words of a command line that shows pages, and what its pages say.
class Pages {
 public:
  explicit Pages(std::vector<std::string> words) : words_(std::move(words)) {
    const std::vector<std::string_view> views(words_.begin(), words_.end());
    EXPECT_TRUE(parse_command_line(views, line_));
  }

  // Without reading anything.
  std::string command(std::string_view name, std::vector<web::NameValue> parameters = {}) {
    content_.operands = content_.snapshots = line_.operands;
    return page_command(name, web::Query(std::move(parameters)), content_, line_.settings);
  }

  // Of what the sources hold.
  std::string loaded_command(std::string_view name) {
    StringWriter out;
    StringWriter err;
    Environment environment{out, err, false};
    const auto content =
        load_web_content({*line_.command, line_.settings, line_.operands}, environment);
    EXPECT_TRUE(content) << err.text();
    if (!content) return {};
    return page_command(name, web::Query(), *content, line_.settings);
  }

  web::WebContent& content() { return content_; }
  [[nodiscard]] const Settings& settings() const { return line_.settings; }

 private:
  std::vector<std::string> words_;
  CommandLine line_;
  web::WebContent content_;
};

TEST(PageCommand, HasWhatParametersSay) {
  Pages pages({"serve", "cpu.pb.gz"});
  EXPECT_EQ(pages.command("top", {{"f", "a b"}, {"sort", "cum"}, {"trim", "f"}, {"q", "x"}}),
            "plumb top -cum -trim=false '-focus=a b' cpu.pb.gz");
  EXPECT_EQ(pages.command("peek", {{"f", "main"}}), "plumb peek -lines -focus=main main cpu.pb.gz");
  EXPECT_EQ(pages.command("disasm"), "plumb disasm . cpu.pb.gz");
}

TEST(PageCommand, HasWhatTheCommandLineSaid) {
  Pages pages({"-http=:", "-no_browser", "-focus=main", "-ignore=idle", "-lines", "-cum",
               "-seconds=9", "-diff_base=http://me:secret@host/old", "-normalize", "cpu.pb.gz"});
  EXPECT_EQ(pages.command("top", {{"f", "work"}, {"g", "files"}}),
            "plumb top -seconds=9 -diff_base=http://me:xxxxx@host/old -normalize -cum -files "
            "-focus=work -ignore=idle cpu.pb.gz");
  EXPECT_EQ(pages.command("tags"),
            "plumb tags -seconds=9 -diff_base=http://me:xxxxx@host/old -normalize -focus=main "
            "-ignore=idle cpu.pb.gz")
      << "which takes no order and no granularity";
  EXPECT_EQ(pages.command("leaks"), "plumb leaks cpu.pb.gz");
  EXPECT_EQ(pages.command("diff"), "plumb diff cpu.pb.gz");
}

TEST(PageCommand, OfLeaksHasWhatThePagesHeed) {
  Pages pages({"leaks", "-http=:", "-state=chan send", "-min_age=2h", "-baseline=known.json",
               "-write_baseline=new.json", "-format=json", "-every=1m", "a.txt", "b.txt"});
  EXPECT_EQ(pages.command("leaks"),
            "plumb leaks '-state=chan send' -min_age=120 -baseline=known.json -every=60s a.txt "
            "b.txt");
  EXPECT_EQ(pages.command("top"), "plumb top a.txt b.txt");
}

TEST(PageCommand, HasOneSampleType) {
  Pages pages({"-http=:", "-alloc_space", "heap.pb.gz"});
  EXPECT_EQ(pages.command("top"), "plumb top -alloc_space heap.pb.gz");
  EXPECT_EQ(pages.command("top", {{"si", "inuse_space"}}),
            "plumb top -sample_index=inuse_space heap.pb.gz");
}

TEST(PageCommand, LeavesOutHowOtherSourcesWereRead) {
  Pages pages({"-http=:", "-base=old.pb.gz", "-timeout=5", "-focus=main", "cpu.pb.gz"});
  pages.content().is_foreign = true;
  EXPECT_EQ(pages.command("top"), "plumb top -focus=main cpu.pb.gz");
}

TEST(PageCommand, KeepsBackValuesOfLabels) {
  const Pages pages({"leaks", "-http=:", "-label=customer=acme", "-state=select", "a.txt"});
  const web::Redaction closed{.labels = true};
  EXPECT_EQ(leak_filter_flags(pages.settings()),
            (std::vector<std::string>{"-state=select", "-label=customer=acme"}));
  EXPECT_EQ(leak_filter_flags(pages.settings(), closed),
            (std::vector<std::string>{"-state=select", "-label=(hidden)"}));
  EXPECT_EQ(page_command("leaks", web::Query(), {}, pages.settings(), closed),
            "plumb leaks -state=select '-label=(hidden)'");
}

// The other pages of a series are about its last snapshot.
TEST(PageCommand, OfASeriesIsAboutTheLastSnapshot) {
  const test::TemporaryDirectory directory;
  const std::string stack = " [select]:\nmain.main()\n\t/srv/main.go:27 +0x1d\n\n";
  const std::string first = directory.write("1.txt", "goroutine 1" + stack);
  const std::string last = directory.write("2.txt", "goroutine 2" + stack);
  Pages named({"leaks", "-http=:", first, last});
  EXPECT_EQ(named.loaded_command("leaks"), "plumb leaks " + first + ' ' + last);
  EXPECT_EQ(named.loaded_command("top"), "plumb top " + last);
  const std::string folder = first.substr(0, first.rfind('/'));
  Pages of_folder({"leaks", "-http=:", folder});
  EXPECT_EQ(of_folder.loaded_command("leaks"), "plumb leaks " + folder);
  EXPECT_EQ(of_folder.loaded_command("traces"), "plumb traces " + last);
  Pages sum({"serve", first, last});
  EXPECT_EQ(sum.loaded_command("top"), "plumb top " + first + ' ' + last) << "are added up";
}

}  // namespace
}  // namespace plumb::cli

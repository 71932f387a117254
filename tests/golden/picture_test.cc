// SPDX-License-Identifier: Apache-2.0
// Commands that draw, with and without the programs that draw and show.

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "support/read_file.h"
#include "support/temporary_directory.h"

namespace plumb::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProfile = "tests/data/go-samples/go1.26dev/heap.pb.gz";

// A directory that is PATH and TMPDIR, where tests put the programs that there are.
class PictureTest : public testing::Test {
 protected:
  void add_program(const std::string& name, const std::string& script) const {
    const fs::path path = directory_ / name;
    std::ofstream(path) << "#!/bin/sh\nPATH=/usr/bin:/bin\n" << script << "\n";
    fs::permissions(path, fs::perms::owner_all);
  }

  // The exit status of `plumb ARGUMENTS`; its streams are then in the files out and err.
  [[nodiscard]] int run(const std::string& arguments) const {
    const std::string where = "'" + directory_.string() + "'";
    const std::string line = "PATH=" + where + " TMPDIR=" + where + " BROWSER= DISPLAY= '" +
                             PLUMB_TOOL + "' " + arguments + " >" + where + "/out 2>" + where +
                             "/err";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  [[nodiscard]] std::string read(const std::string& name) const {
    return test::read_file(directory_ / name);
  }

  const test::TemporaryDirectory temporary_;
  const fs::path directory_ = temporary_.path();
};

TEST_F(PictureTest, SvgNeedsNoGraphviz) {
  EXPECT_EQ(run("svg " + std::string(kProfile)), 0);
  const std::string svg = read("out");
  EXPECT_TRUE(svg.starts_with("<?xml")) << svg.substr(0, 100);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find("id=\"node1\""), std::string::npos);
  EXPECT_NE(svg.find("Type: inuse_space"), std::string::npos);
  EXPECT_EQ(read("err"), "");
}

TEST_F(PictureTest, GraphvizDrawsWhereItIs) {
  add_program("dot",
              "[ \"$*\" = -Tsvg ] && grep -q '^digraph' && "
              "echo '<svg width=\"9pt\" viewBox=\"0 0 9 9\">by graphviz</svg>'");
  EXPECT_EQ(run("svg " + std::string(kProfile)), 0);
  const std::string svg = read("out");
  EXPECT_NE(svg.find("by graphviz<script>"), std::string::npos) << svg;
  EXPECT_NE(svg.find("<svg style=\"background:#fff;color-scheme:light\" width"), std::string::npos);
  EXPECT_TRUE(svg.ends_with("</script>\n</svg>\n"));
}

TEST_F(PictureTest, PlumbDrawsWhatGraphvizCannot) {
  add_program("dot", "cat >/dev/null; exit 139");
  EXPECT_EQ(run("svg " + std::string(kProfile)), 0);
  EXPECT_NE(read("out").find("id=\"node1\""), std::string::npos);
  EXPECT_EQ(read("err"), "dot could not draw the graph: exit status 139; plumb draws it\n");
}

TEST_F(PictureTest, OtherFormatsAreThoseOfGraphviz) {
  add_program("dot", "cat >/dev/null; echo \"picture $*\"");
  for (const std::string format : {"png", "gif", "pdf", "ps"}) {
    EXPECT_EQ(run(format + " " + kProfile), 0);
    EXPECT_EQ(read("out"), "picture -T" + format + "\n");
  }
}

TEST_F(PictureTest, WithoutGraphvizOtherFormatsSayWhatWorks) {
  EXPECT_EQ(run("png -output=/nonexistent/file " + std::string(kProfile)), 2);
  EXPECT_EQ(read("out"), "");
  EXPECT_EQ(read("err"),
            "plumb: failed to execute dot. Is Graphviz installed? Error: exec: \"dot\": executable "
            "file not found in $PATH\ninstall graphviz, or use the command svg, which works "
            "without it\n");
}

TEST_F(PictureTest, GoesToTheOutputThatIsNamed) {
  const std::string output = directory_ / "heap.svg";
  EXPECT_EQ(run("web -output='" + output + "' " + kProfile), 0);
  EXPECT_NE(read("heap.svg").find("id=\"node1\""), std::string::npos);
  EXPECT_EQ(read("err"), "Generating report in " + output + "\n");
}

TEST_F(PictureTest, WebShowsATemporaryFile) {
  add_program("firefox", "echo \"$*\"; tail -c 7 \"$1\"");
  EXPECT_EQ(run("web " + std::string(kProfile)), 0);
  EXPECT_EQ(read("out"), (directory_ / "pprof001.svg").string() + "\n</svg>\n");
  EXPECT_FALSE(fs::exists(directory_ / "pprof001.svg"));
}

TEST_F(PictureTest, ViewersOfOtherFormats) {
  add_program("dot", "cat >/dev/null; echo \"picture $*\"");
  add_program("evince", "cat \"$1\"");
  add_program("gv", "echo \"$1\"; cat \"$2\"");
  add_program("kcachegrind", "head -n 1 \"$1\"");
  EXPECT_EQ(run("evince " + std::string(kProfile)), 0);
  EXPECT_EQ(read("out"), "picture -Tpdf\n");
  EXPECT_EQ(run("gv " + std::string(kProfile)), 0);
  EXPECT_EQ(read("out"), "--noantialias\npicture -Tps\n");
  EXPECT_EQ(run("kcachegrind " + std::string(kProfile)), 0);
  EXPECT_EQ(read("out"), "positions: instr line\n");
}

TEST_F(PictureTest, WithoutAViewerSaysHowToDoWithoutOne) {
  EXPECT_EQ(run("web " + std::string(kProfile)), 2);
  EXPECT_EQ(read("err"),
            "plumb: exec: \"sensible-browser\": executable file not found in $PATH\n"
            "BROWSER names another one; with -output=FILE no viewer is needed\n");
}

}  // namespace
}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
// Whole command lines, where a transcript would not do; the others are in tests/golden/.

#include "app/cli.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "app/commands.h"
#include "app/line_reader.h"
#include "app/options.h"
#include "base/writer.h"
#include "formats/profile_proto.h"
#include "support/read_file.h"
#include "support/source_dir.h"
#include "support/temporary_directory.h"
#include "unit/leak/goroutine_builder.h"

namespace plumb::cli {
namespace {

struct Outcome {
  Exit exit = Exit::Ok;
  std::string out;
  std::string err;
};

Outcome run_words(const std::vector<std::string>& words, bool is_terminal = false) {
  StringWriter out;
  StringWriter err;
  Environment environment{out, err, is_terminal};
  Outcome outcome;
  outcome.exit = run(std::vector<std::string_view>(words.begin(), words.end()), environment);
  outcome.out = out.text();
  outcome.err = err.text();
  return outcome;
}

TEST(Cli, ControlCharactersOfWordsDoNotReachTheTerminal) {
  const std::vector<std::string> lines[] = {
      {"\x1b[31m"},
      {"top", "-\x1b[31m"},
      {"top", "-nodecount=\x1b[31m"},
      {"help", "\x1b[31m"},
      {"top", "\x1b[31m"},
      {"leaks", "-state=\x1b[31m](", "f"},
      {"completion", "\x1b[31m"},
  };
  for (const auto& words : lines) {
    SCOPED_TRACE(words.back());
    const Outcome outcome = run_words(words);
    EXPECT_EQ(outcome.exit, Exit::Error);
    EXPECT_NE(outcome.err.find("\\x1b[31m"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
  }
}

TEST(Cli, AnErrorLeavesStandardOutputEmpty) {
  for (const Command& command : commands()) {
    if (command.kind != CommandKind::Report) continue;
    SCOPED_TRACE(command.name);
    const Outcome outcome = run_words({std::string(command.name), "nosuchfile"});
    EXPECT_EQ(outcome.exit, Exit::Error);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err, "");
  }
}

TEST(Cli, BothFormsOfACommandAreTheSame) {
  const std::string file =
      test::source_dir() + "/tests/data/go-samples/go1.26dev/goroutine.debug0.pb.gz";
  for (const Command& command : commands()) {
    if (command.kind != CommandKind::Report || command.viewer != Viewer::None) continue;
    if (command.name == "serve") continue;                  // Serves until it is stopped.
    if (command.groups.has(OptionGroup::Record)) continue;  // Needs a server.
    const bool needs_graphviz =
        command.picture != PictureFormat::None && command.picture != PictureFormat::Svg;
    if (needs_graphviz) continue;
    SCOPED_TRACE(command.name);
    std::vector<std::string> words = {std::string(command.name), file};
    if (!command.argument.empty()) words.insert(words.begin() + 1, "main");
    if (command.name == "diff") words.push_back(file);
    const Outcome as_command = run_words(words);
    words[0] = '-' + words[0];
    const Outcome as_flag = run_words(words);
    EXPECT_EQ(as_command.exit, as_flag.exit);
    // The program that was profiled is not here.
    if (command.report != ReportKind::Disasm) {
      EXPECT_EQ(as_command.exit, Exit::Ok);
    }
    // The profile has no comments.
    const bool says_something =
        command.report != ReportKind::Disasm && command.report != ReportKind::Comments;
    EXPECT_EQ(as_command.out != "", says_something);
    EXPECT_EQ(as_command.out, as_flag.out);
  }
}

TEST(Cli, PagesReplacePagesOnly) {
  const std::string dump =
      test::source_dir() + "/tests/data/go-samples/go1.26dev/goroutine.debug2.txt";
  const test::TemporaryDirectory directory;
  const std::string copy = directory.path("dump.txt");
  std::filesystem::copy_file(dump, copy);
  const Outcome slip = run_words({"leaks", "-html", copy, dump});
  EXPECT_EQ(slip.exit, Exit::Error);
  EXPECT_NE(slip.err.find("is there already, and no page"), std::string::npos) << slip.err;
  EXPECT_EQ(test::read_file(copy), test::read_file(dump));

  const std::string pages = directory.path("pages.html");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run_words({"leaks", "-html", pages, dump}).exit, Exit::Ok);
    EXPECT_TRUE(test::read_file(pages).starts_with("<!"));
  }
}

TEST(Cli, PagesGoIntoAPipeUnread) {
  const std::string dump =
      test::source_dir() + "/tests/data/go-samples/go1.26dev/goroutine.debug2.txt";
  const test::TemporaryDirectory directory;
  const std::string pipe = directory.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::string pages;
  std::thread reader([&] { pages = test::read_file(pipe); });
  EXPECT_EQ(run_words({"leaks", "-html", pipe, dump}).exit, Exit::Ok);
  reader.join();
  EXPECT_TRUE(pages.starts_with("<!"));
}

TEST(Cli, ADumpWrittenAsProtoKeepsItsGroups) {
  const std::string dump =
      test::source_dir() + "/tests/data/go-samples/go1.26dev/goroutine.debug2.txt";
  const test::TemporaryDirectory directory;
  const std::string proto = directory.path("dump.pb.gz");
  const Outcome written = run_words({"proto", dump, "-output", proto});
  EXPECT_EQ(written.exit, Exit::Ok);
  EXPECT_EQ(written.out, "");
  EXPECT_EQ(written.err, "Generating report in " + proto + '\n');
  const std::vector<std::string> flags = {"leaks", "-state=chan send", "-function=leakGoroutines"};
  std::vector<std::string> words = flags;
  words.push_back(dump);
  const Outcome of_dump = run_words(words);
  words = flags;
  words.push_back(proto);
  const Outcome of_proto = run_words(words);
  EXPECT_NE(of_dump.out.find("151 of 173 goroutines match, in 1 group"), std::string::npos);
  EXPECT_NE(of_proto.out.find("151 of 173 goroutines match, in 1 group"), std::string::npos);
  EXPECT_EQ(of_proto.err, "");
}

// Words put together at random are answered or refused, and a refusal always says why.
TEST(Cli, AnyWordsGetAnAnswerOrAReason) {
  std::vector<std::string> pool = {
      "-", "--", "-h", "---", "-=", "nosuchfile", "", "-version", "x=y"};
  for (const Command& command : commands()) {
    pool.emplace_back(command.name);
    pool.push_back('-' + std::string(command.name));
  }
  constexpr std::array<std::string_view, 6> kValues = {"", "=", "=1", "=-1", "=x", "=a("};
  for (const Flag& flag : flags()) {
    if (flag.option->value_name == "FILE") continue;  // Writes one.
    for (const std::string_view value : kValues) {
      pool.push_back('-' + std::string(flag.name) + std::string(value));
    }
  }
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> words(random() % 5);
    for (std::string& word : words) word = pool[random() % pool.size()];
    std::erase(words, "-");  // Would wait for standard input.
    const Outcome outcome = run_words(words);
    std::string line;
    for (const std::string& word : words) line += word + ' ';
    SCOPED_TRACE(line);
    EXPECT_NE(outcome.exit, Exit::Finding);
    EXPECT_EQ(outcome.exit == Exit::Error,
              ('\n' + outcome.err).find("\nplumb: ") != std::string::npos)
        << outcome.err;
    if (outcome.exit == Exit::Ok) {
      EXPECT_NE(outcome.out, "");
    }
  }
}

// Beside dumps it is no snapshot: what it has not is not gone.
TEST(Cli, AGoroutineleakProfileProvesWhatDumpsShow) {
  const test::TemporaryDirectory directory;
  const auto dump = [&](std::string_view name, int count) {
    std::string text;
    for (int id = 0; id < count; ++id) {
      text += "goroutine " + std::to_string(20 + id) +
              " [chan send]:\nmain.send()\n\t/srv/main.go:27 +0x1d\n"
              "created by main.serve in goroutine 1\n\t/srv/main.go:9 +0x1d\n\n"
              "goroutine " +
              std::to_string(50 + id) +
              " [sync.Mutex.Lock]:\nsync.(*Mutex).Lock(0xc000010000)\n\t/go/src/sync/mutex.go:46 "
              "+0x1d\nmain.work()\n\t/srv/main.go:40 +0x1d\n"
              "created by main.serve in goroutine 1\n\t/srv/main.go:10 +0x1d\n\n";
    }
    return directory.write(name, text);
  };
  const std::string first = dump("1.txt", 5);
  const std::string second = dump("2.txt", 9);
  Profile leaked = std::move(ProfileBuilder("goroutineleak")
                                 .add(9, {{"runtime.gopark", "/go/src/runtime/proc.go", 460},
                                          {"runtime.chansend", "/go/src/runtime/chan.go", 283},
                                          {"runtime.chansend1", "/go/src/runtime/chan.go", 161},
                                          {"main.send", "/srv/main.go", 27}})
                                 .profile);
  const std::string proof = directory.write("leak.pb", encode_profile_proto(leaked));
  const Outcome outcome = run_words({"leaks", "-every=1m", first, second, proof});
  EXPECT_NE(outcome.out.find("Leaks: 1 confirmed, 1 likely; by 2 snapshots"), std::string::npos)
      << outcome.out << outcome.err;
  const Outcome alone = run_words({"leaks", proof});
  EXPECT_NE(alone.out.find("Leaks: 1 confirmed"), std::string::npos) << alone.out;
  leaked.comments.push_back(leaked.strings.intern("later"));
  const std::string later = directory.write("later.pb", encode_profile_proto(leaked));
  const Outcome series = run_words({"leaks", "-every=1m", proof, later});
  EXPECT_NE(series.out.find("by 2 snapshots"), std::string::npos) << series.out;
}

TEST(Cli, ScriptsOfTheShellNestAFewFilesDeep) {
  const test::TemporaryDirectory directory;
  const auto script = [&](int number) {
    return directory.path("script" + std::to_string(number) + ".txt");
  };
  constexpr int kDeepest = 16;
  for (int i = 1; i <= kDeepest; ++i) {
    directory.write("script" + std::to_string(i) + ".txt", "source " + script(i + 1) + '\n');
  }
  directory.write("script" + std::to_string(kDeepest + 1) + ".txt", "top\n");
  StringWriter out;
  StringWriter err;
  const std::string line = "source " + script(1) + '\n';
  TextLines lines(line);
  Environment environment{out, err, false};
  environment.lines = &lines;
  const std::string profile = test::source_dir() + "/tests/data/go-samples/go1.26dev/heap.pb.gz";
  EXPECT_EQ(run(std::vector<std::string_view>{profile}, environment), Exit::Ok);
  EXPECT_EQ(out.text(), "");
  const std::string message =
      script(kDeepest) + ":1: " + script(kDeepest + 1) + ": files source each other, 16 deep\n";
  EXPECT_TRUE(std::string_view(err.text()).ends_with(message)) << err.text();
}

TEST(Cli, AReportSaysThatItAddsUpTheDumpsOfAFile) {
  const test::TemporaryDirectory directory;
  const std::string dump = "goroutine 1 [select]:\nmain.main()\n\t/srv/main.go:27 +0x1d\n\n";
  const auto said = [&](std::string_view name, const std::string& text) {
    const Outcome outcome = run_words({"top", directory.write(name, text)});
    EXPECT_EQ(outcome.exit, Exit::Ok) << outcome.err;
    return outcome.err;
  };
  EXPECT_NE(said("two.txt", dump + dump).find("two.txt: several dumps, added up"),
            std::string::npos);
  EXPECT_EQ(said("one.txt", dump).find("several"), std::string::npos);
}

TEST(Cli, ATopOfWaitingGoroutinesHintsAtLeaksToAPersonOnly) {
  const std::string folder = test::source_dir() + "/tests/data/go-samples/go1.26dev/";
  const std::string waiting = folder + "goroutine.debug0.pb.gz";
  const auto hints = [](const std::vector<std::string>& words, bool is_terminal) {
    const Outcome outcome = run_words(words, is_terminal);
    EXPECT_EQ(outcome.exit, Exit::Ok);
    EXPECT_EQ(outcome.out.find("leaks tells"), std::string::npos);
    return outcome.err.find("the command leaks tells") != std::string::npos;
  };
  EXPECT_TRUE(hints({"top", waiting}, true)) << "while it streams by";
  EXPECT_TRUE(hints({"top", "-lines", "-add_comment=held", waiting}, true));
  EXPECT_FALSE(hints({"top", waiting}, false)) << "a script reads that";
  EXPECT_FALSE(hints({"top", "-json", waiting}, true));
  EXPECT_FALSE(hints({"tree", waiting}, true));
  EXPECT_FALSE(hints({"top", "-ignore=gopark", waiting}, true));
  EXPECT_FALSE(hints({"top", folder + "heap.pb.gz"}, true));
}

}  // namespace
}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
// Sources on this machine: files, directories, globs; and what is wrong before any network.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "fetch/fetch.h"

namespace plumb {
namespace {

using Sources = std::vector<std::string>;

// A directory of files, gone afterwards: b.txt, a.txt, "x:1", .hidden, below/c.txt, empty/.
class LocalSources : public testing::Test {
 protected:
  LocalSources() {
    std::string path = testing::TempDir() + "plumb-XXXXXX";
    root_ = mkdtemp(path.data());
    for (const char* directory : {"below", "empty"}) {
      std::filesystem::create_directory(root_ + '/' + directory);
    }
    for (const char* file : {"b.txt", "a.txt", "x:1", ".hidden", "below/c.txt"}) {
      std::ofstream(in(file)) << "bytes of " << file;
    }
  }
  ~LocalSources() override { std::filesystem::remove_all(root_); }

  [[nodiscard]] std::string in(const std::string& name) const { return root_ + '/' + name; }

  // The sources without the directory in front, or the error.
  Sources expand(const Sources& words) {
    const auto expanded = expand_sources(words, notice_);
    if (!expanded) return {shorten(expanded.error().message())};
    Sources result;
    for (const std::string& source : *expanded) result.push_back(shorten(source));
    return result;
  }

  std::string open(const std::string& source) {
    auto fetched = open_source(source, options_, notice_);
    if (!fetched) return shorten(fetched.error().message());
    EXPECT_FALSE(fetched->is_remote);
    return *read_all(*fetched->bytes, 1000);
  }

  [[nodiscard]] std::string shorten(std::string text) const {
    for (std::size_t at = 0; (at = text.find(root_)) != std::string::npos;) {
      text.replace(at, root_.size(), "R");
    }
    return text;
  }

  std::string root_;
  FetchOptions options_;
  Sources notices_;
  Notice notice_ = [this](std::string_view text) {
    notices_.push_back(shorten(std::string(text)));
  };
};

TEST_F(LocalSources, DirectoryMeansItsFilesSorted) {
  EXPECT_EQ(expand({root_}), (Sources{"R/a.txt", "R/b.txt", "R/x:1"}));
  EXPECT_EQ(expand({root_ + "/below/"}), (Sources{"R/below/c.txt"}));
  EXPECT_EQ(notices_, (Sources{"R: passed over 2 entries that are no readable file (directories "
                               "are read one level deep)"}));
}

TEST_F(LocalSources, GlobMeansItsMatchesSorted) {
  EXPECT_EQ(expand({in("*.txt")}), (Sources{"R/a.txt", "R/b.txt"}));
  EXPECT_EQ(expand({in("[b]*")}), (Sources{"R/b.txt", "R/below/c.txt"}));
}

TEST_F(LocalSources, NumbersInNamesAreInOrderOfTheirSize) {
  for (const char* name : {"n10.txt", "n9.txt", "n1.txt"}) std::ofstream(in(name)) << "x";
  EXPECT_EQ(expand({in("n*.txt")}), (Sources{"R/n1.txt", "R/n9.txt", "R/n10.txt"}));
}

TEST_F(LocalSources, NothingFoundIsAnError) {
  EXPECT_EQ(expand({in("*.pb")}), (Sources{"R/*.pb: no file matches"}));
  EXPECT_EQ(expand({in("empty")}), (Sources{"R/empty: no readable files in this directory"}));
}

TEST_F(LocalSources, FileWithGlobCharactersIsItself) {
  std::ofstream(in("a[1].txt")) << "x";
  EXPECT_EQ(expand({in("a[1].txt")}), (Sources{"R/a[1].txt"}));
}

TEST_F(LocalSources, UrlsAndUnknownNamesPassThrough) {
  const Sources words{"host:6060/p?debug=2", "http://h/*", "-", "no-such-file"};
  EXPECT_EQ(expand(words), words);
}

TEST_F(LocalSources, StandardInputIsReadOnce) {
  EXPECT_EQ(expand({"-", "-"}), (Sources{"standard input (-) can be read only once"}));
}

TEST_F(LocalSources, ExistingFileWinsOverUrl) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(root_);
  EXPECT_EQ(open("x:1"), "bytes of x:1");
  std::ofstream("x:70000") << "of no port";
  EXPECT_EQ(open("x:70000"), "of no port");
  std::filesystem::current_path(before);
}

TEST_F(LocalSources, SaysWhatCannotBeOpened) {
  EXPECT_EQ(open(in("nothing")), "no such file or directory");
  EXPECT_EQ(open(root_), "is a directory");
  EXPECT_EQ(open("http://host:port/"), "not a valid URL, and there is no such file");
  EXPECT_EQ(open("localhost:70000"), "port 70000 is out of range: the last one is 65535");
  EXPECT_EQ(open("ftp://host/heap"),
            "unsupported protocol scheme \"ftp\"; there are http, https and https+insecure");
}

TEST_F(LocalSources, HalfAKeyPairIsRefused) {
  options_.tls_cert = in("a.txt");
  EXPECT_EQ(open("https://h"), "-tls_cert is specified, so -tls_key must also be specified");
  options_ = {};
  options_.tls_key = in("a.txt");
  EXPECT_EQ(open("https://h"), "-tls_key is specified, so -tls_cert must also be specified");
}

TEST_F(LocalSources, MissingTlsFilesAreNamed) {
  options_.tls_ca = in("none.pem");
  EXPECT_EQ(open("https://h"),
            "could not load CA specified by -tls_ca: open R/none.pem: no such file or directory");
  options_.tls_ca.clear();
  options_.tls_cert = options_.tls_key = in("none.pem");
  EXPECT_EQ(open("https://h"),
            "could not load certificate/key pair specified by -tls_cert and -tls_key: open "
            "R/none.pem: no such file or directory");
}

TEST_F(LocalSources, OneFailureDoesNotKeepTheOthers) {
  const Sources sources{in("nothing"), in("b.txt"), "ftp://h/x", in("a.txt")};
  Sources results;
  open_sources(sources, options_, notice_, [&](std::size_t index, Result<Fetched> fetched) {
    results.push_back(std::to_string(index) + ' ' +
                      (fetched ? *read_all(*fetched->bytes, 100) : fetched.error().message()));
  });
  EXPECT_EQ(results, (Sources{"0 no such file or directory", "1 bytes of b.txt",
                              "2 unsupported protocol scheme \"ftp\"; there are http, https and "
                              "https+insecure",
                              "3 bytes of a.txt"}));
}

}  // namespace
}  // namespace plumb

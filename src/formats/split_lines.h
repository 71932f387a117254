// SPDX-License-Identifier: Apache-2.0
// SplitLines: the files that containers log to, which have long lines in pieces, with each line in
// one piece again. Docker and containerd make pieces of 16 KiB; CRI-O also where a program writes a
// line bit by bit.
//
//   2026-11-22T19:41:03.1Z stderr P {"msg":"boom","stack":"goroutine 1 [run
//   2026-11-22T19:41:03.2Z stderr F ning]:\nmain.main()\n\t..."}
//
//   {"log":"{\"msg\":\"boom\",\"stack\":\"goroutine 1 [run","stream":"stderr"}
//   {"log":"ning]:\\nmain...\"}\n","stream":"stderr"}
//
// Source: the logging format of the CRI; docker's json-file log driver.

#pragma once

#include <array>
#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

class SplitLines final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  // Those of a line so far.
  struct Pieces {
    std::string joined;  // Empty: there are none.
    std::string behind;  // The last one, what is not of its text.
  };

  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  void add_line(std::string_view line, std::string& out);

  std::string line_;              // The begin of one that goes on in the next block.
  std::array<Pieces, 2> pieces_;  // Of standard output, of standard error.
};

}  // namespace plumb

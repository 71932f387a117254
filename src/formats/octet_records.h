// SPDX-License-Identifier: Apache-2.0
// OctetRecords: messages of syslog as they go over TCP and TLS, each behind its length and with or
// without a newline, with a line for each.
//
//   66 <13>1 2026-11-22T19:41:03Z web-1 app 12 - - goroutine 1 [running]:55 <13>1 2026-11-22T...
//
// Source: RFC 6587, 3.4.1; RFC 5425, 4.3.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

/// Where no length stands any more, the rest is left as it is.
class OctetRecords final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  void take_length(std::string_view& block);

  std::string length_;      // Of the message that follows, as far as it was read.
  std::uint64_t left_ = 0;  // Bytes of the message at hand.
  char last_ = '\n';        // Of the message at hand.
  bool is_over_ = false;    // There are no more of them.
};

}  // namespace plumb

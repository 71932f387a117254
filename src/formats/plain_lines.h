// SPDX-License-Identifier: Apache-2.0
// PlainLines: what was copied from a terminal or a web page, as a program would have printed it:
// without colours and other commands to a terminal, with blanks for those that may not break,
// characters for the names that HTML and XML have for them, and each line on one of its own.
//
//   ESC[36mweb-1  | ESC[0mgoroutine 1 [running]:        docker compose, foreman, journalctl, script
//   goroutine&nbsp;1&nbsp;[running]:                    a page as its source
//   &#x9;/srv/app/main.go:12 &#43;0x1d                  Go's encoding/xml and html/template
//
// Source: ECMA-48 for the commands.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

class PlainLines final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  // What the next byte belongs to.
  enum class Place : std::uint8_t {
    Text,
    Escape,   // Behind ESC.
    Control,  // Behind ESC [.
    String,   // Behind ESC ], which a terminal does not show.
    Charset,  // Behind ESC ( and the like: one more.
  };

  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  void take(char c, std::string& out);
  bool take_held(char c, std::string& out);
  void take_escaped(char c);

  Place place_ = Place::Text;
  bool has_blanks_ = false;        // That may not break.
  bool has_names_ = false;         // Of characters.
  bool has_returns_ = false;       // For newlines.
  bool is_double_spaced_ = false;  // A blank line behind each.
  bool is_behind_line_ = false;    // The next newline is that of such a blank line.
  std::string special_;            // What cannot be handed on at once.
  std::string held_;               // The begin of such a blank or name.
};

}  // namespace plumb

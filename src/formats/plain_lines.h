// SPDX-License-Identifier: Apache-2.0
// PlainLines: what was copied from a terminal or a web page, as a program would have printed it:
// without colours and other commands to a terminal, and with blanks for those that may not break.
//
//   ESC[36mweb-1  | ESC[0mgoroutine 1 [running]:        docker compose, foreman, journalctl, script
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
  void take_escaped(char c);

  Place place_ = Place::Text;
  bool has_blanks_ = false;   // That may not break.
  bool has_lead_ = false;     // The first byte of what may be one is held back.
  std::string_view special_;  // What cannot be handed on at once.
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Source: https://www.w3.org/TR/xml/#charsets

#include "report/xml_text.h"

#include "base/strings.h"

namespace plumb {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

void append_character(std::string& out, char c) {
  switch (c) {
    case '&':
      out += "&amp;";
      return;
    case '<':
      out += "&lt;";
      return;
    case '>':
      out += "&gt;";
      return;
    case '"':
      out += "&quot;";
      return;
    case '\'':
      out += "&#39;";
      return;
    case '\n':
      out += "&#10;";
      return;
    case '\t':
      out += ' ';
      return;
    default:
      if (static_cast<unsigned char>(c) < 0x20) {
        out += kReplacement;
      } else {
        out += c;
      }
  }
}

// True for U+FFFE and U+FFFF, which are encoded like characters but are none.
bool is_noncharacter(std::string_view text) {
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf");
}

}  // namespace

std::string xml_text(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string out;
  out.reserve(valid.size());
  for (std::size_t at = 0; at < valid.size();) {
    if (is_noncharacter(std::string_view(valid).substr(at))) {
      out += kReplacement;
      at += kReplacement.size();
    } else {
      append_character(out, valid[at]);
      ++at;
    }
  }
  return out;
}

}  // namespace plumb

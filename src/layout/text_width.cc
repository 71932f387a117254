// SPDX-License-Identifier: Apache-2.0
// Source of the widths: the Adobe font metrics of Helvetica, in thousandths of the font size.

#include "layout/text_width.h"

#include <array>
#include <cstdint>

namespace plumb::layout {
namespace {

constexpr std::uint8_t kFirst = 0x20;

// clang-format off
constexpr std::array<std::uint16_t, 95> kAsciiWidths = {
//    space !    "    #    $    %    &    '    (    )    *    +    ,    -    .    /
      278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
//    0    1    2    3    4    5    6    7    8    9    :    ;    <    =    >    ?
      556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
//    @    A    B    C    D    E    F    G    H    I    J    K    L    M    N    O
     1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
//    P    Q    R    S    T    U    V    W    X    Y    Z    [    \    ]    ^    _
      667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
//    `    a    b    c    d    e    f    g    h    i    j    k    l    m    n    o
      333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
//    p    q    r    s    t    u    v    w    x    y    z    {    |    }    ~
      556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
};
// clang-format on

constexpr std::uint16_t kTwoByteWidth = 722;  // Latin, Greek, Cyrillic, Hebrew, Arabic.
constexpr std::uint16_t kWideWidth = 1000;    // Everything else: Chinese, signs, emoji.

}  // namespace

double text_width(std::string_view text, double font_size) {
  std::uint64_t sum = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    if (byte >= 0xe0) {
      sum += kWideWidth;
    } else if (byte >= 0xc0) {
      sum += kTwoByteWidth;
    } else if (byte >= kFirst && byte - kFirst < static_cast<int>(kAsciiWidths.size())) {
      sum += kAsciiWidths[byte - kFirst];
    }  // Others continue a character or show nothing.
  }
  return static_cast<double>(sum) * font_size / 1000;
}

}  // namespace plumb::layout

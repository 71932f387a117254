// SPDX-License-Identifier: Apache-2.0
// The header line of a goroutine in a stack dump, in every dialect.
//
//   goroutine 18 [chan receive]:
//   goroutine 18 [chan send (nil chan) (leaked), 5 minutes, locked to thread]:
//   goroutine 1 gp=0xc0000061c0 m=0 mp=0x60d2c0 [running]:
//   goroutine 21 [chan receive (durable), synctest bubble 1]:
//   goroutine 20 [select, "job":"ingest", "tenant":"miya zaki"]:         CockroachDB's Go
//   goroutine 20 [select, labels:{"job": "ingest"}]:                     Go 1.26
//   goroutine 20 [select, 2 minutes] {job: ingest, tenant: "miya zaki"}:  Go 1.27 and later
//
// Source: goroutineheader() in src/runtime/traceback.go of Go.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plumb {

/// What the header of a goroutine begins with.
inline constexpr std::string_view kGoroutineWord = "goroutine ";

struct HeaderLabel {
  std::string key;
  std::string value;
};

/// What a header says. Owns its strings: headers are parsed once per distinct kind, not per line.
struct GoroutineHeader {
  std::uint64_t id = 0;
  std::uint64_t wait_minutes = 0;  ///< 0: not printed.
  std::string state;               ///< Without the flags below: "chan send (nil chan)".
  bool is_leaked = false;
  bool is_scanning = false;
  bool is_durable = false;  ///< "(durable)", and "(synctest)" of Go 1.24.
  bool is_locked = false;
  std::string bubble;  ///< Number of the synctest bubble (or group, Go 1.24); empty: none.
  std::vector<HeaderLabel> labels;
  std::uint32_t unknown_parts = 0;  ///< Parts between the brackets that no known Go prints.

  /// The text that all headers of this kind share: before and behind the minutes. A header without
  /// gp=, m= and mp= reads "goroutine " ID " [" key_head [", " MINUTES " minutes"] key_tail.
  std::string key_head;
  std::string key_tail;  ///< Through the colon.
};

/// True if `line` starts with "goroutine N" and the opening bracket of a header.
bool starts_as_goroutine_header(std::string_view line);

/// Where a header starts behind something else in `line`; nothing if none does.
std::optional<std::size_t> find_hidden_header(std::string_view line);

/// True if `line`, which starts as a header, breaks off inside a label: labels of CockroachDB's Go
/// are printed as they are, newlines included.
bool breaks_off_in_label(std::string_view line);

/// Parses a whole header line; nothing if it is not one.
std::optional<GoroutineHeader> parse_goroutine_header(std::string_view line);

}  // namespace plumb

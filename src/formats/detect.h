// SPDX-License-Identifier: Apache-2.0
// Which format an input has, told from its bytes alone: its name and ending never matter.
//
// One table of formats, asked in order. Some rows cannot be read: they exist to say what the input
// is and what to do instead. A new format is one row in detect.cc.

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "formats/read_options.h"

namespace plumb {

/// What the first bytes of an input are, and whether they are all of it.
struct InputHead {
  std::string_view bytes;  ///< At most kHeadBytes, inflated.
  bool is_whole = false;   ///< Nothing follows.
};

inline constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

/// How Loss::first_place of a format counts.
enum class PlaceUnit : std::uint8_t { Line, Byte };

/// One row of the table.
struct Format {
  std::string_view name;  ///< "profile.proto"; in "looks like ..." for formats that are not read.
  bool (*matches)(const InputHead& head);
  /// Reads the input from its first byte; null if plumb cannot read this format.
  Result<Content> (*read)(ByteSource& source, const ReadOptions& options);
  PlaceUnit places = PlaceUnit::Byte;
  std::string_view advice = {};  ///< What to do with an input that cannot be read.
};

/// The name of pprof's own format, which some reports read in passing.
inline constexpr std::string_view kProfileProtoFormat = "profile.proto";

/// Every format, in the order in which they are tried.
std::span<const Format> formats();

/// An input that is open, inflated and at its first byte.
struct DetectedInput {
  const Format* format = nullptr;  ///< The first row that matches; null if none does.
  std::string head;                ///< The bytes it was told by.
  bool is_whole = false;
  std::optional<Error> cut;  ///< Why the head is shorter than it ought to be.
  std::unique_ptr<ByteSource> source;
};

/// Inflates `source` if it is gzip (twice, if need be), makes UTF-8 of UTF-16, and finds the first
/// format that matches.
///
/// Errors: NotRecognized for an empty input; those of the source.
Result<DetectedInput> detect(std::unique_ptr<ByteSource> source, const Limits& limits);

struct ReadInput {
  Content content;
  const Format* format = nullptr;  ///< The row that read it.
};

/// Reads `input` by the first format that takes it. A reader that finds that the input is not its
/// format after all leaves it to the rows behind it, if the source can be read again.
///
/// Errors: NotRecognized, saying what the input looks like and what to do; those of the reader.
Result<ReadInput> read_detected(DetectedInput input, const ReadOptions& options);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// profile.proto, the format of pprof: reading and writing.
// Source: https://github.com/google/pprof/blob/main/proto/profile.proto

#pragma once

#include <string>
#include <string_view>

#include "base/byte_source.h"
#include "base/result.h"
#include "base/writer.h"
#include "formats/read_options.h"
#include "model/profile.h"

namespace plumb {

/// True if `head`, the first bytes of an input, can be the start of a serialised Profile message.
/// `is_whole` says that nothing follows.
bool looks_like_profile_proto(std::string_view head, bool is_whole);

/// Reads one serialised (already inflated) Profile message in a single pass: packed or unpacked
/// repeated fields, tables in any order, unknown fields.
///
/// Errors: NotRecognized if the input is not such a message (the sentence is pprof's for its
/// decoder: "bad varint", "string_table[0] must be ''"); Malformed if it is one and breaks the
/// rules between its tables; LimitExceeded; those of the source.
Result<Profile> read_profile_proto(ByteSource& source, const ReadOptions& options);

/// Serialises `profile` as pprof does, to the byte, but for labels with an empty text or unit:
/// pprof loses those.
std::string encode_profile_proto(const Profile& profile);
void encode_profile_proto(const Profile& profile, Writer& out);

/// encode_profile_proto() in a gzip member, streaming.
void write_profile_proto(const Profile& profile, Writer& out);
std::string write_profile_proto(const Profile& profile);

}  // namespace plumb

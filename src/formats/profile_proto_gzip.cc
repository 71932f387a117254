// SPDX-License-Identifier: Apache-2.0
// profile.proto in a gzip member. A file of its own, so that programs that never call it need no
// ISA-L.
#include "base/gzip_writer.h"
#include "formats/profile_proto.h"

namespace plumb {

void write_profile_proto(const Profile& profile, Writer& out) {
  GzipWriter gzip(out);
  encode_profile_proto(profile, gzip);
  gzip.finish();
}

std::string write_profile_proto(const Profile& profile) {
  StringWriter out;
  write_profile_proto(profile, out);
  return out.text();
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// YamlRecords: a log of which each record is a document of YAML, as `gcloud logging read` prints
// it, with a record of JSON for each.
//
//   ---
//   resource:
//     labels:
//       pod_name: web-1
//   textPayload: 'goroutine 1 [running]:'
//
//   {"labels":{"pod_name":"web-1"},"textPayload":"goroutine 1 [running]:"}
//
// What json_log_keys() calls so is the text, however deep it stands. Records without text are left
// out.
//
// Source: chapters 7 and 8 of https://yaml.org/spec/1.2.2/, as far as PyYAML and ruamel.yaml write
// strings: plain, in quotes of either kind, folded at blanks, or as a block behind "|".

#pragma once

#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

/// Holds one record, unless it is too long to be one.
class YamlRecords final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  std::string lines_;         // Of the record, and of those behind it as far as they were read.
  std::size_t searched_ = 0;  // Of them, without a mark between records.
};

}  // namespace plumb

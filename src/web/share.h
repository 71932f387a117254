// SPDX-License-Identifier: Apache-2.0
// Share: what the pages show as one file that opens anywhere, without plumb and without a network.
//
// The file is a page with the client inside and, instead of a server, the documents that the client
// would ask for: compressed, in Base64, by the view and the parameters they answer to. Its content
// security policy allows this very script and style by their hashes, and nothing else: a name in a
// profile cannot run, and nothing can be sent anywhere. Where no script runs, as in mail programs,
// the same is there as plain tables and pictures (static_page.h).

#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"
#include "web/documents.h"
#include "web/redaction.h"

namespace plumb::web {

struct ShareOptions {
  Redaction redaction;
  bool has_script = true;  ///< Else the plain form alone.
};

/// From the parameters "redact" (paths,labels,sources), "ids" (a number) and "script" (f: none).
/// Errors: Usage.
Result<ShareOptions> read_share_options(const Query& query);

/// The file. `query`: the filters and options that hold in all of it. What has no data
/// (instructions without a binary) or would make the file too large is left out, and the file says
/// so.
///
/// Errors: Usage for parameters that make no sense.
Result<std::string> build_share(const Documents& documents, const Query& query,
                                const ShareOptions& options);

/// Compressed documents of a file are at most so large together, those of the leaks and of the
/// first sample type coming first.
inline constexpr std::size_t kMostShareBytes = std::size_t{6} << 20;

}  // namespace plumb::web

// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a profile come from: files, standard input, globs, directories and servers.
//
// A source is the word a user typed. What exists as a file is a file; anything else that reads as a
// URL is fetched over HTTP, by the rules of go tool pprof:
//
//   heap.pb.gz    -    dumps/    'dumps/*.txt'    localhost:6060
//   host:6060/debug/pprof/goroutine?debug=2    https+insecure://host/debug/pprof/heap

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"
#include "base/limits.h"
#include "base/notice.h"
#include "base/result.h"

namespace plumb {

/// Opens a file of another program's format as what that program turns it into.
using Converter = std::function<Result<std::unique_ptr<ByteSource>>(const std::string& path,
                                                                    const Notice& notice)>;

struct FetchOptions {
  int seconds = -1;          ///< Asks the server to collect for so long; at most 0: not asked.
  int timeout_seconds = -1;  ///< At most 0: 1.5 times the seconds asked for, else 60.
  std::string tls_cert;      ///< PEM file of the client's certificate; needs tls_key.
  std::string tls_key;       ///< PEM file of the client's key; needs tls_cert.
  std::string tls_ca;        ///< PEM file of the only authorities to trust; empty: the system's.
  /// What a server named without a path is asked for, query included.
  std::string bare_host_path = "/debug/pprof/profile";
  /// Bytes of one answer as they travel. Beyond 64 MB they are kept in a temporary file.
  std::uint64_t response_bytes = std::uint64_t{4} << 30;
  Limits limits;                ///< For an answer that the server compressed for the way.
  Converter convert_perf_data;  ///< For regular files that are perf.data; empty: read as they are.
};

/// An open source.
struct Fetched {
  std::string name;  ///< The file, "standard input", or the URL without its password.
  std::unique_ptr<ByteSource> bytes;
  bool is_remote = false;
};

/// Errors: Usage if "-" is among the sources of one run more than once.
Result<void> check_standard_input(std::span<const std::string> sources);

/// Replaces globs that the shell left alone, and directories, by the regular files in them (one
/// level, hidden files left out), sorted by name. Files, URLs and "-" stay as they are.
///
/// Errors: NotFound for a glob or directory without files; Io; Usage for a second "-".
Result<std::vector<std::string>> expand_sources(std::span<const std::string> words,
                                                const Notice& notice);

/// Opens a file or standard input ("-"), or fetches the whole answer of a server.
///
/// Errors: NotFound, Io, Usage, LimitExceeded, Truncated. Their messages do not name the source.
Result<Fetched> open_source(const std::string& source, const FetchOptions& options,
                            const Notice& notice);

/// Sends `addresses`, "0x1234+0x5678", to `url` and returns the answers, which may have 64 MB in
/// all. They are sent by POST, as pprof does, and where a server refuses that (405), as queries of
/// several GETs. The password is that of the first of `sources`, as open_source() takes them, that
/// names the same server.
///
/// Errors: Io, LimitExceeded "http post URL: ..."; Usage.
Result<std::string> ask_for_symbols(std::span<const std::string> sources, const std::string& url,
                                    const std::string& addresses, const FetchOptions& options);

/// What open_sources() calls for each source: its index and what became of it.
using SourceTaker = std::function<void(std::size_t index, Result<Fetched> fetched)>;

/// Fetches all remote sources at the same time and hands every source to `take`, in order. A file
/// is opened when its turn comes, so that thousands need one descriptor. A source that fails does
/// not keep the others.
void open_sources(std::span<const std::string> sources, const FetchOptions& options,
                  const Notice& notice, const SourceTaker& take);

}  // namespace plumb

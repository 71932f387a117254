// SPDX-License-Identifier: Apache-2.0
#include "fetch/fetch.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <optional>
#include <utility>

#include "base/strings.h"
#include "base/system_message.h"
#include "base/try.h"
#include "fetch/http.h"
#include "fetch/url.h"

namespace plumb {
namespace {

constexpr std::size_t kFetchedAtOnce = 128;  // As pprof: enough for a fleet, not for descriptors.
constexpr std::size_t kMemoryBytes = std::size_t{64} << 20;  // Of all answers in flight.

Result<void> check_readable(const std::string& path, std::string_view what) {
  if (path.empty() || access(path.c_str(), R_OK) == 0) return {};
  return Error(ErrorCode::Usage, "could not load " + std::string(what) + ": open " +
                                     printable(path) + ": " + system_message(errno));
}

// The sentences are pprof's.
Result<void> check_tls_files(const FetchOptions& options) {
  constexpr std::string_view kPair = "certificate/key pair specified by -tls_cert and -tls_key";
  if (options.tls_cert.empty() && !options.tls_key.empty()) {
    return Error(ErrorCode::Usage, "-tls_key is specified, so -tls_cert must also be specified");
  }
  if (options.tls_key.empty() && !options.tls_cert.empty()) {
    return Error(ErrorCode::Usage, "-tls_cert is specified, so -tls_key must also be specified");
  }
  TRY(check_readable(options.tls_cert, kPair));
  TRY(check_readable(options.tls_key, kPair));
  return check_readable(options.tls_ca, "CA specified by -tls_ca");
}

// The request that `source` stands for; nothing if it is a file or standard input.
Result<std::optional<HttpRequest>> plan_request(const std::string& source,
                                                const FetchOptions& options) {
  struct stat status {};
  const bool is_file = source == "-" || stat(source.c_str(), &status) == 0;
  const auto url = is_file ? std::nullopt : find_url(source);
  if (!url) return std::optional<HttpRequest>();
  if (url->scheme != "http" && url->scheme != "https" && url->scheme != "https+insecure") {
    return Error(ErrorCode::Usage, "unsupported protocol scheme \"" + url->scheme +
                                       "\"; there are http, https and https+insecure");
  }
  TRY(check_tls_files(options));
  HttpRequest request;
  request.url = complete_url(*url, options.bare_host_path, options.seconds);
  request.timeout_ms = request_timeout_ms(request.url, options.seconds, options.timeout_seconds);
  return std::optional(std::move(request));
}

Result<Fetched> open_standard_input(const Notice& notice) {
  const int descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  if (descriptor < 0) return Error(ErrorCode::Io, "standard input is closed");
  if (isatty(descriptor) == 1) notice("Reading from the terminal; Ctrl-D ends the input");
  return Fetched{"standard input", std::make_unique<FileSource>(descriptor), false};
}

// Reads nothing but regular files: what comes out of a pipe could not be put back.
bool is_perf_data(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
  auto file = FileSource::open(path);
  if (!file) return false;
  constexpr std::string_view kMagic = "PERFILE2";
  std::array<char, kMagic.size()> start{};
  const auto count = (*file)->read(start);
  return count && std::string_view(start.data(), *count) == kMagic;
}

Result<Fetched> open_local(const std::string& source, const FetchOptions& options,
                           const Notice& notice) {
  if (source == "-") return open_standard_input(notice);
  if (options.convert_perf_data && is_perf_data(source)) {
    TRY_ASSIGN(auto converted, options.convert_perf_data(source, notice));
    return Fetched{printable(source), std::move(converted), false};
  }
  auto file = FileSource::open(source);
  if (file) return Fetched{printable(source), *std::move(file), false};
  const bool is_missing = file.error().code() == ErrorCode::NotFound;
  if (const auto port = find_port_out_of_range(source); is_missing && !port.empty()) {
    return Error(ErrorCode::NotFound,
                 "port " + std::string(port) + " is out of range: the last one is 65535");
  }
  if (is_missing && source.find("://") != std::string::npos) {
    return Error(ErrorCode::NotFound, "not a valid URL, and there is no such file");
  }
  return Error(file.error().code(), file.error().message());
}

// Go's notation: "45s", "1m30s", "1h0m0s".
std::string duration_text(int seconds) {
  std::string text = std::to_string(seconds % 60) + 's';
  if (seconds >= 60) text.insert(0, std::to_string(seconds / 60 % 60) + 'm');
  if (seconds >= 3600) text.insert(0, std::to_string(seconds / 3600) + 'h');
  return text;
}

HttpSettings http_settings(const FetchOptions& options, std::size_t answers_in_flight) {
  HttpSettings settings;
  settings.tls_cert = options.tls_cert;
  settings.tls_key = options.tls_key;
  settings.tls_ca = options.tls_ca;
  settings.proxy = ProxySettings::from_environment();
  settings.response_bytes = std::min(options.response_bytes, options.limits.inflated_bytes);
  settings.memory_bytes = kMemoryBytes / answers_in_flight;
  settings.limits = options.limits;
  return settings;
}

// Hands out the answers of all requests, in order, fetching as many at once as is decent.
class AnswerQueue {
 public:
  AnswerQueue(const FetchOptions& options, const Notice& notice)
      : options_(options), notice_(notice) {}

  void add(HttpRequest request) { requests_.push_back(std::move(request)); }

  Result<Fetched> next() {
    if (answers_.empty()) fetch_some();
    const std::string name = printable(to_string(requests_[handed_out_++].url));
    HttpBody body = std::move(answers_.front());
    answers_.pop_front();
    if (!body) return std::move(body).error();
    return Fetched{name, *std::move(body), true};
  }

 private:
  void fetch_some() {
    const std::size_t count = std::min(requests_.size() - handed_out_, kFetchedAtOnce);
    const auto batch = std::span(requests_).subspan(handed_out_, count);
    for (const HttpRequest& request : batch) {
      notice_("Fetching profile over HTTP from " + printable(to_string(request.url)));
      if (options_.seconds > 0) {
        notice_("Please wait... (" + duration_text(options_.seconds) + ")");
      }
    }
    for (HttpBody& body : http_get(batch, http_settings(options_, count))) {
      answers_.push_back(std::move(body));
    }
  }

  const FetchOptions& options_;
  const Notice& notice_;
  std::vector<HttpRequest> requests_;
  std::size_t handed_out_ = 0;
  std::deque<HttpBody> answers_;  // Of the requests from handed_out_ on.
};

constexpr std::uint64_t kMaxSymbolBytes = std::uint64_t{64} << 20;
constexpr std::size_t kMaxQueryBytes = 4096;  // Servers and proxies cut long lines, some at 8000.

Result<std::string> read_answer(const HttpRequest& request, const FetchOptions& options) {
  std::vector<HttpBody> answers = http_get(std::span(&request, 1), http_settings(options, 1));
  if (!answers[0]) return std::move(answers[0]).error();
  return read_all(**answers[0], kMaxSymbolBytes);
}

// Go's server takes addresses as a query, too, and since 1.22 in no other way.
Result<std::string> ask_by_get(HttpRequest request, std::string_view addresses,
                               const FetchOptions& options) {
  const std::string name = "http get " + printable(to_string(request.url));
  std::string symbols;
  while (!addresses.empty()) {
    std::string_view piece = addresses.substr(0, kMaxQueryBytes);
    if (piece.size() < addresses.size()) piece = piece.substr(0, piece.rfind('+'));
    addresses.remove_prefix(std::min(piece.size() + 1, addresses.size()));
    request.url.query = piece;
    auto answer = read_answer(request, options);
    if (!answer) return std::move(answer).error().while_reading(name);
    if (symbols.size() + answer->size() > kMaxSymbolBytes) {
      return Error(ErrorCode::LimitExceeded, name + ": more than 64 MB of symbols");
    }
    symbols += *answer;
  }
  return symbols;
}

}  // namespace

void open_sources(std::span<const std::string> sources, const FetchOptions& options,
                  const Notice& notice, const SourceTaker& take) {
  enum class Plan : std::uint8_t { Local, Remote, Impossible };
  AnswerQueue answers(options, notice);
  std::vector<Plan> plans;
  std::deque<Error> problems;
  for (const std::string& source : sources) {
    auto request = plan_request(source, options);
    plans.push_back(!request ? Plan::Impossible : *request ? Plan::Remote : Plan::Local);
    if (!request) {
      problems.push_back(std::move(request).error());
    } else if (*request) {
      answers.add(**std::move(request));
    }
  }
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (plans[i] == Plan::Local) {
      take(i, open_local(sources[i], options, notice));
    } else if (plans[i] == Plan::Remote) {
      take(i, answers.next());
    } else {
      take(i, std::move(problems.front()));
      problems.pop_front();
    }
  }
}

Result<Fetched> open_source(const std::string& source, const FetchOptions& options,
                            const Notice& notice) {
  std::optional<Result<Fetched>> opened;
  open_sources(std::span(&source, 1), options, notice,
               [&opened](std::size_t, Result<Fetched> fetched) { opened = std::move(fetched); });
  return *std::move(opened);
}

Result<std::string> ask_for_symbols(std::span<const std::string> sources, const std::string& url,
                                    const std::string& addresses, const FetchOptions& options) {
  const auto target = parse_url(url);
  if (!target) return Error(ErrorCode::Usage, "not a valid URL: " + printable(url));
  TRY(check_tls_files(options));
  HttpRequest request;
  request.url = *target;
  for (const std::string& source : sources) {
    const auto origin = find_url(source);
    if (!origin || host_and_port(*origin) != host_and_port(*target)) continue;
    request.url.user = origin->user;
    request.url.password = origin->password;
    break;
  }
  request.timeout_ms = request_timeout_ms(request.url, -1, options.timeout_seconds);
  request.post_body = addresses;
  auto answer = read_answer(request, options);
  if (answer) return answer;
  if (answer.error().code() != ErrorCode::NotAllowed) {
    return std::move(answer).error().while_reading("http post " +
                                                   printable(to_string(request.url)));
  }
  request.post_body.reset();
  return ask_by_get(std::move(request), addresses, options);
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "fetch/transfer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

#include "base/gunzip.h"
#include "base/strings.h"
#include "base/try.h"

namespace plumb {
namespace {

constexpr int kMaxHops = 10;  // As Go's client: the tenth redirect is refused.
constexpr std::uint64_t kMaxHeadBytes = std::uint64_t{256} << 10;
constexpr std::size_t kMaxErrorBodyBytes = std::size_t{64} << 10;
constexpr long kBufferBytes = 64L << 10;

bool same_host(const Url& a, const Url& b) {
  return host_name(a) == host_name(b);
}

bool same_origin(const Url& a, const Url& b) {
  return same_host(a, b) && effective_port(a) == effective_port(b) &&
         (a.scheme == "http") == (b.scheme == "http");
}

// The bytes that came of an answer, and then why there are no more.
class BrokenSource final : public ByteSource {
 public:
  BrokenSource(std::unique_ptr<ByteSource> bytes, Error error)
      : bytes_(std::move(bytes)), error_(std::move(error)) {}

  Result<std::size_t> read(std::span<char> buffer) override {
    TRY_ASSIGN(const std::size_t count, bytes_->read(buffer));
    if (count == 0) return error_;
    return count;
  }
  bool rewind() override { return bytes_->rewind(); }
  [[nodiscard]] bool can_rewind() const override { return bytes_->can_rewind(); }

 private:
  std::unique_ptr<ByteSource> bytes_;
  Error error_;
};

// What is done to the body by a Content-Encoding; words that mean none of it, as "identity", or
// "aws-chunked" of an object whose upload was in chunks, are passed over.
std::vector<std::string_view> compressions_of(std::string_view encoding) {
  constexpr std::array<std::string_view, 7> kCompressions = {
      "gzip", "x-gzip", "br", "zstd", "deflate", "compress", "x-compress"};
  std::vector<std::string_view> found;
  for (const std::string_view word : split(encoding, ',')) {
    if (std::ranges::find(kCompressions, trim(word)) != kCompressions.end()) {
      found.push_back(trim(word));
    }
  }
  return found;
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace

Transfer::Transfer(const CurlApi& api, const HttpRequest& request, const HttpSettings& settings)
    : api_(api),
      request_(request),
      settings_(settings),
      deadline_(std::chrono::steady_clock::now() + std::chrono::milliseconds(request.timeout_ms)),
      url_(request.url),
      headers_(nullptr, ListDeleter{&api}),
      handle_(nullptr, HandleDeleter{&api}),
      body_(settings.memory_bytes, settings.response_bytes) {}

bool Transfer::start() {
  // Not left to libcurl, which would inflate without our limits.
  headers_.reset(api_.slist_append(nullptr, "Accept-Encoding: gzip"));
  if (request_.post_body) {
    for (const char* const header : {"Content-Type: application/octet-stream", "Expect:"}) {
      api_.slist_append(headers_.get(), header);
    }
  }
  if (auto made = make_handle(); !made) abandon(std::move(made).error());
  return !outcome_;
}

void Transfer::abandon(Error error) {
  if (!outcome_) outcome_.emplace(std::move(error));
}

Result<void> Transfer::make_handle() {
  TRY_ASSIGN(proxy_, choose_proxy(settings_.proxy, url_));
  handle_.reset(api_.easy_init());
  if (!handle_) return Error(ErrorCode::Io, "libcurl gives no handle");
  head_ = {};
  error_body_.clear();
  has_enough_ = false;
  error_buffer_[0] = '\0';
  set_request();
  set_credentials();
  set_authorities();
  return {};
}

void Transfer::set_request() {
  using std::chrono::milliseconds;
  const auto left = deadline_ - std::chrono::steady_clock::now();
  const auto left_ms = std::chrono::duration_cast<milliseconds>(left).count();
  set(CURLOPT_URL, client_url(url_).c_str());
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(left_ms, 1)));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_FOLLOWLOCATION, 0L);  // follow_redirect() does it, with the rules of this layer.
  // The URL is http or https anyway; libcurl before 7.85 does not know the option.
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTPHEADER, headers_.get());
  set(CURLOPT_USERAGENT, "plumb");
  if (request_.post_body) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.post_body->size()));
    set(CURLOPT_POSTFIELDS, request_.post_body->data());
  }
  set(CURLOPT_PROXY, proxy_.c_str());  // Empty: none, whatever the environment says.
  set(CURLOPT_NOPROXY, "");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_BUFFERSIZE, kBufferBytes);
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(settings_.response_bytes));
  set(CURLOPT_ERRORBUFFER, error_buffer_.data());
  set(CURLOPT_HEADERFUNCTION, &Transfer::on_head);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  set(CURLOPT_WRITEDATA, this);
}

// What was given for the first server. Another port of its host may see the client certificate,
// because servers send from http to https, but not the password.
void Transfer::set_credentials() {
  const Url& first = request_.url;
  if (same_origin(url_, first) && !(first.user.empty() && first.password.empty())) {
    set(CURLOPT_USERNAME, first.user.c_str());
    set(CURLOPT_PASSWORD, first.password.c_str());
  }
  if (!same_host(url_, request_.url)) return;
  if (!settings_.tls_cert.empty()) {
    set(CURLOPT_SSLCERT, settings_.tls_cert.c_str());
    set(CURLOPT_SSLKEY, settings_.tls_key.c_str());
  }
  if (request_.url.scheme == "https+insecure") {
    set(CURLOPT_SSL_VERIFYPEER, 0L);
    set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

// Whom to believe: -tls_ca alone, or what Go believes: SSL_CERT_FILE, SSL_CERT_DIR, the system.
void Transfer::set_authorities() {
  if (!settings_.tls_ca.empty()) {
    set(CURLOPT_CAINFO, settings_.tls_ca.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    return;
  }
  if (const char* file = std::getenv("SSL_CERT_FILE")) set(CURLOPT_CAINFO, file);
  if (const char* directory = std::getenv("SSL_CERT_DIR")) set(CURLOPT_CAPATH, directory);
}

std::size_t Transfer::on_head(char* data, std::size_t one, std::size_t count, void* self) {
  const std::size_t size = one * count;
  return static_cast<Transfer*>(self)->take_head({data, size}) ? size : 0;
}

std::size_t Transfer::on_body(char* data, std::size_t one, std::size_t count, void* self) {
  const std::size_t size = one * count;
  return static_cast<Transfer*>(self)->take_body({data, size}) ? size : 0;
}

bool Transfer::take_head(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > kMaxHeadBytes) {
    refusal_ = Error(ErrorCode::LimitExceeded,
                     "the head of the answer is larger than " + plural(kMaxHeadBytes, "byte"));
    return false;
  }
  read_head_line(line, head_);
  return true;
}

bool Transfer::take_body(std::string_view bytes) {
  if (head_.status == 200) {
    auto kept = body_.append(bytes);
    if (!kept) refusal_ = std::move(kept).error();
    return !refusal_;
  }
  error_body_ += bytes.substr(0, kMaxErrorBodyBytes - error_body_.size());
  has_enough_ = error_body_.size() == kMaxErrorBodyBytes;
  return !has_enough_;
}

bool Transfer::finish_hop(CURLcode code) {
  if (has_enough_ || (code == CURLE_OK && head_.status != 0)) {
    auto followed = follow_redirect();
    if (followed && *followed) return true;
    if (!followed) {
      abandon(std::move(followed).error());
      return false;
    }
    code = CURLE_OK;
  }
  outcome_.emplace(make_outcome(code));
  handle_.reset();
  return false;
}

Result<bool> Transfer::follow_redirect() {
  char* location = nullptr;
  api_.easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &location);
  const bool is_post = request_.post_body.has_value();
  if (!is_redirect(head_.status) || location == nullptr || is_post) return false;
  if (hops_ == kMaxHops) return Error(ErrorCode::Io, "stopped after 10 redirects");
  const auto next = parse_url(location);
  if (!next || (next->scheme != "http" && next->scheme != "https")) {
    return Error(ErrorCode::Io, "the server redirects to " + printable(without_password(location)) +
                                    ", and only http and https are followed");
  }
  ++hops_;
  url_ = *next;
  TRY(make_handle());
  return true;
}

TransferFailure Transfer::failure(CURLcode code) const {
  TransferFailure result;
  result.code = code;
  result.detail = error_buffer_.data();
  // The buffer keeps the first complaint, which of a connection closed at once is a side effect.
  const bool is_noise = result.detail.starts_with("getpeername");
  if (result.detail.empty() || is_noise) result.detail = api_.easy_strerror(code);
  api_.easy_getinfo(handle_.get(), CURLINFO_OS_ERRNO, &result.os_errno);
  result.proxy = proxy_;
  result.bytes_received = body_.size();
  result.timeout_ms = request_.timeout_ms;
  return result;
}

HttpBody Transfer::make_outcome(CURLcode code) {
  if (refusal_) return std::move(*refusal_);
  if (code == CURLE_FILESIZE_EXCEEDED) {
    return Error(ErrorCode::LimitExceeded,
                 "the answer is larger than " + plural(settings_.response_bytes, "byte"));
  }
  if (code != CURLE_OK) {
    Error error = transfer_error(failure(code), url_);
    const bool is_cut = error.code() == ErrorCode::Truncated && body_.size() > 0;
    if (head_.status == 200 && is_cut) return make_body(std::move(error));
    return error;
  }
  if (head_.status != 200) return refusal_error();
  if (!head_.is_whole) {
    return Error(
        ErrorCode::Truncated,
        host_and_port(url_) + " closed the connection before the end of the answer's head");
  }
  return make_body(std::nullopt);
}

// `cut`: why it ended early.
HttpBody Transfer::make_body(const std::optional<Error>& cut) {
  const std::vector<std::string_view> compressions = compressions_of(head_.content_encoding);
  const bool is_gzip = compressions.size() == 1 && compressions[0].ends_with("gzip");
  if (!is_gzip && !compressions.empty()) {
    return Error(ErrorCode::Io, "the server compressed its answer with " + head_.content_encoding +
                                    ", which it was not asked for");
  }
  TRY_ASSIGN(std::unique_ptr<ByteSource> body, body_.take());
  if (cut) body = std::make_unique<BrokenSource>(std::move(body), *cut);
  if (is_gzip) body = std::make_unique<GunzipSource>(std::move(body), settings_.limits);
  return body;
}

// pprof's line, and below it what pprof does not show.
Error Transfer::refusal_error() {
  const std::string body = error_body();
  Error error = status_error(head_, body);
  const std::string words = request_.post_body ? "" : refusal_words(head_, body);
  if (words.empty()) return error;
  return Error(error.code(), error.message() + "\n  the server says: " + words);
}

std::string Transfer::error_body() {
  if (!looks_like_gzip(error_body_)) return error_body_;
  GunzipSource inflated(std::make_unique<OwnedSource>(error_body_), settings_.limits);
  std::string text(kMaxErrorBodyBytes, '\0');
  const auto count = inflated.read(text);  // What does not inflate is not shown.
  text.resize(count ? *count : 0);
  return text;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// One GET request with its redirects, over one libcurl handle after the other.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/curl_api.h"
#include "fetch/http.h"
#include "fetch/http_error.h"
#include "fetch/spool.h"

namespace plumb {

/// Not thread-safe, and pinned: libcurl holds its address.
class Transfer {
 public:
  /// `api` and `settings` must outlive the transfer.
  Transfer(const CurlApi& api, const HttpRequest& request, const HttpSettings& settings);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() = default;

  /// Makes the handle of the first hop. False if there is nothing to run: the outcome is an error.
  bool start();

  /// The handle to run. Requires: start() or finish_hop() returned true.
  [[nodiscard]] CURL* handle() const { return handle_.get(); }

  /// Looks at what became of the handle. True if a redirect made a new one, to be run in turn.
  bool finish_hop(CURLcode code);

  /// Ends the transfer with `error`, unless it has an outcome.
  void abandon(Error error);

  /// Requires: the transfer ended.
  HttpBody take_outcome() { return std::move(*outcome_); }

 private:
  struct HandleDeleter {
    const CurlApi* api;
    void operator()(CURL* handle) const { api->easy_cleanup(handle); }
  };
  struct ListDeleter {
    const CurlApi* api;
    void operator()(curl_slist* list) const { api->slist_free_all(list); }
  };

  static std::size_t on_head(char* data, std::size_t one, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t one, std::size_t count, void* self);

  template <typename Value>
  void set(CURLoption option, Value value) {
    api_.easy_setopt(handle_.get(), option, value);
  }
  Result<void> make_handle();
  void set_request();
  void set_credentials();
  void set_authorities();
  bool take_head(std::string_view line);
  bool take_body(std::string_view bytes);
  Result<bool> follow_redirect();
  HttpBody make_outcome(CURLcode code);
  HttpBody make_body(const std::optional<Error>& cut);
  [[nodiscard]] TransferFailure failure(CURLcode code) const;
  [[nodiscard]] Error refusal_error();
  [[nodiscard]] std::string error_body();

  const CurlApi& api_;
  const HttpRequest request_;
  const HttpSettings& settings_;
  const std::chrono::steady_clock::time_point deadline_;
  Url url_;  // Of this hop.
  int hops_ = 1;
  std::string proxy_;
  std::unique_ptr<curl_slist, ListDeleter> headers_;
  std::array<char, CURL_ERROR_SIZE> error_buffer_{};
  std::unique_ptr<CURL, HandleDeleter> handle_;  // Uses the members above while it lives.

  HttpHead head_;
  std::uint64_t head_bytes_ = 0;
  Spool body_;              // Of an answer with status 200.
  std::string error_body_;  // Of any other, cut short.
  bool has_enough_ = false;
  std::optional<Error> refusal_;  // Why a callback stopped libcurl.
  std::optional<HttpBody> outcome_;
};

}  // namespace plumb

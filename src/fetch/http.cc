// SPDX-License-Identifier: Apache-2.0
#include "fetch/http.h"

#include <deque>

#include "fetch/curl_api.h"
#include "fetch/transfer.h"

namespace plumb {
namespace {

constexpr int kPollMs = 1000;

// Runs transfers side by side until each has an outcome. Not thread-safe.
class TransferLoop {
 public:
  explicit TransferLoop(const CurlApi& api) : api_(api), multi_(api.multi_init()) {}
  TransferLoop(const TransferLoop&) = delete;
  TransferLoop& operator=(const TransferLoop&) = delete;
  ~TransferLoop() { api_.multi_cleanup(multi_); }

  void add(Transfer& transfer) {
    api_.multi_add_handle(multi_, transfer.handle());
    ++running_;
  }

  void run() {
    while (running_ > 0) {
      int busy = 0;
      CURLMcode code = api_.multi_perform(multi_, &busy);
      collect_finished();
      if (code == CURLM_OK && running_ > 0) {
        code = api_.multi_poll(multi_, nullptr, 0, kPollMs, nullptr);
      }
      if (code != CURLM_OK) return;  // Out of memory or descriptors: transfers lack an outcome.
    }
  }

 private:
  void collect_finished() {
    int left = 0;
    while (const CURLMsg* message = api_.multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* handle = message->easy_handle;
      const CURLcode code = message->data.result;  // The message dies with the next call.
      void* transfer = nullptr;
      api_.easy_getinfo(handle, CURLINFO_PRIVATE, &transfer);
      api_.multi_remove_handle(multi_, handle);
      --running_;
      if (static_cast<Transfer*>(transfer)->finish_hop(code))
        add(*static_cast<Transfer*>(transfer));
    }
  }

  const CurlApi& api_;
  CURLM* multi_;
  std::size_t running_ = 0;
};

}  // namespace

std::vector<HttpBody> http_get(std::span<const HttpRequest> requests,
                               const HttpSettings& settings) {
  std::vector<HttpBody> bodies;
  const auto api = load_curl();
  if (!api) {
    for (std::size_t i = 0; i < requests.size(); ++i) bodies.emplace_back(api.error());
    return bodies;
  }
  std::deque<Transfer> transfers;  // Pinned.
  TransferLoop loop(**api);
  for (const HttpRequest& request : requests) {
    Transfer& transfer = transfers.emplace_back(**api, request, settings);
    if (transfer.start()) loop.add(transfer);
  }
  loop.run();
  for (Transfer& transfer : transfers) {
    transfer.abandon(Error(ErrorCode::Io, "libcurl gave up"));
    bodies.push_back(transfer.take_outcome());
  }
  return bodies;
}

}  // namespace plumb

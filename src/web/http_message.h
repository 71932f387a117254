// SPDX-License-Identifier: Apache-2.0
// What the web front end is asked and what it answers, free of sockets.

#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plumb::web {

using NameValue = std::pair<std::string, std::string>;

/// The parameters of a URL, decoded, in the order they stand there.
class Query {
 public:
  Query() = default;
  explicit Query(std::vector<NameValue> pairs) : pairs_(std::move(pairs)) {}

  /// The first value of that name; empty if there is none.
  [[nodiscard]] std::string_view get(std::string_view name) const;
  [[nodiscard]] const std::vector<NameValue>& pairs() const { return pairs_; }

 private:
  std::vector<NameValue> pairs_;
};

struct HttpRequest {
  std::string method;      ///< "GET"
  std::string path;        ///< Decoded: "/ui/top".
  std::string query_text;  ///< As it came, without "?".
  Query query;
  std::vector<NameValue> headers;  ///< Names in lower case, values without blanks around them.
  std::string body;
  bool peer_is_loopback = true;
  std::function<bool()> is_abandoned;  ///< The browser went away. Thread-safe; null: never.

  /// The first header of that name (in lower case); empty if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type;
  std::string body;
  /// Instead of `body`: content that lives as long as the program or is shared with a cache.
  std::string_view constant_body = {};
  std::shared_ptr<const std::string> shared_body = nullptr;
  std::vector<NameValue> headers = {};

  [[nodiscard]] std::string_view content() const {
    if (shared_body) return *shared_body;
    return constant_body.empty() ? std::string_view(body) : constant_body;
  }
};

/// A sentence for people, as plain text with a line feed.
HttpResponse text_response(int status, std::string_view message);
HttpResponse json_response(std::string json);
HttpResponse redirect_response(int status, std::string location);

/// "Not Found".
std::string_view status_text(int status);

/// Percent-encoding undone; "+" is a blank only in queries. Returns false for a bad encoding.
bool percent_decode(std::string_view text, bool plus_is_blank, std::string& out);

/// Everything but letters, digits and "-._~" encoded.
std::string percent_encode(std::string_view text);

/// The parameters of `text`, which stood behind "?". Pairs that are not encoded well are left out,
/// as in Go.
Query parse_query(std::string_view text);

}  // namespace plumb::web

// SPDX-License-Identifier: Apache-2.0
// The Go program in server/, started for one test, and what a test of fetching needs around it.

#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "fetch/fetch.h"
#include "fetch/http.h"

namespace plumb {

/// Runs the server while it lives.
class TestServer {
 public:
  TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer();

  /// "127.0.0.1:PORT" of the listener `name`: http, https, mtls, proxy, closed.
  [[nodiscard]] const std::string& address(const std::string& name) const;
  [[nodiscard]] std::string port(const std::string& name) const;
  /// The path of a file that the server wrote, e.g. "ca.pem".
  [[nodiscard]] std::string file(const std::string& name) const { return directory_ + '/' + name; }

 private:
  std::string directory_;
  pid_t pid_ = -1;
  int input_ = -1;  // The server ends when this is closed.
  std::map<std::string, std::string> addresses_;
};

/// Skips its tests, with the reason, where there is no Go to build the server with.
class FetchTest : public testing::Test {
 protected:
  void SetUp() override;

  /// "http://127.0.0.1:PORT" + `path`.
  [[nodiscard]] std::string url(const std::string& path,
                                const std::string& listener = "http") const;

  /// The answer, or the message of the error. Leaves its code in code_.
  std::string fetch(const std::string& source);

  /// The same without fetch.h's grace of some seconds before a timeout.
  std::string get(const std::string& url, const HttpSettings& settings = {},
                  std::int64_t timeout_ms = 20'000);

  /// The value after "NAME=" in an answer of /echo.
  static std::string field(const std::string& echo, const std::string& name);

  std::unique_ptr<TestServer> server_;
  FetchOptions options_;
  std::vector<std::string> notices_;
  Notice notice_ = [this](std::string_view text) { notices_.emplace_back(text); };
  ErrorCode code_ = ErrorCode::NotRecognized;
};

/// Sets an environment variable while it lives.
class ScopedVariable {
 public:
  ScopedVariable(const char* name, const std::string& value);
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;
  ~ScopedVariable();

 private:
  const char* name_;
};

}  // namespace plumb

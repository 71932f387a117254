// SPDX-License-Identifier: Apache-2.0
#include "test_server.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/strings.h"

namespace plumb {
namespace {

constexpr const char* kProgram = PLUMB_E2E_SERVER;

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  }
  std::array<int, 2> ends{};
};

pid_t spawn(const std::string& directory, const Pipe& input, const Pipe& output) {
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  std::string program = kProgram;
  std::string argument = directory;
  std::array<char*, 3> arguments{program.data(), argument.data(), nullptr};
  pid_t pid = -1;
  if (posix_spawn(&pid, kProgram, &actions, nullptr, arguments.data(), environ) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace

TestServer::TestServer() {
  std::string path = testing::TempDir() + "plumb-server-XXXXXX";
  directory_ = mkdtemp(path.data());
  const Pipe input;
  const Pipe output;
  pid_ = spawn(directory_, input, output);
  close(input.ends[0]);
  close(output.ends[1]);
  input_ = input.ends[1];
  FILE* lines = fdopen(output.ends[0], "r");
  std::array<char, 256> line{};
  while (fgets(line.data(), line.size(), lines) != nullptr) {
    std::string_view address = trim(line.data());
    const std::string_view name = take_until(address, ' ');
    if (name == "ready") break;
    addresses_[std::string(name)] = address;
  }
  fclose(lines);
}

TestServer::~TestServer() {
  close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  std::filesystem::remove_all(directory_);
}

const std::string& TestServer::address(const std::string& name) const {
  return addresses_.at(name);
}

std::string TestServer::port(const std::string& name) const {
  const std::string& text = address(name);
  return text.substr(text.rfind(':') + 1);
}

void FetchTest::SetUp() {
  if (*kProgram == '\0') GTEST_SKIP() << "there is no Go compiler to build the server with";
  for (const char* name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY",
                           "no_proxy", "REQUEST_METHOD", "SSL_CERT_FILE", "SSL_CERT_DIR"}) {
    unsetenv(name);
  }
  server_ = std::make_unique<TestServer>();
}

std::string FetchTest::url(const std::string& path, const std::string& listener) const {
  const bool is_tls = listener == "https" || listener == "mtls";
  return (is_tls ? "https://" : "http://") + server_->address(listener) + path;
}

std::string FetchTest::fetch(const std::string& source) {
  auto fetched = open_source(source, options_, notice_);
  const Error* error = fetched ? nullptr : &fetched.error();
  if (error == nullptr) {
    EXPECT_TRUE(fetched->is_remote);
    auto bytes = read_all(*fetched->bytes, std::uint64_t{1} << 32);
    if (bytes) return *std::move(bytes);
    code_ = bytes.error().code();
    return bytes.error().message();
  }
  code_ = error->code();
  return error->message();
}

std::string FetchTest::get(const std::string& url, const HttpSettings& settings,
                           std::int64_t timeout_ms) {
  const HttpRequest request{*parse_url(url), timeout_ms};
  std::vector<HttpBody> bodies = http_get(std::span(&request, 1), settings);
  if (!bodies[0]) {
    code_ = bodies[0].error().code();
    return bodies[0].error().message();
  }
  return *read_all(**bodies[0], std::uint64_t{1} << 32);
}

std::string FetchTest::field(const std::string& echo, const std::string& name) {
  for (std::string_view line : split(echo, '\n')) {
    if (consume_prefix(line, name + '=')) return std::string(line);
  }
  return "no " + name + " in: " + echo;
}

ScopedVariable::ScopedVariable(const char* name, const std::string& value) : name_(name) {
  setenv(name, value.c_str(), 1);
}

ScopedVariable::~ScopedVariable() {
  unsetenv(name_);
}

}  // namespace plumb

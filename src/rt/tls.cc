// SPDX-License-Identifier: Apache-2.0
// Source of the functions: the manual pages of OpenSSL 3.0. All of their types are opaque.
#include "rt/tls.h"

#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <climits>

namespace plumb::rt::detail {

/// What is used of libssl and libcrypto.
struct OpenSsl {
  const void* (*server_method)() = nullptr;
  void* (*new_context)(const void* method) = nullptr;
  void (*free_context)(void* context) = nullptr;
  long (*control_context)(void* context, int what, long value, void* pointer) = nullptr;
  int (*use_chain_file)(void* context, const char* file) = nullptr;
  int (*use_key_file)(void* context, const char* file, int type) = nullptr;
  int (*check_key)(const void* context) = nullptr;
  void* (*new_session)(void* context) = nullptr;
  void (*free_session)(void* session) = nullptr;
  int (*set_fd)(void* session, int fd) = nullptr;
  int (*accept)(void* session) = nullptr;
  int (*read)(void* session, void* into, int size) = nullptr;
  int (*write)(void* session, const void* from, int size) = nullptr;
  int (*shutdown)(void* session) = nullptr;
  unsigned long (*take_error)() = nullptr;
  void (*describe_error)(unsigned long error, char* into, std::size_t size) = nullptr;
};

namespace {

template <typename Function>
bool find(void* library, const char* name, Function& into) {
  into = reinterpret_cast<Function>(dlsym(library, name));
  return into != nullptr;
}

// Stays loaded.
const OpenSsl* load() {
  static OpenSsl all;
  void* const ssl = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
  void* const crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
  if (ssl == nullptr || crypto == nullptr) return nullptr;
  const bool has_all =
      find(ssl, "TLS_server_method", all.server_method) &&
      find(ssl, "SSL_CTX_new", all.new_context) && find(ssl, "SSL_CTX_free", all.free_context) &&
      find(ssl, "SSL_CTX_ctrl", all.control_context) &&
      find(ssl, "SSL_CTX_use_certificate_chain_file", all.use_chain_file) &&
      find(ssl, "SSL_CTX_use_PrivateKey_file", all.use_key_file) &&
      find(ssl, "SSL_CTX_check_private_key", all.check_key) &&
      find(ssl, "SSL_new", all.new_session) && find(ssl, "SSL_free", all.free_session) &&
      find(ssl, "SSL_set_fd", all.set_fd) && find(ssl, "SSL_accept", all.accept) &&
      find(ssl, "SSL_read", all.read) && find(ssl, "SSL_write", all.write) &&
      find(ssl, "SSL_shutdown", all.shutdown) && find(crypto, "ERR_get_error", all.take_error) &&
      find(crypto, "ERR_error_string_n", all.describe_error);
  return has_all ? &all : nullptr;
}

int limited(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

Error describe(const OpenSsl& library, const std::string& file) {
  std::array<char, 256> text{};
  library.describe_error(library.take_error(), text.data(), text.size());
  while (library.take_error() != 0) {
  }
  return {ErrorCode::Io, file + ": " + text.data()};
}

}  // namespace

TlsSession::~TlsSession() {
  library_.shutdown(session_);
  library_.free_session(session_);
}

long TlsSession::read(char* into, std::size_t size) {
  return library_.read(session_, into, limited(size));
}

long TlsSession::write(const char* from, std::size_t size) {
  return library_.write(session_, from, limited(size));
}

Result<std::shared_ptr<TlsServer>> TlsServer::open(const std::string& cert_file,
                                                   const std::string& key_file) {
  constexpr int kPem = 1;
  constexpr int kSetLowestVersion = 123;
  constexpr long kTls12 = 0x0303;
  static const OpenSsl* const library = load();
  if (library == nullptr) {
    return Error(ErrorCode::NotFound, "TLS needs libssl.so.3 and libcrypto.so.3 of OpenSSL");
  }
  void* const context = library->new_context(library->server_method());
  if (context == nullptr) return describe(*library, "TLS");
  std::shared_ptr<TlsServer> server(new TlsServer(*library, context));
  library->control_context(context, kSetLowestVersion, kTls12, nullptr);
  if (library->use_chain_file(context, cert_file.c_str()) != 1) {
    return describe(*library, cert_file);
  }
  const bool has_key = library->use_key_file(context, key_file.c_str(), kPem) == 1 &&
                       library->check_key(context) == 1;
  if (!has_key) return describe(*library, key_file);
  return server;
}

TlsServer::~TlsServer() {
  library_.free_context(context_);
}

std::unique_ptr<TlsSession> TlsServer::accept(int fd) {
  void* const raw = library_.new_session(context_);
  if (raw == nullptr) return nullptr;
  if (library_.set_fd(raw, fd) != 1 || library_.accept(raw) != 1) {
    library_.free_session(raw);
    while (library_.take_error() != 0) {
    }
    return nullptr;
  }
  return std::make_unique<TlsSession>(library_, raw);
}

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
// TLS for the debug server, by the OpenSSL 3 of the machine: loaded when it is asked for, so that
// programs which do not ask need none.

#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/result.h"

namespace plumb::rt::detail {

struct OpenSsl;

/// One connection. Not thread-safe.
class TlsSession {
 public:
  TlsSession(const OpenSsl& library, void* session) : library_(library), session_(session) {}
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  /// As recv() and send(): how many bytes; 0 or less: the connection is over.
  long read(char* into, std::size_t size);
  long write(const char* from, std::size_t size);

 private:
  const OpenSsl& library_;
  void* const session_;
};

/// A certificate and its key. Thread-safe. Never destroyed with sessions left.
class TlsServer {
 public:
  /// `cert_file` may hold the chain; both are PEM.
  /// Errors: NotFound without OpenSSL, Io for files that cannot be used.
  static Result<std::shared_ptr<TlsServer>> open(const std::string& cert_file,
                                                 const std::string& key_file);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// Shakes hands with the client of a connected socket, which stays the caller's. Null if that
  /// fails. Writing may raise SIGPIPE.
  std::unique_ptr<TlsSession> accept(int fd);

 private:
  TlsServer(const OpenSsl& library, void* context) : library_(library), context_(context) {}

  const OpenSsl& library_;
  void* const context_;
};

}  // namespace plumb::rt::detail

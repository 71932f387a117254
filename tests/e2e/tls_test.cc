// SPDX-License-Identifier: Apache-2.0
// Fetching over TLS: whom to trust, client certificates, and what may not travel with a redirect.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "test_server.h"

namespace plumb {
namespace {

class TlsTest : public FetchTest {
 protected:
  void use_client_certificate(const std::string& owner = "") {
    options_.tls_cert = server_->file(owner + "client.pem");
    options_.tls_key = server_->file(owner + "client.key");
  }

  [[nodiscard]] std::string insecure(const std::string& path, const std::string& listener) const {
    return "https+insecure://" + server_->address(listener) + path;
  }
};

TEST_F(TlsTest, UnknownAuthoritiesAreNotTrusted) {
  const std::string message = fetch(url("/echo", "https"));
  EXPECT_TRUE(
      message.starts_with("the certificate of " + server_->address("https") + " is not trusted ("))
      << message;
  EXPECT_NE(message.find("-tls_ca"), std::string::npos) << message;
  EXPECT_NE(message.find("https+insecure://"), std::string::npos) << message;
}

TEST_F(TlsTest, AuthorityOfTheCommandLineIsTrusted) {
  options_.tls_ca = server_->file("ca.pem");
  EXPECT_EQ(field(fetch(url("/echo", "https")), "uri"), "/echo");
}

TEST_F(TlsTest, OnlyTheAuthorityOfTheCommandLineIsTrusted) {
  const ScopedVariable trusted("SSL_CERT_FILE", server_->file("ca.pem"));
  options_.tls_ca = server_->file("stranger/ca.pem");
  EXPECT_TRUE(fetch(url("/echo", "https")).starts_with("the certificate of "));
}

TEST_F(TlsTest, AuthorityOfTheEnvironmentIsTrusted) {
  const ScopedVariable trusted("SSL_CERT_FILE", server_->file("ca.pem"));
  EXPECT_EQ(field(fetch(url("/echo", "https")), "uri"), "/echo");
}

TEST_F(TlsTest, CertificateMustNameTheHost) {
  options_.tls_ca = server_->file("ca.pem");
  const std::string message = fetch("https://localhost:" + server_->port("https") + "/echo");
  EXPECT_TRUE(message.starts_with("the certificate of localhost:")) << message;
}

TEST_F(TlsTest, ChecksAreSkippedOnDemand) {
  EXPECT_EQ(field(fetch(insecure("/echo", "https")), "uri"), "/echo");
  EXPECT_EQ(notices_.front(), "Fetching profile over HTTP from " + insecure("/echo", "https"));
}

TEST_F(TlsTest, LeaveToSkipChecksStaysWithItsHost) {
  EXPECT_EQ(field(fetch(insecure("/redirect?to=/echo", "https")), "uri"), "/echo");
  const std::string elsewhere = "https://localhost:" + server_->port("https") + "/echo";
  const std::string message = fetch(insecure("/redirect?to=" + elsewhere, "https"));
  EXPECT_TRUE(message.starts_with("the certificate of localhost:")) << message;
}

TEST_F(TlsTest, ClientCertificateIsShown) {
  options_.tls_ca = server_->file("ca.pem");
  use_client_certificate();
  EXPECT_EQ(field(fetch(url("/echo", "mtls")), "client"), "client");
}

TEST_F(TlsTest, RedirectToTlsOfTheSameHostShowsTheClientCertificate) {
  options_.tls_ca = server_->file("ca.pem");
  use_client_certificate();
  EXPECT_EQ(field(fetch(url("/redirect?to=" + url("/echo", "mtls"))), "client"), "client");
}

TEST_F(TlsTest, RedirectToAnotherHostDoesNotShowTheClientCertificate) {
  options_.tls_ca = server_->file("ca.pem");
  use_client_certificate();
  const std::string start = "http://localhost:" + server_->port("http");
  const std::string message = fetch(start + "/redirect?to=" + url("/echo", "mtls"));
  EXPECT_NE(message.find("client certificate"), std::string::npos) << message;
}

TEST_F(TlsTest, MissingClientCertificateIsAskedFor) {
  const std::string message = fetch(insecure("/echo", "mtls"));
  EXPECT_NE(message.find("does the server want a client certificate (-tls_cert and -tls_key)?"),
            std::string::npos)
      << message;
}

TEST_F(TlsTest, CertificateOfAStrangerIsRefused) {
  use_client_certificate("stranger/");
  const std::string message = fetch(insecure("/echo", "mtls"));
  EXPECT_TRUE(message.starts_with("no TLS connection with ")) << message;
}

TEST_F(TlsTest, KeyOfAnotherCertificateIsRefused) {
  use_client_certificate();
  options_.tls_key = server_->file("stranger/client.key");
  const std::string message = fetch(insecure("/echo", "mtls"));
  EXPECT_TRUE(
      message.starts_with("could not load certificate/key pair specified by -tls_cert and "
                          "-tls_key: "))
      << message;
  EXPECT_EQ(code_, ErrorCode::Usage);
}

TEST_F(TlsTest, FileWithoutCertificatesIsRefused) {
  options_.tls_ca = server_->file("client.key");
  const std::string message = fetch(url("/echo", "https"));
  EXPECT_TRUE(message.starts_with("could not load the certificates of the authorities: "))
      << message;
}

TEST_F(TlsTest, TlsSpokenToPlainServer) {
  EXPECT_EQ(fetch("https://" + server_->address("http") + "/echo"),
            server_->address("http") + " does not speak TLS; try http://");
}

TEST_F(TlsTest, PlainTextSpokenToTlsServer) {
  EXPECT_EQ(fetch("http://" + server_->address("https") + "/echo"),
            "server response: 400 Bad Request; the server speaks TLS: write https://");
}

TEST_F(TlsTest, GoesThroughATunnelOfTheProxy) {
  const ScopedVariable proxy("HTTPS_PROXY", "http://" + server_->address("proxy"));
  options_.tls_ca = server_->file("ca.pem");
  const std::string echo = fetch("https://plumb.test/echo");
  EXPECT_EQ(field(echo, "host"), "plumb.test");
  EXPECT_EQ(field(echo, "via"), "");
}

}  // namespace
}  // namespace plumb

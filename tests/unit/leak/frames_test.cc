// SPDX-License-Identifier: Apache-2.0
#include "leak/frames.h"

#include <gtest/gtest.h>

#include <string_view>

namespace plumb {
namespace {

TEST(FindOwner, TellsWhoseCodeAFrameIs) {
  struct Case {
    std::string_view name;
    std::string_view function;
    std::string_view file;
    FrameOwner owner;
  };
  constexpr Case kCases[] = {
      {"the main package", "main.leak.func1", "/home/ann/app/main.go", FrameOwner::User},
      {"a module of the user", "github.com/acme/shop/cart.(*Cart).Add", "/home/ann/shop/cart/a.go",
       FrameOwner::User},
      {"a module without a dot in its name", "leaky/worker.Run", "leaky/worker/run.go",
       FrameOwner::User},
      {"a GOPATH folder does not tell", "github.com/acme/shop.Run",
       "/go/src/github.com/acme/shop/run.go", FrameOwner::User},
      {"the module cache", "github.com/lib/pq.(*conn).recv",
       "/go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go", FrameOwner::ThirdParty},
      {"the module cache after -trimpath", "github.com/lib/pq.(*conn).recv",
       "github.com/lib/pq@v1.10.9/conn.go", FrameOwner::ThirdParty},
      {"a vendor folder", "github.com/lib/pq.(*conn).recv",
       "/home/ann/shop/vendor/github.com/lib/pq/conn.go", FrameOwner::ThirdParty},
      {"a package escaped in the symbol", "gopkg.in/yaml%2ev2.Unmarshal",
       "/go/pkg/mod/gopkg.in/yaml.v2@v2.4.0/yaml.go", FrameOwner::ThirdParty},
      {"Bazel's copies", "com_github_lib_pq.x", "external/com_github_lib_pq/conn.go",
       FrameOwner::ThirdParty},
      {"golang.org/x wherever it lies", "golang.org/x/net/http2.(*ClientConn).readLoop",
       "/go/src/golang.org/x/net/http2/transport.go", FrameOwner::ThirdParty},
      {"a user's @ is no version", "main.run", "/home/ann@v/app/main.go", FrameOwner::User},
      {"GOROOT", "net/http.(*conn).serve", "/usr/local/go/src/net/http/server.go",
       FrameOwner::Standard},
      {"GOROOT after -trimpath", "net/http.(*conn).serve", "net/http/server.go",
       FrameOwner::Standard},
      {"the library's own vendored packages", "vendor/golang.org/x/net/http/httpproxy.x",
       "/usr/local/go/src/vendor/golang.org/x/net/http/httpproxy/proxy.go", FrameOwner::Standard},
      {"a module named as a standard package", "image/resize.Run", "/home/ann/image/resize/run.go",
       FrameOwner::User},
      {"go.uber.org is not go/...", "go.uber.org/zap.(*Logger).Info", "/home/ann/zap/logger.go",
       FrameOwner::User},
      {"sleeping", "time.Sleep", "/usr/local/go/src/runtime/time.go", FrameOwner::Standard},
      {"runtime", "runtime.gopark", "/usr/local/go/src/runtime/proc.go", FrameOwner::Runtime},
      {"the runtime of C++ programs", "plumb::rt::chan::send", "/usr/include/plumb/rt/chan.h",
       FrameOwner::Runtime},
      {"the same, inlined and without its namespaces", "select", "/usr/include/plumb/rt/select.h",
       FrameOwner::Runtime},
      {"a C++ function of the user", "shop::select", "/srv/shop.cc", FrameOwner::Native},
      {"parts of the runtime", "internal/runtime/maps.(*Map).Get", "x.go", FrameOwner::Runtime},
      {"the inside of the library", "internal/poll.(*FD).Read", "x.go", FrameOwner::Runtime},
      {"written in the runtime", "sync.runtime_Semacquire", "/usr/local/go/src/runtime/sema.go",
       FrameOwner::Runtime},
      {"what the runtime exports under runtime/", "runtime/pprof.writeGoroutine", "x.go",
       FrameOwner::Standard},
      {"how dumps print runtime.gopanic", "panic", "/usr/local/go/src/runtime/panic.go",
       FrameOwner::Runtime},
      {"type arguments hold paths", "main.Map[go.shape.int,net/http.Header]", "/home/ann/m.go",
       FrameOwner::User},
      {"a generic receiver", "github.com/acme/x.(*Set[...]).Add", "/home/ann/x/set.go",
       FrameOwner::User},
      {"C", "pthread_cond_wait", "", FrameOwner::Native},
      {"a wrapper of cgo", "main._Cfunc_sleep", "_cgo_gotypes.go", FrameOwner::Native},
      {"a wrapper of the compiler", "main.main.gowrap1", "/home/ann/main.go", FrameOwner::Native},
      {"no symbol", "", "", FrameOwner::Native},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(to_string(find_owner(c.function, c.file)), to_string(c.owner)) << c.name;
  }
}

TEST(PackageOf, EndsAtTheFirstDotOfTheLastElement) {
  EXPECT_EQ(package_of("net/http.(*conn).serve"), "net/http");
  EXPECT_EQ(package_of("main.main.func1"), "main");
  EXPECT_EQ(package_of("example.com/x.Map[example.com/y.T]"), "example.com/x");
  EXPECT_EQ(package_of("start_thread"), "");
  EXPECT_EQ(package_of(""), "");
}

TEST(IsHiddenInDumps, FollowsTheRuleOfTextDumps) {
  EXPECT_TRUE(is_hidden_in_dumps("runtime.gopark"));
  EXPECT_TRUE(is_hidden_in_dumps("runtime.main"));
  EXPECT_TRUE(is_hidden_in_dumps("runtime.(*mheap).alloc"));
  EXPECT_TRUE(is_hidden_in_dumps("runtime."));
  EXPECT_TRUE(is_hidden_in_dumps("internal/runtime/maps.fatal"));
  EXPECT_TRUE(is_hidden_in_dumps("main.main.gowrap1"));
  EXPECT_TRUE(is_hidden_in_dumps("main.main.func1.deferwrap2"));
  EXPECT_FALSE(is_hidden_in_dumps("main.gowrapper"));
  EXPECT_FALSE(is_hidden_in_dumps("main.gowrap"));
  EXPECT_FALSE(is_hidden_in_dumps("runtime.GC"));
  EXPECT_FALSE(is_hidden_in_dumps("runtime.(*Frames).Next"));
  EXPECT_FALSE(is_hidden_in_dumps("runtime/pprof.writeGoroutine"));
  EXPECT_FALSE(is_hidden_in_dumps("time.Sleep"));
  EXPECT_FALSE(is_hidden_in_dumps("main.runtime"));
}

}  // namespace
}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Whose code a frame is: of the Go runtime, the standard library, a third party, or the user.
//
// Told from the function's symbol, which begins with its import path, and from its file, which says
// where the package was built from:
//
//   net/http.(*conn).serve             /usr/lib/go-1.19/src/net/http/server.go      Standard
//   github.com/lib/pq.(*conn).recv     /go/pkg/mod/github.com/lib/pq@v1.10.9/conn.go  ThirdParty
//   github.com/acme/shop/cart.Add      /home/ann/shop/cart/add.go                   User
//   main.main.func1                    main.go                                      User

#pragma once

#include <cstdint>
#include <string_view>

namespace plumb {

enum class FrameOwner : std::uint8_t {
  User,        ///< The program's own code, as far as names and files tell.
  ThirdParty,  ///< A module in the module cache or a vendor folder, or golang.org/x.
  Standard,    ///< The standard library.
  Native,      ///< C code, or the glue that cgo and the compiler generate; also what has no symbol.
  Runtime,     ///< The Go runtime, and what the standard library keeps internal.
};

/// "user", "third-party", "standard", "native", "runtime".
std::string_view to_string(FrameOwner owner);

/// Tells the owner of a Go function from its symbol and the path of its file; `file` may be empty.
FrameOwner find_owner(std::string_view function, std::string_view file);

/// True for the functions of plumb::rt, which dumps of C++ programs leave out. Those that were
/// inlined may be known without their namespaces: the file tells then.
bool is_of_cxx_runtime(std::string_view function, std::string_view file);

/// The import path of a Go symbol: "net/http" of "net/http.(*conn).serve", "" if it has none.
std::string_view package_of(std::string_view function);

/// True for functions that Go's own text dumps leave out: those of the runtime that it does not
/// export, and wrappers that the compiler made. Profiles and dumps of crashes show them, so stacks
/// are compared without them.
bool is_hidden_in_dumps(std::string_view function);

/// True for functions that are at the ends of every stack and tell nothing: where goroutines are
/// parked, where they return to, and wrappers.
bool is_plumbing(std::string_view function);

/// True for the functions that take a goroutine profile: who runs them is the profiler's own
/// goroutine.
bool is_profiler_function(std::string_view function);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "leak/frames.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/strings.h"

namespace plumb {
namespace {

// First elements of the import paths of Go's standard library, 1.16 to 1.28, sorted. The library's
// own dependencies are under "vendor"; "runtime" is for runtime/pprof and its like.
constexpr std::array<std::string_view, 51> kStandardRoots = {
    "archive", "bufio",    "builtin", "bytes",   "cmp",      "compress", "container", "context",
    "crypto",  "database", "debug",   "embed",   "encoding", "errors",   "expvar",    "flag",
    "fmt",     "go",       "hash",    "html",    "image",    "index",    "internal",  "io",
    "iter",    "log",      "maps",    "math",    "mime",     "net",      "os",        "path",
    "plugin",  "reflect",  "regexp",  "runtime", "slices",   "sort",     "strconv",   "strings",
    "structs", "sync",     "syscall", "testing", "text",     "time",     "unicode",   "unique",
    "unsafe",  "vendor",   "weak"};
static_assert(std::ranges::is_sorted(kStandardRoots));

// Modules outside the standard library that are nobody's own code, also where the file does not
// tell (built in GOPATH mode, or by a tool that rewrites paths).
constexpr std::array<std::string_view, 2> kThirdPartyPaths = {"golang.org/x/",
                                                              "google.golang.org/"};

// "/pkg/mod/" is the module cache; with -trimpath only its "path@version" stays. "external/" is
// where Bazel puts them.
bool is_third_party_file(std::string_view file) {
  if (contains(file, "/pkg/mod/") || contains(file, "/vendor/")) return true;
  if (file.starts_with("vendor/") || file.starts_with("external/")) return true;
  const std::size_t at = file.find("@v");
  return at != std::string_view::npos && at + 2 < file.size() && file[at + 2] >= '0' &&
         file[at + 2] <= '9';
}

// A package named as one of the standard library's whose file lies outside any GOROOT/src is a
// package of a module with an unlucky name. Paths cut short by -trimpath do not tell.
bool is_outside_goroot(std::string_view file) {
  const bool is_absolute = file.starts_with('/') || (file.size() > 2 && file[1] == ':');
  return is_absolute && !contains(file, "/src/");
}

// "sync.runtime_Semacquire" and its like are written in the runtime, whatever their package.
bool is_runtime(std::string_view package, std::string_view function) {
  return package == "runtime" || package.starts_with("runtime/internal/") ||
         package.starts_with("internal/") ||
         function.substr(package.size()).starts_with(".runtime_");
}

// "main.main.gowrap1" and "main.main.deferwrap2", which pass the arguments of a go or defer
// statement on.
bool is_wrapper(std::string_view function) {
  std::string_view name = function.substr(function.rfind('.') + 1);
  if (!consume_prefix(name, "gowrap") && !consume_prefix(name, "deferwrap")) return false;
  return is_digits(name);
}

}  // namespace

std::string_view to_string(FrameOwner owner) {
  switch (owner) {
    case FrameOwner::User:
      return "user";
    case FrameOwner::ThirdParty:
      return "third-party";
    case FrameOwner::Standard:
      return "standard";
    case FrameOwner::Native:
      return "native";
    case FrameOwner::Runtime:
      return "runtime";
  }
  return "";
}

std::string_view package_of(std::string_view function) {
  // Type arguments hold import paths of their own: main.Map[go.shape.int,example.com/x.T].
  const std::string_view plain = function.substr(0, function.find('['));
  const std::size_t slash = plain.rfind('/');
  const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  const std::size_t dot = plain.find('.', name);
  return dot == std::string_view::npos ? std::string_view{} : function.substr(0, dot);
}

bool is_of_cxx_runtime(std::string_view function, std::string_view file) {
  return function.starts_with("plumb::rt::") || contains(file, "/include/plumb/rt/");
}

FrameOwner find_owner(std::string_view function, std::string_view file) {
  if (function == "panic") return FrameOwner::Runtime;  // How dumps print runtime.gopanic.
  if (is_of_cxx_runtime(function, file)) return FrameOwner::Runtime;
  const std::string_view package = package_of(function);
  if (package.empty() || contains(function, "._Cfunc_") || contains(function, "._C2func_") ||
      is_wrapper(function)) {
    return FrameOwner::Native;
  }
  if (is_runtime(package, function)) return FrameOwner::Runtime;
  const std::string_view root = package.substr(0, package.find('/'));
  if (std::ranges::binary_search(kStandardRoots, root) && !is_outside_goroot(file)) {
    return FrameOwner::Standard;
  }
  if (is_third_party_file(file)) return FrameOwner::ThirdParty;
  const bool is_known_module = std::ranges::any_of(
      kThirdPartyPaths, [&](std::string_view path) { return package.starts_with(path); });
  return is_known_module ? FrameOwner::ThirdParty : FrameOwner::User;
}

bool is_plumbing(std::string_view function) {
  constexpr std::array<std::string_view, 6> kFunctions = {
      "runtime.gopark", "runtime.goparkunlock", "runtime.goexit",
      "runtime.mcall",  "runtime.systemstack",  "runtime.goschedImpl"};
  return is_wrapper(function) || std::ranges::find(kFunctions, function) != kFunctions.end();
}

bool is_hidden_in_dumps(std::string_view function) {
  if (is_wrapper(function)) return true;
  if (function.starts_with("internal/runtime/")) return true;
  if (!consume_prefix(function, "runtime.")) return false;
  const std::size_t dot = function.rfind('.');
  if (dot == std::string_view::npos) return function.empty() || !is_upper(function[0]);
  std::string_view receiver = function.substr(0, dot);
  consume_prefix(receiver, "(*");
  return receiver.empty() || !is_upper(receiver[0]) || dot + 1 == function.size() ||
         !is_upper(function[dot + 1]);
}

bool is_profiler_function(std::string_view function) {
  if (function == "runtime/debug.Stack" || function == "runtime/debug.PrintStack") return true;
  if (!consume_prefix(function, "runtime/pprof.")) return false;
  return function.starts_with("writeGoroutine") || function.starts_with("writeRuntimeProfile") ||
         function.starts_with("runtime_goroutine") || function.starts_with("pprof_goroutine");
}

}  // namespace plumb

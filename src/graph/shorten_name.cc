// SPDX-License-Identifier: Apache-2.0
#include "graph/shorten_name.h"

#include <re2/re2.h>

namespace plumb {
namespace {

// Names are bytes: what is not UTF-8 is matched as well as anything.
struct Patterns {
  // A module's major version in a path: /v2 and up, before a slash or a dot.
  RE2 version{R"(^(.*?)/v(?:[2-9]|[1-9][0-9]+)([./].*)$)", RE2::Latin1};
  // Go: the path before the last element of the package.
  RE2 go{R"(^(?:[\w\-\.]+/)+([^.]+\..+))", RE2::Latin1};
  // Java: lower-case packages before Class.method, and arguments behind.
  RE2 java{R"(^(?:[a-z]\w*\.)*([A-Z][\w$]*\.(?:<init>|[a-z][\w$]*(?:\$\d+)?))(?:\(|$))",
           RE2::Latin1};
  // C++: namespaces before Class::method and its template arguments.
  RE2 cpp{R"(^(?:[_a-zA-Z]\w*::)+(_*[A-Z]\w*::~?[_a-zA-Z]\w*(?:<.*>)?))", RE2::Latin1};
};

}  // namespace

std::string shorten_function_name(std::string_view name) {
  static const Patterns patterns;
  constexpr std::string_view kAnonymous = "(anonymous namespace)::";
  if (name.starts_with(kAnonymous)) name.remove_prefix(kAnonymous.size());
  std::string text(name);
  RE2::Replace(&text, patterns.version, R"(\1\2)");
  std::string part;
  for (const RE2* const pattern : {&patterns.go, &patterns.java, &patterns.cpp}) {
    if (RE2::PartialMatch(text, *pattern, &part)) return part;
  }
  return text;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Short forms of function names, for boxes with little room.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// The part of a function's name that tells most, as pprof's graphs show it:
///
///   github.com/a/b/v2.(*T).Run     b.(*T).Run
///   java.util.HashMap.put(Object)  HashMap.put
///   ns::Foo::bar<int>              Foo::bar<int>
///   (anonymous namespace)::f       f
std::string shorten_function_name(std::string_view name);

}  // namespace plumb

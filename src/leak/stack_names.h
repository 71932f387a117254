// SPDX-License-Identifier: Apache-2.0
// Looks at a group's stack by the names of its functions.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "leak/stack_groups.h"

namespace plumb {

/// True if `function` ends with `suffix`, type arguments ("[...]") left out.
bool ends_with_function(std::string_view function, std::string_view suffix);

/// True if a function on the stack of `group` ends with `suffix`, type arguments left out.
bool has_function(const StackGroups& groups, const StackGroup& group, std::string_view suffix);

/// has_function() for many groups: each function is looked at once.
class FramesNamed {
 public:
  /// Of functions that end with one of `suffixes`. Keeps `groups`.
  FramesNamed(const StackGroups& groups, std::span<const std::string_view> suffixes);
  FramesNamed(const StackGroups& groups, std::string_view suffix)
      : FramesNamed(groups, std::span(&suffix, 1)) {}

  /// True if one is on the stack of `group`.
  [[nodiscard]] bool is_on(const StackGroup& group) const;

 private:
  const StackGroups& groups_;
  std::vector<bool> is_named_;  // By StackFrameId.
};

/// The name of the function at the leaf that is no plumbing of the runtime; may be empty.
std::string_view leaf_function(const StackGroups& groups, const StackGroup& group);

/// The function where the program's code waits; empty without a stack.
std::string_view blocked_function(const StackGroups& groups, const StackGroup& group);

/// True if that is code of the program's own.
bool waits_in_own_code(const StackGroups& groups, const StackGroup& group);

/// The function that has the `go` statement; empty if it is not known.
std::string_view creator_function(const StackGroups& groups, const StackGroup& group);

/// The function of the program that started them: the one that has the `go` statement, or, where
/// that is a library which only starts what it is given, as sync.(*WaitGroup).Go and
/// time.AfterFunc do, the one around the closure that it was given. Empty if that is not known.
std::string_view starter_function(const StackGroups& groups, const StackGroup& group);

/// "app.(*Client).fetch" of "example.com/team/app.(*Client).fetch": without the path of its
/// package.
std::string_view short_name(std::string_view function);

/// "fetch" of "example.com/app.(*Client).fetch.func1": the innermost named function.
std::string_view plain_name(std::string_view function);

/// "Client" of "example.com/app.(*Client).fetch.func1"; empty for a plain function.
std::string_view receiver_of(std::string_view function);

/// The function that made a closure: "main.fetch.func1" of "main.fetch.func1.2"; itself otherwise.
std::string_view outer_function(std::string_view function);

/// The function that a closure stands in: "main.fetch" of "main.fetch.func1.2"; itself otherwise.
std::string_view enclosing_function(std::string_view function);

/// True if the stack is that of the program's main goroutine.
bool is_main_goroutine(const StackGroups& groups, const StackGroup& group);

/// A key for the same place after a rebuild: without lines, numbers of closures, type arguments and
/// versions of modules.
std::string coarse_key(const StackGroups& groups, const StackGroup& group);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "leak/stack_names.h"

#include <algorithm>

#include "base/strings.h"
#include "leak/wait_kind.h"

namespace plumb {
namespace {

// "func1", "gowrap2", "1": what the compiler calls a function without a name.
bool is_closure_part(std::string_view part) {
  for (const std::string_view prefix : {"func", "gowrap", "deferwrap"}) {
    std::string_view rest = part;
    if (consume_prefix(rest, prefix) && is_digits(rest)) return true;
  }
  return is_digits(part);
}

std::string without_arguments(std::string_view function) {
  std::string plain;
  int depth = 0;
  for (const char c : function) {
    if (c == '[') ++depth;
    if (depth == 0) plain += c;
    if (c == ']' && depth > 0) --depth;
  }
  return plain;
}

}  // namespace

// Asked for every frame and many suffixes: most differ in the last letter.
bool ends_with_function(std::string_view function, std::string_view suffix) {
  std::size_t at = function.size();
  for (std::size_t left = suffix.size(); left > 0; --left) {
    while (at > 0 && function[at - 1] == ']') {
      int depth = 0;
      do {
        --at;
        if (function[at] == ']') ++depth;
        if (function[at] == '[') --depth;
      } while (at > 0 && depth > 0);
    }
    if (at == 0 || function[at - 1] != suffix[left - 1]) return false;
    --at;
  }
  return true;
}

bool has_function(const StackGroups& groups, const StackGroup& group, std::string_view suffix) {
  return std::ranges::any_of(groups.stack(group), [&](StackFrameId id) {
    return ends_with_function(groups.text(groups.frame(id).function), suffix);
  });
}

FramesNamed::FramesNamed(const StackGroups& groups, std::span<const std::string_view> suffixes)
    : groups_(groups) {
  is_named_.reserve(groups.frames.size());
  for (const StackFrame& frame : groups.frames) {
    const std::string_view function = groups.text(frame.function);
    is_named_.push_back(std::ranges::any_of(suffixes, [function](std::string_view suffix) {
      return ends_with_function(function, suffix);
    }));
  }
}

bool FramesNamed::is_on(const StackGroup& group) const {
  return std::ranges::any_of(groups_.stack(group),
                             [this](StackFrameId id) { return is_named_[id.index]; });
}

std::string_view leaf_function(const StackGroups& groups, const StackGroup& group) {
  for (const StackFrameId id : groups.stack(group)) {
    const StackFrame& frame = groups.frame(id);
    if (frame.is_hidden || frame.is_elided || frame.owner == FrameOwner::Runtime) continue;
    return groups.text(frame.function);
  }
  return {};
}

std::string_view blocked_function(const StackGroups& groups, const StackGroup& group) {
  if (group.blocked == kNone) return {};
  return groups.text(groups.frame(group, group.blocked).function);
}

bool waits_in_own_code(const StackGroups& groups, const StackGroup& group) {
  return group.blocked != kNone && groups.frame(group, group.blocked).owner == FrameOwner::User;
}

std::string_view creator_function(const StackGroups& groups, const StackGroup& group) {
  if (group.creator.index == kNone) return {};
  return groups.text(groups.frame(group.creator).function);
}

std::string_view starter_function(const StackGroups& groups, const StackGroup& group) {
  const std::string_view creator = creator_function(groups, group);
  if (creator.empty() || group.entry == kNone) return creator;
  const StackFrame& entry = groups.frame(group, group.entry);
  const bool is_given =
      groups.frame(group.creator).owner != FrameOwner::User && entry.owner == FrameOwner::User;
  if (!is_given) return creator;
  // What a server calls further in was given to it long before.
  for (const StackFrameId id : groups.stack(group).subspan(group.entry + 1)) {
    const StackFrame& frame = groups.frame(id);
    if (frame.is_hidden || frame.owner == FrameOwner::Runtime) continue;
    if (enclosing_function(groups.text(frame.function)) != creator) return {};
  }
  const std::string_view given = groups.text(entry.function);
  const std::string_view enclosing = enclosing_function(given);
  return enclosing == given ? std::string_view() : enclosing;
}

std::string_view outer_function(std::string_view function) {
  const std::size_t dot = function.rfind('.');
  // "main.func1" may be a name.
  const bool is_closure = dot != std::string_view::npos && dot > package_of(function).size() &&
                          is_closure_part(function.substr(dot + 1));
  return is_closure ? function.substr(0, dot) : function;
}

std::string_view enclosing_function(std::string_view function) {
  for (;;) {
    const std::string_view outer = outer_function(function);
    if (outer.size() == function.size()) return function;
    function = outer;
  }
}

std::string_view short_name(std::string_view function) {
  if (contains(function, "::")) return function;  // Of C++, where slashes are operators.
  // Type arguments and receivers may have paths of their own.
  const std::string_view package = function.substr(0, function.find_first_of("[("));
  const std::size_t slash = package.rfind('/');
  return slash == std::string_view::npos || slash + 1 == function.size()
             ? function
             : function.substr(slash + 1);
}

std::string_view plain_name(std::string_view function) {
  const std::string_view named = enclosing_function(function);
  return named.substr(named.rfind('.') + 1);
}

std::string_view receiver_of(std::string_view function) {
  const std::string_view package = package_of(function);
  if (package.empty()) return {};
  std::string_view rest = enclosing_function(function);
  if (rest.size() <= package.size()) return {};
  rest.remove_prefix(package.size() + 1);
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string_view::npos) return {};
  std::string_view receiver = rest.substr(0, dot);
  if (consume_prefix(receiver, "(*")) receiver = receiver.substr(0, receiver.find_first_of("[)"));
  return receiver.substr(0, receiver.find('['));
}

bool is_main_goroutine(const StackGroups& groups, const StackGroup& group) {
  return std::ranges::any_of(groups.stack(group), [&](StackFrameId id) {
    const std::string_view function = groups.text(groups.frame(id).function);
    return function == "runtime.main" || function == "main.main";
  });
}

std::string coarse_key(const StackGroups& groups, const StackGroup& group) {
  std::string key = std::string(describe(find_wait_kind(groups, group)));
  const auto add = [&](StackFrameId id) {
    const StackFrame& frame = groups.frame(id);
    if (frame.is_hidden || frame.is_elided || frame.owner == FrameOwner::Runtime) return;
    key += '\n' + without_arguments(enclosing_function(groups.text(frame.function)));
  };
  for (const StackFrameId id : groups.stack(group)) add(id);
  if (group.creator.index != kNone) {
    key += "\nby";
    add(group.creator);
  }
  return key;
}

}  // namespace plumb

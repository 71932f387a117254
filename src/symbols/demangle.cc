// SPDX-License-Identifier: Apache-2.0
#include "symbols/demangle.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "symbols/cxx_parser.h"
#include "symbols/cxx_printer.h"
#include "symbols/rust_demangle.h"

namespace plumb {
namespace {

constexpr std::size_t kMaxMangledBytes = std::size_t{64} << 10;

std::optional<std::string> demangle_cxx(std::string_view mangled, DemangleMode mode) {
  CxxArena arena;
  CxxParser parser(mangled, arena);
  const bool is_full = mode == DemangleMode::Full;
  const CxxNode* const tree =
      parser.parse(is_full ? CxxParameters::Parsed : CxxParameters::Ignored);
  if (tree == nullptr) return std::nullopt;
  CxxPrinter printer(
      {.template_arguments = mode != DemangleMode::Simple, .enclosing_parameters = is_full});
  if (!printer.print(tree)) return std::nullopt;
  return printer.text();
}

// "_GLOBAL__I_x", "_GLOBAL__sub_I_x": what runs before main() for a file.
std::optional<std::string> demangle_global(std::string_view rest) {
  if (rest.size() < 4 || (rest[0] != '.' && rest[0] != '_' && rest[0] != '$')) return std::nullopt;
  if ((rest[1] != 'I' && rest[1] != 'D') || rest[2] != '_') return std::nullopt;
  std::string text = rest[1] == 'I' ? "global constructors" : "global destructors";
  text += " keyed to ";
  std::string_view key = rest.substr(3);
  if (!consume_prefix(key, "_Z")) return text += rest;
  auto demangled = demangle_cxx(key, DemangleMode::Full);
  if (!demangled) return std::nullopt;
  return text += *demangled;
}

// clang: the body of a block in a function.
std::optional<std::string> demangle_block(std::string_view rest, DemangleMode mode) {
  const std::size_t at = rest.rfind("_block_invoke");
  if (at == std::string_view::npos) return std::nullopt;
  auto function = demangle_cxx(rest.substr(0, at), mode);
  if (!function) return std::nullopt;
  return "invocation function for block in " + *function;
}

// Removes what stands between `open` and `close`, nested pairs included; nothing if they do not
// match.
std::string without_pairs(std::string_view name, char open, char close) {
  std::string kept;
  std::size_t nesting = 0;
  for (const char c : name) {
    if (c == open) ++nesting;
    if (nesting == 0 && c != close) kept += c;
    if (c != close) continue;
    if (nesting == 0) return std::string(name);
    --nesting;
  }
  return nesting == 0 ? kept : std::string(name);
}

// By character: whether names have it that look demangled.
constexpr auto kOfDemangled = [] {
  std::array<bool, 256> table{};
  for (const unsigned char c : std::string_view("<>[]:")) table[c] = true;
  return table;
}();

// Whether a name may have been demangled before. Java has "class.<init>", Go "f.(*T[...]).Method".
bool looks_demangled(std::string_view name) {
  if (name.find(".<") != std::string_view::npos || name.find("]).") != std::string_view::npos) {
    return false;
  }
  return name.find_first_of("<>[]") != std::string_view::npos ||
         name.find("::") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> demangle(std::string_view mangled, DemangleMode mode) {
  if (mode == DemangleMode::None || mangled.size() > kMaxMangledBytes) return std::nullopt;
  if (mangled.starts_with("_R")) {
    return demangle_rust(mangled,
                         mode == DemangleMode::Simple ? RustGenerics::Hidden : RustGenerics::Shown);
  }
  if (auto rust = demangle_old_rust(mangled)) return rust;
  std::string_view rest = mangled;
  if (consume_prefix(rest, "_Z")) return demangle_cxx(rest, mode);
  if (consume_prefix(rest, "___Z")) return demangle_block(rest, mode);
  if (consume_prefix(rest, "_GLOBAL_")) return demangle_global(rest);
  return std::nullopt;
}

bool is_displayed_as_is(std::string_view system_name) {
  return !system_name.starts_with('_') && std::ranges::none_of(system_name, [](char c) {
    return kOfDemangled[static_cast<unsigned char>(c)];
  });
}

std::string displayed_name(std::string_view system_name, DemangleMode mode) {
  if (mode == DemangleMode::None || is_displayed_as_is(system_name))
    return std::string(system_name);
  if (auto name = demangle(system_name, mode)) return *std::move(name);
  // macOS puts another underscore in front of all symbols.
  if (system_name.starts_with('_')) {
    if (auto name = demangle(system_name.substr(1), mode)) return *std::move(name);
  }
  std::string name(system_name);
  if (mode == DemangleMode::Full || !looks_demangled(name)) return name;
  name = without_pairs(name, '(', ')');
  if (mode == DemangleMode::Simple) name = without_pairs(name, '<', '>');
  return name;
}

}  // namespace plumb

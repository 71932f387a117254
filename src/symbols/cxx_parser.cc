// SPDX-License-Identifier: Apache-2.0
// Whole symbols and names. Types are in cxx_parser_types.cc and cxx_parser_templates.cc,
// expressions in cxx_parser_expressions.cc.

#include "symbols/cxx_parser.h"

#include <algorithm>

#include "base/ascii.h"

namespace plumb {
namespace {}  // namespace

bool CxxParser::consume(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

bool CxxParser::consume(std::string_view word) {
  if (!rest().starts_with(word)) return false;
  at_ += word.size();
  return true;
}

CxxNode* CxxParser::fail() {
  failed_ = true;
  at_ = text_.size();
  return &none_;
}

CxxNode* CxxParser::make(CxxNode node) {
  if (failed_) return &none_;
  CxxNode* const added = arena_.add(std::move(node));
  return added == nullptr ? fail() : added;
}

std::int64_t CxxParser::number() {
  const bool is_negative = consume('n');
  if (!is_digit(peek())) return fail(), 0;
  std::int64_t value = 0;
  for (; is_digit(peek()); ++at_) {
    if (value > INT32_MAX / 10) return fail(), 0;
    value = value * 10 + (peek() - '0');
  }
  return is_negative ? -value : value;
}

// "_" is 0, "0_" is 1 ...
std::int64_t CxxParser::compact_number() {
  if (consume('_')) return 0;
  if (peek() == 'n') return fail(), 0;
  const std::int64_t value = number();
  expect('_');
  return value + 1;
}

// As a compact number, in base 36.
std::int64_t CxxParser::sequence_id() {
  if (consume('_')) return 0;
  std::int64_t value = 0;
  while (!at_end()) {
    const char c = text_[at_++];
    if (c == '_') return value + 1;
    if (value > INT32_MAX / 36 || (!is_digit(c) && !is_upper(c))) break;
    value = value * 36 + (is_digit(c) ? c - '0' : c - 'A' + 10);
  }
  return fail(), 0;
}

std::string_view CxxParser::identifier() {
  const std::int64_t size = number();
  if (size <= 0 || static_cast<std::uint64_t>(size) > rest().size()) return fail(), "";
  const std::string_view text = rest().substr(0, static_cast<std::size_t>(size));
  at_ += text.size();
  return text;
}

CxxNode* CxxParser::parse(CxxParameters parameters) {
  CxxNode* whole = encoding(parameters, Scope::Top);
  if (failed_ || !unbound_.empty()) return nullptr;
  return whole;
}

CxxNode* CxxParser::encoding(CxxParameters parameters, Scope scope) {
  const DepthGuard guard(*this);
  if (at_end()) return fail();
  if (peek() == 'G' || peek() == 'T') return special_name();
  const bool is_explicit_this = peek() == 'N' && peek(1) == 'H';
  CxxNode* whole = name();
  if (failed_) return &none_;
  if (parameters == CxxParameters::Ignored) {
    // The qualifiers of a method go with its parameters.
    if (whole->kind == Kind::Method) whole = whole->a;
    if (whole->kind == Kind::Local && whole->b->kind == Kind::Method) {
      return make({.kind = Kind::Local, .a = whole->a, .b = whole->b->a});
    }
    return whole;
  }
  if (at_end() || peek() == 'E') return whole;
  if (peek() == '.') return whole;

  CxxNode* const of_template = find_template(whole);
  const std::size_t outer_lambda = lambda_level_;
  if (of_template != nullptr) {
    scopes_.push_back({&of_template->list});
    lambda_level_ = 0;
  }
  Nodes enable_if;
  if (rest().starts_with("Ua9enable_ifI")) {
    at_ += std::string_view("Ua9enable_if").size();
    enable_if = template_arguments();
  }
  CxxNode* const function = bare_function_type(has_return_type(whole), is_explicit_this);
  CxxNode* const condition = peek() == 'Q' ? constraint() : nullptr;
  if (of_template != nullptr) {
    scopes_.pop_back();
    lambda_level_ = outer_lambda;
  }
  if (failed_) return &none_;
  if (scope == Scope::Local) function->c = nullptr;

  // The qualifiers that came with the name belong behind the parameters.
  CxxNode* shown = whole;
  const CxxNode* qualified_name = nullptr;
  if (whole->kind == Kind::Method) {
    qualified_name = whole;
    shown = whole->a;
  } else if (whole->kind == Kind::Local && whole->b->kind == Kind::Method) {
    qualified_name = whole->b;
    shown = make({.kind = Kind::Local, .a = whole->a, .b = whole->b->a});
  }
  CxxNode* result = make({.kind = Kind::Function,
                          .number = qualified_name != nullptr ? qualified_name->number : 0,
                          .text = qualified_name != nullptr ? qualified_name->text : "",
                          .a = shown,
                          .b = function});
  if (!enable_if.empty()) {
    result = make({.kind = Kind::EnableIf, .a = result, .list = std::move(enable_if)});
  }
  if (condition != nullptr) result = make({.kind = Kind::Requires, .a = result, .b = condition});
  return result;
}

CxxNode* CxxParser::find_template(CxxNode* node) {
  for (;;) {
    switch (node->kind) {
      case Kind::Template:
        return node;
      case Kind::Local:
        node = node->b;
        break;
      case Kind::Qualified:
        if (node->b->kind != Kind::Constructor) return nullptr;
        node = node->b;
        break;
      case Kind::Method:
        node = node->a;
        break;
      case Kind::Constructor:
        if (node->b == nullptr) return nullptr;
        node = node->b;
        break;
      default:
        return nullptr;
    }
  }
}

// Names of templates say what they return, but for those that cannot return anything else.
bool CxxParser::has_return_type(const CxxNode* node) {
  while (node->kind == Kind::Local || node->kind == Kind::Method) {
    node = node->kind == Kind::Local ? node->b : node->a;
  }
  return node->kind == Kind::Template && !is_conversion_like(node->a);
}

bool CxxParser::is_conversion_like(const CxxNode* node) {
  while (node->kind == Kind::Qualified) node = node->b;
  return node->kind == Kind::Constructor || node->kind == Kind::Destructor ||
         node->kind == Kind::Conversion;
}

CxxNode* CxxParser::special_name() {
  const auto special = [&](std::string_view prefix, CxxNode* node) {
    return make({.kind = Kind::Special, .text = prefix, .a = node});
  };
  const auto of_encoding = [&](std::string_view prefix) {
    return special(prefix, encoding(CxxParameters::Parsed, Scope::Top));
  };
  if (consume("TV")) return special("vtable for ", type());
  if (consume("TT")) return special("VTT for ", type());
  if (consume("TI")) return special("typeinfo for ", type());
  if (consume("TS")) return special("typeinfo name for ", type());
  if (consume("TA")) return special("template parameter object for ", template_argument());
  if (consume("TF")) return special("typeinfo fn for ", type());
  if (consume("TJ")) return special("java Class for ", type());
  if (consume("TH")) return special("TLS init function for ", name());
  if (consume("TW")) return special("TLS wrapper function for ", name());
  if (consume("TC")) {
    CxxNode* const derived = type();
    if (number() < 0) return fail();
    expect('_');
    CxxNode* const base = type();
    return make({.kind = Kind::Special2,
                 .text = "construction vtable for ",
                 .second_text = "-in-",
                 .a = base,
                 .b = derived});
  }
  if (consume("Tc")) {
    call_offset();
    call_offset();
    return of_encoding("covariant return thunk to ");
  }
  if (peek() == 'T' && (peek(1) == 'h' || peek(1) == 'v')) {
    const bool is_virtual = peek(1) == 'v';
    ++at_;
    call_offset();
    return of_encoding(is_virtual ? "virtual thunk to " : "non-virtual thunk to ");
  }
  if (consume("GV")) return special("guard variable for ", name());
  if (consume("GR")) {
    CxxNode* const of = name();
    if (!at_end()) sequence_id();
    return special("reference temporary for ", of);
  }
  if (consume("GA")) return of_encoding("hidden alias for ");
  if (consume("GTn")) return of_encoding("non-transaction clone for ");
  if (consume("GT") && !at_end()) {
    ++at_;
    return of_encoding("transaction clone for ");
  }
  if (consume("GI")) {
    CxxNode* const module = module_name(nullptr);
    return module == nullptr ? fail() : special("initializer for module ", module);
  }
  return fail();
}

void CxxParser::call_offset() {
  if (consume('h')) {
    number();
  } else if (consume('v')) {
    number();
    expect('_');
    number();
  } else {
    fail();
  }
  expect('_');
}

CxxNode* CxxParser::name() {
  const DepthGuard guard(*this);
  switch (peek()) {
    case 'N':
      return nested_name();
    case 'Z':
      return local_name();
    default:
      return scoped_name(nullptr);
  }
}

// A name without scope, or in std.
CxxNode* CxxParser::scoped_name(CxxNode* module) {
  const std::size_t first_unbound = unbound_.size();
  CxxNode* node = nullptr;
  bool is_candidate = true;
  const bool may_have_arguments = peek() != 'U';
  if (peek() == 'S' && peek(1) != 't') {
    node = substitution(false);
    is_candidate = false;
    if (node->kind == Kind::Module) node = unqualified_name(node);
  } else if (consume("St")) {
    CxxNode* const within = unqualified_name(nullptr);
    node = make({.kind = Kind::Qualified, .a = named("std"), .b = within});
  } else {
    node = unqualified_name(module);
  }
  if (peek() == 'I' && may_have_arguments) {
    if (is_candidate) candidates_.push_back(node);
    node = template_of(node);
    if (!failed_) bind_conversion(node->list, first_unbound);
  }
  if (unbound_.size() > first_unbound && scopes_.empty()) return fail();
  return node;
}

CxxNode* CxxParser::nested_name() {
  expect('N');
  std::int64_t bits = 0;
  std::string_view reference;
  CxxNode* condition = nullptr;
  if (!consume('H')) {
    bits = qualifiers(condition);
    reference = reference_qualifier();
  }
  CxxNode* const node = prefix();
  expect('E');
  if (bits == 0 && reference.empty()) return node;
  return make({.kind = Kind::Method, .number = bits, .text = reference, .a = node});
}

// For the name of a constructor: that of its class.
const CxxNode* CxxParser::last_name(const CxxNode* node) {
  for (;;) {
    if (node->kind == Kind::Template || node->kind == Kind::Tagged) {
      node = node->a;
    } else if (node->kind == Kind::Qualified) {
      node = node->b;
    } else {
      return node;
    }
  }
}

CxxNode* CxxParser::prefix() {
  const DepthGuard guard(*this);
  CxxNode* whole = nullptr;
  CxxNode* last = nullptr;
  CxxNode* module = nullptr;
  const std::size_t first_unbound = unbound_.size();
  while (!failed_) {
    if (at_end()) return fail();
    const char c = peek();
    if (c == 'E') {
      if (whole == nullptr || unbound_.size() > first_unbound) return fail();
      return whole;
    }
    if (c == 'M') {  // The scope of a lambda in an initial value: the variable says enough.
      if (whole == nullptr) return fail();
      ++at_;
      continue;
    }
    CxxNode* next = nullptr;
    if (c == 'I' || c == 'J') {
      if (whole == nullptr) return fail();
      next = template_of(whole);
      if (failed_) return &none_;
      bind_conversion(next->list, first_unbound);
      whole = nullptr;
    } else {
      next = prefix_part(whole, last, module);
      if (next == nullptr) continue;
    }
    last = next;
    whole = whole == nullptr ? next : make({.kind = Kind::Qualified, .a = whole, .b = next});
    if (c != 'S' && peek() != 'E') candidates_.push_back(whole);
  }
  return &none_;
}

// Null for what only says how to read the next part.
CxxNode* CxxParser::prefix_part(CxxNode* whole, CxxNode* last, CxxNode*& module) {
  const char c = peek();
  const bool is_name = is_digit(c) || is_lower(c) || c == 'U' || c == 'L' || c == 'F' || c == 'W' ||
                       (c == 'D' && peek(1) == 'C');
  if (is_name) {
    CxxNode* const node = unqualified_name(module);
    module = nullptr;
    return node;
  }
  switch (c) {
    case 'C':
      return constructor_or_destructor(last);
    case 'D':
      if (peek(1) == 'T' || peek(1) == 't') return type();
      return constructor_or_destructor(last);
    case 'S': {
      CxxNode* const node = substitution(true);
      if (node->kind != Kind::Module || whole != nullptr) return node;
      module = node;
      return nullptr;
    }
    case 'T':
      return template_parameter();
    default:
      return fail();
  }
}

CxxNode* CxxParser::constructor_or_destructor(CxxNode* last) {
  if (last == nullptr) return fail();
  auto* const of = const_cast<CxxNode*>(last_name(last));
  if (consume('D')) {
    if (at_end()) return fail();
    ++at_;
    return tagged(make({.kind = Kind::Destructor, .a = of}));
  }
  expect('C');
  const bool is_inherited = consume('I');
  if (at_end()) return fail();
  ++at_;
  CxxNode* const base = is_inherited ? type() : nullptr;
  return tagged(make({.kind = Kind::Constructor, .a = of, .b = base}));
}

CxxNode* CxxParser::local_name() {
  expect('Z');
  CxxNode* const function = encoding(CxxParameters::Parsed, Scope::Local);
  expect('E');
  if (consume('s')) {
    discriminator();
    return make({.kind = Kind::Local, .a = function, .b = named("string literal")});
  }
  std::int64_t argument = -1;
  if (consume('d')) argument = compact_number();
  CxxNode* entity = name();
  discriminator();
  if (argument >= 0) {
    entity = make({.kind = Kind::DefaultArgument, .number = argument + 1, .a = entity});
  }
  return make({.kind = Kind::Local, .a = function, .b = entity});
}

// Not shown. clang leaves the underscore out at the end of a name.
void CxxParser::discriminator() {
  if (!consume('_')) {
    if (std::ranges::all_of(rest(), is_digit)) at_ = text_.size();
    return;
  }
  const bool is_long = consume('_');
  const std::int64_t value = number();
  if (value < 0) fail();
  if (is_long && value >= 10) expect('_');
}

CxxNode* CxxParser::unqualified_name(CxxNode* module) {
  const DepthGuard guard(*this);
  module = module_name(module);
  const bool is_friend = consume('F');
  const char c = peek();
  CxxNode* node = nullptr;
  if (is_digit(c)) {
    node = source_name();
  } else if (consume("li")) {
    node = make({.kind = Kind::LiteralSuffix, .a = source_name()});
  } else if (is_lower(c)) {
    node = operator_name(false);
  } else if (consume("DC")) {
    node = structured_bindings();
  } else if (consume('L')) {
    node = source_name();
    discriminator();
  } else if (consume("Ub")) {
    compact_number();
    node = named("'block-literal'");
  } else if (peek() == 'U' && peek(1) == 'l') {
    node = closure();
  } else if (peek() == 'U' && peek(1) == 't') {
    node = unnamed_type();
  } else {
    return fail();
  }
  if (module != nullptr) node = make({.kind = Kind::OfModule, .a = node, .b = module});
  node = tagged(node);
  return is_friend ? make({.kind = Kind::Friend, .a = node}) : node;
}

CxxNode* CxxParser::module_name(CxxNode* parent) {
  while (consume('W')) {
    const bool is_partition = consume('P');
    CxxNode* const part = source_name();
    parent = make({.kind = Kind::Module, .number = is_partition ? 1 : 0, .a = parent, .b = part});
    candidates_.push_back(parent);
  }
  return parent;
}

CxxNode* CxxParser::structured_bindings() {
  Nodes bindings;
  do {
    bindings.push_back(source_name());
  } while (!failed_ && !consume('E'));
  return make({.kind = Kind::Bindings, .list = std::move(bindings)});
}

CxxNode* CxxParser::source_name() {
  const std::string_view text = identifier();
  constexpr std::string_view kAnonymous = "_GLOBAL_";
  if (text.starts_with(kAnonymous) && text.size() > kAnonymous.size() + 2) {
    const char separator = text[kAnonymous.size()];
    const bool is_anonymous = (separator == '.' || separator == '_' || separator == '$') &&
                              text[kAnonymous.size() + 1] == 'N';
    if (is_anonymous) return named("(anonymous namespace)");
  }
  return named(text);
}

CxxNode* CxxParser::tagged(CxxNode* node) {
  while (consume('B')) {
    const std::string_view tag = identifier();
    node = make({.kind = Kind::Tagged, .text = tag, .a = node});
  }
  return node;
}

CxxNode* CxxParser::closure() {
  const DepthGuard guard(*this);
  consume("Ul");
  const std::size_t outer_lambda = lambda_level_;
  lambda_level_ = scopes_.size() + 1;
  Nodes declarations;
  Nodes arguments;
  const bool has_declarations = peek() == 'T' &&
                                std::string_view("yntpk").find(peek(1)) != std::string_view::npos &&
                                peek(1) != '\0';
  if (has_declarations) scopes_.push_back({&arguments});
  while (peek() == 'T' && !failed_) {
    CxxNode* argument = nullptr;
    CxxNode* const declaration = parameter_declaration(argument);
    if (declaration == nullptr) break;
    declarations.push_back(declaration);
    arguments.push_back(argument);
  }
  CxxNode* const condition = peek() == 'Q' ? constraint() : nullptr;
  Nodes types = parameter_types(false);
  lambda_level_ = outer_lambda;
  if (has_declarations) scopes_.pop_back();
  CxxNode* const call_condition = peek() == 'Q' ? constraint() : nullptr;
  expect('E');
  const std::int64_t index = compact_number();
  return make({.kind = Kind::Closure,
               .number = index + 1,
               .b = condition,
               .c = call_condition,
               .list = std::move(types),
               .second = std::move(declarations)});
}

CxxNode* CxxParser::unnamed_type() {
  consume("Ut");
  const std::int64_t index = compact_number();
  CxxNode* const node = make({.kind = Kind::Unnamed, .number = index + 1});
  candidates_.push_back(node);
  return node;
}

// The parameters that a conversion's type refers to are those of the template that it is.
void CxxParser::bind_conversion(const Nodes& arguments, std::size_t first) {
  while (unbound_.size() > first) {
    CxxNode* const parameter = unbound_.back();
    unbound_.pop_back();
    const auto index = static_cast<std::size_t>(parameter->number);
    if (index >= arguments.size()) {
      fail();
      return;
    }
    parameter->a = arguments[index];
  }
}

}  // namespace plumb

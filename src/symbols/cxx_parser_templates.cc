// SPDX-License-Identifier: Apache-2.0
// Template parameters and arguments, and substitutions, in mangled C++ names.

#include <utility>

#include "base/ascii.h"
#include "symbols/cxx_parser.h"

namespace plumb {
namespace {}  // namespace

CxxNode* CxxParser::template_parameter() {
  const std::size_t start = at_;
  expect('T');
  const std::int64_t level = consume('L') ? compact_number() : 0;
  const std::int64_t index = compact_number();
  if (failed_) return &none_;
  if (in_constraint_) return named(text_.substr(start, at_ - start - 1));
  const auto depth = static_cast<std::size_t>(level);
  const auto lambda_auto = [&] {
    const bool is_in_lambda = lambda_level_ > 0 && depth == lambda_level_ - 1;
    if (!is_in_lambda) return fail();
    return make({.kind = Kind::LambdaAuto, .has_parameter = true, .number = index});
  };
  if (depth >= scopes_.size()) return lambda_auto();
  const Nodes* const arguments = scopes_[depth].arguments;
  if (arguments == nullptr) {
    CxxNode* const parameter =
        make({.kind = Kind::TemplateParameter, .has_parameter = true, .number = index});
    unbound_.push_back(parameter);
    return parameter;
  }
  if (static_cast<std::size_t>(index) >= arguments->size()) return lambda_auto();
  return make({.kind = Kind::TemplateParameter,
               .has_parameter = true,
               .number = index,
               .a = (*arguments)[static_cast<std::size_t>(index)]});
}

CxxParser::Nodes CxxParser::template_arguments() {
  if (!consume('I') && !consume('J')) fail();
  Nodes arguments;
  while (!failed_ && !consume('E')) {
    arguments.push_back(template_argument());
    if (peek() == 'Q') {
      constraint();  // Not shown.
      if (peek() != 'E') fail();
    }
    if (at_end()) fail();
  }
  return arguments;
}

CxxNode* CxxParser::template_argument() {
  const DepthGuard guard(*this);
  switch (peek()) {
    case 'X': {
      ++at_;
      CxxNode* const node = expression();
      expect('E');
      return node;
    }
    case 'L':
      return literal();
    case 'I':
    case 'J': {
      Nodes elements = template_arguments();
      return make({.kind = Kind::Pack, .list = std::move(elements)});
    }
    case 'T': {
      CxxNode* argument = nullptr;
      const Nodes none;
      scopes_.push_back({&none});
      CxxNode* const declaration = parameter_declaration(argument);
      scopes_.pop_back();
      // What the parameter is declared as is not shown.
      return declaration != nullptr ? template_argument() : type();
    }
    default:
      return type();
  }
}

CxxNode* CxxParser::parameter_name(std::string_view prefix, std::int64_t& count) {
  return make({.kind = Kind::Name, .number = count++, .text = prefix});
}

// The declaration of a template's parameter, or null if there is none here. `argument` is what the
// parameter is called.
CxxNode* CxxParser::parameter_declaration(CxxNode*& argument) {
  const DepthGuard guard(*this);
  if (consume("Ty")) {
    argument = parameter_name("$T", type_parameters_);
    return make({.kind = Kind::TypeParameter, .a = argument});
  }
  if (consume("Tk")) {
    const bool outer = std::exchange(in_constraint_, true);
    CxxNode* const concept_name = name();
    in_constraint_ = outer;
    argument = parameter_name("$T", type_parameters_);
    return make({.kind = Kind::ValueParameter, .a = concept_name, .b = argument});
  }
  if (consume("Tn")) {
    argument = parameter_name("$N", value_parameters_);
    CxxNode* const of_type = type();
    return make({.kind = Kind::ValueParameter, .a = of_type, .b = argument});
  }
  if (consume("Tt")) {
    argument = parameter_name("$TT", template_parameters_);
    CxxNode* const node = make({.kind = Kind::TemplateTemplateParameter, .a = argument});
    Nodes inner_arguments;
    scopes_.push_back({&inner_arguments});
    while (!failed_ && !consume('E')) {
      CxxNode* inner = nullptr;
      CxxNode* const declaration = parameter_declaration(inner);
      if (declaration == nullptr || at_end()) {
        fail();
        break;
      }
      node->list.push_back(declaration);
      inner_arguments.push_back(inner);
      if (peek() == 'Q') node->b = constraint();
    }
    scopes_.pop_back();
    return node;
  }
  if (consume("Tp")) {
    CxxNode* const declaration = parameter_declaration(argument);
    if (declaration == nullptr) return fail();
    return make({.kind = Kind::ParameterPack, .a = declaration});
  }
  return nullptr;
}

CxxNode* CxxParser::standard_name(char code, bool is_long) {
  const auto in_std = [&](std::string_view name) {
    return make({.kind = Kind::Qualified, .a = named("std"), .b = named(name)});
  };
  const auto of_char = [&](std::string_view name) {
    CxxNode* const character = make({.kind = Kind::Name, .is_builtin = true, .text = "char"});
    return make({.kind = Kind::Template, .a = in_std(name), .list = {character}});
  };
  const auto long_name = [&](std::string_view name, bool has_allocator) {
    CxxNode* const node = of_char(name);
    node->list.push_back(of_char("char_traits"));
    if (has_allocator) node->list.push_back(of_char("allocator"));
    return node;
  };
  switch (code) {
    case 't':
      return named("std");
    case 'a':
      return in_std("allocator");
    case 'b':
      return in_std("basic_string");
    case 's':
      return is_long ? long_name("basic_string", true) : in_std("string");
    case 'i':
      return is_long ? long_name("basic_istream", false) : in_std("istream");
    case 'o':
      return is_long ? long_name("basic_ostream", false) : in_std("ostream");
    case 'd':
      return is_long ? long_name("basic_iostream", false) : in_std("iostream");
    default:
      return fail();
  }
}

CxxNode* CxxParser::substitution(bool for_prefix) {
  expect('S');
  const char c = peek();
  if (c == '_' || is_digit(c) || is_upper(c)) {
    const auto index = static_cast<std::size_t>(sequence_id());
    if (failed_ || index >= candidates_.size()) return fail();
    CxxNode* const node = candidates_[index];
    return node->has_parameter ? rebound(node) : node;
  }
  if (at_end()) return fail();
  ++at_;
  // Constructors are called by the long name.
  const bool is_long = for_prefix && (peek() == 'C' || peek() == 'D');
  CxxNode* node = standard_name(c, is_long);
  if (peek() == 'B') {
    node = tagged(node);
    candidates_.push_back(node);
  }
  return node;
}

// A copy in which template parameters stand for the arguments of the template at hand.
CxxNode* CxxParser::rebound(CxxNode* node) {
  const DepthGuard guard(*this);
  if (failed_ || node == nullptr || !node->has_parameter) return node;
  if (node->kind == Kind::TemplateParameter || node->kind == Kind::LambdaAuto) {
    return rebound_parameter(node);
  }
  const std::size_t outer_lambda = lambda_level_;
  if (node->kind == Kind::Closure) lambda_level_ = scopes_.size() + 1;
  CxxNode copy = *node;
  copy.has_parameter = false;
  copy.a = rebound(node->a);
  copy.b = rebound(node->b);
  copy.c = rebound(node->c);
  for (CxxNode*& child : copy.list) child = rebound(child);
  for (CxxNode*& child : copy.second) child = rebound(child);
  lambda_level_ = outer_lambda;
  return make(std::move(copy));
}

CxxNode* CxxParser::rebound_parameter(CxxNode* node) {
  if (in_constraint_) return node;
  if (lambda_level_ > 0) {
    if (node->kind == Kind::LambdaAuto) return node;
    return make({.kind = Kind::LambdaAuto, .has_parameter = true, .number = node->number});
  }
  if (scopes_.empty()) return node;
  const Nodes* const arguments = scopes_.back().arguments;
  CxxNode* const copy =
      make({.kind = Kind::TemplateParameter, .has_parameter = true, .number = node->number});
  if (arguments == nullptr) {
    unbound_.push_back(copy);
    return copy;
  }
  const auto index = static_cast<std::size_t>(node->number);
  if (index >= arguments->size()) return fail();
  if (!failed_) copy->a = (*arguments)[index];
  return copy;
}

}  // namespace plumb

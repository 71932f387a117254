// SPDX-License-Identifier: Apache-2.0
// Types in mangled C++ names.

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "symbols/cxx_parser.h"

namespace plumb {
namespace {

std::string_view builtin_name(char code) {
  switch (code) {
    case 'a':
      return "signed char";
    case 'b':
      return "bool";
    case 'c':
      return "char";
    case 'd':
      return "double";
    case 'e':
      return "long double";
    case 'f':
      return "float";
    case 'g':
      return "__float128";
    case 'h':
      return "unsigned char";
    case 'i':
      return "int";
    case 'j':
      return "unsigned int";
    case 'l':
      return "long";
    case 'm':
      return "unsigned long";
    case 'n':
      return "__int128";
    case 'o':
      return "unsigned __int128";
    case 's':
      return "short";
    case 't':
      return "unsigned short";
    case 'v':
      return "void";
    case 'w':
      return "wchar_t";
    case 'x':
      return "long long";
    case 'y':
      return "unsigned long long";
    case 'z':
      return "...";
    default:
      return "";
  }
}

std::string_view builtin_name_d(char code) {
  switch (code) {
    case 'f':
      return "decimal32";
    case 'd':
      return "decimal64";
    case 'e':
      return "decimal128";
    case 'h':
      return "half";
    case 'u':
      return "char8_t";
    case 's':
      return "char16_t";
    case 'i':
      return "char32_t";
    case 'n':
      return "decltype(nullptr)";
    default:
      return "";
  }
}

}  // namespace

// In the type of a conversion, arguments behind a template parameter may be those of the
// conversion.
CxxNode* CxxParser::type(bool in_conversion) {
  const DepthGuard guard(*this);
  CxxNode* condition = nullptr;
  const std::size_t start = at_;
  const std::int64_t bits = qualifiers(condition);
  const bool has_qualifiers = at_ != start;
  if (const std::string_view builtin = builtin_name(peek()); !builtin.empty()) {
    ++at_;
    CxxNode* node = make({.kind = Kind::Name, .is_builtin = true, .text = builtin});
    if (has_qualifiers) {
      node = make({.kind = Kind::Qualifiers, .number = bits, .a = node});
      candidates_.push_back(node);
    }
    return node;
  }
  // The qualifiers of a function type are of its object: it is no candidate without them.
  bool is_candidate = !(has_qualifiers && peek() == 'F');
  CxxNode* node = unqualified_type(in_conversion, is_candidate);
  if (failed_) return &none_;
  if (is_candidate) candidates_.push_back(node);
  if (has_qualifiers) {
    node = qualified(node, bits, condition);
    candidates_.push_back(node);
  }
  return node;
}

CxxNode* CxxParser::qualified(CxxNode* node, std::int64_t bits, CxxNode* condition) {
  if (node->kind == Kind::FunctionType) {
    return make({.kind = Kind::FunctionType,
                 .number = node->number | bits,
                 .text = node->text,
                 .b = condition != nullptr ? condition : node->b,
                 .c = node->c,
                 .list = node->list});
  }
  if (node->kind == Kind::Qualifiers) {
    return make({.kind = Kind::Qualifiers, .number = node->number | bits, .a = node->a});
  }
  return make({.kind = Kind::Qualifiers, .number = bits, .a = node});
}

CxxNode* CxxParser::unqualified_type(bool in_conversion, bool& is_candidate) {
  const char c = peek();
  if (is_digit(c) || c == 'N' || c == 'W' || c == 'Z') return name();
  const auto around = [&](Kind kind) {
    ++at_;
    CxxNode* const inner = type(in_conversion);
    return make({.kind = kind, .a = inner});
  };
  switch (c) {
    case 'F':
      return function_type();
    case 'A':
      return array_type(in_conversion);
    case 'M': {
      ++at_;
      CxxNode* const of_class = type();
      CxxNode* const member = type(in_conversion);
      return make({.kind = Kind::MemberPointer, .a = of_class, .b = member});
    }
    case 'P':
      return around(Kind::Pointer);
    case 'R':
      return around(Kind::Reference);
    case 'O':
      return around(Kind::RvalueReference);
    case 'C':
    case 'G': {
      CxxNode* const node = around(Kind::Suffixed);
      if (!failed_) node->text = c == 'C' ? "_Complex" : "_Imaginary";
      return node;
    }
    case 'T':
      return type_t(in_conversion);
    case 'S':
      return type_s(in_conversion, is_candidate);
    case 'U':
      return type_u(in_conversion, is_candidate);
    case 'D':
      ++at_;
      return type_d(in_conversion, is_candidate);
    case 'u': {
      ++at_;
      CxxNode* const node = source_name();
      if (!consume('I')) return node;
      CxxNode* const inner = type();
      expect('E');
      return make({.kind = Kind::Transformed, .text = node->text, .a = inner});
    }
    default:
      return fail();
  }
}

CxxNode* CxxParser::type_t(bool in_conversion) {
  for (const auto& [code, word] : {std::pair<std::string_view, std::string_view>{"Ts", "struct "},
                                   {"Tu", "union "},
                                   {"Te", "enum "}}) {
    if (consume(code)) return make({.kind = Kind::Elaborated, .text = word, .a = name()});
  }
  CxxNode* const parameter = template_parameter();
  if (peek() != 'I' || failed_) return parameter;
  if (!in_conversion) {
    candidates_.push_back(parameter);
    return template_of(parameter);
  }
  bool is_template = false;
  return conversion_template(parameter, true, is_template);
}

// "operator T<...>" or "operator T" of a template with the arguments "<...>"? It is the former only
// if more arguments follow: they are read on trial.
CxxNode* CxxParser::conversion_template(CxxNode* parameter, bool adds_candidate,
                                        bool& is_template) {
  const std::size_t at = at_;
  const std::size_t candidates = candidates_.size();
  const std::size_t unbound = unbound_.size();
  Nodes arguments = template_arguments();
  is_template = !failed_ && peek() == 'I';
  if (is_template) {
    if (adds_candidate) candidates_.push_back(parameter);
    return make({.kind = Kind::Template, .a = parameter, .list = std::move(arguments)});
  }
  failed_ = false;
  at_ = at;
  candidates_.resize(candidates);
  if (unbound_.size() > unbound) unbound_.resize(unbound);
  return parameter;
}

CxxNode* CxxParser::type_s(bool in_conversion, bool& is_candidate) {
  const char c = peek(1);
  if (!is_digit(c) && c != '_' && !is_upper(c)) {
    const std::size_t start = at_;
    CxxNode* const node = name();
    // A standard name alone is no candidate.
    if (at_ == start + 2) is_candidate = false;
    return node;
  }
  CxxNode* node = substitution(false);
  if (node->kind == Kind::Module) {
    node = unqualified_name(node);
    candidates_.push_back(node);
  }
  if (peek() != 'I' || failed_) {
    is_candidate = false;
    return node;
  }
  if (node->kind != Kind::TemplateParameter || !in_conversion) return template_of(node);
  bool is_template = false;
  node = conversion_template(node, false, is_template);
  if (!is_template) is_candidate = false;
  return node;
}

CxxNode* CxxParser::type_u(bool in_conversion, bool& is_candidate) {
  if (peek(1) == 'l' || peek(1) == 't') {
    is_candidate = false;
    return peek(1) == 'l' ? closure() : unnamed_type();
  }
  ++at_;
  CxxNode* qualifier = source_name();
  if (peek() == 'I') qualifier = template_of(qualifier);
  CxxNode* const inner = type(in_conversion);
  return make({.kind = Kind::VendorQualified, .a = inner, .b = qualifier});
}

// What follows 'D'.
CxxNode* CxxParser::type_d(bool in_conversion, bool& is_candidate) {
  if (at_end()) return fail();
  const char c = text_[at_++];
  is_candidate = c == 'T' || c == 't' || c == 'p' || c == 'v';
  if (const std::string_view builtin = builtin_name_d(c); !builtin.empty()) {
    return make({.kind = Kind::Name, .is_builtin = true, .text = builtin});
  }
  switch (c) {
    case 'T':
    case 't': {
      CxxNode* const of = expression();
      expect('E');
      return make({.kind = Kind::Decltype, .a = of});
    }
    case 'p': {
      CxxNode* const of = type(in_conversion);
      return make({.kind = Kind::PackExpansion, .a = of});
    }
    case 'a':
      return named("auto");
    case 'c':
      return named("decltype(auto)");
    case 'F':
      return fixed_point_type(in_conversion);
    case 'v':
      return vector_type(in_conversion);
    case 'B':
    case 'U': {
      const std::size_t start = at_;
      CxxNode* size = nullptr;
      if (is_digit(peek())) {
        number();
        size = named(text_.substr(start, at_ - start));
      } else {
        size = expression();
      }
      expect('_');
      return make({.kind = Kind::BitInt, .number = c == 'U' ? 1 : 0, .a = size});
    }
    case 'k':
    case 'K': {
      CxxNode* const concept_name = name();
      return make({.kind = Kind::Suffixed,
                   .text = c == 'k' ? "auto" : "decltype(auto)",
                   .a = concept_name});
    }
    default:
      return fail();
  }
}

CxxNode* CxxParser::fixed_point_type(bool in_conversion) {
  const std::size_t start = at_;
  if (is_digit(peek())) {
    number();
    const std::string_view bits = text_.substr(start, at_ - start);
    if (consume('_')) return make({.kind = Kind::Special, .text = "_Float", .a = named(bits)});
    return fail();
  }
  CxxNode* const base = type(in_conversion);
  if (is_digit(peek())) number();
  if (!at_end()) ++at_;
  return make({.kind = Kind::Suffixed, .text = "_Fract", .a = base});
}

CxxNode* CxxParser::function_type() {
  expect('F');
  consume('Y');  // The linkage of C is not shown.
  CxxNode* const node = bare_function_type(true, false);
  const std::string_view reference = reference_qualifier();
  if (!failed_) node->text = reference;
  expect('E');
  return node;
}

CxxNode* CxxParser::bare_function_type(bool has_return, bool explicit_this) {
  if (consume('J')) has_return = true;
  CxxNode* const returned = has_return ? type() : nullptr;
  Nodes parameters = parameter_types(explicit_this);
  return make({.kind = Kind::FunctionType, .c = returned, .list = std::move(parameters)});
}

CxxParser::Nodes CxxParser::parameter_types(bool explicit_this) {
  Nodes types;
  while (!at_end() && peek() != 'E' && peek() != '.' && peek() != 'Q') {
    if ((peek() == 'R' || peek() == 'O') && peek(1) == 'E') break;
    CxxNode* parameter = type();
    if (types.empty() && explicit_this) {
      parameter = make({.kind = Kind::ExplicitThis, .a = parameter});
    }
    types.push_back(parameter);
  }
  if (types.empty()) fail();
  const bool is_void = types.size() == 1 && types[0]->is_builtin && types[0]->text == "void";
  if (is_void) types.clear();
  return types;
}

CxxNode* CxxParser::array_type(bool in_conversion) {
  expect('A');
  CxxNode* dimension = nullptr;
  if (is_digit(peek())) {
    const std::size_t start = at_;
    while (is_digit(peek())) ++at_;
    dimension = named(text_.substr(start, at_ - start));
  } else if (peek() != '_') {
    dimension = expression();
  }
  expect('_');
  CxxNode* const element = type(in_conversion);
  if (failed_) return &none_;
  // The qualifiers of the elements are those of the array.
  if (element->kind == Kind::Qualifiers) {
    CxxNode* const plain = make({.kind = Kind::Array, .a = element->a, .b = dimension});
    return make({.kind = Kind::Qualifiers, .number = element->number, .a = plain});
  }
  return make({.kind = Kind::Array, .a = element, .b = dimension});
}

CxxNode* CxxParser::vector_type(bool in_conversion) {
  CxxNode* dimension = nullptr;
  if (consume('_')) {
    dimension = expression();
  } else {
    const std::size_t start = at_;
    number();
    dimension = named(text_.substr(start, at_ - start));
  }
  expect('_');
  CxxNode* const element = type(in_conversion);
  return make({.kind = Kind::Vector, .a = element, .b = dimension});
}

std::int64_t CxxParser::qualifiers(CxxNode*& condition) {
  std::int64_t bits = 0;
  while (!failed_) {
    if (consume('r')) {
      bits |= CxxNode::kRestrict;
    } else if (consume('V')) {
      bits |= CxxNode::kVolatile;
    } else if (consume('K')) {
      bits |= CxxNode::kConst;
    } else if (consume("Dx")) {
      bits |= CxxNode::kTransactionSafe;
    } else if (consume("Do")) {
      bits |= CxxNode::kNoexcept;
    } else if (consume("DO")) {
      bits |= CxxNode::kNoexcept;
      condition = expression();
      expect('E');
    } else if (consume("Dw")) {
      bits |= CxxNode::kThrow;
      condition = make({.kind = Kind::List, .list = parameter_types(false)});
      expect('E');
    } else {
      break;
    }
  }
  return bits;
}

std::string_view CxxParser::reference_qualifier() {
  if (consume('R')) return "&";
  if (consume('O')) return "&&";
  return "";
}

}  // namespace plumb

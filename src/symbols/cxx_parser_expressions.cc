// SPDX-License-Identifier: Apache-2.0
// Expressions in mangled C++ names.

#include <algorithm>
#include <array>
#include <utility>

#include "base/ascii.h"
#include "symbols/cxx_parser.h"

namespace plumb {
namespace {

// Sorted by code. A space at the end keeps a word apart from its operand.
constexpr std::array kOperators = {
    CxxOperator{"aN", "&=", 2},
    CxxOperator{"aS", "=", 2},
    CxxOperator{"aa", "&&", 2},
    CxxOperator{"ad", "&", 1},
    CxxOperator{"an", "&", 2},
    CxxOperator{"at", "alignof ", 1},
    CxxOperator{"aw", "co_await ", 1},
    CxxOperator{"az", "alignof ", 1},
    CxxOperator{"cc", "const_cast", 2},
    CxxOperator{"cl", "()", 2},
    CxxOperator{"cm", ",", 2},
    CxxOperator{"co", "~", 1},
    CxxOperator{"cp", "()", 2},
    CxxOperator{"dV", "/=", 2},
    CxxOperator{"dX", "[...]=", 3},
    CxxOperator{"da", "delete[] ", 1},
    CxxOperator{"dc", "dynamic_cast", 2},
    CxxOperator{"de", "*", 1},
    CxxOperator{"di", "=", 2},
    CxxOperator{"dl", "delete ", 1},
    CxxOperator{"ds", ".*", 2},
    CxxOperator{"dt", ".", 2},
    CxxOperator{"dv", "/", 2},
    CxxOperator{"dx", "]=", 2},
    CxxOperator{"eO", "^=", 2},
    CxxOperator{"eo", "^", 2},
    CxxOperator{"eq", "==", 2},
    CxxOperator{"fL", "...", 3},
    CxxOperator{"fR", "...", 3},
    CxxOperator{"fl", "...", 2},
    CxxOperator{"fr", "...", 2},
    CxxOperator{"ge", ">=", 2},
    CxxOperator{"gs", "::", 1},
    CxxOperator{"gt", ">", 2},
    CxxOperator{"ix", "[]", 2},
    CxxOperator{"lS", "<<=", 2},
    CxxOperator{"le", "<=", 2},
    CxxOperator{"li", "operator\"\" ", 1},
    CxxOperator{"ls", "<<", 2},
    CxxOperator{"lt", "<", 2},
    CxxOperator{"mI", "-=", 2},
    CxxOperator{"mL", "*=", 2},
    CxxOperator{"mi", "-", 2},
    CxxOperator{"ml", "*", 2},
    CxxOperator{"mm", "--", 1},
    CxxOperator{"na", "new[]", 3},
    CxxOperator{"ne", "!=", 2},
    CxxOperator{"ng", "-", 1},
    CxxOperator{"nt", "!", 1},
    CxxOperator{"nw", "new", 3},
    CxxOperator{"nx", "noexcept", 1},
    CxxOperator{"oR", "|=", 2},
    CxxOperator{"oo", "||", 2},
    CxxOperator{"or", "|", 2},
    CxxOperator{"pL", "+=", 2},
    CxxOperator{"pl", "+", 2},
    CxxOperator{"pm", "->*", 2},
    CxxOperator{"pp", "++", 1},
    CxxOperator{"ps", "+", 1},
    CxxOperator{"pt", "->", 2},
    CxxOperator{"qu", "?", 3},
    CxxOperator{"rM", "%=", 2},
    CxxOperator{"rS", ">>=", 2},
    CxxOperator{"rc", "reinterpret_cast", 2},
    CxxOperator{"rm", "%", 2},
    CxxOperator{"rs", ">>", 2},
    CxxOperator{"sP", "sizeof...", 1},
    CxxOperator{"sZ", "sizeof...", 1},
    CxxOperator{"sc", "static_cast", 2},
    CxxOperator{"ss", "<=>", 2},
    CxxOperator{"st", "sizeof ", 1},
    CxxOperator{"sz", "sizeof ", 1},
    CxxOperator{"te", "typeid ", 1},
    CxxOperator{"ti", "typeid ", 1},
    CxxOperator{"tr", "throw", 0},
    CxxOperator{"tw", "throw ", 1},
};

bool is_array(const CxxNode* node) {
  if (node->kind == CxxNode::Kind::Qualifiers) node = node->a;
  return node->kind == CxxNode::Kind::Array;
}

}  // namespace

const CxxOperator* find_cxx_operator(std::string_view code) {
  const auto* const found = std::ranges::lower_bound(kOperators, code, {}, &CxxOperator::code);
  return found != kOperators.end() && found->code == code ? found : nullptr;
}

// The name of an operator or of a conversion.
CxxNode* CxxParser::operator_name(bool in_expression) {
  const std::string_view code = rest().substr(0, 2);
  if (code.size() < 2) return fail();
  at_ += 2;
  if (code[0] == 'v' && is_digit(code[1])) {
    return make({.kind = Kind::Operator, .text = identifier()});
  }
  if (code == "cv") {
    if (!in_expression) scopes_.push_back({nullptr});
    CxxNode* const to = type(!in_expression);
    if (!in_expression) scopes_.pop_back();
    return make({.kind = Kind::Conversion, .a = to});
  }
  const CxxOperator* const found = find_cxx_operator(code);
  return found == nullptr ? fail() : make({.kind = Kind::Operator, .text = found->name});
}

CxxParser::Nodes CxxParser::expressions_until(char stop) {
  Nodes list;
  while (!failed_ && !consume(stop)) {
    if (at_end()) fail();
    list.push_back(expression());
  }
  return list;
}

CxxNode* CxxParser::expression() {
  const DepthGuard guard(*this);
  if (at_end()) return fail();
  if (peek() == 'L') return literal();
  if (peek() == 'T') return template_parameter();
  if (peek() == 'f' && (peek(1) == 'p' || (peek(1) == 'L' && is_digit(peek(2))))) {
    return function_parameter();
  }
  if (consume("so")) return subobject();
  if (rest().starts_with("sr")) return unresolved_name();
  if (consume("sp")) return make({.kind = Kind::PackExpansion, .a = expression()});
  if (consume("sZ")) return make({.kind = Kind::SizeofPack, .a = expression()});
  if (consume("sP")) {
    Nodes list;
    while (!failed_ && !consume('E')) list.push_back(template_argument());
    return make({.kind = Kind::SizeofList, .list = std::move(list)});
  }
  if (consume("mc")) {
    CxxNode* const to = type();
    CxxNode* const of = expression();
    if (peek() == 'n' || is_digit(peek())) number();
    expect('E');
    return make({.kind = Kind::MemberCast, .a = to, .b = of});
  }
  if (is_digit(peek()) || rest().starts_with("on")) {
    consume("on");
    CxxNode* const node = unqualified_name(nullptr);
    return peek() == 'I' ? template_of(node) : node;
  }
  if (consume("il")) return make({.kind = Kind::Braces, .list = expressions_until('E')});
  if (consume("tl")) {
    CxxNode* const of = type();
    Nodes list = expressions_until('E');
    return make({.kind = Kind::Braces, .a = of, .list = std::move(list)});
  }
  if (consume('u')) return vendor_expression();
  if (rest().starts_with("rq") || rest().starts_with("rQ")) return requires_expression();
  return operator_expression();
}

CxxNode* CxxParser::function_parameter() {
  if (consume("fpT")) return make({.kind = Kind::Parameter});
  if (!consume("fp")) {
    consume("fL");
    number();  // Of scopes outside.
    expect('p');
  }
  CxxNode* condition = nullptr;
  qualifiers(condition);
  const std::int64_t index = compact_number();
  return make({.kind = Kind::Parameter, .number = index + 1});
}

// __uuidof of a type or an expression; any other word of a compiler with its arguments.
CxxNode* CxxParser::vendor_expression() {
  CxxNode* const word = source_name();
  Nodes list;
  if (!failed_ && word->text == "__uuidof" && (peek() == 't' || peek() == 'z')) {
    const bool is_type = peek() == 't';
    ++at_;
    list.push_back(is_type ? type() : expression());
  } else {
    while (!failed_ && !consume('E')) {
      if (at_end()) fail();
      list.push_back(template_argument());
    }
  }
  return make({.kind = Kind::Call, .a = word, .list = std::move(list)});
}

CxxNode* CxxParser::operator_expression() {
  const std::string_view code = rest().substr(0, 2);
  if (code == "cv") {
    at_ += 2;
    CxxNode* const to = type();
    CxxNode* operand = nullptr;
    if (consume('_')) {
      operand = make({.kind = Kind::List, .list = expressions_until('E')});
    } else {
      operand = expression();
    }
    return make({.kind = Kind::CastTo, .a = to, .b = operand});
  }
  const CxxOperator* const found = find_cxx_operator(code);
  if (found == nullptr) return fail();
  at_ += 2;
  switch (found->operands) {
    case 0:
      return named(found->name);
    case 1:
      return unary(code, found->name);
    case 2:
      return binary(code, found->name);
    default:
      return ternary(code, found->name);
  }
}

CxxNode* CxxParser::unary(std::string_view code, std::string_view word) {
  std::int64_t flags = 0;
  if ((code == "pp" || code == "mm") && !consume('_')) flags = CxxNode::kIsSuffix;
  if (code == "st") flags = CxxNode::kAlwaysParentheses;
  CxxNode* const operand = code == "st" ? type() : expression();
  return make({.kind = Kind::Unary, .number = flags, .text = word, .a = operand});
}

CxxNode* CxxParser::binary(std::string_view code, std::string_view word) {
  if (code == "sc" || code == "dc" || code == "cc" || code == "rc") {
    CxxNode* const to = type();
    CxxNode* const of = expression();
    return make({.kind = Kind::NamedCast, .text = word, .a = to, .b = of});
  }
  if (code[0] == 'f') return fold(code);
  if (code == "di" || code == "dx") {
    CxxNode* const left = code == "di" ? unqualified_name(nullptr) : expression();
    CxxNode* const right = expression();
    return make({.kind = Kind::Designated, .text = word, .a = left, .b = right});
  }
  CxxNode* const left = expression();
  if (code == "cl" || code == "cp") {
    Nodes arguments = expressions_until('E');
    return make({.kind = Kind::Call, .a = left, .list = std::move(arguments)});
  }
  CxxNode* right = nullptr;
  if (code == "dt" || code == "pt") {
    right = peek() == 'L' ? literal() : unresolved_name();
    if (peek() == 'I') right = template_of(right);
  } else {
    right = expression();
  }
  return make({.kind = Kind::Binary, .text = word, .a = left, .b = right});
}

CxxNode* CxxParser::ternary(std::string_view code, std::string_view word) {
  if (code == "nw" || code == "na") return new_expression();
  if (code[0] == 'f') return fold(code);
  CxxNode* const first = expression();
  CxxNode* const second = expression();
  CxxNode* const third = expression();
  if (code == "dX") {
    return make({.kind = Kind::Designated, .text = word, .a = first, .b = third, .c = second});
  }
  return make({.kind = Kind::Ternary, .a = first, .b = second, .c = third});
}

CxxNode* CxxParser::fold(std::string_view code) {
  CxxNode* const word = operator_name(true);
  if (failed_) return &none_;
  CxxNode* const first = expression();
  const bool is_binary = code[1] == 'L' || code[1] == 'R';
  CxxNode* const second = is_binary ? expression() : nullptr;
  const bool is_left = code[1] == 'l' || code[1] == 'L';
  return make({.kind = Kind::Fold,
               .number = is_left ? std::int64_t{CxxNode::kIsLeft} : 0,
               .text = word->text,
               .a = first,
               .b = second});
}

CxxNode* CxxParser::new_expression() {
  Nodes place = expressions_until('_');
  CxxNode* const of = type();
  Nodes values;
  bool has_values = false;
  if (consume("pi")) {
    values = expressions_until('E');
    has_values = true;
  } else if (rest().starts_with("il")) {
    values.push_back(expression());
    has_values = true;
  } else {
    expect('E');
  }
  return make({.kind = Kind::New,
               .number = has_values ? 1 : 0,
               .a = of,
               .list = std::move(place),
               .second = std::move(values)});
}

CxxNode* CxxParser::subobject() {
  CxxNode* const of_type = type();
  CxxNode* const of = expression();
  std::int64_t offset = 0;
  if (peek() == 'n' || is_digit(peek())) offset = number();
  while (consume('_')) {
    if (peek() == 'n' || is_digit(peek())) number();
  }
  consume('p');
  expect('E');
  return make({.kind = Kind::Subobject, .number = offset, .a = of_type, .b = of});
}

CxxNode* CxxParser::unresolved_name() {
  const DepthGuard guard(*this);
  if (consume("gs")) {
    CxxNode* const node = unresolved_name();
    return make({.kind = Kind::Unary, .text = "::", .a = node});
  }
  if (!consume("sr")) return base_unresolved_name();
  if (peek() == 'T' || peek() == 'D' || peek() == 'S') {
    CxxNode* const scope = type();
    CxxNode* const base = base_unresolved_name();
    CxxNode* node = make({.kind = Kind::Qualified, .a = scope, .b = base});
    if (peek() != 'I') return node;
    node = template_of(node);
    candidates_.push_back(node);
    return node;
  }
  return unresolved_scope();
}

CxxNode* CxxParser::unresolved_scope() {
  CxxNode* scope = consume('N') ? type() : nullptr;
  while (!failed_ && peek() != 'E') {
    // gcc may leave out the end: a type with a name in it is all there is then.
    if (scope != nullptr && !is_digit(peek()) && scope->kind == Kind::Qualified) {
      CxxNode* const outer = scope->a;
      if (outer->kind == Kind::Template) candidates_.push_back(outer->a);
      candidates_.push_back(outer);
      return scope;
    }
    CxxNode* level = source_name();
    if (peek() == 'I') {
      candidates_.push_back(level);
      level = template_of(level);
    }
    scope = scope == nullptr ? level : make({.kind = Kind::Qualified, .a = scope, .b = level});
  }
  expect('E');
  if (scope == nullptr) return fail();
  CxxNode* const base = base_unresolved_name();
  return make({.kind = Kind::Qualified, .a = scope, .b = base});
}

CxxNode* CxxParser::base_unresolved_name() {
  CxxNode* node = nullptr;
  if (consume("dn")) {
    CxxNode* const of = is_digit(peek()) ? source_name() : type();
    node = make({.kind = Kind::Destructor, .a = of});
  } else if (is_digit(peek())) {
    node = source_name();
  } else {
    consume("on");  // Which gcc may leave out.
    node = operator_name(true);
  }
  return peek() == 'I' ? template_of(node) : node;
}

CxxNode* CxxParser::literal() {
  const DepthGuard guard(*this);
  expect('L');
  if (peek() == '_' || peek() == 'Z') {
    consume('_');
    expect('Z');
    CxxNode* const node = encoding(CxxParameters::Parsed, Scope::Top);
    expect('E');
    return node;
  }
  CxxNode* const of_type = type();
  if (failed_) return &none_;
  return literal_value(of_type);
}

CxxNode* CxxParser::literal_value(CxxNode* of_type) {
  const bool is_negative = consume('n');
  if (peek() == 'E') {
    const bool is_null = of_type->is_builtin && of_type->text == "decltype(nullptr)";
    if (!is_null) {
      ++at_;
      if (of_type->kind == Kind::Closure) return make({.kind = Kind::LambdaOf, .a = of_type});
      if (is_array(of_type)) return make({.kind = Kind::StringOf, .a = of_type});
      return fail();
    }
  }
  const std::size_t end = rest().find('E');
  if (end == std::string_view::npos) return fail();
  const std::string_view value = rest().substr(0, end);
  at_ += end + 1;
  return make({.kind = Kind::Literal, .number = is_negative ? 1 : 0, .text = value, .a = of_type});
}

CxxNode* CxxParser::requires_expression() {
  const bool has_parameters = consume("rQ");
  if (!has_parameters) consume("rq");
  Nodes parameters;
  if (has_parameters) {
    while (!failed_ && !consume('_')) parameters.push_back(type());
  }
  Nodes requirements;
  while (!failed_ && !consume('E')) requirements.push_back(requirement());
  return make({.kind = Kind::RequiresExpression,
               .list = std::move(parameters),
               .second = std::move(requirements)});
}

CxxNode* CxxParser::requirement() {
  if (consume('X')) {
    CxxNode* const of = expression();
    const bool is_noexcept = consume('N');
    CxxNode* const result = consume('R') ? name() : nullptr;
    return make({.kind = Kind::Requirement,
                 .number = is_noexcept ? 1 : 0,
                 .text = "expression",
                 .a = of,
                 .b = result});
  }
  if (consume('T')) return make({.kind = Kind::Requirement, .text = "typename", .a = type()});
  if (consume('Q')) {
    return make({.kind = Kind::Requirement, .text = "requires", .a = expression()});
  }
  return fail();
}

CxxNode* CxxParser::constraint() {
  expect('Q');
  const bool outer = std::exchange(in_constraint_, true);
  CxxNode* const node = expression();
  in_constraint_ = outer;
  return node;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Expressions in C++ names, as source code.

#include <array>
#include <utility>

#include "symbols/cxx_printer.h"

namespace plumb {
namespace {

struct LiteralType {
  std::string_view name;
  std::string_view suffix;
};

// Types whose literals end with a suffix instead of beginning with the type.
constexpr std::array kLiteralTypes = {
    LiteralType{"int", ""},         LiteralType{"unsigned int", "u"},
    LiteralType{"long", "l"},       LiteralType{"unsigned long", "ul"},
    LiteralType{"long long", "ll"}, LiteralType{"unsigned long long", "ull"},
};

bool is_floating(std::string_view type) {
  return type == "double" || type == "long double" || type == "float" || type == "__float128" ||
         type == "half";
}

bool is_designated(const CxxNode* node) {
  return node->kind == CxxNode::Kind::Designated;
}

}  // namespace

void CxxPrinter::parenthesized(const CxxNode* node) {
  const Kind kind = node->kind;
  const bool is_plain = kind == Kind::Name || kind == Kind::Braces || kind == Kind::Parameter ||
                        kind == Kind::Qualified;
  if (!is_plain) put("(");
  whole(node);
  if (!is_plain) put(")");
}

void CxxPrinter::expression(const CxxNode* node) {
  switch (node->kind) {
    case Kind::Unary:
      return unary(node);
    case Kind::CastTo:
      put("(");
      whole(node->a);
      put(")");
      return parenthesized(node->b);
    case Kind::Binary:
      return binary(node);
    case Kind::Designated:
      return designated(node);
    case Kind::Ternary:
      parenthesized(node->a);
      put("?");
      parenthesized(node->b);
      put(" : ");
      return parenthesized(node->c);
    case Kind::Fold:
      return fold(node);
    case Kind::NamedCast:
      put(node->text);
      put("<");
      whole(node->a);
      put(">(");
      whole(node->b);
      return put(")");
    case Kind::Call:
      return call(node);
    case Kind::New:
      return new_expression(node);
    case Kind::Braces:
      whole(node->a);
      put("{");
      list(node->list);
      return put("}");
    case Kind::List:
      return list(node->list);
    case Kind::Parameter:
      if (node->number == 0) return put("this");
      put("{parm#");
      put(std::to_string(node->number));
      return put("}");
    case Kind::Literal:
      return literal(node);
    case Kind::StringOf:
      put("\"<");
      whole(node->a);
      return put(">\"");
    case Kind::LambdaOf:
      put("[]");
      closure_types(node->a);
      return put("{...}");
    case Kind::SizeofPack: {
      const CxxNode* const pack = find_pack(node->a, 0);
      return put(std::to_string(pack == nullptr ? 0 : pack->list.size()));
    }
    case Kind::SizeofList:
      return put(std::to_string(size_of_list(node)));
    case Kind::Subobject:
      whole(node->b);
      put(".<");
      whole(node->a);
      put(" at offset ");
      put(std::to_string(node->number));
      return put(">");
    case Kind::MemberCast:
      put("(");
      whole(node->a);
      put(")(");
      whole(node->b);
      return put(")");
    case Kind::RequiresExpression:
      return requires_expression(node);
    default:
      return;
  }
}

void CxxPrinter::call(const CxxNode* node) {
  // Parameters of the function called are shown only with what it returns.
  const bool is_function = node->a->kind == Kind::Function;
  if (is_function && node->a->b->c != nullptr) {
    whole(node->a);
  } else {
    parenthesized(is_function ? node->a->a : node->a);
  }
  put("(");
  list(node->list);
  put(")");
}

std::size_t CxxPrinter::size_of_list(const CxxNode* node) {
  std::size_t count = 0;
  for (const CxxNode* const child : node->list) {
    const CxxNode* const of = resolved(child);
    count += of->kind == Kind::Pack || of->kind == Kind::List ? of->list.size() : 1;
  }
  return count;
}

void CxxPrinter::unary(const CxxNode* node) {
  const CxxNode* operand = node->a;
  // The parameters of a function whose address is taken are not shown.
  if (node->text == "&" && operand->kind == Kind::Function) operand = operand->a;
  if ((node->number & CxxNode::kIsSuffix) != 0) {
    parenthesized(operand);
    return put(node->text);
  }
  put(node->text);
  if (node->text == "::") return whole(operand);
  if ((node->number & CxxNode::kAlwaysParentheses) == 0) return parenthesized(operand);
  put("(");
  whole(operand);
  put(")");
}

void CxxPrinter::binary(const CxxNode* node) {
  if (node->text == "[]") {
    parenthesized(node->a);
    put("[");
    whole(node->b);
    return put("]");
  }
  // Lest it be taken for the end of template arguments.
  const bool is_greater = node->text == ">" || node->text == ">>";
  if (is_greater) put("(");
  parenthesized(node->a);
  put(node->text);
  parenthesized(node->b);
  if (is_greater) put(")");
}

void CxxPrinter::designated(const CxxNode* node) {
  const bool is_field = node->text == "=";
  put(is_field ? "." : "[");
  whole(node->a);
  if (node->c != nullptr) {
    put(" ... ");
    whole(node->c);
  }
  if (!is_field) put("]");
  if (is_designated(node->b)) return whole(node->b);
  put("=");
  parenthesized(node->b);
}

void CxxPrinter::fold(const CxxNode* node) {
  const bool is_left = (node->number & CxxNode::kIsLeft) != 0;
  put("(");
  if (node->b != nullptr) {
    parenthesized(node->a);
    put(node->text);
    put("...");
    put(node->text);
    parenthesized(node->b);
  } else if (is_left) {
    put("...");
    put(node->text);
    parenthesized(node->a);
  } else {
    parenthesized(node->a);
    put(node->text);
    put("...");
  }
  put(")");
}

void CxxPrinter::new_expression(const CxxNode* node) {
  put("new ");
  if (!node->list.empty()) {
    put("(");
    list(node->list);
    put(") ");
  }
  whole(node->a);
  if (node->number != 1) return;
  const bool is_braces = node->second.size() == 1 && node->second[0]->kind == Kind::Braces;
  if (!is_braces) put("(");
  list(node->second);
  if (!is_braces) put(")");
}

void CxxPrinter::literal(const CxxNode* node) {
  const CxxNode* const type = resolved(node->a);
  const bool is_negative = node->number == 1;
  if (type->is_builtin) {
    for (const LiteralType& known : kLiteralTypes) {
      if (known.name != type->text) continue;
      if (is_negative) put("-");
      put(node->text);
      return put(known.suffix);
    }
    if (type->text == "bool" && !is_negative && node->text == "0") return put("false");
    if (type->text == "bool" && !is_negative && node->text == "1") return put("true");
    if (type->text == "decltype(nullptr)" && (node->text.empty() || node->text == "0")) {
      return put(type->text);
    }
  }
  put("(");
  whole(type);
  put(")");
  const bool is_float = type->is_builtin && is_floating(type->text);
  if (is_float) put("[");
  if (is_negative) put("-");
  put(node->text);
  if (is_float) put("]");
}

void CxxPrinter::requires_expression(const CxxNode* node) {
  put("requires");
  if (!node->list.empty()) {
    put(" (");
    list(node->list);
    put(")");
  }
  put(" {");
  for (const CxxNode* const requirement : node->second) {
    put(" ");
    const bool is_compound = requirement->number == 1 || requirement->b != nullptr;
    if (requirement->text != "expression") {
      put(requirement->text);
      put(" ");
    } else if (is_compound) {
      put("{");
    }
    whole(requirement->a);
    if (is_compound) put("}");
    if (requirement->number == 1) put(" noexcept");
    if (requirement->b != nullptr) {
      put(" -> ");
      whole(requirement->b);
    }
    put(";");
  }
  put(" }");
}

}  // namespace plumb

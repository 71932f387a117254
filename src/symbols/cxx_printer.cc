// SPDX-License-Identifier: Apache-2.0
#include "symbols/cxx_printer.h"

#include <utility>

#include "base/ascii.h"

namespace plumb {

bool CxxPrinter::print(const CxxNode* node) {
  whole(node);
  return !failed_;
}

bool CxxPrinter::enter() {
  if (++depth_ > kMaxDepth || ++steps_ > kMaxSteps) failed_ = true;
  if (!failed_) return true;
  --depth_;
  return false;
}

// What a template parameter stands for.
const CxxNode* CxxPrinter::resolved(const CxxNode* node) const {
  for (int i = 0; i < kMaxDepth && node->kind == Kind::TemplateParameter; ++i) {
    if (node->a == nullptr) break;
    node = node->a;
    if (node == pack_ && node->kind == Kind::Pack && pack_index_ < node->list.size()) {
      node = node->list[pack_index_];
    }
  }
  return node;
}

const CxxNode* CxxPrinter::unqualified(const CxxNode* node) const {
  node = resolved(node);
  for (int i = 0; i < kMaxDepth && node->kind == Kind::Qualifiers; ++i) node = resolved(node->a);
  return node;
}

// The qualifiers of a type that may be the argument of a template and have some of its own.
std::int64_t CxxPrinter::bits_of(const CxxNode* node) const {
  std::int64_t bits = 0;
  for (int i = 0; i < kMaxDepth && node->kind == Kind::Qualifiers; ++i) {
    bits |= node->number;
    node = resolved(node->a);
  }
  return bits;
}

void CxxPrinter::whole(const CxxNode* node) {
  if (node == nullptr || failed_) return;
  left(node);
  right(node);
}

void CxxPrinter::left(const CxxNode* node) {
  if (!enter()) return;
  left_of(resolved(node));
  leave();
}

void CxxPrinter::left_of(const CxxNode* node) {
  switch (node->kind) {
    case Kind::Qualifiers: {
      // "const" of a parameter that is const already is said once.
      const CxxNode* const inner = unqualified(node);
      left(inner);
      // Those of a function stand behind its parameters, see right().
      return inner->kind == Kind::FunctionType ? void() : qualifiers(bits_of(node), nullptr);
    }
    case Kind::Pointer:
      return pointer_left(node->a, "*");
    case Kind::Reference: {
      const CxxNode* const to = resolved(node->a);
      if (to->kind == Kind::Reference) return left(to);
      return pointer_left(to->kind == Kind::RvalueReference ? to->a : to, "&");
    }
    case Kind::RvalueReference: {
      const CxxNode* const to = resolved(node->a);
      const bool is_reference = to->kind == Kind::Reference || to->kind == Kind::RvalueReference;
      return is_reference ? left(to) : pointer_left(to, "&&");
    }
    case Kind::Suffixed:
      left(node->a);
      put(" ");
      return put(node->text);
    case Kind::VendorQualified:
      left(node->a);
      put(" ");
      return whole(node->b);
    case Kind::Vector:
      left(node->a);
      put(" __vector(");
      whole(node->b);
      return put(")");
    case Kind::Array:
      return left(node->a);
    case Kind::FunctionType:
      if (node->c == nullptr) return;
      left(node->c);
      return space_behind(node->c);
    case Kind::MemberPointer: {
      const CxxNode* const to = unqualified(node->b);
      left(node->b);
      if (to->kind == Kind::FunctionType) {
        put(out_.ends_with(' ') ? "(" : " (");
      } else {
        put(" ");
      }
      whole(node->a);
      return put("::*");
    }
    default:
      return name(node);
  }
}

void CxxPrinter::pointer_left(const CxxNode* pointee, std::string_view sign) {
  const CxxNode* const to = unqualified(pointee);
  left(pointee);
  if (to->kind == Kind::Array) put(" (");
  if (to->kind == Kind::FunctionType) open_declarator();
  put(sign);
}

// The parenthesis around what is a pointer to a function.
void CxxPrinter::open_declarator() {
  if (out_.ends_with('&')) put(" ");
  put("(");
}

// Between the type that a function returns and its name: nothing in "void (*f())()".
void CxxPrinter::space_behind(const CxxNode* type) {
  const bool ends_a_word = !out_.empty() && is_letter(out_.back());
  if (!surrounds(type) || ends_a_word) put(" ");
}

// Whether a name of this type stands inside of it: "void (*NAME)()".
bool CxxPrinter::surrounds(const CxxNode* type) const {
  type = unqualified(type);
  for (int i = 0; i < kMaxDepth; ++i) {
    switch (type->kind) {
      case Kind::Pointer:
      case Kind::Reference:
      case Kind::RvalueReference:
        type = unqualified(type->a);
        break;
      case Kind::MemberPointer:
        type = unqualified(type->b);
        break;
      default:
        return type->kind == Kind::Array || type->kind == Kind::FunctionType;
    }
  }
  return false;
}

void CxxPrinter::right(const CxxNode* node) {
  if (!enter()) return;
  node = resolved(node);
  switch (node->kind) {
    case Kind::Qualifiers: {
      const CxxNode* const to = unqualified(node);
      if (to->kind == Kind::FunctionType) {
        parameters(to, bits_of(node), "", Where::Top);
      } else {
        right(node->a);
      }
      break;
    }
    case Kind::Suffixed:
    case Kind::VendorQualified:
    case Kind::Vector:
      right(node->a);
      break;
    case Kind::Pointer:
    case Kind::Reference:
    case Kind::RvalueReference:
    case Kind::MemberPointer: {
      const CxxNode* const inner = node->kind == Kind::MemberPointer ? node->b : node->a;
      const CxxNode* const to = unqualified(inner);
      if (to->kind == Kind::Array || to->kind == Kind::FunctionType) put(")");
      right(inner);
      break;
    }
    case Kind::Array:
      array_right(node);
      break;
    case Kind::FunctionType:
      parameters(node, 0, "", Where::Top);
      break;
    default:
      break;
  }
  leave();
}

void CxxPrinter::array_right(const CxxNode* node) {
  if (!out_.ends_with(']')) put(" ");
  put("[");
  whole(node->b);
  put("]");
  right(node->a);
}

// The parameters and all behind them. `type` is that of the function.
void CxxPrinter::parameters(const CxxNode* type, std::int64_t bits, std::string_view reference,
                            Where where) {
  put("(");
  if (where == Where::Top || options_.enclosing_parameters) list(type->list);
  put(")");
  qualifiers(bits | type->number, type->b);
  if (reference.empty()) reference = type->text;
  if (!reference.empty()) {
    put(" ");
    put(reference);
  }
  if (type->c != nullptr) right(type->c);
}

void CxxPrinter::qualifiers(std::int64_t bits, const CxxNode* condition) {
  if ((bits & CxxNode::kNoexcept) != 0) {
    put(" noexcept");
    if (condition != nullptr) {
      put("(");
      whole(condition);
      put(")");
    }
  }
  if ((bits & CxxNode::kThrow) != 0) {
    put(" throw(");
    whole(condition);
    put(")");
  }
  if ((bits & CxxNode::kTransactionSafe) != 0) put(" transaction_safe");
  if ((bits & CxxNode::kConst) != 0) put(" const");
  if ((bits & CxxNode::kVolatile) != 0) put(" volatile");
  if ((bits & CxxNode::kRestrict) != 0) put(" restrict");
}

void CxxPrinter::function(const CxxNode* node, Where where) {
  const CxxNode* const type = node->b;
  const bool has_return = type->c != nullptr && where == Where::Top;
  if (has_return) {
    left(type->c);
    space_behind(type->c);
  }
  whole(node->a);
  if (where == Where::Local && type->c != nullptr) {
    CxxNode without_return = *type;
    without_return.c = nullptr;
    return parameters(&without_return, node->number, node->text, where);
  }
  parameters(type, node->number, node->text, where);
}

void CxxPrinter::list(const std::vector<CxxNode*>& nodes) {
  bool is_first = true;
  for (const CxxNode* const node : nodes) {
    const std::size_t before = out_.size();
    if (!is_first) put(", ");
    const std::size_t start = out_.size();
    whole(node);
    if (out_.size() == start) {
      out_.resize(before);  // An empty pack.
    } else {
      is_first = false;
    }
  }
}

// The pack that an expansion is of: that of the first parameter that stands for one.
const CxxNode* CxxPrinter::find_pack(const CxxNode* node, int depth) const {
  if (node == nullptr || depth > 100) return nullptr;
  if (node->kind == Kind::TemplateParameter) {
    return node->a != nullptr && node->a->kind == Kind::Pack ? node->a : nullptr;
  }
  if (!node->has_parameter || node->kind == Kind::PackExpansion || node->kind == Kind::Closure) {
    return nullptr;
  }
  for (const CxxNode* const child : {node->a, node->b, node->c}) {
    if (const CxxNode* const found = find_pack(child, depth + 1)) return found;
  }
  for (const auto* const children : {&node->list, &node->second}) {
    for (const CxxNode* const child : *children) {
      if (const CxxNode* const found = find_pack(child, depth + 1)) return found;
    }
  }
  return nullptr;
}

void CxxPrinter::pack_expansion(const CxxNode* node) {
  const CxxNode* const pack = find_pack(node->a, 0);
  if (pack == nullptr) {
    parenthesized(node->a);
    return put("...");
  }
  const CxxNode* const outer_pack = std::exchange(pack_, pack);
  const std::size_t outer_index = pack_index_;
  for (pack_index_ = 0; pack_index_ < pack->list.size() && !failed_; ++pack_index_) {
    if (pack_index_ != 0) put(", ");
    whole(node->a);
  }
  pack_ = outer_pack;
  pack_index_ = outer_index;
}

void CxxPrinter::name(const CxxNode* node) {
  switch (node->kind) {
    case Kind::Name:
      put(node->text);
      // The names of a lambda's parameters: $T, $T0, $T1 ...
      if (node->number > 0) put(std::to_string(node->number - 1));
      return;
    case Kind::Qualified:
      whole(node->a);
      put("::");
      return whole(node->b);
    case Kind::Local:
      if (node->a->kind == Kind::Function) {
        function(node->a, Where::Local);
      } else {
        whole(node->a);
      }
      put("::");
      return whole(node->b);
    case Kind::Template:
      return template_name(node);
    case Kind::Operator:
      put("operator");
      if (!node->text.empty() && node->text[0] >= 'a' && node->text[0] <= 'z') put(" ");
      return put(node->text.substr(0, node->text.find_last_not_of(' ') + 1));
    case Kind::Conversion:
      put("operator ");
      return whole(node->a);
    case Kind::LiteralSuffix:
      put("operator\"\" ");
      return whole(node->a);
    case Kind::Constructor:
      return whole(node->a);
    case Kind::Destructor:
      put("~");
      return whole(node->a);
    case Kind::Tagged:
      whole(node->a);
      put("[abi:");
      put(node->text);
      return put("]");
    case Kind::Closure:
      return closure(node);
    case Kind::Unnamed:
      put("{unnamed type#");
      put(std::to_string(node->number));
      return put("}");
    case Kind::Bindings:
      put("[");
      list(node->list);
      return put("]");
    case Kind::DefaultArgument:
      put("{default arg#");
      put(std::to_string(node->number));
      put("}::");
      return whole(node->a);
    case Kind::Module:
      whole(node->a);
      if (node->number == 1) {
        put(":");
      } else if (node->a != nullptr) {
        put(".");
      }
      return whole(node->b);
    case Kind::OfModule:
      whole(node->a);
      put("@");
      return whole(node->b);
    case Kind::Friend:
      put("friend ");
      return whole(node->a);
    default:
      return symbol(node);
  }
}

void CxxPrinter::template_name(const CxxNode* node) {
  whole(node->a);
  if (!options_.template_arguments) return;
  if (out_.ends_with('<')) put(" ");  // operator<
  put("<");
  list(node->list);
  if (out_.ends_with('>')) put(" ");
  put(">");
}

void CxxPrinter::closure(const CxxNode* node) {
  put("{lambda");
  closure_types(node);
  put("#");
  put(std::to_string(node->number));
  put("}");
}

void CxxPrinter::closure_types(const CxxNode* node) {
  if (!node->second.empty()) {
    put("<");
    list(node->second);
    put(">");
  }
  if (node->b != nullptr) {
    put(" requires ");
    whole(node->b);
    put(" ");
  }
  put("(");
  list(node->list);
  put(")");
  if (node->c != nullptr) {
    put(" requires ");
    whole(node->c);
  }
}

void CxxPrinter::symbol(const CxxNode* node) {
  switch (node->kind) {
    case Kind::Function:
      return function(node, Where::Top);
    case Kind::Method:
      whole(node->a);
      qualifiers(node->number, nullptr);
      if (!node->text.empty()) put(" ");
      return put(node->text);
    case Kind::EnableIf:
      whole(node->a);
      put(" [enable_if:");
      list(node->list);
      return put("]");
    case Kind::Requires:
      whole(node->a);
      put(" requires ");
      return whole(node->b);
    case Kind::Special:
      put(node->text);
      return whole(node->a);
    case Kind::Special2:
      put(node->text);
      whole(node->a);
      put(node->second_text);
      return whole(node->b);
    case Kind::Clone:
      whole(node->a);
      put(" [clone ");
      put(node->text);
      return put("]");
    default:
      return declaration(node);
  }
}

void CxxPrinter::declaration(const CxxNode* node) {
  switch (node->kind) {
    case Kind::Elaborated:
      put(node->text);
      return whole(node->a);
    case Kind::Decltype:
      put("decltype (");
      whole(node->a);
      return put(")");
    case Kind::Transformed:
      put(node->text);
      put("(");
      whole(node->a);
      return put(")");
    case Kind::BitInt:
      put(node->number == 1 ? "unsigned _BitInt(" : "_BitInt(");
      whole(node->a);
      return put(")");
    case Kind::Pack:
      return list(node->list);
    case Kind::PackExpansion:
      return pack_expansion(node);
    case Kind::LambdaAuto:
      put("auto:");
      return put(std::to_string(node->number + 1));
    case Kind::ExplicitThis:
      put("this ");
      return whole(node->a);
    case Kind::TypeParameter:
      put("typename ");
      return whole(node->a);
    case Kind::ValueParameter:
      whole(node->a);
      put(" ");
      return whole(node->b);
    case Kind::TemplateTemplateParameter:
      put("template<");
      list(node->list);
      put("> typename ");
      whole(node->a);
      if (node->b == nullptr) return;
      put(" requires ");
      return whole(node->b);
    case Kind::ParameterPack: {
      const CxxNode* const inner = node->a;
      if (inner->kind == Kind::ValueParameter) {
        whole(inner->a);
        put("...");
        return;
      }
      if (inner->kind == Kind::TypeParameter) {
        put("typename ...");
        return whole(inner->a);
      }
      whole(inner);
      return put("...");
    }
    default:
      return expression(node);
  }
}

}  // namespace plumb

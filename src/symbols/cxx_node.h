// SPDX-License-Identifier: Apache-2.0
// What a mangled C++ name consists of: a tree, made by CxxParser and written by CxxPrinter.

#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <vector>

namespace plumb {

/// A node. Which of the fields mean what depends on the kind; those not named are empty.
struct CxxNode {
  enum class Kind : std::uint8_t {
    // Names.
    Name,             ///< text
    Qualified,        ///< a :: b
    Local,            ///< a (an encoding) :: b
    Template,         ///< a < list >
    Operator,         ///< text, as in "operator+"
    Conversion,       ///< operator a
    LiteralSuffix,    ///< operator"" a
    Constructor,      ///< a
    Destructor,       ///< ~a
    Tagged,           ///< a [abi:text]
    Closure,          ///< {lambda<second list>(list)#number}; b, c: its two constraints
    Unnamed,          ///< {unnamed type#number}
    Bindings,         ///< [list]
    DefaultArgument,  ///< {default arg#number}::a
    Module,           ///< a.b or a:b (number 1)
    OfModule,         ///< a@b
    Friend,           ///< friend a
    Method,           ///< a, the name of a function; number: qualifiers, text: reference
    // Whole symbols.
    Function,  ///< a (name), b (function type), number: qualifiers, text: reference
    EnableIf,  ///< a [enable_if:list]
    Requires,  ///< a requires b
    Special,   ///< text a
    Special2,  ///< text a second_text b
    Clone,     ///< a [clone text]
    // Types.
    Qualifiers,         ///< a, number: bits of Qualifier
    Pointer,            ///< a*
    Reference,          ///< a&
    RvalueReference,    ///< a&&
    Suffixed,           ///< a text: "_Complex", "_Imaginary", "auto"
    VendorQualified,    ///< a b
    Array,              ///< a [b]
    FunctionType,       ///< c (list), number: qualifiers, text: reference, b: of noexcept or throw
    MemberPointer,      ///< b a::*
    Vector,             ///< a __vector(b)
    Elaborated,         ///< text a: "struct a"
    Decltype,           ///< decltype (a)
    Transformed,        ///< text(a)
    BitInt,             ///< _BitInt(a), number 1: unsigned
    Pack,               ///< list
    PackExpansion,      ///< a...
    TemplateParameter,  ///< a, if it is known; number: its index
    LambdaAuto,         ///< auto:number
    ExplicitThis,       ///< this a
    // Declarations of template parameters.
    TypeParameter,              ///< typename a
    ValueParameter,             ///< a b
    TemplateTemplateParameter,  ///< template<list> typename a requires b
    ParameterPack,              ///< a, with "..." before its name
    // Expressions.
    Unary,               ///< text a; number: bits of UnaryFlag
    CastTo,              ///< (a)b
    Binary,              ///< a text b
    Designated,          ///< .a=b, [a]=b, [a ... c]=b; text as of the operator
    Ternary,             ///< a?b : c
    Fold,                ///< (a text ... text b); number: bits of FoldFlag
    NamedCast,           ///< text<a>(b)
    Call,                ///< a(list)
    New,                 ///< new (list) a (second list); number 1: has a list of initial values
    Braces,              ///< a{list}
    List,                ///< list
    Parameter,           ///< {parm#number}, "this" for 0
    Literal,             ///< (a)text; number 1: negative
    StringOf,            ///< "<a>"
    LambdaOf,            ///< []a{...}
    SizeofPack,          ///< the number of elements of a
    SizeofList,          ///< the number of elements of list
    Subobject,           ///< b.<a at offset number>
    MemberCast,          ///< (a)(b)
    RequiresExpression,  ///< requires (list) { second list }
    Requirement,         ///< {a} noexcept -> b; text says of which kind
  };

  enum Qualifier : std::int64_t {
    kConst = 1,
    kVolatile = 2,
    kRestrict = 4,
    kTransactionSafe = 8,
    kNoexcept = 16,
    kThrow = 32,
  };
  enum UnaryFlag : std::int64_t { kIsSuffix = 1, kAlwaysParentheses = 2 };
  enum FoldFlag : std::int64_t { kIsLeft = 1 };

  Kind kind = Kind::Name;
  bool is_builtin = false;     ///< A type of the language, for literals.
  bool has_parameter = false;  ///< A TemplateParameter or LambdaAuto below it.
  std::int64_t number = 0;
  std::string_view text = {};
  std::string_view second_text = {};
  CxxNode* a = nullptr;
  CxxNode* b = nullptr;
  CxxNode* c = nullptr;
  std::vector<CxxNode*> list = {};
  std::vector<CxxNode*> second = {};
};

/// Owns nodes, up to a limit.
class CxxArena {
 public:
  static constexpr std::size_t kMaxNodes = 100'000;

  /// Null if there are too many.
  CxxNode* add(CxxNode node) {
    if (nodes_.size() >= kMaxNodes) return nullptr;
    const auto below = [](const CxxNode* child) {
      return child != nullptr && child->has_parameter;
    };
    node.has_parameter = node.has_parameter || below(node.a) || below(node.b) || below(node.c);
    for (const CxxNode* child : node.list) node.has_parameter = node.has_parameter || below(child);
    for (const CxxNode* child : node.second) {
      node.has_parameter = node.has_parameter || below(child);
    }
    nodes_.push_back(std::move(node));
    return &nodes_.back();
  }

 private:
  std::deque<CxxNode> nodes_;
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// CxxParser: mangled C++ names (Itanium C++ ABI) as trees.
//
// Source: https://itanium-cxx-abi.github.io/cxx-abi/abi.html#mangling; where compilers differ from
// it, as the demangler of pprof does (github.com/ianlancetaylor/demangle), whose names reports
// show.
//
// A parser by recursive descent. Depth and number of nodes are limited. The first failure moves to
// the end of the input, so that all loops end, and is remembered.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "symbols/cxx_node.h"

namespace plumb {

/// What follows the name of a function.
enum class CxxParameters : std::uint8_t { Parsed, Ignored };

class CxxParser {
 public:
  /// `mangled` is what follows "_Z"; it and `arena` must outlive the tree.
  CxxParser(std::string_view mangled, CxxArena& arena) : text_(mangled), arena_(arena) {}

  /// The tree of the whole name, or null. With Ignored, parameters and all behind them are left
  /// out.
  CxxNode* parse(CxxParameters parameters);

 private:
  using Kind = CxxNode::Kind;
  using Nodes = std::vector<CxxNode*>;
  enum class Scope : std::uint8_t { Top, Local };

  // The template whose arguments T_ stands for.
  struct TemplateScope {
    const Nodes* arguments = nullptr;  // Null: not known before the name of a conversion is read.
  };

  class DepthGuard {
   public:
    explicit DepthGuard(CxxParser& parser) : parser_(parser) {
      if (++parser_.depth_ > kMaxDepth) parser_.fail();
    }
    DepthGuard(const DepthGuard&) = delete;
    DepthGuard& operator=(const DepthGuard&) = delete;
    ~DepthGuard() { --parser_.depth_; }

   private:
    CxxParser& parser_;
  };

  static constexpr int kMaxDepth = 400;

  // The input.
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] std::string_view rest() const { return text_.substr(at_); }
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  bool consume(char c);
  bool consume(std::string_view word);
  void expect(char c) {
    if (!consume(c)) fail();
  }
  CxxNode* fail();
  CxxNode* make(CxxNode node);
  CxxNode* named(std::string_view text) { return make({.kind = Kind::Name, .text = text}); }
  std::int64_t number();
  std::int64_t compact_number();
  std::int64_t sequence_id();
  std::string_view identifier();

  // cxx_parser.cc: whole symbols and names.
  CxxNode* encoding(CxxParameters parameters, Scope scope);
  CxxNode* special_name();
  void call_offset();
  CxxNode* name();
  CxxNode* scoped_name(CxxNode* module);
  CxxNode* nested_name();
  CxxNode* prefix();
  CxxNode* prefix_part(CxxNode* whole, CxxNode* last, CxxNode*& module);
  CxxNode* constructor_or_destructor(CxxNode* last);
  CxxNode* local_name();
  CxxNode* unqualified_name(CxxNode* module);
  CxxNode* module_name(CxxNode* parent);
  CxxNode* structured_bindings();
  CxxNode* source_name();
  CxxNode* tagged(CxxNode* node);
  CxxNode* closure();
  CxxNode* unnamed_type();
  void discriminator();
  CxxNode* clone_suffix(CxxNode* node);
  static bool is_conversion_like(const CxxNode* node);
  static bool has_return_type(const CxxNode* node);
  static const CxxNode* last_name(const CxxNode* node);
  static CxxNode* find_template(CxxNode* node);
  bool contains_conversion(const CxxNode* node) const;
  void bind_conversion(const Nodes& arguments, std::size_t first);

  // cxx_parser_types.cc: types; cxx_parser_templates.cc: template arguments, substitutions.
  CxxNode* type(bool in_conversion = false);
  CxxNode* unqualified_type(bool in_conversion, bool& is_candidate);
  CxxNode* type_d(bool in_conversion, bool& is_candidate);
  CxxNode* fixed_point_type(bool in_conversion);
  CxxNode* type_t(bool in_conversion);
  CxxNode* type_s(bool in_conversion, bool& is_candidate);
  CxxNode* type_u(bool in_conversion, bool& is_candidate);
  CxxNode* conversion_template(CxxNode* parameter, bool adds_candidate, bool& is_template);
  CxxNode* qualified(CxxNode* node, std::int64_t qualifiers, CxxNode* condition);
  CxxNode* function_type();
  CxxNode* bare_function_type(bool has_return, bool explicit_this);
  CxxNode* array_type(bool in_conversion);
  CxxNode* vector_type(bool in_conversion);
  Nodes parameter_types(bool explicit_this);
  std::int64_t qualifiers(CxxNode*& condition);
  std::string_view reference_qualifier();
  CxxNode* template_parameter();
  Nodes template_arguments();
  CxxNode* template_argument();
  CxxNode* parameter_declaration(CxxNode*& argument);
  CxxNode* parameter_name(std::string_view prefix, std::int64_t& count);
  CxxNode* template_of(CxxNode* node) {
    Nodes arguments = template_arguments();
    return make({.kind = Kind::Template, .a = node, .list = std::move(arguments)});
  }
  CxxNode* substitution(bool for_prefix);
  CxxNode* rebound(CxxNode* node);
  CxxNode* rebound_parameter(CxxNode* node);
  CxxNode* standard_name(char code, bool is_long);

  // cxx_parser_expressions.cc: expressions.
  CxxNode* expression();
  CxxNode* operator_expression();
  CxxNode* unary(std::string_view code, std::string_view name);
  CxxNode* binary(std::string_view code, std::string_view name);
  CxxNode* ternary(std::string_view code, std::string_view name);
  CxxNode* fold(std::string_view code);
  CxxNode* new_expression();
  CxxNode* function_parameter();
  CxxNode* literal();
  CxxNode* literal_value(CxxNode* of_type);
  CxxNode* unresolved_name();
  CxxNode* unresolved_scope();
  CxxNode* base_unresolved_name();
  CxxNode* operator_name(bool in_expression);
  CxxNode* vendor_expression();
  CxxNode* subobject();
  CxxNode* requires_expression();
  CxxNode* requirement();
  CxxNode* constraint();
  Nodes expressions_until(char stop);

  std::string_view text_;
  std::size_t at_ = 0;
  CxxArena& arena_;
  bool failed_ = false;
  int depth_ = 0;
  CxxNode none_;      // Stands for what could not be parsed.
  Nodes candidates_;  // For substitution.
  std::vector<TemplateScope> scopes_;
  Nodes unbound_;                 // Parameters in conversions, to be bound.
  std::size_t lambda_level_ = 0;  // scopes_.size() + 1 where a lambda began; 0: in none.
  bool in_constraint_ = false;
  std::int64_t type_parameters_ = 0;  // Of lambdas, so far.
  std::int64_t value_parameters_ = 0;
  std::int64_t template_parameters_ = 0;
};

/// What an operator's code in mangled names means.
struct CxxOperator {
  std::string_view code;
  std::string_view name;
  int operands = 0;
};

/// Null if there is none of that code.
const CxxOperator* find_cxx_operator(std::string_view code);

}  // namespace plumb

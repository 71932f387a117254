// SPDX-License-Identifier: Apache-2.0
// CxxPrinter: writes the tree of a C++ name as source code would name it.
//
// Declarations wrap around names ("void (*f[3])(int)"): what stands before a name and what stands
// behind it are written separately, outermost part of the type last. Time and length are limited,
// because a few letters of substitutions can stand for gigabytes.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "symbols/cxx_node.h"

namespace plumb {

struct CxxPrintOptions {
  bool template_arguments = true;    ///< "vector<int>" or "vector".
  bool enclosing_parameters = true;  ///< "f(int)::g" or "f()::g".
};

class CxxPrinter {
 public:
  explicit CxxPrinter(const CxxPrintOptions& options) : options_(options) {}

  /// Writes the whole name. False if it would be too long.
  bool print(const CxxNode* node);

  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  using Kind = CxxNode::Kind;
  enum class Where : std::uint8_t { Top, Local };

  static constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
  static constexpr std::uint64_t kMaxSteps = 1'000'000;
  static constexpr int kMaxDepth = 500;

  bool enter();
  void leave() { --depth_; }
  void put(std::string_view text) {
    if (out_.size() < kMaxBytes)
      out_ += text;
    else
      failed_ = true;
  }
  void whole(const CxxNode* node);
  void left(const CxxNode* node);
  void right(const CxxNode* node);
  void left_of(const CxxNode* node);
  void name(const CxxNode* node);
  void declaration(const CxxNode* node);
  void expression(const CxxNode* node);
  void symbol(const CxxNode* node);
  void list(const std::vector<CxxNode*>& nodes);
  void pack_expansion(const CxxNode* node);
  void template_name(const CxxNode* node);
  void closure(const CxxNode* node);
  void closure_types(const CxxNode* node);
  void function(const CxxNode* node, Where where);
  void parameters(const CxxNode* type, std::int64_t qualifiers, std::string_view reference,
                  Where where);
  void qualifiers(std::int64_t bits, const CxxNode* condition);
  void pointer_left(const CxxNode* pointee, std::string_view sign);
  void array_right(const CxxNode* node);
  void literal(const CxxNode* node);
  void parenthesized(const CxxNode* node);
  void unary(const CxxNode* node);
  void binary(const CxxNode* node);
  void designated(const CxxNode* node);
  void fold(const CxxNode* node);
  void call(const CxxNode* node);
  std::size_t size_of_list(const CxxNode* node);
  void new_expression(const CxxNode* node);
  void requires_expression(const CxxNode* node);
  const CxxNode* resolved(const CxxNode* node) const;
  const CxxNode* unqualified(const CxxNode* node) const;
  std::int64_t bits_of(const CxxNode* node) const;
  void open_declarator();
  void space_behind(const CxxNode* type);
  bool surrounds(const CxxNode* type) const;
  const CxxNode* find_pack(const CxxNode* node, int depth) const;

  const CxxPrintOptions options_;
  std::string out_;
  std::uint64_t steps_ = 0;
  int depth_ = 0;
  bool failed_ = false;
  const CxxNode* pack_ = nullptr;  // That is being expanded.
  std::size_t pack_index_ = 0;
};

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// TRY and TRY_ASSIGN: return early with the error of a failed Result.
//
//   TRY(check_header(in));
//   TRY_ASSIGN(const Profile profile, read_profile_proto(source));
//
// Statements, not expressions: every early exit of a function starts a line with TRY or return.

#pragma once

#include <utility>

#define TRY(expr)                                          \
  do {                                                     \
    auto try_result = (expr);                              \
    if (!try_result) return std::move(try_result).error(); \
  } while (false)
#define TRY_ASSIGN(declaration, expr) \
  TRY_ASSIGN_IMPL(TRY_CONCAT(try_result_, __LINE__), declaration, expr)
#define TRY_ASSIGN_IMPL(result, declaration, expr) \
  auto result = (expr);                            \
  if (!(result)) return std::move(result).error(); \
  declaration = *std::move(result)
#define TRY_CONCAT(a, b) TRY_CONCAT_IMPL(a, b)
#define TRY_CONCAT_IMPL(a, b) a##b

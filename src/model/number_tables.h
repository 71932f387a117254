// SPDX-License-Identifier: Apache-2.0
// The tables of a profile without what no sample refers to.

#pragma once

#include "model/profile.h"

namespace plumb {

/// Numbers locations, functions and mappings in the order in which samples refer to them, and
/// forgets the others; the first mapping stays the first. The numbers of the input are those of the
/// tables afterwards. Strings stay as they are.
///
/// Complexity: linear; the stacks are rewritten where they are.
void number_tables_by_use(Profile& profile);

}  // namespace plumb

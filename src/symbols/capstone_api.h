// SPDX-License-Identifier: Apache-2.0
// Capstone, loaded when the first instruction is disassembled. Linked statically, its tables of all
// machines would cost every run some 77,000 relocations: twice the time that reading a small
// profile takes.

#pragma once

#include <capstone/capstone.h>

#include "base/result.h"

namespace plumb {

/// The functions of Capstone that disassembly needs.
struct CapstoneApi {
  decltype(&::cs_version) version;
  decltype(&::cs_open) open;
  decltype(&::cs_close) close;
  decltype(&::cs_option) option;
  decltype(&::cs_malloc) malloc;
  decltype(&::cs_free) free;
  decltype(&::cs_disasm_iter) disasm_iter;
  decltype(&::cs_reg_name) reg_name;
};

/// Loads Capstone, once; the answer stays the same. Thread-safe.
///
/// Errors: Io if there is no Capstone 4 on this machine.
Result<const CapstoneApi*> load_capstone();

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "symbols/capstone_api.h"

#include <dlfcn.h>

namespace plumb {
namespace {

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<const CapstoneApi*> load() {
  static CapstoneApi api;
  // The version whose structures the header describes. Never closed: used until the process ends.
  void* const library = dlopen("libcapstone.so.4", RTLD_NOW | RTLD_LOCAL);
  const bool is_usable =
      library != nullptr && find(library, "cs_version", api.version) &&
      find(library, "cs_open", api.open) && find(library, "cs_close", api.close) &&
      find(library, "cs_option", api.option) && find(library, "cs_malloc", api.malloc) &&
      find(library, "cs_free", api.free) && find(library, "cs_disasm_iter", api.disasm_iter) &&
      find(library, "cs_reg_name", api.reg_name);
  int major = 0;
  int minor = 0;
  if (is_usable) api.version(&major, &minor);
  if (major != CS_API_MAJOR) {
    return Error(ErrorCode::Io,
                 "disassembly needs Capstone, which is not there: "
                 "install libcapstone4");
  }
  return &api;
}

}  // namespace

Result<const CapstoneApi*> load_capstone() {
  static const Result<const CapstoneApi*> loaded = load();
  if (!loaded) return Error(loaded.error());
  return *loaded;
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "rt/modules.h"

#include <link.h>
#include <unistd.h>

#include <cstring>

#include "base/strings.h"

namespace plumb::rt::detail {
namespace {

constexpr std::uintptr_t kPageMask = 4095;

std::string path_of_program() {
  std::string path(4096, '\0');
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  path.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return path;
}

// Notes are padded to four bytes; the loader mapped them.
std::string find_build_id(const char* notes, std::size_t bytes) {
  while (bytes >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note{};
    std::memcpy(&note, notes, sizeof note);
    const std::size_t name_bytes = (std::size_t{note.n_namesz} + 3) / 4 * 4;
    const std::size_t text_bytes = (std::size_t{note.n_descsz} + 3) / 4 * 4;
    const std::size_t size = sizeof note + name_bytes + text_bytes;
    if (size > bytes) break;
    const char* const name = notes + sizeof note;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0) {
      std::string id;
      for (std::size_t i = 0; i < note.n_descsz; ++i) {
        id += to_hex(static_cast<std::uint8_t>(name[name_bytes + i]), 2);
      }
      return id;
    }
    notes += size;
    bytes -= size;
  }
  return {};
}

int add_module(dl_phdr_info* info, std::size_t, void* modules_of_caller) {
  auto& modules = *static_cast<std::vector<Module>*>(modules_of_caller);
  Module module;
  module.bias = info->dlpi_addr;
  module.path = info->dlpi_name;
  if (modules.empty()) module.path = path_of_program();
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = info->dlpi_phdr[i];
    const std::uintptr_t start = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0) {
      module.ranges.push_back({start & ~kPageMask,
                               (start + header.p_memsz + kPageMask) & ~kPageMask,
                               header.p_offset & ~std::uint64_t{kPageMask}});
    } else if (header.p_type == PT_NOTE && module.build_id.empty()) {
      module.build_id = find_build_id(reinterpret_cast<const char*>(start), header.p_memsz);
    }
  }
  if (module.path.empty()) module.path = "[vdso]";
  modules.push_back(std::move(module));
  return 0;
}

}  // namespace

std::vector<Module> list_modules() {
  std::vector<Module> modules;
  dl_iterate_phdr(add_module, &modules);
  return modules;
}

}  // namespace plumb::rt::detail

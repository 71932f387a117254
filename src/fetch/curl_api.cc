// SPDX-License-Identifier: Apache-2.0
#include "fetch/curl_api.h"

#include <dlfcn.h>

#include <array>
#include <string>

#include "base/try.h"

namespace plumb {
namespace {

void* open_library() {
  // Both have the same interface; machines without development packages may have either.
  constexpr std::array kNames{"libcurl.so.4", "libcurl-gnutls.so.4"};
  for (const char* name : kNames) {
    if (void* library = dlopen(name, RTLD_NOW | RTLD_LOCAL)) return library;
  }
  return nullptr;
}

template <typename Function>
bool find_function(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

bool find_functions(void* library, CurlApi& api) {
  const auto find = [library](const char* name, auto& function) {
    return find_function(library, name, function);
  };
  return find("curl_global_init", api.global_init) && find("curl_easy_init", api.easy_init) &&
         find("curl_easy_cleanup", api.easy_cleanup) && find("curl_easy_setopt", api.easy_setopt) &&
         find("curl_easy_getinfo", api.easy_getinfo) &&
         find("curl_easy_strerror", api.easy_strerror) &&
         find("curl_slist_append", api.slist_append) &&
         find("curl_slist_free_all", api.slist_free_all) &&
         find("curl_multi_init", api.multi_init) && find("curl_multi_cleanup", api.multi_cleanup) &&
         find("curl_multi_add_handle", api.multi_add_handle) &&
         find("curl_multi_remove_handle", api.multi_remove_handle) &&
         find("curl_multi_perform", api.multi_perform) && find("curl_multi_poll", api.multi_poll) &&
         find("curl_multi_info_read", api.multi_info_read) &&
         find("curl_multi_strerror", api.multi_strerror);
}

Result<const CurlApi*> load() {
  static CurlApi api;
  void* library = open_library();  // Never closed: it is used until the process ends.
  if (library == nullptr) {
    return Error(ErrorCode::Io, "fetching needs libcurl, which is not there: install libcurl4");
  }
  if (!find_functions(library, api) || api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return Error(ErrorCode::Io,
                 "the libcurl of this machine is too old: install libcurl4, 7.66 "
                 "or later");
  }
  return &api;
}

}  // namespace

Result<const CurlApi*> load_curl() {
  static const Result<const CurlApi*> loaded = load();
  if (!loaded) return Error(loaded.error());
  return *loaded;
}

}  // namespace plumb

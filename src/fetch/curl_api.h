// SPDX-License-Identifier: Apache-2.0
// libcurl, loaded when the first URL is fetched. Linking it would cost every run the loading of
// some 25 shared libraries, which takes longer than reading a small profile.

#pragma once

#include <curl/curl.h>

#include "base/result.h"

namespace plumb {

/// The functions of libcurl that fetching needs.
struct CurlApi {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_strerror) multi_strerror;
};

/// Loads and initialises libcurl, once; the answer stays the same. Thread-safe.
///
/// Errors: Io if there is no libcurl on this machine, or one too old (before 7.66).
Result<const CurlApi*> load_curl();

}  // namespace plumb

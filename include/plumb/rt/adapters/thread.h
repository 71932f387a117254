// SPDX-License-Identifier: Apache-2.0
// std::thread with an origin: dumps say which line made it, and for whom.
//
//   std::thread thread = plumb::rt::make_thread("indexer", [&] { build_index(); });

#pragma once

#include <plumb/rt/register.h>
#include <pthread.h>

#include <string>
#include <thread>
#include <utility>

namespace plumb::rt {

/// Starts a thread that runs `f()` as a task of the dumps, labelled "thread: NAME". The kernel gets
/// the first 15 characters of the name.
template <typename F>
[[gnu::always_inline]] inline std::thread make_thread(std::string name, F&& f) {
  const task_origin origin = origin_here();
  return std::thread([origin, name = std::move(name), f = std::forward<F>(f)]() mutable {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    const registered_thread shown(origin, {{"thread", name}});
    std::move(f)();
  });
}

}  // namespace plumb::rt

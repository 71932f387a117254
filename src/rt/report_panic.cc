// SPDX-License-Identifier: Apache-2.0
#include "rt/report_panic.h"

#include <plumb/rt/panic.h>
#include <unistd.h>

#include <exception>
#include <string>

#include "rt/symbolizer.h"

namespace plumb::rt::detail {
namespace {

std::string text_of_exception() {
  try {
    throw;
  } catch (const std::exception& exception) {
    return exception.what();
  } catch (...) {
    return "exception of unknown type";
  }
}

}  // namespace

void report_uncaught(const Task& task) noexcept {
  std::string text = "panic: " + text_of_exception() + "\n\ngoroutine " +
                     std::to_string(task.id.load(std::memory_order_relaxed)) + " [running]:\n";
  const auto created_by =
      reinterpret_cast<std::uintptr_t>(task.created_by.load(std::memory_order_relaxed));
  append_creator(text, created_by, task.creator_id.load(std::memory_order_relaxed));
  // There is nobody left to tell that standard error is closed.
  static_cast<void>(!write(STDERR_FILENO, text.data(), text.size()));
}

}  // namespace plumb::rt::detail

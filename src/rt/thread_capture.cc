// SPDX-License-Identifier: Apache-2.0
#include "rt/thread_capture.h"

#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <string>

#include "base/strings.h"
#include "rt/stop_world.h"
#include "rt/task.h"

namespace plumb::rt::detail {
namespace {

constexpr int kSignal = SIGURG;
constexpr std::int64_t kPatienceNs = 20'000'000;

// One exchange with one handler. A handler that comes too late finds another number, and leaves.
struct Exchange {
  std::atomic<int> wanted_tid{0};
  std::atomic<bool> is_done{false};
  SavedRegisters registers;
  std::size_t byte_count = 0;
  std::array<std::byte, std::size_t{64} << 10> bytes;
};
Exchange exchange;

void on_signal(int, siginfo_t*, void* context) {
  const int saved_errno = errno;
  if (wait_while_stopped()) {
    errno = saved_errno;
    return;
  }
  int tid = static_cast<int>(syscall(SYS_gettid));
  if (exchange.wanted_tid.compare_exchange_strong(tid, 0, std::memory_order_acquire)) {
    exchange.registers = registers_of(*static_cast<const ucontext_t*>(context));
    exchange.byte_count = copy_readable(exchange.registers.sp, exchange.bytes);
    exchange.is_done.store(true, std::memory_order_release);
  }
  errno = saved_errno;
}

bool install_handler() {
  struct sigaction old {};
  if (sigaction(kSignal, nullptr, &old) != 0) return false;
  const bool is_free =
      (old.sa_flags & SA_SIGINFO) == 0 && (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN);
  if (!is_free) return false;
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  return sigaction(kSignal, &action, nullptr) == 0;
}

}  // namespace

std::size_t copy_readable(std::uintptr_t address, std::span<std::byte> into) {
  constexpr std::size_t kPage = 4096;
  std::size_t done = 0;
  while (done < into.size()) {  // The call copies a range whole or not at all.
    const std::uintptr_t from = address + done;
    const std::size_t count = std::min(into.size() - done, kPage - from % kPage);
    const iovec local = {into.data() + done, count};
    const iovec remote = {reinterpret_cast<void*>(from), count};
    const long copied = syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0);
    if (copied <= 0) break;
    done += static_cast<std::size_t>(copied);
  }
  return done;
}

// "202 0x7f.. 0x80 0x0 0x0 0x0 0x0 SP PC", or "running". Source: proc(5), /proc/[pid]/syscall.
std::optional<SavedRegisters> registers_in_kernel(int tid) {
  std::ifstream file("/proc/self/task/" + std::to_string(tid) + "/syscall");
  std::string line;
  std::getline(file, line);
  const std::vector<std::string_view> words = split(line, ' ');
  if (words.size() < 3) return std::nullopt;
  const auto number = [](std::string_view word) {
    return consume_prefix(word, "0x") ? parse_int<std::uintptr_t>(word, 16)
                                      : std::optional<std::uintptr_t>();
  };
  const auto sp = number(words[words.size() - 2]);
  const auto pc = number(words.back());
  if (!sp || !pc) return std::nullopt;
  return SavedRegisters{*pc, *sp};
}

bool has_signal_handler() {
  static const bool is_installed = install_handler();
  return is_installed;
}

std::optional<CapturedThread> ThreadCapture::capture(int tid) {
  if (!has_signal_handler() || tid == 0) return std::nullopt;
  exchange.is_done.store(false, std::memory_order_relaxed);
  exchange.wanted_tid.store(tid, std::memory_order_release);
  if (syscall(SYS_tgkill, getpid(), tid, kSignal) != 0) {
    exchange.wanted_tid.store(0, std::memory_order_relaxed);
    return std::nullopt;
  }
  const std::int64_t deadline = now_ns() + kPatienceNs;
  while (!exchange.is_done.load(std::memory_order_acquire)) {
    sched_yield();
    int expected = tid;
    if (now_ns() > deadline && exchange.wanted_tid.compare_exchange_strong(expected, 0)) {
      return std::nullopt;
    }
  }
  const SavedRegisters& registers = exchange.registers;
  const auto copy = reinterpret_cast<std::uintptr_t>(exchange.bytes.data());
  const StackBytes stack = {registers.sp, registers.sp + exchange.byte_count, copy - registers.sp};
  return CapturedThread{registers, stack, std::span(exchange.bytes).first(exchange.byte_count)};
}

}  // namespace plumb::rt::detail

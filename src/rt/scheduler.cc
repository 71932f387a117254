// SPDX-License-Identifier: Apache-2.0
#include "rt/scheduler.h"

#include <plumb/rt/panic.h>
#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <bit>

#include "rt/shutdown_context.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

constexpr unsigned kMaxWorkers = 64;  // Bits of Scheduler::idle_.
constexpr std::size_t kMinStackBytes = std::size_t{16} << 10;
constexpr std::size_t kMaxStackBytes = std::size_t{16} << 20;

std::atomic<Scheduler*> the_scheduler{nullptr};
std::mutex start_mutex;
std::atomic<std::uint64_t> next_id{1};

unsigned usable_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

std::size_t slot_bytes(std::size_t asked) {
  return std::bit_ceil(std::clamp(asked, kMinStackBytes, kMaxStackBytes));
}

}  // namespace

Scheduler::Scheduler(const options& with) : slabs_(slot_bytes(with.stack_bytes)) {
  const unsigned count =
      std::clamp(with.workers != 0 ? with.workers : usable_processors(), 1u, kMaxWorkers);
  for (unsigned i = 0; i < count; ++i) workers_.push_back(std::make_unique<Worker>(*this, i));
}

void Scheduler::spawn_workers() {
  for (const auto& worker : workers_) {
    note_created_thread();
    threads_of_workers_.emplace_back([&worker = *worker] { worker.run(); });
    const std::string name = "plumb-rt-" + std::to_string(worker->index());
    pthread_setname_np(threads_of_workers_.back().native_handle(), name.c_str());
  }
}

bool Scheduler::start(const options& with) {
  const std::scoped_lock lock(start_mutex);
  if (find() != nullptr) return false;
  // Never destroyed: tasks may run until the process has ended.
  auto* const scheduler = new Scheduler(with);
  the_scheduler.store(scheduler, std::memory_order_release);
  scheduler->spawn_workers();
  return true;
}

Scheduler* Scheduler::find() {
  return the_scheduler.load(std::memory_order_acquire);
}

Scheduler& Scheduler::get() {
  Scheduler* const scheduler = find();
  if (scheduler != nullptr) return *scheduler;
  start({});
  return *find();
}

std::uint64_t Scheduler::take_ids(std::uint64_t count) {
  return next_id.fetch_add(count, std::memory_order_relaxed);
}

Worker& Scheduler::any_worker() {
  const unsigned turn = turn_.fetch_add(1, std::memory_order_relaxed);
  return *workers_[turn % workers_.size()];
}

std::size_t Scheduler::go_count() const {
  std::uint64_t ended = 0;
  for (const auto& worker : workers_) ended += worker->ended();
  std::uint64_t created = created_elsewhere_.load(std::memory_order_acquire);
  for (const auto& worker : workers_) created += worker->created();
  return created > ended ? created - ended : 0;
}

bool Scheduler::has_fresh() const {
  return std::ranges::any_of(workers_, [](const auto& worker) { return worker->has_fresh(); });
}

void Scheduler::note_idle(const Worker& worker, bool is_idle) {
  const std::uint64_t bit = std::uint64_t{1} << worker.index();
  if (is_idle) {
    idle_.fetch_or(bit, std::memory_order_seq_cst);
  } else {
    idle_.fetch_and(~bit, std::memory_order_seq_cst);
  }
}

void Scheduler::wake_one() {
  const std::uint64_t idle = idle_.load(std::memory_order_seq_cst);
  if (idle == 0 || is_searching_.exchange(true, std::memory_order_seq_cst)) return;
  Worker& worker = *workers_[static_cast<std::size_t>(std::countr_zero(idle))];
  if (!worker.wake_to_search()) end_search();
}

void Scheduler::add_thread(Task* task) {
  const std::scoped_lock lock(threads_mutex_);
  threads_.push_back(task);
}

void Scheduler::remove_thread(Task* task) {
  const std::scoped_lock lock(threads_mutex_);
  std::erase(threads_, task);
}

std::size_t Scheduler::thread_count() {
  const std::scoped_lock lock(threads_mutex_);
  return threads_.size();
}

std::size_t Scheduler::shutdown(std::int64_t grace_ns) {
  if (Worker::current() != nullptr) panic("shutdown called by a task");
  cancel_shutdown_context();
  const std::int64_t deadline_ns = now_ns() + grace_ns;
  while (go_count() != 0 && now_ns() < deadline_ns) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  const std::size_t left = go_count();
  if (left != 0) return left;
  const std::scoped_lock lock(start_mutex);
  is_stopping_.store(true, std::memory_order_seq_cst);
  for (const auto& worker : workers_) worker->wake();
  for (std::thread& thread : threads_of_workers_) thread.join();
  threads_of_workers_.clear();
  if (has_timers()) keep_time();
  return 0;
}

bool Scheduler::has_timers() const {
  return std::ranges::any_of(workers_, [](const auto& worker) { return worker->has_timers(); });
}

void Scheduler::keep_time() {
  const std::scoped_lock lock(timers_mutex_);
  timer_armed_.notify_one();
  if (is_time_kept_) return;
  is_time_kept_ = true;
  note_created_thread();
  std::thread keeper([this] { fire_timers(); });
  pthread_setname_np(keeper.native_handle(), "plumb-rt-timers");
  keeper.detach();
}

void Scheduler::fire_timers() {
  const OwnThread is_own;
  std::unique_lock lock(timers_mutex_);
  for (;;) {
    std::int64_t next_ns = Timers::kNever;
    for (const auto& worker : workers_) next_ns = std::min(next_ns, worker->fire_due());
    if (next_ns == Timers::kNever) {
      timer_armed_.wait(lock);
    } else {
      timer_armed_.wait_for(lock, std::chrono::nanoseconds(next_ns - now_ns()));
    }
  }
}

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
#include "rt/task_locals.h"

#include <plumb/rt/detail/waiter.h>
#include <plumb/rt/go.h>
#include <plumb/rt/task_local.h>

#include <algorithm>
#include <memory>
#include <mutex>

namespace plumb::rt::detail {
namespace {

// Dekker's handshake: a reader counts itself, then looks at tasks; who drops a set has taken it off
// its task, then looks for readers.
std::atomic<int> readers{0};

struct Retired {
  std::mutex mutex;
  std::vector<const LabelSet*> sets;
};

Retired& retired() {
  static Retired* const all = new Retired;  // Tasks may end after static objects have.
  return *all;
}

void free_retired() {
  std::vector<const LabelSet*> sets;
  {
    const std::scoped_lock lock(retired().mutex);
    if (readers.load(std::memory_order_seq_cst) != 0) return;
    sets.swap(retired().sets);
  }
  for (const LabelSet* set : sets) delete set;
}

void release(const LabelSet* set) {
  if (set == nullptr || set->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (readers.load(std::memory_order_seq_cst) == 0) {
    delete set;
    return;
  }
  {
    const std::scoped_lock lock(retired().mutex);
    retired().sets.push_back(set);
  }
  free_retired();
}

void retain(const LabelSet* set) {
  if (set != nullptr) set->references.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

LabelReaders::LabelReaders() {
  readers.fetch_add(1, std::memory_order_seq_cst);
}

LabelReaders::~LabelReaders() {
  if (readers.fetch_sub(1, std::memory_order_seq_cst) == 1) free_retired();
}

void inherit_labels(Task& task, const Task& of) {
  const LabelSet* const set = of.labels.load(std::memory_order_relaxed);
  retain(set);
  task.labels.store(set, std::memory_order_release);
}

void drop_labels(Task& task) {
  const LabelSet* const set = task.labels.load(std::memory_order_relaxed);
  if (set == nullptr) return;
  task.labels.store(nullptr, std::memory_order_seq_cst);
  release(set);
}

// Those of `previous`, which may be null, with `labels` added.
static std::unique_ptr<LabelSet> merge_labels(
    const LabelSet* previous,
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
  auto set = std::make_unique<LabelSet>();
  if (previous != nullptr) set->labels = previous->labels;
  for (const auto& label : labels) {
    const auto at = std::ranges::lower_bound(set->labels, label.first, {}, [](const auto& known) {
      return std::string_view(known.first);
    });
    if (at != set->labels.end() && at->first == label.first) {
      at->second = label.second;
    } else {
      set->labels.emplace(at, label.first, label.second);
    }
  }
  return set;
}

void set_labels(Task& task,
                std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
  task.labels.store(merge_labels(nullptr, labels).release(), std::memory_order_seq_cst);
}

const LabelSet* push_labels(
    std::initializer_list<std::pair<std::string_view, std::string_view>> labels) {
  Task* const task = current_task();
  const LabelSet* const previous = task->labels.load(std::memory_order_relaxed);
  task->labels.store(merge_labels(previous, labels).release(), std::memory_order_seq_cst);
  return previous;  // Its reference now belongs to the caller.
}

void pop_labels(const LabelSet* previous) noexcept {
  Task* const task = current_task();
  const LabelSet* const set = task->labels.load(std::memory_order_relaxed);
  task->labels.store(previous, std::memory_order_seq_cst);
  release(set);
}

struct TaskLocals {
  struct Value {
    const void* key = nullptr;
    void* value = nullptr;
    void (*destroy)(void*) = nullptr;
  };
  std::vector<Value> values;
};

void*& local_value(const void* key, void (*destroy)(void*)) {
  Task* const task = current_task();
  if (task->locals == nullptr) task->locals = new TaskLocals;
  auto& values = task->locals->values;
  const auto found = std::ranges::find(values, key, &TaskLocals::Value::key);
  if (found != values.end()) return found->value;
  values.push_back({key, nullptr, destroy});
  return values.back().value;
}

void drop_locals(Task& task) {
  if (task.locals == nullptr) return;
  const std::unique_ptr<TaskLocals> locals(task.locals);
  task.locals = nullptr;
  while (!locals->values.empty()) {
    const TaskLocals::Value last = locals->values.back();
    locals->values.pop_back();
    if (last.value != nullptr) last.destroy(last.value);
  }
}

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
#include "rt/metrics.h"

#include <plumb/rt/leak.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <map>

#include "base/strings.h"
#include "rt/scheduler.h"
#include "rt/snapshot.h"
#include "rt/threads.h"

namespace plumb::rt::detail {
namespace {

/// What is told of the tasks.
struct TaskNumbers {
  std::map<std::string, std::size_t> by_state;
  std::size_t total = 0;
};

TaskNumbers count_tasks() {
  TaskNumbers numbers;
  visit_tasks(WithStacks::No, [&](const TaskView& task) {
    std::string state(to_string(task.reason));
    if (task.state == TaskState::Fresh || task.state == TaskState::Runnable) state = "runnable";
    if (task.state == TaskState::Running) state = task.is_in_kernel ? "syscall" : "running";
    ++numbers.by_state[state];
    ++numbers.total;
  });
  return numbers;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : valid_utf8(text)) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u" + to_hex(static_cast<unsigned char>(c), 4);
    } else {
      out += c;
    }
  }
  return out + '"';
}

void append_metric(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help, std::uint64_t value) {
  out += "# HELP ";
  out += name;
  out += ' ';
  out += help;
  out += "\n# TYPE ";
  out += name;
  out += ' ';
  out += type;
  out += '\n';
  out += name;
  out += ' ' + std::to_string(value) + '\n';
}

void append_workers(std::string& out, const Scheduler& scheduler) {
  out +=
      "# HELP plumb_rt_worker_stalled_seconds Time a worker has run one task while others wait.\n"
      "# TYPE plumb_rt_worker_stalled_seconds gauge\n";
  const std::int64_t now = coarse_now_ns();
  for (const auto& worker : scheduler.workers()) {
    const std::int64_t since = worker->stalled_since_ns();
    const std::int64_t stalled_ms = since != 0 ? (now - since) / 1'000'000 : 0;
    std::string digits = std::to_string(stalled_ms % 1000);
    digits.insert(0, 3 - digits.size(), '0');
    out += "plumb_rt_worker_stalled_seconds{worker=\"" + std::to_string(worker->index()) + "\"} " +
           std::to_string(stalled_ms / 1000) + '.' + digits + '\n';
  }
}

}  // namespace

std::vector<std::string> command_line() {
  std::ifstream file("/proc/self/cmdline", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<std::string> arguments;
  std::string_view rest = text;
  while (!rest.empty()) arguments.emplace_back(take_until(rest, '\0'));
  return arguments;
}

std::string render_vars() {
  const TaskNumbers numbers = count_tasks();
  std::string json = "{\n\"cmdline\": [";
  const std::vector<std::string> arguments = command_line();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    json += (i > 0 ? "," : "") + json_string(arguments[i]);
  }
  json += "],\n\"tasks\": {\"total\": " + std::to_string(numbers.total) +
          ", \"leaked\": " + std::to_string(leak_count()) + ", \"by_state\": {";
  bool is_first = true;
  for (const auto& [state, count] : numbers.by_state) {
    if (!is_first) json += ", ";
    is_first = false;
    json += json_string(state) + ": " + std::to_string(count);
  }
  return json + "}}\n}\n";
}

std::string render_metrics() {
  const TaskNumbers numbers = count_tasks();
  std::string out;
  append_metric(out, "go_goroutines", "gauge", "Number of tasks, under the name for goroutines.",
                numbers.total);
  append_metric(out, "go_threads", "gauge", "Number of threads of the process.",
                thread_ids().size());
  append_metric(out, "plumb_rt_leaked_tasks", "gauge", "Tasks proved to wait for ever.",
                leak_count());
  append_metric(out, "plumb_rt_leak_scan_pause_milliseconds", "gauge",
                "How long all threads stood still for the last leak scan.",
                static_cast<std::uint64_t>(leak_scan_pause() / std::chrono::milliseconds(1)));
  out += "# HELP plumb_rt_tasks Number of tasks by state.\n# TYPE plumb_rt_tasks gauge\n";
  for (const auto& [state, count] : numbers.by_state) {
    out += "plumb_rt_tasks{state=\"" + state + "\"} " + std::to_string(count) + '\n';
  }
  const Scheduler* const scheduler = Scheduler::find();
  if (scheduler != nullptr) append_workers(out, *scheduler);
  return out;
}

}  // namespace plumb::rt::detail

// SPDX-License-Identifier: Apache-2.0
// Channels and select against a model: small programs of tasks, of which a naive interpreter finds
// every outcome that any order of steps can have. What the library does must be one of them, and
// over many runs it must show more than one where there are more.

#include <gtest/gtest.h>
#include <plumb/rt/chan.h>
#include <plumb/rt/go.h>
#include <plumb/rt/panic.h>
#include <plumb/rt/select.h>
#include <plumb/rt/sync.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "support/dice.h"

// Not in the library's namespace: its own frames are hidden.
namespace {

using namespace plumb::rt;

/// One operation on a channel; a step of several is a select.
struct Op {
  enum class Kind { Send, Recv, Close, Default } kind;
  std::size_t chan = 0;
};
using Step = std::vector<Op>;
using Task = std::vector<Step>;

struct Program {
  std::vector<std::size_t> capacities;
  std::vector<Task> tasks;
};

/// What became of a task: a letter for each step it finished, "x" for a panic.
using Outcome = std::vector<std::string>;

// The model.

struct ModelState {
  std::vector<std::vector<int>> buffers;  // Values are numbers of sends.
  std::vector<bool> closed;
  std::vector<std::size_t> at;  // Step of each task; past the end: done.
  Outcome outcome;
  friend auto operator<=>(const ModelState&, const ModelState&) = default;
};

class Model {
 public:
  explicit Model(const Program& program) : program_(program) {}

  std::set<Outcome> run() {
    ModelState start;
    start.buffers.resize(program_.capacities.size());
    start.closed.resize(program_.capacities.size());
    start.at.resize(program_.tasks.size());
    start.outcome.resize(program_.tasks.size());
    explore(start);
    return ends_;
  }

 private:
  void explore(const ModelState& state) {
    if (!seen_.insert(state).second) return;
    bool can_move = false;
    for (std::size_t task = 0; task < program_.tasks.size(); ++task) {
      if (is_done(state, task)) continue;
      can_move = step(state, task) || can_move;
    }
    if (!can_move) ends_.insert(state.outcome);
  }

  [[nodiscard]] bool is_done(const ModelState& state, std::size_t task) const {
    return state.at[task] >= program_.tasks[task].size();
  }

  // Explores all that `task` can do next; false if it can do nothing. Who is at a step need not
  // have come to wait yet: a meeting that is possible does not keep a default away.
  bool step(const ModelState& state, std::size_t task) {
    const Step& ops = program_.tasks[task][state.at[task]];
    bool can_move = false;
    bool must_move = false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const bool can = try_op(state, task, ops[i], static_cast<char>('a' + i));
      can_move = can_move || can;
      must_move = must_move || (can && is_sure(state, ops[i]));
    }
    if (!has_default(ops) || must_move) return can_move;
    return finish(state, task, 'd');
  }

  [[nodiscard]] bool is_sure(const ModelState& state, const Op& op) const {
    return op.kind == Op::Kind::Send || op.kind == Op::Kind::Close || state.closed[op.chan] ||
           !state.buffers[op.chan].empty();
  }

  bool finish(ModelState state, std::size_t task, char letter) {
    state.outcome[task] += letter;
    state.at[task] = letter == 'x' ? program_.tasks[task].size() : state.at[task] + 1;
    explore(state);
    return true;
  }

  bool try_op(const ModelState& state, std::size_t task, const Op& op, char letter) {
    switch (op.kind) {
      case Op::Kind::Default:
        return false;
      case Op::Kind::Close: {
        if (state.closed[op.chan]) return finish(state, task, 'x');
        ModelState next = state;
        next.closed[op.chan] = true;
        return finish(next, task, letter);
      }
      case Op::Kind::Send:
        return try_send(state, task, op, letter);
      case Op::Kind::Recv:
        return try_recv(state, task, op, letter);
    }
    return false;
  }

  bool try_send(const ModelState& state, std::size_t task, const Op& op, char letter) {
    if (state.closed[op.chan]) return finish(state, task, 'x');
    if (state.buffers[op.chan].size() < program_.capacities[op.chan]) {
      ModelState next = state;
      next.buffers[op.chan].push_back(1);
      return finish(next, task, letter);
    }
    return false;  // A meeting is found from the receiver's side.
  }

  bool try_recv(const ModelState& state, std::size_t task, const Op& op, char letter) {
    bool can_move = false;
    if (!state.buffers[op.chan].empty()) {
      ModelState next = state;
      next.buffers[op.chan].pop_back();
      can_move = finish(next, task, letter);
    } else if (state.closed[op.chan]) {
      return finish(state, task, static_cast<char>(letter - 'a' + 'A'));
    } else if (program_.capacities[op.chan] == 0) {
      can_move = meet(state, task, op, letter);
    }
    return can_move;
  }

  // Both sides of an unbuffered channel at once. One with a default takes part only if the other
  // waits already, which is so in some order of steps.
  bool meet(const ModelState& state, std::size_t receiver, const Op& op, char letter) {
    bool can_move = false;
    for (std::size_t sender = 0; sender < program_.tasks.size(); ++sender) {
      if (sender == receiver || is_done(state, sender)) continue;
      const Step& ops = program_.tasks[sender][state.at[sender]];
      if (has_default(ops) && has_default(program_.tasks[receiver][state.at[receiver]])) continue;
      for (std::size_t i = 0; i < ops.size(); ++i) {
        if (ops[i].kind != Op::Kind::Send || ops[i].chan != op.chan) continue;
        ModelState next = state;
        next.outcome[sender] += static_cast<char>('a' + i);
        ++next.at[sender];
        can_move = finish(next, receiver, letter) || can_move;
      }
    }
    return can_move;
  }

  static bool has_default(const Step& ops) {
    return std::ranges::find(ops, Op::Kind::Default, &Op::kind) != ops.end();
  }

  const Program& program_;
  std::set<ModelState> seen_;
  std::set<Outcome> ends_;
};

// The library.

class Run {
 public:
  explicit Run(const Program& program) : program_(program), outcome_(program.tasks.size()) {
    for (const std::size_t capacity : program.capacities) {
      chans_.push_back(make_chan<int>(capacity));
    }
  }

  /// What has become of the tasks when nobody moves any more. On a busy machine it takes time to be
  /// sure of that: who is not in one of the `ends` gets more of it. Tasks that wait for ever are
  /// let go in the end.
  Outcome run(const std::set<Outcome>& ends) {
    for (std::size_t i = 0; i < program_.tasks.size(); ++i) {
      group_.go([this, i] { run_task(i); });
    }
    constexpr int kPatience = 2000;
    for (int i = 0; i < kPatience; ++i) {
      settle();
      const std::lock_guard lock(mutex_);
      is_over_ = ends.contains(outcome_);
      if (is_over_) break;
    }
    Outcome seen;
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
      seen = outcome_;
    }
    release_.close();
    group_.wait();
    return seen;
  }

 private:
  // Until nobody moves any more: every task has ended, or waits.
  void settle() {
    int quiet = 0;
    std::size_t last = 0;
    while (quiet < 10) {
      yield();
      sleep_for(std::chrono::microseconds(20));
      const std::lock_guard lock(mutex_);
      quiet = moves_ == last && ended_ + waiting_ == program_.tasks.size() ? quiet + 1 : 0;
      last = moves_;
    }
  }

  void run_task(std::size_t task) {
    for (const Step& step : program_.tasks[task]) {
      {
        const std::lock_guard lock(mutex_);
        ++waiting_;
      }
      char letter = 'x';
      try {
        letter = run_step(step);
      } catch (const panic_error&) {
      }
      const std::lock_guard lock(mutex_);
      --waiting_;
      ++moves_;
      if (is_over_) break;
      outcome_[task] += letter;
      if (letter == 'x') break;
    }
    const std::lock_guard lock(mutex_);
    ++ended_;
    ++moves_;
  }

  char run_step(const Step& ops) {
    if (ops.size() == 1 && ops[0].kind == Op::Kind::Close) {
      chans_[ops[0].chan].close();
      return 'a';
    }
    select_set set;
    char letter = 'd';
    bool has_default = false;
    for (std::size_t i = 0; i < ops.size(); ++i) {
      const auto small = static_cast<char>('a' + i);
      const auto large = static_cast<char>('A' + i);
      if (ops[i].kind == Op::Kind::Send) {
        set.add_send(chans_[ops[i].chan], 1, [&letter, small] { letter = small; });
      } else if (ops[i].kind == Op::Kind::Recv) {
        set.add_recv(chans_[ops[i].chan], [&letter, small, large](std::optional<int> value) {
          letter = value ? small : large;
        });
      } else {
        has_default = true;
      }
    }
    if (has_default) {
      set.try_run();
    } else {
      set.add_recv(release_, [](auto) {});
      set.run();
    }
    return letter;
  }

  const Program& program_;
  std::vector<chan<int>> chans_;
  chan<unit> release_ = make_chan<unit>();
  wait_group group_;
  std::mutex mutex_;
  Outcome outcome_;
  std::size_t moves_ = 0;
  std::size_t waiting_ = 0;
  std::size_t ended_ = 0;
  bool is_over_ = false;
};

std::string describe(const Outcome& outcome) {
  std::string text;
  for (const std::string& task : outcome) text += (text.empty() ? "" : " | ") + task;
  return text;
}

void check(const Program& program, int runs) {
  const std::set<Outcome> allowed = Model(program).run();
  std::set<Outcome> seen;
  for (int i = 0; i < runs; ++i) {
    const Outcome outcome = Run(program).run(allowed);
    seen.insert(outcome);
    if (allowed.contains(outcome)) continue;
    std::string text;
    for (const Outcome& one : allowed) text += "  " + describe(one) + '\n';
    FAIL() << "got " << describe(outcome) << "; can be\n" << text;
  }
  EXPECT_FALSE(seen.empty());
}

using Kind = Op::Kind;

TEST(Model, KnownProgramsEndAsTheyMust) {
  const Step send0 = {{Kind::Send, 0}};
  const Step recv0 = {{Kind::Recv, 0}};
  const Step close0 = {{Kind::Close, 0}};
  const Step either = {{Kind::Send, 0}, {Kind::Recv, 1}};
  const Step other = {{Kind::Recv, 0}, {Kind::Send, 1}};
  const Program programs[] = {
      {{0}, {{send0}, {recv0}}},
      {{0}, {{send0, send0}, {recv0}, {recv0, recv0}}},
      {{1}, {{send0, send0}, {recv0, close0}}},
      {{0}, {{send0}, {close0}, {recv0}}},
      {{0, 0}, {{either}, {other}}},
      {{0, 0}, {{either, either}, {other}, {other}}},
      {{0}, {{{{Kind::Send, 0}, {Kind::Default}}}, {recv0}}},
      {{0}, {{{{Kind::Send, 0}, {Kind::Recv, 0}}}, {{{Kind::Send, 0}, {Kind::Recv, 0}}}}},
  };
  for (const Program& program : programs) check(program, 15);
}

Step random_step(plumb::test::Dice& dice, std::size_t chans) {
  const std::size_t kind = dice.below(12);
  if (kind == 0) return {{Kind::Close, dice.below(chans)}};
  Step step;
  const std::size_t count = 1 + dice.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    step.push_back({dice.below(2) == 0 ? Kind::Send : Kind::Recv, dice.below(chans)});
  }
  if (kind == 1) step.push_back({Kind::Default, 0});
  return step;
}

TEST(Model, RandomProgramsEndAsTheyMay) {
  const int kPrograms = static_cast<int>(plumb::test::fewer_if_slow(150));
  plumb::test::Dice dice(7);
  for (int n = 0; n < kPrograms; ++n) {
    SCOPED_TRACE("program " + std::to_string(n));
    Program program;
    const std::size_t chans = 1 + dice.below(2);
    for (std::size_t i = 0; i < chans; ++i) program.capacities.push_back(dice.below(3));
    const std::size_t tasks = 2 + dice.below(3);
    for (std::size_t i = 0; i < tasks; ++i) {
      Task task;
      const std::size_t steps = 1 + dice.below(2);
      for (std::size_t s = 0; s < steps; ++s) task.push_back(random_step(dice, chans));
      program.tasks.push_back(task);
    }
    check(program, 3);
    if (HasFatalFailure()) return;
  }
}

}  // namespace

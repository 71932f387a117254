// SPDX-License-Identifier: Apache-2.0
// Writes large goroutine dumps for benchmarks, in the layout of Go 1.24:
//
//   generate_goroutine_text --debug 2 --goroutines 1000000 --templates 200 --out dump.txt
//   generate_goroutine_text --debug 1 --groups 100000 --out counts.txt
//
// debug=2: every goroutine has the stack of one of the templates, the first of them most often
// (the i-th in proportion to i^-0.9); ids, arguments and minutes are its own. About 1,170 bytes and
// 7.7 frames a goroutine. Templates share functions, but not stacks.
//
// debug=1: every group has a stack of its own, 1,570 bytes a group, a third of them with labels.
//
// The same options give the same bytes.

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "random.h"

namespace {

struct Options {
  int debug = 2;
  std::uint64_t goroutines = 1'000'000;
  std::uint32_t templates = 200;
  std::uint32_t groups = 100'000;
  std::uint64_t seed = 1;
  std::string out;
};

struct Frame {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t offset = 0;  // 0: inlined into its caller.
  std::uint32_t arguments = 0;
  std::uint64_t pc = 0;
};

constexpr std::array<std::string_view, 15> kPackages = {"net/http",
                                                        "database/sql",
                                                        "example.com/shop/internal/store",
                                                        "example.com/shop/pkg/queue",
                                                        "example.com/grpc/internal/transport",
                                                        "example.com/pgx/v5/pgxpool",
                                                        "encoding/json",
                                                        "main",
                                                        "example.com/redis/v9",
                                                        "example.com/cluster/tools/cache",
                                                        "example.com/telemetry/otel/sdk/trace",
                                                        "example.com/stream/kafka-go",
                                                        "example.com/shop/internal/httpapi",
                                                        "example.com/x/sync/errgroup",
                                                        "bufio"};
constexpr std::array<std::string_view, 10> kReceivers = {
    "",           "(*Server).",      "(*Conn).",    "(*Pool).",       "(*worker).",
    "(*Client).", "(*loopyWriter).", "(*watcher).", "(*Cache[...]).", "(*batchSpanProcessor)."};
constexpr std::array<std::string_view, 18> kVerbs = {
    "Serve", "Read",   "acquire", "Process",   "handleStream", "run",   "Wait", "dispatch", "flush",
    "poll",  "encode", "Lookup",  "reconcile", "decodeValue",  "await", "Exec", "Begin",    "trip"};

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string source_file(std::string_view package, Random& random) {
  const std::string name =
      lower(kVerbs[random.below(kVerbs.size())]) + std::to_string(random.below(12)) + ".go";
  if (package == "main") return "/home/build/src/orders/cmd/server/" + name;
  const bool is_standard = package.find('.') == std::string_view::npos;
  const bool is_own = package.find("/shop/") != std::string_view::npos;
  std::string path(is_standard ? "/usr/local/go/src/" : "/home/build/go/pkg/mod/");
  path += package;
  if (!is_standard && !is_own) {
    path += "@v1." + std::to_string(random.below(60)) + "." + std::to_string(random.below(9));
  }
  return path + "/" + name;
}

/// One of the functions of the program, always the same for a number.
Frame make_frame(std::uint32_t number) {
  Random random(mix(number + 99));
  Frame frame;
  const std::string_view package = kPackages[random.below(kPackages.size())];
  frame.function = package;
  frame.function += ".";
  frame.function += kReceivers[random.below(kReceivers.size())];
  frame.function += kVerbs[random.below(kVerbs.size())];
  if (random.percent(67)) frame.function += std::to_string(number % 977);
  const std::uint32_t kind = random.below(10);
  if (kind < 2) frame.function += ".func" + std::to_string(1 + random.below(4));
  if (kind == 2) frame.function += ".func1." + std::to_string(1 + random.below(3));
  frame.file = source_file(package, random);
  frame.line = 10 + random.below(1800);
  frame.offset = 0x10 + random.below(0x800);
  frame.arguments = random.below(6);
  frame.pc = 0x401000 + number * 97ULL + random.below(64);
  return frame;
}

/// A frame of the runtime or the standard library where goroutines wait.
Frame waiting_in(std::string_view function, std::string_view file, std::uint32_t line,
                 std::uint32_t offset, std::uint32_t arguments) {
  return {std::string(function),  "/usr/local/go/src/" + std::string(file), line, offset, arguments,
          0x430000 + line * 16ULL};
}

struct Wait {
  std::string_view state;
  std::vector<Frame> frames;
};

const std::vector<Wait>& waits() {
  static const Wait kNetwork = {
      "IO wait",
      {waiting_in("internal/poll.runtime_pollWait", "runtime/netpoll.go", 351, 0x85, 2),
       waiting_in("internal/poll.(*pollDesc).wait", "internal/poll/fd_poll_runtime.go", 84, 0x27,
                  3),
       waiting_in("internal/poll.(*pollDesc).waitRead", "internal/poll/fd_poll_runtime.go", 89, 0,
                  0),
       waiting_in("internal/poll.(*FD).Read", "internal/poll/fd_unix.go", 165, 0x27A, 4),
       waiting_in("net.(*netFD).Read", "net/fd_posix.go", 55, 0x25, 4),
       waiting_in("net.(*conn).Read", "net/net.go", 194, 0x45, 4)}};
  static const std::vector<Wait> kWaits = {
      kNetwork,
      kNetwork,
      {"select", {}},
      {"select", {}},
      {"chan receive", {}},
      {"chan send", {}},
      {"semacquire",
       {waiting_in("sync.runtime_Semacquire", "runtime/sema.go", 71, 0x25, 1),
        waiting_in("sync.(*WaitGroup).Wait", "sync/waitgroup.go", 118, 0x48, 1)}},
      {"sync.Mutex.Lock",
       {waiting_in("sync.runtime_SemacquireMutex", "runtime/sema.go", 95, 0x25, 3),
        waiting_in("sync.(*Mutex).lockSlow", "sync/mutex.go", 173, 0x15D, 1),
        waiting_in("sync.(*Mutex).Lock", "sync/mutex.go", 92, 0, 0)}},
      {"sleep", {waiting_in("time.Sleep", "runtime/time.go", 285, 0xF2, 1)}},
      {"runnable", {}}};
  return kWaits;
}

/// What the goroutines at one place have in common.
struct Template {
  std::string state;
  std::vector<Frame> frames;  // Leaf first.
  Frame creator;
  bool has_minutes = false;
  bool is_elided = false;  // Go left out frames in the middle.
  bool is_locked = false;  // To an operating system thread.
};

Template make_template(std::uint32_t number, std::uint32_t least, std::uint32_t most) {
  Random random(mix(number * 7919ULL + 13));
  const double share = std::min(1.6 * random.unit() * random.unit(), 1.0);
  const std::uint32_t depth = least + static_cast<std::uint32_t>((most - least) * share);
  const Wait& wait = waits()[random.below(static_cast<std::uint32_t>(waits().size()))];
  Template result{.state = std::string(wait.state), .frames = wait.frames, .creator = {}};
  if (wait.state == "runnable" && random.percent(50)) result.state = "chan receive (nil chan)";
  const bool may_leak = wait.state == "chan receive" || wait.state == "chan send";
  if (may_leak && random.percent(50)) result.state += " (leaked)";
  result.has_minutes = wait.state != "runnable" && random.percent(80);
  result.is_elided = random.below(40) == 0;
  result.is_locked = random.below(60) == 0;
  while (result.frames.size() < depth) result.frames.push_back(make_frame(random.below(6000)));
  result.creator = make_frame(random.below(3000));
  return result;
}

/// Text on its way to a file.
class Text {
 public:
  explicit Text(std::FILE* file) : file_(file) {}
  ~Text() { flush(); }
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;

  Text& operator<<(std::string_view text) {
    bytes_ += text;
    return *this;
  }
  Text& operator<<(std::uint64_t number) {
    bytes_ += std::to_string(number);
    return *this;
  }
  Text& hex(std::uint64_t number) {
    std::array<char, 24> digits{};
    std::snprintf(digits.data(), digits.size(), "0x%llx", static_cast<unsigned long long>(number));
    return *this << digits.data();
  }
  void flush_if_long() {
    if (bytes_.size() > std::size_t{4} << 20) flush();
  }

 private:
  void flush() {
    std::fwrite(bytes_.data(), 1, bytes_.size(), file_);
    bytes_.clear();
  }

  std::FILE* file_;
  std::string bytes_;
};

/// One argument of a call: a pointer, a small number, a string, or an interface.
void write_argument(Text& text, Random& random) {
  const auto pointer = [&random] { return 0xC000000000 + (random.next() & 0x3FFFFFFF) * 8; };
  switch (random.below(8)) {
    case 0:
      text.hex(random.below(256));
      return;
    case 1:
      text << "{";
      text.hex(0x7F0000000000 + (random.next() & 0xFFFFFFFFFF)) << ", ";
      text.hex(random.below(64)) << "}";
      return;
    case 2:
      text.hex(pointer()) << "?";
      return;
    case 3:
      text << "{";
      text.hex(0x100000 + random.below(0x100000)) << ", ";
      text.hex(pointer()) << "}";
      return;
    default:
      text.hex(pointer());
  }
}

void write_place(Text& text, const Frame& frame) {
  text << "\n\t" << frame.file << ":" << frame.line;
  if (frame.offset != 0) (text << " +").hex(frame.offset);
  text << "\n";
}

void write_call(Text& text, Random& random, const Frame& frame) {
  text << frame.function << "(";
  if (frame.offset == 0) text << "...";
  for (std::uint32_t i = 0; i < frame.arguments; ++i) {
    if (i != 0) text << ", ";
    write_argument(text, random);
  }
  text << ")";
  write_place(text, frame);
}

void write_goroutine(Text& text, Random& random, const Template& stack, std::uint64_t id) {
  text << "goroutine " << id << " [" << stack.state;
  const std::uint32_t minutes = random.below(900);
  if (stack.has_minutes && minutes > 1) text << ", " << minutes << " minutes";
  if (stack.is_locked) text << ", locked to thread";
  text << "]:\n";
  for (const Frame& frame : stack.frames) write_call(text, random, frame);
  if (stack.is_elided) text << "...additional frames elided...\n";
  text << "created by " << stack.creator.function << " in goroutine " << 1 + random.next() % id;
  write_place(text, stack.creator);
}

void write_dump(Text& text, const Options& options) {
  std::vector<Template> stacks;
  std::vector<double> shares;
  double sum = 0;
  for (std::uint32_t i = 0; i < options.templates; ++i) {
    stacks.push_back(make_template(i, 3, 14));
    shares.push_back(sum += 1 / std::pow(i + 1, 0.9));
  }
  Random random(options.seed);
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < options.goroutines; ++i) {
    const auto share = std::ranges::lower_bound(shares, random.unit() * sum);
    id += 1 + random.below(37);
    if (i != 0) text << "\n";
    write_goroutine(text, random, stacks[static_cast<std::size_t>(share - shares.begin())], id);
    text.flush_if_long();
  }
}

/// Pads a cell of `size` characters to a column of `width`, as text/tabwriter does with tabs.
void pad(Text& text, std::size_t size, std::size_t width) {
  const std::size_t tabs = (width + 8) / 8 - size / 8;
  text << std::string(tabs, '\t');
}

void write_symbols(Text& text, const std::vector<Frame>& frames) {
  std::vector<std::string> calls;
  std::size_t width = 0;
  for (const Frame& frame : frames) {
    std::array<char, 24> offset{};
    std::snprintf(offset.data(), offset.size(), "+0x%x", frame.offset);
    calls.push_back(frame.function + offset.data());
    width = std::max(width, calls.back().size());
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    (text << "#\t").hex(frames[i].pc - 1) << "\t" << calls[i];
    pad(text, calls[i].size(), width);
    text << frames[i].file << ":" << frames[i].line << "\n";
  }
}

void write_group(Text& text, Random& random, const Template& stack, std::uint64_t count) {
  text << count << " @";
  for (const Frame& frame : stack.frames) (text << " ").hex(frame.pc);
  text << " 0x46f8a1\n";
  if (random.percent(30)) {
    text << "# labels: {\"endpoint\":\"/api/v1/r" << random.below(200) << "\", \"tenant\":\"t"
         << random.below(5000) << "\"}\n";
  }
  write_symbols(text, stack.frames);
  text << "\n";
}

void write_counts(Text& text, const Options& options) {
  Random random(options.seed);
  std::vector<std::uint64_t> counts;
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < options.groups; ++i) {
    const bool is_many = random.percent(30);
    counts.push_back(is_many ? 1 + static_cast<std::uint64_t>(1 / (random.unit() + 1e-4)) : 1);
    total += counts.back();
  }
  std::ranges::sort(counts, std::greater<>());
  text << "goroutine profile: total " << total << "\n";
  for (std::uint32_t i = 0; i < options.groups; ++i) {
    write_group(text, random, make_template(i + 1000, 4, 24), counts[i]);
    text.flush_if_long();
  }
}

/// Sets one option. False if there is no such option.
bool set_option(Options& options, std::string_view name, const char* value) {
  const auto number = std::strtoull(value, nullptr, 10);
  if (name == "--debug")
    options.debug = static_cast<int>(number);
  else if (name == "--goroutines")
    options.goroutines = number;
  else if (name == "--templates")
    options.templates = static_cast<std::uint32_t>(number);
  else if (name == "--groups")
    options.groups = static_cast<std::uint32_t>(number);
  else if (name == "--seed")
    options.seed = number;
  else if (name == "--out")
    options.out = value;
  else
    return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  bool usable = argc % 2 == 1;
  for (int i = 1; usable && i + 1 < argc; i += 2) {
    usable = set_option(options, argv[i], argv[i + 1]);
  }
  if (!usable || options.out.empty() || options.templates == 0 || options.debug < 1 ||
      options.debug > 2) {
    std::fputs(
        "usage: generate_goroutine_text --out FILE [--debug 2] [--goroutines N] [--templates N]\n"
        "       generate_goroutine_text --out FILE --debug 1 [--groups N]      [--seed N]\n",
        stderr);
    return 2;
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options.out.c_str(), "wb"),
                                                             std::fclose);
  if (!file) {
    std::perror(options.out.c_str());
    return 2;
  }
  {
    Text text(file.get());
    options.debug == 2 ? write_dump(text, options) : write_counts(text, options);
  }
  return std::ferror(file.get()) == 0 ? 0 : 2;
}

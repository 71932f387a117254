// SPDX-License-Identifier: Apache-2.0
// Writes a large profile.proto (not compressed) for benchmarks.
//
//   generate_profile --samples 1000000 --depth 30 --labels 0 --order go --seed 1 --out big.pb
//
// Stacks are walks through a random call graph, so that they share prefixes as real ones do: most
// functions nearly always call the same function, the others branch, and the leaf is anywhere.
// The defaults give 192,000 locations, 15 % of them with inlined lines, in 50,000 functions, 80
// bytes a sample, and a gzip ratio of 2.3: harder to inflate than most real profiles.
//
// `--order go` writes as Go's runtime does (functions and locations before the first sample that
// uses them, strings last, one or two values not packed); `canon` writes as `pprof -proto` does
// (all samples, then the tables; packed). The same options give the same bytes.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/varint.h"
#include "random.h"

namespace {

struct Options {
  std::uint64_t samples = 1'000'000;
  double depth = 30;  // Mean; the deviation is a third of it.
  std::uint32_t functions = 50'000;
  std::uint32_t locations = 200'000;
  std::uint32_t labels = 0;  // Percent of the samples that have some.
  bool canonical = false;
  std::uint64_t seed = 1;
  std::string out;
};

/// Each function owns some locations; each location calls one function, or rarely another.
class CallGraph {
 public:
  CallGraph(const Options& options, Random& random);

  /// Replaces `stack` with the locations of a walk of `depth` calls, root first.
  void walk(Random& random, std::uint32_t depth, std::vector<std::uint32_t>& stack) const;

  [[nodiscard]] std::uint32_t function_of(std::uint32_t location) const {
    return function_of_[location];
  }

 private:
  static constexpr std::uint32_t kRoots = 24;
  static constexpr std::uint32_t kStraightPercent = 84;  // Functions that rarely branch.

  std::vector<std::uint32_t> first_location_;  // Per function, and one past the end.
  std::vector<std::uint32_t> function_of_;     // Per location.
  std::vector<std::array<std::uint32_t, 2>> callees_;
  std::vector<bool> is_straight_;
  std::vector<std::uint32_t> roots_;
};

CallGraph::CallGraph(const Options& options, Random& random) {
  std::vector<std::uint32_t> sizes(options.functions, 1);
  for (std::uint32_t i = options.functions; i < options.locations; ++i) {
    ++sizes[random.skewed(options.functions, 2)];
  }
  for (std::uint32_t i = options.functions - 1; i > 0; --i) {
    std::swap(sizes[i], sizes[random.below(i + 1)]);
  }
  first_location_.push_back(0);
  for (std::uint32_t f = 0; f < options.functions; ++f) {
    function_of_.insert(function_of_.end(), sizes[f], f);
    first_location_.push_back(static_cast<std::uint32_t>(function_of_.size()));
    is_straight_.push_back(random.percent(kStraightPercent));
  }
  for (std::size_t i = 0; i < function_of_.size(); ++i) {
    callees_.push_back({random.below(options.functions), random.below(options.functions)});
  }
  for (std::uint32_t i = 0; i < kRoots; ++i) roots_.push_back(random.below(options.functions));
}

void CallGraph::walk(Random& random, std::uint32_t depth, std::vector<std::uint32_t>& stack) const {
  stack.clear();
  std::uint32_t function = roots_[random.skewed(kRoots, 2)];
  while (stack.size() < depth) {
    const std::uint32_t first = first_location_[function];
    const std::uint32_t size = first_location_[function + 1] - first;
    const bool straight = is_straight_[function];
    const bool usual_place = straight && random.below(1000) < 997;
    const std::uint32_t location = first + (usual_place ? 0 : random.skewed(size, 3));
    const std::uint32_t luck = random.below(1000);
    stack.push_back(location);
    if (luck < (straight ? 998U : 850U)) {
      function = callees_[location][0];
    } else if (straight || luck < 970) {
      function = callees_[location][1];
    } else {
      function = random.below(static_cast<std::uint32_t>(is_straight_.size()));
    }
  }
  if (random.percent(55)) stack.back() = random.below(static_cast<std::uint32_t>(callees_.size()));
}

/// Bytes of one message.
class Message {
 public:
  void clear() { bytes_.clear(); }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  void varint(std::uint64_t value) { plumb::append_varint(bytes_, value); }
  void number(std::uint32_t field, std::uint64_t value) {
    varint(std::uint64_t{field} << 3);
    varint(value);
  }
  void submessage(std::uint32_t field, std::string_view bytes) {
    varint(std::uint64_t{field} << 3 | 2);
    varint(bytes.size());
    bytes_ += bytes;
  }

 private:
  std::string bytes_;
};

class StringTable {
 public:
  StringTable() { add(""); }
  std::uint64_t add(std::string_view text) {
    const auto [it, is_new] = index_.emplace(std::string(text), strings_.size());
    if (is_new) strings_.emplace_back(text);
    return it->second;
  }
  [[nodiscard]] const std::vector<std::string>& strings() const { return strings_; }

 private:
  std::vector<std::string> strings_;
  std::unordered_map<std::string, std::uint64_t> index_;
};

constexpr std::array<std::string_view, 12> kPackages = {"net/http",
                                                        "database/sql",
                                                        "encoding/json",
                                                        "internal/poll",
                                                        "bufio",
                                                        "sync",
                                                        "main",
                                                        "example.com/shop/internal/orders",
                                                        "example.com/shop/internal/store/postgres",
                                                        "example.com/grpc/internal/transport",
                                                        "example.com/cache/v9",
                                                        "example.com/cluster/tools/watch"};
constexpr std::array<std::string_view, 9> kReceivers = {
    "",           "(*Server).",      "(*Conn).",       "(*Pool).",          "(*worker).",
    "(*Client).", "(*loopyWriter).", "(*Cache[...]).", "(*batchProcessor)."};
constexpr std::array<std::string_view, 14> kVerbs = {
    "Serve",    "Read",  "acquire",     "Process", "handleStream", "run",       "Wait",
    "dispatch", "flush", "decodeValue", "Lookup",  "reconcile",    "roundTrip", "await"};

std::string function_name(std::uint32_t function) {
  const std::uint64_t hash = mix(function * 77ULL + 5);
  std::string name(kPackages[hash % kPackages.size()]);
  name += ".";
  name += kReceivers[(hash >> 8) % kReceivers.size()];
  name += kVerbs[(hash >> 16) % kVerbs.size()];
  name += std::to_string(function);
  if ((hash >> 24) % 5 == 0) name += ".func" + std::to_string((hash >> 32) % 4 + 1);
  return name;
}

std::string file_name(std::uint32_t function) {
  const std::uint64_t hash = mix(function * 77ULL + 5);
  const std::string_view package = kPackages[hash % kPackages.size()];
  const bool standard = package.find("example") == std::string_view::npos;
  return std::string(standard ? "/usr/local/go/src/" : "/home/build/go/pkg/mod/") +
         std::string(package) + "/file" + std::to_string((hash >> 40) % 400) + ".go";
}

/// Writes the records of one profile. In Go's order the tables grow with the samples; in the
/// canonical order their records wait in `tables_`.
class ProfileWriter {
 public:
  ProfileWriter(const Options& options, std::FILE* file)
      : options_(options), file_(file), random_(options.seed), graph_(options, random_) {
    location_ids_.resize(options.locations);
    function_ids_.resize(options.functions);
  }

  void write() {
    write_value_type(1, "samples", "count");
    write_value_type(1, "cpu", "nanoseconds");
    for (std::uint64_t i = 0; i < options_.samples; ++i) {
      graph_.walk(random_, pick_depth(), stack_);
      write_sample();
    }
    write_mapping();
    put(tables_);
    write_header_and_strings();
  }

 private:
  void put(std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), file_); }
  void write_record(std::uint32_t field, const Message& record, bool is_table);
  void write_value_type(std::uint32_t field, std::string_view type, std::string_view unit);
  std::uint32_t pick_depth();
  void write_sample();
  void add_labels();
  void add_label(std::string_view key, const std::string& text);
  std::uint32_t location_id(std::uint32_t location);
  std::uint32_t function_id(std::uint32_t function);
  void write_mapping();
  void write_header_and_strings();

  const Options& options_;
  std::FILE* file_;
  Random random_;
  CallGraph graph_;
  StringTable strings_;
  std::vector<std::uint32_t> location_ids_;  // 0: not written yet.
  std::vector<std::uint32_t> function_ids_;
  std::uint32_t last_location_ = 0;
  std::uint32_t last_function_ = 0;
  std::vector<std::uint32_t> stack_;
  Message sample_;
  Message part_;
  std::string tables_;
};

void ProfileWriter::write_record(std::uint32_t field, const Message& record, bool is_table) {
  Message framed;
  framed.submessage(field, record.bytes());
  if (is_table && options_.canonical) {
    tables_ += framed.bytes();
  } else {
    put(framed.bytes());
  }
}

void ProfileWriter::write_value_type(std::uint32_t field, std::string_view type,
                                     std::string_view unit) {
  Message record;
  record.number(1, strings_.add(type));
  record.number(2, strings_.add(unit));
  write_record(field, record, false);
}

std::uint32_t ProfileWriter::pick_depth() {
  // Box and Muller: two uniform numbers make a normal one.
  const double u = std::sqrt(-2 * std::log(random_.unit() + 1e-12));
  const double normal = u * std::cos(2 * std::numbers::pi * random_.unit());
  const double depth = options_.depth * (1 + normal / 3);
  return static_cast<std::uint32_t>(std::clamp(depth, 3.0, 4 * options_.depth));
}

void ProfileWriter::write_sample() {
  for (auto it = stack_.rbegin(); it != stack_.rend(); ++it) location_id(*it);
  sample_.clear();
  part_.clear();
  for (auto it = stack_.rbegin(); it != stack_.rend(); ++it) part_.varint(location_ids_[*it]);
  sample_.submessage(1, part_.bytes());
  std::uint64_t count = 1;
  while (random_.percent(40)) ++count;
  if (options_.canonical) {
    part_.clear();
    part_.varint(count);
    part_.varint(count * 10'000'000);
    sample_.submessage(2, part_.bytes());
  } else {  // Go packs only three values and more.
    sample_.number(2, count);
    sample_.number(2, count * 10'000'000);
  }
  if (random_.percent(options_.labels)) add_labels();
  write_record(2, sample_, false);
}

void ProfileWriter::add_labels() {
  const std::uint32_t count = 1 + random_.below(3);
  add_label("endpoint", "/api/v1/r" + std::to_string(random_.skewed(200, 2)));
  if (count > 1) add_label("tenant", "tenant-" + std::to_string(random_.skewed(5000, 3)));
  if (count > 2) add_label("worker", "w" + std::to_string(random_.below(64)));
  if (random_.percent(10)) {
    part_.clear();
    part_.number(1, strings_.add("bytes"));
    part_.number(3, std::uint64_t{1} << (4 + random_.below(16)));
    part_.number(4, strings_.add("bytes"));
    sample_.submessage(3, part_.bytes());
  }
}

void ProfileWriter::add_label(std::string_view key, const std::string& text) {
  part_.clear();
  part_.number(1, strings_.add(key));
  part_.number(2, strings_.add(text));
  sample_.submessage(3, part_.bytes());
}

std::uint32_t ProfileWriter::location_id(std::uint32_t location) {
  if (location_ids_[location] != 0) return location_ids_[location];
  const std::uint64_t hash = mix(location * 31ULL + 7);
  const std::uint32_t own = graph_.function_of(location);
  std::vector<std::uint32_t> functions;  // Innermost inlined first.
  if (hash % 100 < 15) {
    functions.push_back(function_id(static_cast<std::uint32_t>(mix(hash) % options_.functions)));
    if (hash % 3 == 0) {
      functions.push_back(function_id(static_cast<std::uint32_t>(mix(~hash) % options_.functions)));
    }
  }
  functions.push_back(function_id(own));
  const std::uint32_t id = location_ids_[location] = ++last_location_;
  Message record;
  record.number(1, id);
  record.number(2, 1);
  record.number(3, 0x400000 + location * 23ULL + (hash >> 20) % 17);
  for (const std::uint32_t function : functions) {
    Message line;
    line.number(1, function);
    line.number(2, 1 + mix(own) % 900 + (hash >> 12) % 200);
    record.submessage(4, line.bytes());
  }
  write_record(4, record, true);
  return id;
}

std::uint32_t ProfileWriter::function_id(std::uint32_t function) {
  if (function_ids_[function] != 0) return function_ids_[function];
  const std::uint32_t id = function_ids_[function] = ++last_function_;
  const std::uint64_t name = strings_.add(function_name(function));
  Message record;
  record.number(1, id);
  record.number(2, name);
  record.number(3, name);
  record.number(4, strings_.add(file_name(function)));
  record.number(5, 1 + mix(function) % 900);
  write_record(5, record, true);
  return id;
}

void ProfileWriter::write_mapping() {
  Message record;
  record.number(1, 1);
  record.number(2, 0x400000);
  record.number(3, 0x2400000);
  record.number(5, strings_.add("/srv/bin/orders"));
  record.number(6, strings_.add("f0c1d2e3a4b5c6d7e8f90112233445566778899"));
  for (const std::uint32_t flag : {7U, 8U, 9U, 10U}) record.number(flag, 1);
  write_record(3, record, false);
}

void ProfileWriter::write_header_and_strings() {
  write_value_type(11, "cpu", "nanoseconds");
  Message header;
  header.number(9, 1'700'000'000'000'000'000);
  header.number(10, 30'000'000'000);
  header.number(12, 10'000'000);
  put(header.bytes());
  for (const std::string& text : strings_.strings()) {
    Message framed;
    framed.submessage(6, text);
    put(framed.bytes());
  }
  std::fprintf(stderr, "%llu samples, %u locations, %u functions, %zu strings\n",
               static_cast<unsigned long long>(options_.samples), last_location_, last_function_,
               strings_.strings().size());
}

/// Sets one option. False if there is no such option.
bool set_option(Options& options, std::string_view name, const char* value) {
  const auto number = std::strtoull(value, nullptr, 10);
  if (name == "--samples")
    options.samples = number;
  else if (name == "--depth")
    options.depth = std::strtod(value, nullptr);
  else if (name == "--functions")
    options.functions = static_cast<std::uint32_t>(number);
  else if (name == "--locations")
    options.locations = static_cast<std::uint32_t>(number);
  else if (name == "--labels")
    options.labels = static_cast<std::uint32_t>(number);
  else if (name == "--order")
    options.canonical = std::string_view(value) == "canon";
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
  for (int i = 1; usable && i + 1 < argc; i += 2)
    usable = set_option(options, argv[i], argv[i + 1]);
  if (!usable || options.out.empty() || options.functions == 0 ||
      options.locations < options.functions) {
    std::fputs(
        "usage: generate_profile --out FILE [--samples N] [--depth N] [--functions N]\n"
        "       [--locations N] [--labels PERCENT] [--order go|canon] [--seed N]\n",
        stderr);
    return 2;
  }
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(options.out.c_str(), "wb"),
                                                             std::fclose);
  if (!file) {
    std::perror(options.out.c_str());
    return 2;
  }
  ProfileWriter(options, file.get()).write();
  return std::ferror(file.get()) == 0 ? 0 : 2;
}

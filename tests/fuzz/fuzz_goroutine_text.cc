// SPDX-License-Identifier: Apache-2.0
// Whatever a goroutine dump says: its tables are consistent, it becomes a profile that counts the
// same, and neither the instruction set nor the places where the input is cut into blocks matter.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/scan.h"
#include "formats/goroutine_streams.h"
#include "formats/goroutine_text.h"
#include "model/dump_profile.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

plumb::ReadOptions small_limits() {
  plumb::ReadOptions options;
  options.keep_goroutines = true;
  options.limits.stack_frames = 1000;
  return options;
}

void check(const plumb::GoroutineDump& dump) {
  std::uint64_t total = 0;
  for (const plumb::GoroutineGroup& group : dump.groups) {
    require(group.count > 0);
    require(group.first_frame + std::size_t{group.frame_count} <= dump.stacks.size());
    require(group.first_label + std::size_t{group.label_count} <= dump.labels.size());
    std::uint64_t waiting = 0;
    for (const plumb::WaitCount& wait : group.waits) waiting += wait.goroutines;
    require(waiting == group.count);
    total += group.count;
  }
  require(total == dump.goroutine_count);
  require(dump.goroutines.size() == total);
  for (const plumb::DumpFrameId id : dump.stacks) require(id.index < dump.frames.size());
}

void check_profile(const plumb::GoroutineDump& dump) {
  const plumb::Profile profile = plumb::profile_from_dump(dump);
  std::int64_t total = 0;
  for (std::size_t i = 0; i < profile.sample_count(); ++i) total += profile.values(i)[0];
  require(static_cast<std::uint64_t>(total) == dump.goroutine_count);
}

// Reads `text` in stretches of `stretch` whole lines.
plumb::GoroutineDump read_in_stretches(std::string_view text, plumb::Isa isa, int stretch) {
  plumb::GoroutineStreams reader(small_limits(), isa);
  while (text.find('\n') != std::string_view::npos) {
    std::size_t end = 0;
    for (int i = 0; i < stretch && text.find('\n', end) != std::string_view::npos; ++i) {
      end = text.find('\n', end) + 1;
    }
    const std::string lines =
        std::string(text.substr(0, end)) + std::string(plumb::kScanSlackBytes, '\n');
    require(reader.read(std::string_view(lines).substr(0, end)).has_value());
    text.remove_prefix(end);
  }
  reader.finish(text);
  return reader.take_dump();
}

void require_equal(const plumb::GoroutineDump& a, const plumb::GoroutineDump& b) {
  require(a.goroutine_count == b.goroutine_count && a.groups.size() == b.groups.size());
  require(a.stacks == b.stacks && a.crash_text == b.crash_text);
  require(a.losses.size() == b.losses.size());
  for (std::size_t i = 0; i < a.losses.size(); ++i) {
    require(a.losses[i].what == b.losses[i].what && a.losses[i].count == b.losses[i].count);
    require(a.losses[i].first_place == b.losses[i].first_place);
  }
  for (std::size_t i = 0; i < a.frames.size(); ++i) {
    require(a.text(a.frames[i].function) == b.text(b.frames[i].function));
    require(a.frames[i].line == b.frames[i].line && a.frames[i].kind == b.frames[i].kind);
  }
  require(a.goroutines.size() == b.goroutines.size());
  auto other = b.goroutines.begin();
  for (const plumb::Goroutine& goroutine : a.goroutines) {
    require(goroutine.numbers() == other->numbers());
    ++other;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  plumb::MemorySource memory(text);
  if (const auto dump = plumb::read_goroutine_text(memory, small_limits())) {
    check(*dump);
    check_profile(*dump);
  }
  const plumb::GoroutineDump whole = read_in_stretches(text, plumb::active_isa(), 1 << 30);
  check(whole);
  require_equal(whole, read_in_stretches(text, plumb::active_isa(), 1));
  require_equal(whole, read_in_stretches(text, plumb::Isa::Plain, 3));
  return 0;
}

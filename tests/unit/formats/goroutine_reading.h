// SPDX-License-Identifier: Apache-2.0
// What the tests of the goroutine readers share.

#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_source.h"
#include "base/gunzip.h"
#include "base/scan.h"
#include "formats/goroutine_streams.h"
#include "formats/goroutine_text.h"
#include "support/source_dir.h"

namespace plumb {

inline ReadOptions keep_goroutines() {
  ReadOptions options;
  options.keep_goroutines = true;
  return options;
}

inline Result<GoroutineDump> read_dump(std::string_view text,
                                       const ReadOptions& options = keep_goroutines()) {
  MemorySource source(text);
  return read_goroutine_text(source, options);
}

/// The dump in `text`, which must have one.
inline GoroutineDump dump_of(std::string_view text) {
  Result<GoroutineDump> dump = read_dump(text);
  EXPECT_TRUE(dump.has_value()) << dump.error().describe();
  return dump ? std::move(*dump) : GoroutineDump();
}

/// Reads `text` with the loops for `isa`, in stretches of `stretch` whole lines.
inline GoroutineDump read_in_stretches(std::string_view text, Isa isa, std::size_t stretch) {
  GoroutineStreams reader(keep_goroutines(), isa);
  while (text.find('\n') != std::string_view::npos) {
    std::size_t end = 0;
    for (std::size_t i = 0; i < stretch && text.find('\n', end) != std::string_view::npos; ++i) {
      end = text.find('\n', end) + 1;
    }
    // A copy of its own, so that reading beyond what is allowed is seen.
    const std::string lines = std::string(text.substr(0, end)) + std::string(kScanSlackBytes, 'x');
    EXPECT_TRUE(reader.read(std::string_view(lines).substr(0, end)).has_value());
    text.remove_prefix(end);
  }
  reader.finish(text);
  return reader.take_dump();
}

/// A frame as the tests write it: "kind function file:line +0xoffset".
inline std::string describe(const GoroutineDump& dump, const DumpFrame& frame) {
  constexpr std::string_view kKinds[] = {"call", "inlined", "cgo", "elided", "creator", "ancestor"};
  std::string text(kKinds[static_cast<std::size_t>(frame.kind)]);
  text += ' ';
  text += dump.text(frame.function);
  if (frame.file.index != 0) text += " " + std::string(dump.text(frame.file));
  if (frame.line != 0) text += ":" + std::to_string(frame.line);
  if (frame.pc_offset != 0) text += " +" + std::to_string(frame.pc_offset);
  return text;
}

inline std::vector<std::string> frames_of(const GoroutineDump& dump, const GoroutineGroup& group) {
  std::vector<std::string> frames;
  for (const DumpFrameId id : dump.stack(group)) frames.push_back(describe(dump, dump.frame(id)));
  return frames;
}

/// Everything in a dump, as text: equal texts mean equal dumps.
inline std::string describe(const GoroutineDump& dump) {
  std::string text;
  for (const GoroutineGroup& group : dump.groups) {
    text += std::to_string(group.count) + " [" + std::string(dump.text(group.state)) + "]";
    if (group.is_leaked) text += " leaked";
    if (group.is_scanning) text += " scanning";
    if (group.is_durable) text += " durable";
    if (group.is_locked) text += " locked";
    if (group.stack_unavailable) text += " unavailable";
    text += " bubble=" + std::string(dump.text(group.bubble));
    text += " first=" + std::to_string(group.first_id);
    text += " by=" + std::to_string(group.first_creator_id);
    text += group.has_many_creators ? "..." : "";
    for (const WaitCount& wait : group.waits) {
      text += " " + std::to_string(wait.goroutines) + "*" + std::to_string(wait.minutes) + "m";
    }
    for (const Label& label : dump.labels_of(group)) {
      text += " " + std::string(dump.text(label.key)) + "=" + std::string(dump.text(label.str));
    }
    text += '\n';
    for (const std::string& frame : frames_of(dump, group)) text += "  " + frame + '\n';
  }
  for (const Goroutine& goroutine : dump.goroutines) {
    text += std::to_string(goroutine.id) + " " + std::to_string(goroutine.creator_id) + " " +
            std::to_string(goroutine.wait_minutes) + " " + std::to_string(goroutine.group) + '\n';
  }
  for (const std::string& line : dump.crash_text) text += "crash: " + line + '\n';
  for (const Loss& loss : dump.losses) {
    text += "lost: " + std::to_string(loss.count) + " " + loss.what + " at " +
            std::to_string(loss.first_place) + '\n';
  }
  return text;
}

/// The instruction sets this machine has.
inline std::vector<Isa> machine_isas() {
  std::vector<Isa> isas = {Isa::Plain};
  if (active_isa() >= Isa::Avx2) isas.push_back(Isa::Avx2);
  return isas;
}

/// The bytes of a file below tests/data/go-samples, inflated if need be.
inline std::string read_sample(const std::string& name) {
  const std::string path = test::source_dir() + "/tests/data/go-samples/" + name;
  Result<std::unique_ptr<FileSource>> file = FileSource::open(path);
  EXPECT_TRUE(file.has_value()) << path;
  if (!file) return {};
  std::unique_ptr<ByteSource> source = std::move(*file);
  if (name.ends_with(".gz")) source = std::make_unique<GunzipSource>(std::move(source), Limits());
  Result<std::string> bytes = read_all(*source, Limits().inflated_bytes);
  EXPECT_TRUE(bytes.has_value()) << path;
  return bytes ? std::move(*bytes) : std::string();
}

}  // namespace plumb

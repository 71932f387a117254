// SPDX-License-Identifier: Apache-2.0
#include "rt/stack_text.h"

#include "base/strings.h"
#include "rt/symbolizer.h"

namespace plumb::rt::detail {
namespace {

std::string shown_name(const Frame& frame) {
  return frame.name.empty() ? "??" : frame.name;
}

std::string shown_place(const Frame& frame) {
  return (frame.file.empty() ? "??" : frame.file) + ':' + std::to_string(frame.line);
}

bool has_ours(std::uintptr_t pc) {
  const Symbol& symbol = Symbolizer::get().symbol(pc);
  return !symbol.frames.empty() && symbol.frames.back().is_ours();
}

// A thread that waits does so in a system call of the library: what the library has called at the
// leaf is as uninteresting as the library itself.
std::size_t hidden_calls(std::span<const std::uintptr_t> pcs) {
  constexpr std::size_t kMostCalls = 3;
  for (std::size_t i = 0; i < pcs.size() && i < kMostCalls; ++i) {
    if (has_ours(pcs[i] - 1)) return i;
  }
  return 0;
}

bool append_frames_of(std::string& out, std::span<const std::uintptr_t> pcs, ShowAll show_all) {
  bool is_shown = show_all == ShowAll::Yes;
  bool has_any = false;
  if (!is_shown) pcs = pcs.subspan(hidden_calls(pcs));
  for (const std::uintptr_t pc : pcs) {
    const std::uintptr_t call = pc - 1;
    const Symbol& symbol = Symbolizer::get().symbol(call);
    if (symbol.frames.empty()) {
      is_shown = true;
      has_any = true;
      out += "#\t0x" + to_hex(call) + '\n';
    }
    for (const Frame& frame : symbol.frames) {
      if (frame.is_entry() && show_all == ShowAll::No) continue;
      is_shown = is_shown || !frame.is_ours();
      if (!is_shown) continue;
      has_any = true;
      const std::uintptr_t offset = symbol.function != 0 ? call - symbol.function : 0;
      out += "#\t0x" + to_hex(call) + '\t' + shown_name(frame) + "+0x" + to_hex(offset) + '\t' +
             shown_place(frame) + '\n';
    }
  }
  return has_any;
}

void append_calls(std::string& out, std::span<const std::uintptr_t> pcs, bool is_exact,
                  ShowAll show_all) {
  bool is_shown = show_all == ShowAll::Yes;
  for (std::size_t i = hidden_calls(pcs); i < pcs.size(); ++i) {
    const std::uintptr_t call = i == 0 && is_exact ? pcs[i] : pcs[i] - 1;
    const Symbol& symbol = Symbolizer::get().symbol(call);
    if (symbol.frames.empty()) {
      is_shown = true;
      out += "non-Go function\n\tpc=0x" + to_hex(call) + '\n';
    }
    for (const Frame& frame : symbol.frames) {
      is_shown = is_shown || !frame.is_ours();
      if (!is_shown || frame.is_entry()) continue;
      const bool is_inlined = &frame != &symbol.frames.back();
      out += shown_name(frame) + (is_inlined ? "(...)\n\t" : "()\n\t") + shown_place(frame);
      if (!is_inlined && symbol.function != 0 && pcs[i] > symbol.function) {
        out += " +0x" + to_hex(pcs[i] - symbol.function);
      }
      out += '\n';
    }
  }
}

}  // namespace

void append_record_frames(std::string& out, std::span<const std::uintptr_t> pcs, ShowAll show_all) {
  if (!append_frames_of(out, pcs, show_all) && show_all == ShowAll::No) {
    append_frames_of(out, pcs, ShowAll::Yes);
  }
  out += '\n';
}

void append_dump_frames(std::string& out, std::span<const std::uintptr_t> pcs, bool is_exact) {
  const std::size_t size = out.size();
  append_calls(out, pcs, is_exact, ShowAll::No);
  if (out.size() == size) append_calls(out, pcs, is_exact, ShowAll::Yes);
}

}  // namespace plumb::rt::detail

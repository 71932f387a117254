// SPDX-License-Identifier: Apache-2.0
#include "rt/symbolizer.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/replace_all.h"
#include "base/strings.h"
#include "rt/unwind.h"
#include "symbols/demangle.h"
#include "symbols/object_file.h"

namespace plumb::rt::detail {
namespace {

// "(anonymous namespace)::f" as "{anonymous}::f", "f() const::{lambda()#1}" without the "const":
// where Go writes names, they have no blanks, and readers of dumps rely on it.
std::string without_blanks(std::string name) {
  name = replace_all(std::move(name), "(anonymous namespace)", "{anonymous}");
  return replace_all(std::move(name), ") const::", ")::");
}

Frame to_frame(const SourceFrame& source) {
  Frame frame;
  frame.system_name = source.function;
  frame.name = without_blanks(displayed_name(source.function, DemangleMode::Simple));
  if (!source.file.empty()) frame.file = std::filesystem::path(source.file).lexically_normal();
  frame.line = source.line;
  frame.start_line = source.start_line;
  return frame;
}

// What stands between `open` ("f<") and the ">" that belongs to it; empty: nothing.
std::string_view template_argument(std::string_view name, std::string_view open) {
  const std::size_t begin = name.find(open);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = name.substr(begin + open.size());
  int depth = 1;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '<') ++depth;
    if (rest[i] == '>' && --depth == 0) return rest.substr(0, i);
  }
  return {};
}

void name_closure(Frame& frame, std::string_view type) {
  if (frame.name == "operator()" && !type.empty()) {
    frame.name = without_blanks(std::string(type)) + "::operator()";
  }
}

// Debug information without types (-g1) names a lambda that was inlined into the outermost function
// of its task only "operator()"; what it is called in full is an argument of that function.
void name_closures(std::vector<Frame>& frames) {
  const std::size_t count = frames.size();
  if (count < 2 || !frames.back().is_entry()) return;
  const std::string name = displayed_name(frames.back().system_name, DemangleMode::Templates);
  const std::string_view outer = template_argument(name, "run_closure<");
  name_closure(frames[count - 2], outer);
  if (count > 2) name_closure(frames[count - 3], template_argument(outer, "::go<"));
}

void append_place(std::string& out, const Frame& frame, const Symbol& symbol, std::uintptr_t pc,
                  bool is_inlined) {
  out += "\n\t";
  out += frame.file.empty() ? "??" : frame.file;
  out += ':';
  out += std::to_string(frame.line);
  if (!is_inlined && symbol.function != 0 && pc > symbol.function) {
    out += " +0x";
    out += to_hex(pc - symbol.function);
  }
  out += '\n';
}

}  // namespace

Symbolizer& Symbolizer::get() {
  static Symbolizer* const symbolizer = new Symbolizer;  // Used until the process ends.
  return *symbolizer;
}

void Symbolizer::resolve_module(const Module& module, std::span<const std::uintptr_t> pcs) {
  const auto object = ObjectFile::open(module.path);
  if (!object) return;
  std::vector<std::uint64_t> addresses;
  addresses.reserve(pcs.size());
  for (const std::uintptr_t pc : pcs) addresses.push_back(pc - module.bias);
  (*object)->source_lines(addresses, [&](std::size_t i, std::span<const SourceFrame> frames) {
    Symbol& symbol = symbols_[pcs[i]];
    for (const SourceFrame& frame : frames) symbol.frames.push_back(to_frame(frame));
    name_closures(symbol.frames);
  });
}

void Symbolizer::resolve(std::span<const std::uintptr_t> pcs) {
  const std::scoped_lock lock(mutex_);
  std::vector<std::uintptr_t> fresh;
  for (const std::uintptr_t pc : pcs) {
    if (!symbols_.contains(pc)) fresh.push_back(pc);
  }
  if (fresh.empty()) return;
  std::ranges::sort(fresh);
  fresh.erase(std::unique(fresh.begin(), fresh.end()), fresh.end());
  for (const std::uintptr_t pc : fresh) symbols_[pc].function = find_unwind_row(pc).function;
  std::vector<std::uintptr_t> of_module;
  for (const Module& module : list_modules()) {
    of_module.clear();
    std::ranges::copy_if(fresh, std::back_inserter(of_module),
                         [&](std::uintptr_t pc) { return module.find(pc) != nullptr; });
    if (!of_module.empty()) resolve_module(module, of_module);
  }
}

const Symbol& Symbolizer::find(std::uintptr_t pc) {
  static const Symbol none;
  const std::scoped_lock lock(mutex_);
  const auto found = symbols_.find(pc);
  return found != symbols_.end() ? found->second : none;
}

const Symbol& Symbolizer::symbol(std::uintptr_t pc) {
  resolve(std::span(&pc, 1));
  return find(pc);
}

void append_creator(std::string& out, std::uintptr_t created_by, std::uint64_t creator_id) {
  if (created_by == 0) return;
  const std::uintptr_t pc = created_by - 1;
  const Symbol& symbol = Symbolizer::get().symbol(pc);
  const auto shown =
      std::ranges::find_if(symbol.frames, [](const Frame& frame) { return !frame.is_ours(); });
  if (shown == symbol.frames.end()) return;
  out += "created by ";
  out += shown->name.empty() ? "??" : shown->name;
  if (creator_id != 0) out += " in goroutine " + std::to_string(creator_id);
  append_place(out, *shown, symbol, pc, &*shown != &symbol.frames.back());
}

}  // namespace plumb::rt::detail

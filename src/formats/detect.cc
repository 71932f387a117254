// SPDX-License-Identifier: Apache-2.0
// The table of formats. Order matters: what is told by a magic number comes before what may start
// with any text, and text that only explains a failure comes last.

#include "formats/detect.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/cut_source.h"
#include "base/gunzip.h"
#include "base/program_format.h"
#include "base/strings.h"
#include "base/text_encoding.h"
#include "base/try.h"
#include "formats/contention_text.h"
#include "formats/count_text.h"
#include "formats/goroutine_header.h"
#include "formats/goroutine_text.h"
#include "formats/heap_text.h"
#include "formats/java_text.h"
#include "formats/legacy_cpu.h"
#include "formats/legacy_text.h"
#include "formats/profile_proto.h"
#include "formats/thread_text.h"

namespace plumb {
namespace {

using namespace std::string_view_literals;

template <auto kRead>
Result<Content> read_as_content(ByteSource& source, const ReadOptions& options) {
  auto result = kRead(source, options);
  if (!result) return std::move(result).error();
  return Content(*std::move(result));
}

bool is_proto(const InputHead& head) {
  return looks_like_profile_proto(head.bytes, head.is_whole);
}

template <auto kLooksLike>
bool looks_like(const InputHead& head) {
  return kLooksLike(head.bytes);
}

template <const std::string_view& kMagic>
bool starts_with(const InputHead& head) {
  return head.bytes.starts_with(kMagic);
}

template <const std::string_view& kFormat>
bool is_program(const InputHead& head) {
  return program_format(head.bytes) == kFormat;
}

bool is_elf_core(const InputHead& head) {
  constexpr std::size_t kTypeOffset = 16;  // e_type, in the byte order that byte 5 tells.
  constexpr char kCore = 4;
  const std::string_view bytes = head.bytes;
  if (program_format(bytes) != "ELF" || bytes.size() < kTypeOffset + 2) return false;
  return bytes[kTypeOffset] == kCore || bytes[kTypeOffset + 1] == kCore;
}

bool is_execution_trace(const InputHead& head) {
  return head.bytes.starts_with("go 1.") &&
         head.bytes.substr(0, 16).find(" trace\0"sv) != std::string_view::npos;
}

bool is_packed(const InputHead& head) {
  constexpr std::array kMagics = {"\x28\xb5\x2f\xfd"sv, "\xfd\x37zXZ"sv, "BZh"sv, "PK\3\4"sv};
  return std::ranges::any_of(
      kMagics, [&head](std::string_view magic) { return head.bytes.starts_with(magic); });
}

// Text may have anything but NUL.
bool is_text(const InputHead& head) {
  return head.bytes.find('\0') == std::string_view::npos;
}

// Its goroutines may start anywhere in any text. A log can have NULs where a machine went down.
bool may_have_goroutines(const InputHead& head) {
  return is_text(head) || head.bytes.find(kGoroutineWord) != std::string_view::npos;
}

// A gzip header whose second byte was taken for a letter, by a shell that takes all output for
// text.
bool is_gzip_as_text(const InputHead& head) {
  constexpr std::size_t kLongestLetter = 3;
  if (!head.bytes.starts_with('\x1f')) return false;
  const std::size_t method = head.bytes.find('\x08');
  return method >= 2 && method <= 1 + kLongestLetter;
}

bool is_html(const InputHead& head) {
  const std::string_view line = first_content_line(head.bytes);
  return line.size() > 1 && line[0] == '<' && (line[1] == '!' || (line[1] | 0x20) >= 'a');
}

bool is_json(const InputHead& head) {
  const std::string_view line = first_content_line(head.bytes);
  return line.starts_with('{') || line.starts_with('[');
}

bool is_crash(const InputHead& head) {
  for (std::string_view rest = head.bytes; !rest.empty();) {
    const std::string_view line = take_until(rest, '\n');
    if (line.starts_with("panic: ") || line.starts_with("fatal error: ")) return true;
  }
  return false;
}

constexpr std::string_view kElf = "ELF";
constexpr std::string_view kMachO = "Mach-O";
constexpr std::string_view kPe = "PE";
constexpr std::string_view kProgramAdvice =
    "give a profile, or the program first and then a profile";
constexpr std::string_view kPerfData = "PERFILE2";

constexpr std::array kFormats = {
    // Its words may be read as fields of a profile.proto, whose number is 0.
    Format{"CPU profile of gperftools", looks_like<looks_like_legacy_cpu>,
           read_as_content<read_legacy_cpu>},
    Format{kProfileProtoFormat, is_proto, read_as_content<read_profile_proto>},
    Format{"heap profile text", looks_like<looks_like_heap_text>, read_as_content<read_heap_text>,
           PlaceUnit::Line},
    Format{"contention profile text", looks_like<looks_like_contention_text>,
           read_as_content<read_contention_text>, PlaceUnit::Line},
    Format{"Java profile text", looks_like<looks_like_java_text>, read_as_content<read_java_text>,
           PlaceUnit::Line},
    Format{"thread text", looks_like<looks_like_thread_text>, read_as_content<read_thread_text>,
           PlaceUnit::Line},
    Format{"count profile text (debug=1)", looks_like<looks_like_count_text>,
           read_as_content<read_count_text>, PlaceUnit::Line},
    Format{.name = "a core file",
           .matches = is_elf_core,
           .read = nullptr,
           .advice = "give the goroutine dump that the program printed"},
    Format{.name = "a program (ELF)",
           .matches = is_program<kElf>,
           .read = nullptr,
           .advice = kProgramAdvice},
    Format{.name = "a program (Mach-O)",
           .matches = is_program<kMachO>,
           .read = nullptr,
           .advice = kProgramAdvice},
    Format{.name = "a program (PE)",
           .matches = is_program<kPe>,
           .read = nullptr,
           .advice = kProgramAdvice},
    Format{.name = "an execution trace of Go",
           .matches = is_execution_trace,
           .read = nullptr,
           .advice = "use go tool trace, or ask the server for a profile"},
    Format{.name = "perf.data of Linux perf",
           .matches = starts_with<kPerfData>,
           .read = nullptr,
           .advice = "give it as a file, or convert it with perf_to_profile"},
    Format{.name = "compressed data other than gzip",
           .matches = is_packed,
           .read = nullptr,
           .advice = "unpack it first"},
    Format{.name = "a gzip file that was changed as if it were text",
           .matches = is_gzip_as_text,
           .read = nullptr,
           .advice = "fetch it again with curl -o or Invoke-WebRequest -OutFile, not with >"},
    Format{"goroutine dump", may_have_goroutines, read_as_content<read_goroutine_text>,
           PlaceUnit::Line},
    Format{.name = "a crash of a Go program without its goroutines",
           .matches = is_crash,
           .read = nullptr,
           .advice = "run the program with GOTRACEBACK=all"},
    Format{.name = "HTML",
           .matches = is_html,
           .read = nullptr,
           .advice = "the address is that of a page; profiles are under /debug/pprof/, e.g. "
                     "/debug/pprof/goroutine"},
    Format{.name = "JSON",
           .matches = is_json,
           .read = nullptr,
           .advice = "give a pprof profile, a goroutine dump or a log that holds one"},
};

constexpr std::size_t kFirstBytes = 4096;

// Fills the head of `input` from `source`.
Result<void> read_head(ByteSource& source, DetectedInput& input) {
  CutSource whole(source);
  std::string& head = input.head;
  std::size_t have = 0;
  while (have < kHeadBytes) {
    // Small inputs should not cost the pages of large ones.
    if (have == head.size()) head.resize(std::clamp(have * 4, kFirstBytes, kHeadBytes));
    TRY_ASSIGN(const std::size_t count, whole.read(std::span(head).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  head.resize(have);
  input.cut = whole.reason();
  input.is_whole = have < kHeadBytes && !input.cut;
  if (have == 0 && input.cut) return *input.cut;
  return {};
}

// What an input is of which no reader made anything. `refusal` is the first reader's word.
Error explain(const DetectedInput& input, std::optional<Error> refusal) {
  if (input.cut) return *input.cut;
  const InputHead head{input.head, input.is_whole};
  for (const Format& format : kFormats) {
    if (format.read != nullptr || !format.matches(head)) continue;
    return {ErrorCode::NotRecognized, "unrecognized profile format: this looks like " +
                                          std::string(format.name) + "; " +
                                          std::string(format.advice)};
  }
  if (refusal) return *std::move(refusal);
  if (!is_text(head)) return {ErrorCode::NotRecognized, "unrecognized profile format"};
  constexpr std::size_t kShown = 60;
  const std::string_view line = first_content_line(head.bytes);
  const std::string shown = printable(line.substr(0, kShown));
  return {ErrorCode::NotRecognized,
          "unrecognized profile format: there is no goroutine in this text, which starts \"" +
              shown + (line.size() > kShown ? "..." : "") + '"'};
}

}  // namespace

std::span<const Format> formats() {
  return kFormats;
}

Result<DetectedInput> detect(std::unique_ptr<ByteSource> source, const Limits& limits) {
  DetectedInput input;
  constexpr int kMaxLayers = 2;  // A profile is gzip; some tools compress it once more.
  for (int layer = 0;; ++layer) {
    TRY(read_head(*source, input));
    source = std::make_unique<ReplaySource>(input.head, std::move(source));
    if (layer == kMaxLayers || !looks_like_gzip(input.head)) break;
    source = std::make_unique<GunzipSource>(std::move(source), limits);
  }
  if (const auto encoding = find_text_encoding(input.head); encoding != TextEncoding::Plain) {
    source = std::make_unique<Utf8Source>(std::move(source), encoding);
    TRY(read_head(*source, input));
    source = std::make_unique<ReplaySource>(input.head, std::move(source));
  }
  if (input.head.empty()) return Error(ErrorCode::NotRecognized, "empty input file");
  input.source = std::move(source);

  const InputHead head{input.head, input.is_whole};
  for (const Format& format : kFormats) {
    if (!format.matches(head)) continue;
    input.format = &format;
    break;
  }
  return input;
}

Result<ReadInput> read_detected(DetectedInput input, const ReadOptions& options) {
  const InputHead head{input.head, input.is_whole};
  std::optional<Error> refusal;
  for (const Format* format = input.format; format != nullptr && format != kFormats.end();
       ++format) {
    if (!format->matches(head)) continue;
    if (format->read == nullptr) break;
    if (format != input.format && !input.source->rewind()) break;
    auto content = format->read(*input.source, options);
    if (content) return ReadInput{*std::move(content), format};
    // Text can look like the start of a message that is cut short.
    const ErrorCode code = content.error().code();
    const bool is_other = code == ErrorCode::NotRecognized || code == ErrorCode::Truncated;
    if (!is_other) return std::move(content).error();
    const bool says_nothing =
        format->matches == may_have_goroutines && code != ErrorCode::Truncated;
    if (!refusal && !says_nothing) refusal = std::move(content).error();
  }
  return explain(input, std::move(refusal));
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/weblist.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/cancellation.h"
#include "base/checked.h"
#include "base/paths.h"
#include "base/strings.h"
#include "base/try.h"
#include "report/argument.h"
#include "report/weblist_code.h"

namespace plumb {
namespace {

constexpr std::int64_t kMergeLines = 20;  // Lines of one function this near are one piece.
constexpr std::int64_t kMarginLines = 5;

// An instruction below the line that it belongs to.
struct PlacedInstruction {
  std::uint64_t address = 0;
  std::size_t depth = 0;  // Index in its frames of the function that is listed.
};

struct ListedFile {
  std::map<std::int64_t, std::vector<PlacedInstruction>> lines;
  std::map<std::int64_t, std::string> functions;  // By line.
};

// A run of lines of one function.
struct Piece {
  std::string name;
  std::int64_t begin = 0;
  std::int64_t end = 0;  // Not included.
};

std::string canonical_file(std::string_view file) {
  consume_prefix(file, "/proc/self/cwd/");
  consume_prefix(file, "./");
  return clean_path(file);
}

struct AddressSums {
  std::int64_t flat = 0;
  std::int64_t cum = 0;
};

class WebListBuilder {
 public:
  WebListBuilder(const ReportInput& input, SourceFiles& sources, const Notice& notice)
      : input_(input), profile_(input.profile), sources_(sources), notice_(notice) {
    set_addresses();
  }

  Result<WebListReport> build(std::string_view argument, const WebListLimits& limits) {
    TRY_ASSIGN(const Regexp regexp, compile_argument(argument));
    find_interest(regexp, address_argument(argument));
    add_samples();
    if (interest_.empty()) {
      return Error(ErrorCode::Usage, "no matches found for regexp: " + std::string(argument));
    }
    const auto syntax = input_.options.intel_syntax ? AssemblySyntax::Intel : AssemblySyntax::Usual;
    code_ = read_code(profile_, wanted(), syntax, limits.ranges, notice_);
    for (const auto& [address, point] : code_) place(address, point);
    move_samples_to_instructions();
    WebListReport report;
    report.sample_type = input_.samples.type;
    report.format = input_.samples.format;
    report.total = input_.samples.total;
    report.header = header_lines(header_of(profile_), input_.samples);
    if (!profile_.mappings.empty()) {
      report.title = path_base(profile_.text(profile_.mappings[0].file));
    }
    add_files(report, limits);
    return report;
  }

 private:
  // Locations without an address get one behind all binaries, so that they can be listed too.
  void set_addresses() {
    std::uint64_t next = 1;
    for (const Mapping& mapping : profile_.mappings) next = std::max(next, mapping.limit);
    for (const Location& location : profile_.locations) {
      addresses_.push_back(location.address != 0 ? location.address : next++);
    }
  }

  void find_interest(const Regexp& regexp, std::optional<std::uint64_t> address) {
    lines_of_interest_.resize(profile_.locations.size());
    for (std::size_t i = 0; i < profile_.locations.size(); ++i) {
      const Location& location = profile_.locations[i];
      const auto lines = profile_.lines_of(location);
      if (lines.empty()) continue;
      auto& found = lines_of_interest_[i];
      if (address && addresses_[i] == *address) {
        found.push_back(lines.size() - 1);
        continue;
      }
      const bool file_matches =
          location.mapping.index != kNone &&
          regexp.matches(profile_.text(profile_.mappings[location.mapping.index].file));
      for (std::size_t line = 0; line < lines.size(); ++line) {
        if ((line == 0 && file_matches) || matches(regexp, lines[line].function)) {
          found.push_back(line);
        }
      }
    }
  }

  bool matches(const Regexp& regexp, FunctionId id) {
    const auto [known, is_new] = function_matches_.try_emplace(id.index);
    if (is_new) {
      const Function& function = profile_.function(id);
      known->second = regexp.matches(profile_.text(function.name)) ||
                      regexp.matches(profile_.text(function.system_name)) ||
                      regexp.matches(profile_.text(function.file));
    }
    return known->second;
  }

  void add_samples() {
    const Weights& weights = input_.samples.weights;
    std::vector<std::uint64_t> seen_in(profile_.locations.size());
    std::vector<LocationId> stack;
    for (std::size_t i = 0; i < profile_.sample_count() && !is_cancelled_at(i); ++i) {
      const std::int64_t value = weights.of(profile_.values(i)).mean();
      profile_.read_stack(i, stack);
      for (std::size_t frame = 0; frame < stack.size(); ++frame) {
        const std::uint32_t at = stack[frame].index;
        AddressSums& sums = samples_[addresses_[at]];
        if (frame == 0) sums.flat = add_wrapping(sums.flat, value);
        const bool repeated = seen_in[at] == i + 1;
        seen_in[at] = i + 1;
        if (repeated && !input_.options.recursive_sums) continue;
        sums.cum = add_wrapping(sums.cum, value);
        if (!repeated) note_interest(stack[frame]);
      }
    }
  }

  // Remembers the functions of a location with samples by all of their names.
  void note_interest(LocationId id) {
    const auto& found = lines_of_interest_[id.index];
    if (found.empty() || !with_interest_.emplace(addresses_[id.index], id).second) return;
    for (const std::size_t line : found) {
      const Function& function =
          profile_.function(profile_.lines_of(profile_.location(id))[line].function);
      interest_.emplace(profile_.text(function.name));
      interest_.emplace(profile_.text(function.system_name));
    }
  }

  std::vector<WantedAddress> wanted() {
    std::vector<WantedAddress> list;
    for (const auto& [address, location] : with_interest_) {
      list.push_back({address, location, samples_[address].flat});
    }
    for (const Function& function : profile_.functions) {
      pretty_names_.insert_or_assign(std::string(profile_.text(function.system_name)),
                                     std::string(profile_.text(function.name)));
    }
    return list;
  }

  // Puts an instruction below each line of a function of interest that it stands for.
  void place(std::uint64_t address, const CodePoint& point) {
    for (std::size_t depth = 0; depth < point.frames.size(); ++depth) {
      const SourceFrame& frame = point.frames[depth];
      if (!interest_.contains(frame.function)) continue;
      ListedFile& file = files_[canonical_file(frame.file)];
      file.lines[frame.line].push_back({address, depth});
      file.functions.try_emplace(frame.line, frame.function);
    }
  }

  // A sample may point into an instruction.
  void move_samples_to_instructions() {
    for (auto& [address, point] : code_) {
      AddressSums& sums = of_instruction_[address];
      for (auto it = samples_.lower_bound(address);
           it != samples_.end() && it->first - address < point.size_bytes; ++it) {
        sums.flat = add_wrapping(sums.flat, it->second.flat);
        sums.cum = add_wrapping(sums.cum, it->second.cum);
      }
    }
  }

  void add_files(WebListReport& report, const WebListLimits& limits) {
    for (const auto& [path, listed] : files_) {
      if (is_cancelled()) break;
      WebListFile& file = report.files.emplace_back();
      file.path = path;
      std::unordered_set<std::uint64_t> counted;  // Inlining shows an address more than once.
      for (const auto& [line, instructions] : listed.lines) {
        for (const PlacedInstruction& placed : instructions) {
          if (!counted.insert(placed.address).second) continue;
          file.flat = add_wrapping(file.flat, of_instruction_[placed.address].flat);
          file.cum = add_wrapping(file.cum, of_instruction_[placed.address].cum);
        }
      }
    }
    if (report.files.size() > limits.files) {
      std::ranges::stable_sort(report.files, std::ranges::greater(), &WebListFile::flat);
      report.files.resize(limits.files);
    }
    for (WebListFile& file : report.files) add_functions(file, files_[file.path]);
  }

  void add_functions(WebListFile& file, const ListedFile& listed) {
    for (const Piece& piece : pieces_of(listed)) {
      WebListFunction function;
      function.name = piece.name;
      for (std::int64_t number = piece.begin; number < piece.end; ++number) {
        const auto at = listed.lines.find(number);
        const bool has_code = at != listed.lines.end();
        const auto text = sources_.line(file.path, number);
        if (!text && !has_code) continue;
        WebListLine& line = function.lines.emplace_back();
        line.number = number;
        line.text = text          ? std::string(*text)
                    : number == 0 ? "<instructions with unknown line numbers>"
                                  : "???";
        if (has_code) add_instructions(line, at->second);
        function.flat = add_wrapping(function.flat, line.flat);
        function.cum = add_wrapping(function.cum, line.cum);
      }
      if (function.cum != 0) file.functions.push_back(std::move(function));
    }
  }

  void add_instructions(WebListLine& line, const std::vector<PlacedInstruction>& instructions) {
    std::uint64_t expected = 0;  // Where the code goes on.
    for (const PlacedInstruction& placed : instructions) {
      const CodePoint& point = code_[placed.address];
      const AddressSums& sums = of_instruction_[placed.address];
      line.flat = add_wrapping(line.flat, sums.flat);
      line.cum = add_wrapping(line.cum, sums.cum);
      WebListInstruction& row = line.instructions.emplace_back();
      row.address = point.object_address;
      row.flat = sums.flat;
      row.cum = sums.cum;
      row.text = point.text;
      row.file = point.file;
      row.line = point.line;
      row.starts_block = placed.address != expected;
      expected = placed.address + point.size_bytes;
      for (std::size_t depth = placed.depth; depth-- > 0;) {
        const SourceFrame& frame = point.frames[depth];
        const auto text = sources_.line(frame.file, frame.line);
        row.calls.push_back({frame.file, frame.line, std::string(text.value_or(""))});
      }
    }
  }

  // The runs of lines of each function, with their neighbourhood.
  std::vector<Piece> pieces_of(const ListedFile& listed) {
    std::vector<Piece> pieces;
    for (const auto& [number, instructions] : listed.lines) {
      std::string name = listed.functions.at(number);
      const auto pretty = pretty_names_.find(name);
      if (pretty != pretty_names_.end()) name = pretty->second;
      if (!pieces.empty() && pieces.back().name == name &&
          number - pieces.back().end < kMergeLines) {
        pieces.back().end = number + 1;
      } else {
        pieces.push_back({std::move(name), number, number + 1});
      }
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      Piece& piece = pieces[i];
      if (i == 0) {
        // Line 0 holds what has no line: it stays by itself.
        if (piece.begin > 1) piece.begin = std::max<std::int64_t>(piece.begin - kMarginLines, 1);
        continue;
      }
      const std::int64_t gap = piece.begin - pieces[i - 1].end;
      const std::int64_t margin = std::min(gap / 2, kMarginLines);
      pieces[i - 1].end += margin;
      piece.begin -= margin;
    }
    if (!pieces.empty()) pieces.back().end += kMarginLines;
    return pieces;
  }

  const ReportInput& input_;
  const Profile& profile_;
  SourceFiles& sources_;
  const Notice& notice_;
  std::vector<std::uint64_t> addresses_;                     // By location.
  std::vector<std::vector<std::size_t>> lines_of_interest_;  // By location.
  std::unordered_map<std::uint32_t, bool> function_matches_;
  std::map<std::uint64_t, AddressSums> samples_;       // By address.
  std::map<std::uint64_t, LocationId> with_interest_;  // By address.
  std::set<std::string, std::less<>> interest_;        // Names of functions.
  std::map<std::string, std::string, std::less<>> pretty_names_;
  Code code_;
  std::unordered_map<std::uint64_t, AddressSums> of_instruction_;
  std::map<std::string, ListedFile> files_;
};

}  // namespace

Result<WebListReport> build_weblist(const ReportInput& input, std::string_view argument,
                                    SourceFiles& sources, const Notice& notice,
                                    const WebListLimits& limits) {
  return WebListBuilder(input, sources, notice).build(argument, limits);
}

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
#include "report/speedscope.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/checked.h"
#include "base/paths.h"
#include "report/json_writer.h"
#include "report/stack_sums.h"

namespace plumb {
namespace {

// The unit by speedscope's names; what it does not know are numbers without one.
std::string_view unit_name(std::string_view unit) {
  constexpr std::array<std::string_view, 5> kKnown = {"nanoseconds", "microseconds", "milliseconds",
                                                      "seconds", "bytes"};
  return std::ranges::find(kKnown, unit) == kKnown.end() ? "none" : unit;
}

enum class Sign : std::uint8_t { All, Positive, Negative };

class SpeedscopeWriter {
 public:
  SpeedscopeWriter(const ReportInput& input, Writer& out)
      : input_(input), out_(out), json_(out), frames_(input.profile) {}

  void write() {
    std::vector<StackSum> sums = sum_stacks(input_, frames_);
    std::ranges::stable_sort(sums, [](const StackSum& a, const StackSum& b) {
      return abs_wrapping(a.value) > abs_wrapping(b.value);
    });
    const bool is_difference =
        std::ranges::any_of(sums, [](const StackSum& sum) { return sum.value < 0; });
    json_.begin_object();
    json_.field("$schema", "https://www.speedscope.app/file-format-schema.json");
    json_.field("exporter", "plumb");
    json_.field("name", title());
    json_.field("activeProfileIndex", 0);
    json_.key("shared").begin_object();
    json_.key("frames").begin_array();
    for (const StackFrameName& frame : frames_.all()) write_frame(frame);
    json_.end_array();
    json_.end_object();
    json_.key("profiles").begin_array();
    if (is_difference) {
      write_profile(sums, Sign::Positive);
      write_profile(sums, Sign::Negative);
    } else {
      write_profile(sums, Sign::All);
    }
    json_.end_array();
    json_.end_object();
    out_ << "\n";
  }

 private:
  [[nodiscard]] std::string title() const {
    const ProfileHeader header = header_of(input_.profile);
    const std::string file(path_base(header.file));
    return header.file.empty() ? input_.samples.type : file + ": " + input_.samples.type;
  }

  void write_frame(const StackFrameName& frame) {
    json_.line().begin_object();
    json_.field("name", frame.name);
    if (!frame.file.empty()) json_.field("file", frame.file);
    if (frame.line > 0) json_.field("line", frame.line);
    json_.end_object();
  }

  static bool has_sign(const StackSum& sum, Sign sign) {
    return sign == Sign::All || (sum.value > 0) == (sign == Sign::Positive);
  }

  void write_profile(const std::vector<StackSum>& sums, Sign sign) {
    std::int64_t total = 0;
    for (const StackSum& sum : sums) {
      if (has_sign(sum, sign)) total = add_saturating(total, abs_saturating(sum.value));
    }
    const std::string suffix =
        sign == Sign::All ? "" : (sign == Sign::Positive ? " (grew)" : " (shrank)");
    json_.begin_object();
    json_.field("type", "sampled");
    json_.field("name", input_.samples.type + suffix);
    json_.field("unit", unit_name(input_.samples.format.sample_unit));
    json_.field("startValue", 0);
    json_.field("endValue", total);
    json_.key("samples").begin_array();
    for (const StackSum& sum : sums) {
      if (has_sign(sum, sign)) write_stack(sum);
    }
    json_.end_array();
    json_.key("weights").begin_array();
    for (const StackSum& sum : sums) {
      if (has_sign(sum, sign)) json_.number(abs_saturating(sum.value));
    }
    json_.end_array();
    json_.end_object();
  }

  void write_stack(const StackSum& sum) {
    if (out_.is_closed()) return;
    input_.profile.read_stack(sum.sample, stack_);
    frames_.read(stack_, path_);
    json_.line().begin_array();
    for (const FrameIndex frame : path_) json_.number(frame);
    json_.end_array();
  }

  const ReportInput& input_;
  Writer& out_;
  JsonWriter json_;
  FrameNames frames_;
  std::vector<LocationId> stack_;
  std::vector<FrameIndex> path_;
};

}  // namespace

void render_speedscope(const ReportInput& input, Writer& out) {
  SpeedscopeWriter(input, out).write();
}

}  // namespace plumb

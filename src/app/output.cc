// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <utility>

#include "base/try.h"

namespace plumb::cli {
namespace {

// The first of profile001.pb.gz, profile002.pb.gz, ... that does not exist.
Result<std::unique_ptr<FdWriter>> create_numbered(std::string_view extension, std::string& path) {
  constexpr int kMostFiles = 9999;
  for (int number = 1; number <= kMostFiles; ++number) {
    const std::string digits = std::to_string(number);
    const std::size_t zeros = digits.size() < 3 ? 3 - digits.size() : 0;
    path = "profile" + std::string(zeros, '0') + digits + std::string(extension);
    auto writer = FdWriter::create(path, FdWriter::IfExists::Refuse);
    if (!writer && writer.error().code() == ErrorCode::Usage) continue;
    return writer;
  }
  return Error(ErrorCode::Io, "there are too many files named profileNNN" + std::string(extension));
}

}  // namespace

Result<ReportOutput> ReportOutput::open(const Settings& settings, Environment& environment,
                                        std::string_view binary_extension) {
  ReportOutput output(environment);
  if (!settings.output.empty()) {
    output.path_ = settings.output;
    TRY_ASSIGN(output.file_, FdWriter::create(output.path_, FdWriter::IfExists::Replace));
  } else if (!binary_extension.empty() && environment.out_is_terminal) {
    TRY_ASSIGN(output.file_, create_numbered(binary_extension, output.path_));
  }
  if (output.file_) environment.say("Generating report in " + output.path_);
  return output;
}

Result<void> ReportOutput::finish() {
  if (!file_) {
    environment_->out.flush();  // main() reports what became of standard output.
    return {};
  }
  auto written = file_->finish();
  if (!written) return std::move(written).error().while_reading(path_);
  return {};
}

}  // namespace plumb::cli

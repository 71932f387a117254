// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <utility>
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

void ReportOutput::open() {
  auto file = path_.empty() ? create_numbered(binary_extension_, path_)
                            : FdWriter::create(path_, FdWriter::IfExists::Replace);
  if (!file) {
    refusal_ = std::move(file).error();
    return;
  }
  file_ = *std::move(file);
  environment_.say("Generating report in " + path_);
}

void ReportOutput::write_through(std::string_view text) {
  if (!goes_to_file()) {
    environment_.out << text;
    return;
  }
  if (!file_ && !refusal_) open();
  if (file_) *file_ << text;
}

bool ReportOutput::is_closed() const {
  if (refusal_) return true;
  return file_ ? file_->is_closed() : !goes_to_file() && environment_.out.is_closed();
}

Result<void> ReportOutput::finish() {
  flush();
  if (goes_to_file() && !file_ && !refusal_) open();
  if (refusal_) return *std::move(refusal_);
  if (!goes_to_file()) {
    environment_.out.flush();  // main() reports what became of standard output.
    return {};
  }
  auto written = file_->finish();
  if (!written) return std::move(written).error().while_reading(path_);
  return {};
}

}  // namespace plumb::cli

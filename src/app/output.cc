// SPDX-License-Identifier: Apache-2.0
#include "app/output.h"

#include <utility>

#include "app/numbered_file.h"
#include "base/try.h"

namespace plumb::cli {
void ReportOutput::open() {
  auto opened = [&]() -> Result<void> {
    if (!path_.empty()) {
      announce();
      TRY_ASSIGN(file_, FdWriter::create(path_, FdWriter::IfExists::Replace));
      return {};
    }
    TRY_ASSIGN(NumberedFile file, create_numbered("profile", binary_extension_));
    path_ = std::move(file.path);
    file_ = std::move(file.writer);
    announce();
    return {};
  }();
  if (!opened) refusal_ = std::move(opened).error();
}

void ReportOutput::announce() {
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
  if (!written) return Error(ErrorCode::Io, "write " + path_ + ": " + written.error().message());
  return {};
}

}  // namespace plumb::cli

// SPDX-License-Identifier: Apache-2.0
#include "app/perf_data.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "app/child_process.h"
#include "base/strings.h"
#include "base/system_message.h"
#include "base/try.h"
#include "fetch/spool.h"

namespace plumb::cli {
namespace {

// An empty file that is removed at the end of its life.
class TemporaryFile {
 public:
  static Result<TemporaryFile> create() {
    constexpr std::string_view kProfileEnding = ".pb.gz";
    const std::string directory = temporary_directory();
    TemporaryFile file(directory + "/plumb-XXXXXX" + std::string(kProfileEnding));
    const int descriptor =
        ::mkostemps(file.path_.data(), static_cast<int>(kProfileEnding.size()), 0);
    if (descriptor < 0) {
      const std::string why = system_message(errno);
      file.path_.clear();
      return Error(ErrorCode::Io, "cannot make a temporary file in " + directory + ": " + why);
    }
    ::close(descriptor);
    return file;
  }
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> convert_perf_data(const std::string& path,
                                                      const Notice& notice) {
  notice("Converting " + printable(path) + " to a profile.proto... (May take a few minutes)");
  SignalHold hold;  // Outlives the file, so that the file is gone before a signal takes effect.
  TRY_ASSIGN(const TemporaryFile file, TemporaryFile::create());
  const auto converted = run_held({"perf_to_profile", "-i", path, "-o", file.path(), "-f"}, hold);
  if (!converted) {
    return Error(converted.error().code(),
                 "failed to convert perf.data file. Try github.com/google/perf_data_converter: " +
                     converted.error().message());
  }
  TRY_ASSIGN(std::unique_ptr<ByteSource> source, FileSource::open(file.path()));
  return source;
}

}  // namespace plumb::cli

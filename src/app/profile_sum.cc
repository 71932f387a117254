// SPDX-License-Identifier: Apache-2.0
#include "app/profile_sum.h"

#include <utility>

#include "model/merge.h"

namespace plumb::cli {
namespace {

constexpr std::size_t kGroupSize = 128;

}  // namespace

void say_missing(std::string_view kind, std::size_t loaded, std::size_t wanted,
                 const Notice& notice) {
  if (loaded == wanted) return;
  notice("Fetched " + std::to_string(loaded) + " " + std::string(kind) + " profiles out of " +
         std::to_string(wanted));
}

void ProfileSum::begin_source() {
  if (begun_ % kGroupSize == 0) add_group();
  ++begun_;
}

void ProfileSum::add(Profile profile) {
  ++loaded_;
  if (!error_) group_.push_back(std::move(profile));
}

void ProfileSum::add_group() {
  if (group_.empty() || error_) return;
  auto sum = combine_profiles(std::exchange(group_, {}));
  if (sum && total_) {
    std::vector<Profile> both;
    both.push_back(*std::exchange(total_, std::nullopt));
    both.push_back(*std::move(sum));
    sum = combine_profiles(std::move(both));
  }
  if (sum) {
    total_ = *std::move(sum);
  } else {
    error_ = std::move(sum).error();
  }
}

Result<void> ProfileSum::finish() {
  add_group();
  if (!error_) return {};
  // The comma behind the message about a base is pprof's.
  const std::string end = kind_ == "base" ? "," : "";
  return Error(error_->code(),
               "problem fetching " + std::string(kind_) + " profiles: " + error_->message() + end);
}

Result<void> ProfileSum::check_count() const {
  if (wanted_ == 0 || loaded_ > 0) return {};
  return Error(ErrorCode::Io, "failed to fetch any " + std::string(kind_) + " profiles");
}

}  // namespace plumb::cli

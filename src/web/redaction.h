// SPDX-License-Identifier: Apache-2.0
// What a document keeps back from those whom it is given to.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/profile.h"
#include "report/leaks.h"
#include "web/view.h"

namespace plumb::web {

/// Goroutines that a page lists by id at most, of each group.
inline constexpr std::size_t kMostListedIds = 1000;

struct Redaction {
  bool paths = false;                     ///< Folders and URLs: of a path its last element remains.
  bool labels = false;                    ///< Values of labels.
  bool sources = false;                   ///< Lines of source files.
  std::size_t most_ids = kMostListedIds;  ///< Ids of goroutines, of each group.
};

/// "paths,labels,sources", in any order. Errors: Usage, naming the word that is none of them.
Result<Redaction> parse_redaction(std::string_view text);

/// What stands for the value of a label that is kept back.
inline constexpr std::string_view kHiddenValue = "(hidden)";

/// Whether what that option is given tells values of labels: "tagfocus".
bool tells_label_values(std::string_view option);

/// The names of what may be kept back, as parse_redaction() takes them.
std::string redaction_names(const Redaction& redaction);

/// Cuts paths in texts. Knows the folders that a blank splits and the sources that are no absolute
/// paths, which nobody would see otherwise.
class PathCutter {
 public:
  /// `names`: sources, as people named them.
  PathCutter(std::span<const std::string> names, const Profile& profile, const LeaksReport* leaks);

  [[nodiscard]] std::string cut(std::string_view text) const;

  /// All texts in `json`, those of its keys left alone.
  void cut_all(Json& json) const;

 private:
  void add(std::string_view path);

  std::vector<std::pair<std::string, std::string>> known_;  // What becomes what; longest first.
};

/// `text` with absolute paths and URLs cut to their last element.
std::string cut_paths(std::string_view text);

}  // namespace plumb::web

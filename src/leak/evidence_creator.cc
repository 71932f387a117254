// SPDX-License-Identifier: Apache-2.0
// E6: whether the function that started the goroutines, and would have to do its part, is still
// there.
#include "base/strings.h"
#include "leak/group_study.h"
#include "leak/stack_names.h"

namespace plumb {

void study_creator(const SeriesStudy& all, GroupStudy& group) {
  const StackGroups& stacks = all.series.stacks;
  const std::string_view starter = starter_function(stacks, *group.group);
  if (starter.empty() || !needs_another_goroutine(group.kind)) return;
  const std::string creator = printable(short_name(starter));
  if (group.creator == CreatorState::Gone) {
    group.evidence.push_back(
        {"E6", creator + ", which started them, has returned", "stacks and creators", {}});
  } else if (group.creator == CreatorState::Stuck) {
    group.evidence.push_back(
        {"E6", creator + ", which started them, is itself waiting", "stacks and creators", {}});
  }
}

}  // namespace plumb

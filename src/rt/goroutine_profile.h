// SPDX-License-Identifier: Apache-2.0
// The goroutine and goroutineleak profiles: all tasks, or those that are leaked, in the formats of
// Go's runtime/pprof.

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/profile.h"

namespace plumb::rt::detail {

enum class Tasks : bool { All, Leaked };

/// debug=0.
Profile goroutine_profile(Tasks which);
/// debug=1, with the comment `note` unless that is empty. Each record has the state of its tasks as
/// a label, named as in a profile that was made of a dump (model/dump_profile.h): what tells it in
/// Go's texts are the addresses in the runtime, which mean nothing here. pprof does not read labels
/// of texts.
std::string goroutine_text(Tasks which, std::string_view note = {});

/// Gets the next part of a text; false: nobody wants more.
using TextSink = std::function<bool(std::string_view part)>;

/// debug=2: every task with its state. Written while it is made, a part at a time.
void write_goroutine_dump(const TextSink& sink);

}  // namespace plumb::rt::detail

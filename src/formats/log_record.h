// SPDX-License-Identifier: Apache-2.0
// Dumps that stand in one line of a log, in a string of its record, where newlines are escaped.
//
//   {"level":"error","msg":"panic: boom","stack":"goroutine 1 [running]:\nmain.main()\n\t..."}
//   {"log":"{\"msg\":\"goroutine 1 [running]:\\nmain.main()\\n\\t...\"}\n","stream":"stderr"}
//   level=ERROR msg="goroutine 1 [running]:\nmain.main()\n\t..."
//   Nov 22 19:41:03 host app[123]: goroutine 1 [running]:#012main.main()#012#011...        rsyslog

#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumb {

/// The strings of the record in `line` that hold goroutines with their frames, as they were before
/// they were escaped. What one of them repeats of another in front is left out.
std::vector<std::string> find_dumps_in_record(std::string_view line);

}  // namespace plumb

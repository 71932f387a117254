// SPDX-License-Identifier: Apache-2.0
// The report `topproto`: the functions that `top` lists, as a profile.

#pragma once

#include "model/profile.h"
#include "report/report_input.h"

namespace plumb {

/// A sample for each node, of one location, with the values cum and flat in the unit of the report.
Profile build_top_proto(const ReportInput& input);

}  // namespace plumb

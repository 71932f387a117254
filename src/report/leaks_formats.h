// SPDX-License-Identifier: Apache-2.0
// The verdict for other programs: SARIF 2.1.0 for code scanning, JUnit XML for test reports,
// workflow commands of GitHub for annotations, and Markdown for a summary people read. All of them
// have the findings at level possible and above that are not in the baseline.

#pragma once

#include "base/writer.h"
#include "report/leaks.h"

namespace plumb {

/// One run with a rule for each pattern. Source: SARIF 2.1.0, OASIS.
void render_leaks_sarif(const LeaksReport& report, Writer& out);

/// One suite; each finding is a test case, and from `fail_on` on a failed one.
void render_leaks_junit(const LeaksReport& report, Level fail_on, Writer& out);

/// "::error file=...,line=...::message" for likely and above, "::warning" for possible.
void render_leaks_github(const LeaksReport& report, Writer& out);

/// A heading with the verdict, a table, and a section for each finding.
void render_leaks_markdown(const LeaksReport& report, Writer& out);

}  // namespace plumb

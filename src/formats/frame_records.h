// SPDX-License-Identifier: Apache-2.0
// FrameRecords: logs in columns or rows of JSON, as in the data frames of Grafana, with a record
// for each line.
//
//   {"results":{"A":{"frames":[{"schema":{"fields":[{"name":"labels"},{"name":"Line"}]},
//     "data":{"values":[[{"pod":"web-1"}],["goroutine 1 [running]:"]]}}]}}}    /api/ds/query
//   [{"fields":[{"name":"labels","values":[{"pod":"web-1"}]},
//               {"name":"Line","values":["goroutine 1 [running]:"]}]}]         Explore's inspector
//   {"fields":["_raw","host"],"rows":[["goroutine 1 [running]:","web-1"]]}     Splunk's json_rows
//   {"fields":["_raw"],"columns":[["goroutine 1 [running]:"]]}                 its json_cols
//   ["goroutine 1 [running]:","main.main()"]      jq, aws logs --query 'events[].message'
//
//   {"labels":{"pod":"web-1"},"line":"goroutine 1 [running]:"}
//
// Source: https://grafana.com/developers/dataplane/logs, whose text is in "body"; Loki's older
// frames call it "Line".

#pragma once

#include <string>
#include <string_view>

#include "formats/rewriting_source.h"

namespace plumb {

/// Holds all of such an input, unless it is too long to be one.
class FrameRecords final : public RewritingSource {
 public:
  using RewritingSource::RewritingSource;

 private:
  bool begin(std::string_view head) override;
  void rewrite(std::string_view block, std::string& out) override;
  void finish(std::string& out) override;

  std::string json_;
  bool is_too_long_ = false;  // Then it is handed on as it is.
};

}  // namespace plumb

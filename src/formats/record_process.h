// SPDX-License-Identifier: Apache-2.0
// Whose line the record of a log is: of systemd's journal as `journalctl -o json` writes it, of a
// container, or one with the labels of its stream, as logcli writes it of Loki and JsonRecords of
// all that has streams.
//
//   {"_HOSTNAME":"host","SYSLOG_IDENTIFIER":"app","_PID":"12","MESSAGE":"goroutine 1 [running]:"}
//   {"log":"goroutine 1 [running]:","kubernetes":{"pod_name":"web-1","container_name":"app"}}
//   {"labels":{"app":"web","pod":"web-1"},"line":"goroutine 1 [running]:"}
//
// Source: systemd.journal-fields(7), where CONTAINER_NAME is of docker's log driver; `logcli query
// -o jsonl`.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumb {

struct RecordProcess {
  /// "host app[12]" as in the text of the journal, " web-1 app[]", or `"app"="web" "pod"="web-1"
  /// []`; empty: not said.
  std::string name;
  /// So much of the line says so, from its begin.
  std::size_t length = 0;
};

/// The process that wrote the record in `line`. Nothing if it is no record, or says no process.
RecordProcess find_record_process(std::string_view line);

}  // namespace plumb

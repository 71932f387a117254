// SPDX-License-Identifier: Apache-2.0
// Whose line a record of systemd's journal is, as `journalctl -o json` writes it.
//
//   {"_HOSTNAME":"host","SYSLOG_IDENTIFIER":"app","_PID":"12","MESSAGE":"goroutine 1 [running]:"}
//
// Source: systemd.journal-fields(7); CONTAINER_NAME is of docker's log driver.

#pragma once

#include <string>
#include <string_view>

namespace plumb {

/// The process that wrote the record in `line`, named as in the text of the journal: "host
/// app[12]". Empty if it is no record, or says no process.
std::string find_journal_process(std::string_view line);

}  // namespace plumb

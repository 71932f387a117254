// SPDX-License-Identifier: Apache-2.0
// A goroutine dump as a profile, so that every report works on it.

#pragma once

#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

/// Names of the labels by which a dump's facts travel in a profile. A label that does not apply to
/// a goroutine is absent.
namespace dump_label {
inline constexpr std::string_view kState = "state";             ///< String: "chan send".
inline constexpr std::string_view kId = "goid";                 ///< Number.
inline constexpr std::string_view kWait = "wait_minutes";       ///< Number, unit "minutes".
inline constexpr std::string_view kCreatedBy = "created_by";    ///< String: function.
inline constexpr std::string_view kCreatedAt = "created_at";    ///< String: "file:line".
inline constexpr std::string_view kCreatorId = "creator_goid";  ///< Number.
inline constexpr std::string_view kLocked = "locked";           ///< String "true".
inline constexpr std::string_view kLeaked = "leaked";           ///< String "true".
inline constexpr std::string_view kScanning = "scanning";       ///< String "true".
inline constexpr std::string_view kDurable = "durable";         ///< String "true".
inline constexpr std::string_view kBubble = "synctest_bubble";  ///< String.
/// String: the goroutines from which this one descends, with their functions leaf first, e.g.
/// "goroutine 17: main.serve, created by main.main; goroutine 1: main.main".
inline constexpr std::string_view kAncestors = "ancestors";
}  // namespace dump_label

/// Turns a dump into a profile of type goroutine/count: one sample per goroutine where the dump has
/// rows for them, else one per group and number of minutes waited. A stack has the goroutine's own
/// frames; frames that the dump leaves out, and a stack that could not be printed, appear as a
/// function named as the dump says it ("...52 frames elided..."). A call and what was inlined into
/// it share a location, as in the profiles of Go. Everything else becomes labels beside the
/// goroutine's own; a label of the program with one of the names above wins. Crash text becomes
/// comments.
Profile profile_from_dump(const GoroutineDump& dump);

}  // namespace plumb

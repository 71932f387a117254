// SPDX-License-Identifier: Apache-2.0
// A goroutine dump as a profile, so that every report works on it.

#pragma once

#include "model/goroutine_dump.h"
#include "model/profile.h"

namespace plumb {

/// Names of the labels by which a dump's facts travel in a profile.
namespace dump_label {
inline constexpr std::string_view kState = "state";             ///< String: "chan send".
inline constexpr std::string_view kId = "goid";                 ///< Number.
inline constexpr std::string_view kWait = "wait_minutes";       ///< Number, unit "minutes".
inline constexpr std::string_view kCreatedBy = "created_by";    ///< String: function.
inline constexpr std::string_view kCreatorId = "creator_goid";  ///< Number.
inline constexpr std::string_view kLocked = "locked";           ///< String "true".
inline constexpr std::string_view kLeaked = "leaked";           ///< String "true".
inline constexpr std::string_view kBubble = "synctest_bubble";  ///< String.
}  // namespace dump_label

/// Turns a dump into a profile of type goroutine/count: one sample per goroutine where the dump has
/// rows for them, else one per group. State, wait, id, creator and flags become labels beside the
/// goroutine's own; a label of the program with one of these names wins.
Profile profile_from_dump(const GoroutineDump& dump);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// Labels that the input does not have, but tells: the states of goroutines. Dumps print states;
// profile.proto and debug=1 leave them to be inferred from the stacks. With such labels the options
// for labels work on all three alike: -tagfocus=state='chan send', -tagroot=state, plumb tags.

#pragma once

#include "model/profile.h"

namespace plumb {

/// Adds a label "state" to the samples of a profile of goroutines, marked as derived. Samples that
/// have a state already, or whose stack does not tell it, get none. Other profiles stay as they
/// are.
void add_derived_labels(Profile& profile);

/// Takes out what add_derived_labels() added.
void drop_derived_labels(Profile& profile);

}  // namespace plumb

// SPDX-License-Identifier: Apache-2.0
// The units of numeric labels are found by the model layer.

#pragma once

#include "model/label_units.h"

// SPDX-License-Identifier: Apache-2.0
// Templates, for busy.cc.

#pragma once

namespace shapes {

struct Square {
  long side;
  [[nodiscard]] long size() const { return side * side; }
};

struct Circle {
  long radius;
  [[nodiscard]] long size() const { return radius * radius * 355 / 113; }
};

template <class Shape>
__attribute__((noinline)) long area(const Shape& shape) {
  volatile long total = 0;
  for (long i = 0; i < 10; ++i) total = total + shape.size() * i;
  return total;
}

}  // namespace shapes

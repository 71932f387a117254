// SPDX-License-Identifier: Apache-2.0
// The script inside pictures: what of the picture the window shows.

#pragma once

#include <string_view>

namespace plumb {

/// ECMAScript for the end of an SVG document of its own. It only changes attributes of the root.
inline constexpr std::string_view kSvgScript = R"(
(function () {
  "use strict";
  var svg = document.documentElement;
  var picture = svg.viewBox.baseVal;
  var whole = { w: picture.width, h: picture.height };
  var view = { x: 0, y: 0, scale: 1 };
  var drag = null;

  function show() {
    svg.setAttribute("viewBox", [view.x, view.y, window.innerWidth / view.scale,
                                 window.innerHeight / view.scale].join(" "));
  }

  // The whole picture, not larger than its natural size (a point is 4/3 pixels).
  function fit() {
    view.scale = Math.min(window.innerWidth / whole.w, window.innerHeight / whole.h, 4 / 3);
    view.x = (whole.w - window.innerWidth / view.scale) / 2;
    view.y = Math.min(0, (whole.h - window.innerHeight / view.scale) / 2);
    show();
  }

  function zoom(factor, x, y) {
    var scale = Math.min(20, Math.max(0.01, view.scale * factor));
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    show();
  }

  svg.setAttribute("width", "100%");
  svg.setAttribute("height", "100%");
  svg.setAttribute("preserveAspectRatio", "xMinYMin meet");

  svg.addEventListener("wheel", function (event) {
    event.preventDefault();
    var lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
    zoom(Math.exp(-Math.max(-200, Math.min(200, lines)) / 300), event.clientX, event.clientY);
  }, { passive: false });

  svg.addEventListener("pointerdown", function (event) {
    if (event.button !== 0) return;
    drag = { x: event.clientX, y: event.clientY };
  });
  window.addEventListener("pointermove", function (event) {
    if (drag === null) return;
    view.x -= (event.clientX - drag.x) / view.scale;
    view.y -= (event.clientY - drag.y) / view.scale;
    drag = { x: event.clientX, y: event.clientY };
    show();
  });
  window.addEventListener("pointerup", function () { drag = null; });
  window.addEventListener("pointercancel", function () { drag = null; });
  svg.addEventListener("dblclick", fit);
  window.addEventListener("resize", show);
  window.addEventListener("keydown", function (event) {
    var middle = [window.innerWidth / 2, window.innerHeight / 2];
    if (event.key === "+" || event.key === "=") zoom(1.25, middle[0], middle[1]);
    else if (event.key === "-") zoom(0.8, middle[0], middle[1]);
    else if (event.key === "0" || event.key === "f") fit();
  });
  fit();
}());
)";

}  // namespace plumb

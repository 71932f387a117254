// SPDX-License-Identifier: Apache-2.0
// The script inside flame graphs: zoom, search, and a line that tells what the mouse is on.

#pragma once

#include <string_view>

namespace plumb {

/// ECMAScript for the end of the document. It finds everything in the picture, of which it changes
/// attributes and text content only: names are never markup to it.
inline constexpr std::string_view kFlameScript = R"js(
(function () {
  "use strict";
  var NS = "http://www.w3.org/2000/svg";
  var LEFT = 10, WIDTH = 1180, CHAR = 6.6, MATCH = "#e83fd4";
  var details = document.getElementById("details");
  var controls = document.getElementById("controls");
  var found = document.getElementById("found");
  var boxes = [];
  var pattern = null, zoomed = null;

  Array.prototype.forEach.call(document.querySelectorAll("#boxes > g"), function (g) {
    var rect = g.getElementsByTagNameNS(NS, "rect")[0];
    var title = g.getElementsByTagNameNS(NS, "title")[0].textContent;
    var box = {
      g: g, rect: rect, text: g.getElementsByTagNameNS(NS, "text")[0] || null,
      title: title, name: title.split("\n")[0],
      x: parseFloat(rect.getAttribute("x")), y: parseFloat(rect.getAttribute("y")),
      w: parseFloat(rect.getAttribute("width")), fill: rect.getAttribute("fill")
    };
    box.label = g.getAttribute("class") === "folded" ? "" : box.name;
    boxes.push(box);
    g.addEventListener("mouseover", function () { say(box.title.replace(/\n/g, "  \u00b7  ")); });
    g.addEventListener("mouseout", function () { say(""); });
    g.addEventListener("click", function () { zoom(box); });
  });

  function say(text) { details.textContent = text; }

  // What of a name fits: all of it, it without its path, or its beginning.
  function fit(name, width) {
    var count = Math.floor((width - 6) / CHAR);
    if (name.length <= count) return name;
    var parenthesis = name.indexOf("(");
    var slash = name.lastIndexOf("/", parenthesis < 0 ? name.length : parenthesis);
    var brief = name.substring(slash + 1);
    if (brief.length <= count) return brief;
    return count < 4 ? "" : brief.substring(0, count - 2) + "..";
  }

  function place(box, x, w, faded) {
    box.g.style.display = "";
    box.g.style.opacity = faded ? 0.5 : 1;
    box.rect.setAttribute("x", x.toFixed(2));
    box.rect.setAttribute("width", w.toFixed(2));
    var label = box.label === "" ? "" : fit(box.name, w);
    if (!box.text && label !== "") {
      box.text = document.createElementNS(NS, "text");
      box.text.setAttribute("y", (box.y + 12).toFixed(1));
      box.g.appendChild(box.text);
    }
    if (!box.text) return;
    box.text.textContent = label;
    box.text.setAttribute("x", (x + 3).toFixed(2));
  }

  function zoom(target) {
    zoomed = target;
    var scale = WIDTH / target.w, end = target.x + target.w;
    boxes.forEach(function (box) {
      if (box.y < target.y) {
        if (box.x <= target.x + 0.01 && box.x + box.w >= end - 0.01) {
          place(box, LEFT, WIDTH, true);
        } else {
          box.g.style.display = "none";
        }
      } else if (box.x >= target.x - 0.01 && box.x + box.w <= end + 0.01) {
        place(box, LEFT + (box.x - target.x) * scale, box.w * scale, false);
      } else {
        box.g.style.display = "none";
      }
    });
    controls.textContent = target === boxes[0] ? "search" : "reset zoom   search";
  }

  function search(text) {
    try {
      pattern = text ? new RegExp(text) : null;
    } catch (error) {
      found.textContent = "no regular expression: " + text;
      return;
    }
    // Boxes on a box that matches are part of it and count once.
    var share = 0, last = [];
    boxes.forEach(function (box) {
      var matches = pattern !== null && box.label !== "" && pattern.test(box.name);
      box.rect.setAttribute("fill", matches ? MATCH : box.fill);
      if (matches) last.push(box);
    });
    last.sort(function (a, b) { return a.x - b.x || b.w - a.w; });
    var reached = -1;
    last.forEach(function (box) {
      var end = box.x + box.w;
      if (end <= reached + 0.001) return;
      share += end - Math.max(box.x, reached);
      reached = end;
    });
    found.textContent = pattern === null ? "" :
      "matched " + (share * 100 / boxes[0].w).toFixed(1) + "% (" + text + ")";
  }

  controls.style.cursor = "pointer";
  controls.textContent = "search";
  controls.addEventListener("click", function () {
    if (zoomed !== null && zoomed !== boxes[0]) {
      zoom(boxes[0]);
      return;
    }
    var text = window.prompt("Functions that match (a regular expression):", "");
    if (text !== null) search(text);
  });
  window.addEventListener("keydown", function (event) {
    if (event.key === "Escape") zoom(boxes[0]);
    if (event.key === "/") {
      event.preventDefault();
      var text = window.prompt("Functions that match (a regular expression):", "");
      if (text !== null) search(text);
    }
  });
})();
)js";

}  // namespace plumb

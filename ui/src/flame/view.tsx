// SPDX-License-Identifier: Apache-2.0
// The flame graph: an icicle with the root on top. A click shows all stacks through a function,
// callers above it and callees below; a box alone can be zoomed into.

import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Answer } from "../api";
import { Menu, type MenuItem, PopupMenu } from "../menu";
import { saveItems, SvgCanvas } from "../save";
import { copyText } from "../copy";
import {
  change,
  exactly,
  functionOf,
  go,
  isFile,
  params,
  quoteRegexp,
  searchRegexp,
} from "../state";
import { toRegexp } from "../regexp";
import { isDark } from "../theme";
import { formatPercent, formatValue } from "../units";
import {
  chosenColour,
  type ColourBy,
  type ColourChoice,
  colourChoices,
  laneColours,
  lanesOf,
  mixText,
} from "./colours";
import { changeMark, oneSided, Painter, ROW, type Frame, type Theme } from "./draw";
import {
  collapseRecursion,
  decode,
  type FlameHead,
  type FlameTree,
  invert,
  matchNames,
  pivot,
} from "./tree";

interface Spot {
  frame: Frame;
  row: number;
}

/** What is drawn: one tree, or callers above and callees below. */
interface Picture {
  frames: Frame[];
  rows: number;
  total: number;
  pivotName: string;
}

function themeOf(dark: boolean): Theme {
  return dark
    ? { background: "#16181c", text: "#e8eaed", sliver: "#565b63", match: "#c2185b",
        matchText: "#ffffff", outline: "#ffffff", hatch: "#ffffff59", isDark: true }
    : { background: "#ffffff", text: "#16181c", sliver: "#b3b8bf", match: "#d81b60",
        matchText: "#ffffff", outline: "#16181c", hatch: "#16181c4d", isDark: false };
}

function makePicture(tree: FlameTree, pivotText: string, top: number): Picture {
  const total = tree.size[0];
  const base = { tree, top, y: 0, isUp: false, hidesRoot: false };
  if (!pivotText) return { frames: [base], rows: tree.deepest + 1, total, pivotName: "" };
  const regexp = toRegexp(pivotText);
  if (!regexp) return { frames: [base], rows: tree.deepest + 1, total, pivotName: "" };
  const { callees, callers, names } = pivot(tree, matchNames(tree, regexp));
  if (names.length === 0) return { frames: [base], rows: tree.deepest + 1, total, pivotName: "" };
  const isOne = names.length === 1;
  const name = isOne ? tree.names[names[0]] : `${names.length} functions`;
  const y = callers.deepest * ROW;
  // Of one function, its own box is the row between callers and callees; of several, their sum is.
  callees.names = [name, ...callees.names.slice(1)];
  return {
    frames: [
      { tree: callers, top: 0, y, isUp: true, hidesRoot: true },
      {
        tree: callees,
        top: Math.min(top, callees.count - 1),
        y: isOne ? y - ROW : y,
        isUp: false,
        hidesRoot: isOne,
      },
    ],
    rows: callers.deepest + callees.deepest + (isOne ? 0 : 1),
    total,
    pivotName: name,
  };
}

/** The box of a picture that one starts from. */
function mainSpot(picture: Picture): Spot {
  const frame = picture.frames[picture.frames.length - 1];
  return { frame, row: frame.hidesRoot ? Math.min(1, frame.tree.count - 1) : frame.top };
}

/** The row whose box is the way `names` from the root; the last one that exists. */
function follow(tree: FlameTree, names: number[]): number {
  let row = 0;
  for (const name of names) {
    let child = row + 1;
    while (child < tree.end[row] && tree.name[child] !== name) child = tree.end[child];
    if (child >= tree.end[row]) return row;
    row = child;
  }
  return row;
}

export function FlameView({ answer }: { answer: Answer }) {
  const { document: doc } = answer;
  const query = params.value;
  const isInverted = query.get("inv") === "1";
  const collapses = query.get("rec") === "1";
  const pivotText = query.get("p") ?? "";
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [hover, setHover] = useState<Spot | null>(null);
  const [active, setActive] = useState<Spot | null>(null);
  const [menu, setMenu] = useState<{ x: number; y: number; spot: Spot } | null>(null);
  const activeId = useId();
  const [zoom, setZoom] = useState<{ of: FlameTree; names: number[] } | null>(null);

  const head = doc.data as FlameHead;
  const isDifference = head.columns.net !== undefined;
  const choices = colourChoices(head, isDifference);
  const { by, problem } = chosenColour(choices, query.get("colour"), isDifference);
  const whole = useMemo(() => decode(answer, lanesOf(head, by)), [answer, by]);
  const tree = useMemo(() => {
    const collapsed = collapses ? collapseRecursion(whole) : whole;
    return isInverted ? invert(collapsed) : collapsed;
  }, [whole, collapses, isInverted]);
  const picture = useMemo(() => {
    const names = zoom && zoom.of === tree && !pivotText ? zoom.names : [];
    return makePicture(tree, pivotText, follow(tree, names));
  }, [tree, pivotText, zoom]);
  // Boxes of an older picture are no longer there.
  const hovered = hover && picture.frames.includes(hover.frame) ? hover : null;
  const current = active && picture.frames.includes(active.frame) ? active : null;
  const regexp = searchRegexp.value;
  const matches = useMemo(() => (regexp ? matchNames(tree, regexp) : null), [tree, regexp]);
  const dark = isDark.value;
  const painter = useMemo(() => {
    if (!canvas.current || width === 0) return null;
    return new Painter(canvas.current, tree, themeOf(dark), by);
  }, [tree, dark, by, width === 0]);

  // Before the browser paints: what it would paint without boxes is not worth seeing.
  useLayoutEffect(() => {
    const element = holder.current!;
    const measure = () => setWidth(element.clientWidth);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    if (!painter || width === 0) return;
    performance.mark("flame-start");
    painter.resize(width, picture.rows * ROW + 2);
    painter.clear();
    let boxes = 0;
    for (const frame of picture.frames) boxes += painter.draw(frame, matches);
    performance.measure("flame-draw", "flame-start");
    canvas.current!.dataset.boxes = String(boxes);
  }, [painter, picture, matches, width]);

  // What the mouse is on and what the keyboard is on lie on a canvas of their own.
  useLayoutEffect(() => {
    if (!painter || !over.current || width === 0) return;
    const top = new Overlay(over.current, width, picture.rows * ROW + 2, themeOf(dark));
    if (hovered) top.outline(painter, hovered);
    if (current) top.outline(painter, current);
  }, [painter, picture, hovered, current, width, dark]);

  const value = (amount: number) => formatValue(amount * doc.ratio, doc.unit, doc.output_unit);
  const nameOf = (spot: Spot) => spot.frame.tree.names[spot.frame.tree.name[spot.row]];
  const describe = (spot: Spot) => {
    const at = spot.frame.tree;
    const size = at.size[spot.row];
    let text = `${value(size)} (${formatPercent(size, picture.total)})`;
    if (at.self[spot.row] > 0 && !spot.frame.isUp && !isInverted) {
      text += `, self ${value(at.self[spot.row])}`;
    }
    if (at.lanes) text += `, ${mixText(at, spot.row)}`;
    if (at.net) {
      const net = at.net[spot.row];
      const side = spot.row > 0 ? oneSided(at, spot.row) : 0;
      if (side !== 0) text += side > 0 ? ", new" : ", gone";
      text += `, change ${changeMark(net)}${net > 0 ? "+" : ""}${value(net)}`;
    }
    return text;
  };

  const spotAt = (event: MouseEvent): Spot | null => {
    if (!painter) return null;
    const bounds = canvas.current!.getBoundingClientRect();
    for (const frame of picture.frames) {
      const row = painter.hit(frame, event.clientX - bounds.left, event.clientY - bounds.top);
      if (row >= 0) return { frame, row };
    }
    return null;
  };

  const isRoot = (spot: Spot) => spot.row === 0 && !pivotText;
  const pivotOn = (spot: Spot) => {
    setZoom(null);
    if (isRoot(spot)) change({ p: null });
    else if (spot.row > 0) change({ p: exactly([nameOf(spot)]) });
  };
  const zoomTo = (spot: Spot) => {
    const at = spot.frame.tree;
    if (pivotText || at !== tree) return pivotOn(spot);
    const names: number[] = [];
    for (let row = spot.row; row > 0; row = at.parent[row]) names.unshift(at.name[row]);
    setZoom({ of: tree, names });
  };
  const leave = () => {
    setZoom(null);
    if (pivotText) change({ p: null });
  };

  const items = (spot: Spot): MenuItem[] => {
    const name = nameOf(spot);
    const regexpOf = exactly([functionOf(name)]);
    const add = (param: string) => {
      const old = params.value.get(param);
      return old ? `${old}|${regexpOf}` : regexpOf;
    };
    const functionName = quoteRegexp(functionOf(name));
    if (spot.row === 0) return [{ title: "Show everything", act: leave }];
    const here: MenuItem[] = [
      { title: "Stacks through this function", act: () => pivotOn(spot) },
      { title: "Zoom into this box", act: () => zoomTo(spot), isOff: !!pivotText },
      { title: "Copy name", act: () => void copyText(name) },
    ];
    if (isFile) return here;
    return [
      ...here.slice(0, 2),
      { title: "Show source", act: () => go("source", { f: `^${functionName}$`, p: null }) },
      { title: "Peek at callers and callees", act: () => go("peek", { f: functionName, p: null }) },
      { title: "Focus", act: () => change({ f: regexpOf }) },
      { title: "Ignore", act: () => change({ i: add("i") }) },
      { title: "Hide", act: () => change({ h: add("h") }) },
      { title: "Show from", act: () => change({ sf: regexpOf }) },
      ...here.slice(2),
    ];
  };

  const openMenu = (spot: Spot, x: number, y: number) => {
    setActive(spot);
    setMenu({ x, y, spot });
  };

  const move = (event: KeyboardEvent) => {
    const next = current ? neighbour(current, event.key, picture) : mainSpot(picture);
    if (!next) return;
    setActive(next);
    const place = painter?.placeOf(next.frame, next.row);
    if (place) scrollIntoView(holder.current!, place.y);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key;
    if (key.startsWith("Arrow")) move(event);
    else if (key === "Enter" && current) pivotOn(current);
    else if (key === "z" && current) zoomTo(current);
    else if (key === "Escape" || key === "Backspace") leave();
    else if ((key === "m" || key === "ContextMenu") && current && painter) {
      const place = painter.placeOf(current.frame, current.row);
      const bounds = canvas.current!.getBoundingClientRect();
      if (place) openMenu(current, bounds.left + place.x + 8, bounds.top + place.y + ROW);
    } else return;
    event.preventDefault();
  };

  const draw = () => {
    const svg = new SvgCanvas();
    const height = picture.rows * ROW + 2;
    const artist = new Painter(svg.canvas, tree, themeOf(dark), by);
    artist.resize(width, height);
    artist.clear();
    for (const frame of picture.frames) artist.draw(frame, matches);
    return svg.text(width, height);
  };

  const cutBelow = head.cut_below;
  const shown = hovered ?? current;
  const isEmpty = whole.count <= 1;
  return (
    <div class="flame">
      <div class="strip" aria-hidden="true">
        <span class="strip-name">
          {shown ? nameOf(shown) : picture.pivotName || "Point at a box; a click shows its stacks"}
        </span>
        <span>{shown ? describe(shown) : ""}</span>
      </div>
      <FlameTools picture={picture} isZoomed={!!zoom || !!pivotText} leave={leave}
        saves={saveItems("flamegraph", draw)} by={by} choices={choices} />
      {problem && <p class="note" role="status">{problem}</p>}
      {by === "change" && <ChangeLegend />}
      {tree.lanes && (
        <LaneLegend tree={tree} isDark={dark} isInferred={head.mix?.is_inferred ?? false} />
      )}
      {cutBelow && (
        <p class="note">
          Boxes below {cutBelow} are put together; Focus on a function shows them one by one.
        </p>
      )}
      {isEmpty && <p class="empty">No samples are left to show. Take out some filters.</p>}
      {pivotText && !picture.pivotName && !isEmpty && (
        <p class="empty">No function matches the pivot {pivotText}; everything is shown.</p>
      )}
      <div
        class="flame-canvas"
        ref={holder}
        tabIndex={0}
        role="tree"
        aria-label="Flame graph. Arrow keys move, Enter shows the stacks of a function."
        aria-activedescendant={current ? activeId : undefined}
        onKeyDown={onKey}
        onFocus={() => !current && setActive(mainSpot(picture))}
      >
        <canvas ref={canvas} aria-hidden="true" />
        <canvas
          ref={over}
          class="overlay"
          aria-hidden="true"
          onMouseMove={(event) => setHover(spotAt(event))}
          onMouseLeave={() => setHover(null)}
          onClick={(event) => {
            const spot = spotAt(event);
            if (!spot) return;
            setActive(spot);
            if (event.shiftKey) zoomTo(spot);
            else pivotOn(spot);
          }}
          onContextMenu={(event) => {
            const spot = spotAt(event);
            if (!spot) return;
            event.preventDefault();
            openMenu(spot, event.clientX, event.clientY);
          }}
        />
        {current && (
          <ActiveItem id={activeId} spot={current}
            text={`${nameOf(current)}, ${describe(current)}`} />
        )}
      </div>
      <div class="hidden" aria-live="polite">
        {current ? `${nameOf(current)}, ${describe(current)}, level ${
          current.frame.tree.depth[current.row] + 1}` : ""}
      </div>
      {menu && (
        <PopupMenu
          x={menu.x}
          y={menu.y}
          title={nameOf(menu.spot)}
          items={items(menu.spot)}
          close={() => {
            setMenu(null);
            holder.current?.focus();
          }}
        />
      )}
    </div>
  );
}

class Overlay {
  private readonly context: CanvasRenderingContext2D;
  constructor(canvas: HTMLCanvasElement, width: number, height: number, private theme: Theme) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    this.context = canvas.getContext("2d")!;
    this.context.scale(ratio, ratio);
  }

  outline(painter: Painter, spot: Spot): void {
    const place = painter.placeOf(spot.frame, spot.row);
    if (!place) return;
    this.context.strokeStyle = this.theme.outline;
    this.context.lineWidth = 2;
    this.context.strokeRect(place.x + 1, place.y + 1, Math.max(place.width - 3, 1), ROW - 3);
  }
}

/** The box that the keyboard is on, for screen readers. */
function ActiveItem({ id, spot, text }: { id: string; spot: Spot; text: string }) {
  const { tree } = spot.frame;
  const parent = tree.parent[spot.row];
  let count = 0;
  let position = 1;
  if (parent >= 0) {
    for (let child = parent + 1; child < tree.end[parent]; child = tree.end[child]) {
      count++;
      if (child < spot.row) position++;
    }
  }
  return (
    <div
      id={id}
      role="treeitem"
      class="hidden flame-active"
      aria-level={tree.depth[spot.row] + 1}
      aria-setsize={Math.max(count, 1)}
      aria-posinset={position}
      aria-selected="true"
    >
      {text}
    </div>
  );
}

function siblings(tree: FlameTree, row: number): number[] {
  const parent = tree.parent[row];
  if (parent < 0) return [row];
  const rows: number[] = [];
  for (let child = parent + 1; child < tree.end[parent]; child = tree.end[child]) rows.push(child);
  return rows;
}

/** The box in the direction of an arrow key, or null. */
function neighbour(spot: Spot, key: string, picture: Picture): Spot | null {
  const { frame, row } = spot;
  const { tree } = frame;
  const other = picture.frames.find((one) => one !== frame);
  const deeper = frame.isUp ? "ArrowUp" : "ArrowDown";
  const shallower = frame.isUp ? "ArrowDown" : "ArrowUp";
  if (key === deeper) return tree.end[row] > row + 1 ? { frame, row: row + 1 } : null;
  if (key === shallower) {
    const parent = tree.parent[row];
    if (parent > 0 || (parent === 0 && !frame.hidesRoot)) return { frame, row: parent };
    // From the callers down to the function, and from the function up to its callers.
    if (!other) return null;
    if (frame.isUp) return mainSpot(picture);
    return other.tree.count > 1 ? { frame: other, row: 1 } : null;
  }
  const all = siblings(tree, row);
  const next = all[all.indexOf(row) + (key === "ArrowRight" ? 1 : -1)];
  return next === undefined ? null : { frame, row: next };
}

function scrollIntoView(element: HTMLElement, y: number): void {
  const top = element.getBoundingClientRect().top + y;
  const margin = 60;
  if (top < margin) scrollBy(0, top - margin);
  else if (top + ROW > innerHeight - margin) scrollBy(0, top + ROW + margin - innerHeight);
}

function ChangeLegend() {
  return (
    <p class="legend" aria-label="Colours">
      <span class="grew">{"\u25b2"} grew</span>{" "}
      <span class="shrank">{"\u25bc"} shrank</span>{" "}
      <span class="hatched">hatched: new, or gone</span>
    </p>
  );
}

const MOST_STATES = 10;

/** What the colours mean, with what share of all each of them has. */
function LaneLegend({ tree, isDark, isInferred }: {
  tree: FlameTree;
  isDark: boolean;
  isInferred: boolean;
}) {
  const { lanes, laneSize, size } = tree;
  const colours = laneColours(lanes!, isDark);
  const rows = lanes!.titles
    .map((title, i) => ({ title, colour: colours[i], size: laneSize[i][0] }))
    .filter((row) => lanes!.isOrdered || row.size > 0);
  if (!lanes!.isOrdered) rows.sort((a, b) => b.size - a.size);
  const shown = lanes!.isOrdered ? rows : rows.slice(0, MOST_STATES);
  return (
    <div class="legend">
      <span class="note">
        {lanes!.isOrdered ? "How long half of a box's goroutines wait, or longer:"
          : "The state of most of a box's goroutines:"}
      </span>
      <ul aria-label="Colours">
        {shown.map((row) => (
          <li key={row.title}>
            <span class="swatch" style={{ background: row.colour }} aria-hidden="true" />
            {row.title} {row.size > 0 && <small>{formatPercent(row.size, size[0])}</small>}
          </li>
        ))}
        {rows.length > shown.length && <li>{rows.length - shown.length} more states</li>}
      </ul>
      {isInferred && !lanes!.isOrdered && (
        <span class="note">States are inferred from the stacks; a dump (debug=2) has them.</span>
      )}
    </div>
  );
}

function ColourSelect({ by, choices }: { by: ColourBy; choices: ColourChoice[] }) {
  return (
    <label class="choice">
      Colour
      <select
        value={by}
        onChange={(event) => change({ colour: event.currentTarget.value })}
      >
        {choices.map((one) => (
          <option key={one.by} value={one.by} disabled={one.lacks !== ""}>
            {one.lacks ? `${one.title} (${one.lacks})` : one.title}
          </option>
        ))}
      </select>
    </label>
  );
}

function FlameTools({ picture, isZoomed, leave, saves, by, choices }: {
  picture: Picture;
  isZoomed: boolean;
  leave: () => void;
  saves: MenuItem[];
  by: ColourBy;
  choices: ColourChoice[];
}) {
  const toggle = (param: string) => {
    const isOn = params.value.get(param) === "1";
    change({ [param]: isOn ? null : "1" });
  };
  const button = (param: string, title: string, help: string) => (
    <button
      type="button"
      title={help}
      aria-pressed={params.value.get(param) === "1"}
      onClick={() => toggle(param)}
    >
      {title}
    </button>
  );
  return (
    <div class="tools" role="toolbar" aria-label="Flame graph">
      {isZoomed && (
        <button type="button" class="primary" onClick={leave}>
          Back to everything
        </button>
      )}
      {button("inv", "Inverted", "Leaves at the root: who is called, then by whom")}
      {button("rec", "Collapse recursion", "Calls of a function by itself become one box")}
      <button type="button" title="The same as a table (T)" onClick={() => go("top")}>
        Table
      </button>
      <ColourSelect by={by} choices={choices} />
      <Menu title="Save" help="This picture as a file" items={saves} />
      {picture.pivotName && <span class="note">Callers above, callees below</span>}
    </div>
  );
}

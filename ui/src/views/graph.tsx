// SPDX-License-Identifier: Apache-2.0
// The call graph: the picture of plumb svg, to be moved, zoomed and searched. Opens fitted; where
// most of it could not be read then, on its largest box.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ViewDocument } from "../api";
import { Menu } from "../menu";
import { saveItems, svgText } from "../save";
import { found, isFile, searchRegexp, selection, urlOf } from "../state";
import { formatPercent, plural } from "../units";
import { toggleSelected } from "./top";

interface GraphNode {
  x: number;
  y: number;
  w: number;
  h: number;
  lines: string[];
  size: number;
  title: string;
  line: string;
  fill: string;
  tag?: boolean;
  row?: number;
}

interface GraphEdge {
  from: number;
  to: number;
  path: string;
  tip: [number, number];
  base?: [number, number];
  width: number;
  colour: string;
  title: string;
  dotted?: boolean;
  lines?: string[];
  at?: [number, number];
}

interface GraphData {
  width: number;
  height: number;
  nodes: GraphNode[];
  edges: GraphEdge[];
  rows: { name: string; flat: number; flat_text: string; cum: number; cum_text: string }[];
  /** Of what there is too little: "Dropped 3 nodes (cum <= 0.05s)". */
  trimmed: string[];
  dropped: number;
  may_show_all: boolean;
}

/** The part of the picture that is in sight, in points. */
interface Sight {
  x: number;
  y: number;
  scale: number;
}

const LINE_HEIGHT = 1.2;
const MOST_SCALE = 10;
const NATURAL_SCALE = 4 / 3;
// Of text, in pixels: below the first nobody reads it, with the second anybody does.
const LEAST_TEXT = 6;
const GOOD_TEXT = 10;

function arrowHead(edge: GraphEdge): string {
  if (!edge.base) return "";
  const [x, y] = edge.base;
  const [tipX, tipY] = edge.tip;
  const length = Math.hypot(tipX - x, tipY - y);
  if (length === 0) return "";
  const half = 2.5 + edge.width;
  const sideX = ((tipY - y) / length) * half;
  const sideY = (-(tipX - x) / length) * half;
  return `${tipX},${tipY} ${x + sideX},${y + sideY} ${x - sideX},${y - sideY}`;
}

function Lines({ lines, size, x, y }: { lines: string[]; size: number; x: number; y: number }) {
  const step = size * LINE_HEIGHT;
  const first = y - (step * lines.length) / 2 + step / 2 + size * 0.35;
  return (
    <>
      {lines.map((line, i) => (
        <text key={i} x={x} y={first + i * step} font-size={size} text-anchor="middle">
          {line}
        </text>
      ))}
    </>
  );
}

interface Size {
  width: number;
  height: number;
}

/** The whole picture, not larger than its natural size. */
function fitted(data: GraphData, size: Size): Sight {
  const scale =
    Math.min(size.width / data.width, size.height / data.height, NATURAL_SCALE) || 1;
  return {
    x: (data.width - size.width / scale) / 2,
    y: Math.min(0, (data.height - size.height / scale) / 2),
    scale,
  };
}

function largestBox(data: GraphData): GraphNode | undefined {
  return data.nodes.filter((node) => !node.tag)
    .reduce<GraphNode | undefined>((best, node) => {
      return !best || node.w * node.h > best.w * best.h ? node : best;
    }, undefined);
}

/** Around a place, without more of what is outside of the picture than has to be. */
function around(data: GraphData, size: Size, at: { x: number; y: number }, scale: number): Sight {
  const place = (centre: number, shown: number, all: number) => {
    if (shown >= all) return (all - shown) / 2;
    return Math.min(Math.max(centre - shown / 2, 0), all - shown);
  };
  return {
    x: place(at.x, size.width / scale, data.width),
    y: place(at.y, size.height / scale, data.height),
    scale,
  };
}

/** What is in sight at first. */
function opening(data: GraphData, size: Size): Sight {
  const whole = fitted(data, size);
  const box = largestBox(data);
  const sizes = data.nodes.filter((node) => !node.tag).map((node) => node.size);
  const usual = sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? 0;
  if (!box || usual * whole.scale >= LEAST_TEXT) return whole;
  return around(data, size, box, Math.min(GOOD_TEXT / usual, NATURAL_SCALE));
}

function useSight(data: GraphData, holder: { current: HTMLElement | null }) {
  const [sight, setSight] = useState<Sight | null>(null);
  const isFirst = useRef(true);
  // Another picture begins anew.
  useEffect(() => {
    if (!isFirst.current) setSight(null);
    isFirst.current = false;
  }, [data]);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  const whole = fitted(data, size);
  const first = useMemo(() => opening(data, size), [data, size]);
  const now = sight ?? first;
  const zoom = (factor: number, atX = size.width / 2, atY = size.height / 2) => {
    setSight((old) => {
      const from = old ?? first;
      const to = Math.min(MOST_SCALE, Math.max(whole.scale / 2, from.scale * factor));
      return {
        x: from.x + atX / from.scale - atX / to,
        y: from.y + atY / from.scale - atY / to,
        scale: to,
      };
    });
  };
  const move = (dx: number, dy: number) => {
    setSight((old) => {
      const from = old ?? first;
      return { ...from, x: from.x - dx / from.scale, y: from.y - dy / from.scale };
    });
  };
  const centre = (x: number, y: number) => {
    const to = Math.max(now.scale, 1);
    setSight({ x: x - size.width / to / 2, y: y - size.height / to / 2, scale: to });
  };
  const showLargest = () => {
    const box = largestBox(data);
    if (box) setSight(around(data, size, box, Math.max(now.scale, GOOD_TEXT / box.size)));
  };
  return { now, size, zoom, move, centre, fit: () => setSight(whole), showLargest };
}

export function GraphView({ document: doc }: { document: ViewDocument<GraphData> }) {
  const { data } = doc;
  const holder = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const [asTable, setAsTable] = useState(false);
  const { now, size, zoom, move, centre, fit, showLargest } = useSight(data, holder);
  const regexp = searchRegexp.value;
  const matches = useMemo(() => {
    return data.rows.map((row) => regexp !== null && regexp.test(row.name));
  }, [data, regexp]);
  useEffect(() => {
    if (!regexp) return;
    const rows = data.rows.filter((_, i) => matches[i]);
    const flat = rows.reduce((sum, row) => sum + row.flat, 0);
    const boxes = data.rows.length === 1 ? "1 box" : `${data.rows.length} boxes`;
    found.value = `${rows.length} of ${boxes}, flat ${formatPercent(flat, doc.total)}`;
    const first = data.nodes.find((node) => node.row !== undefined && matches[node.row]);
    if (first) centre(first.x, first.y);
    return () => {
      found.value = "";
    };
  }, [matches]);

  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const bounds = element.getBoundingClientRect();
      const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
      const factor = Math.exp(-Math.max(-200, Math.min(200, lines)) / 300);
      zoom(factor, event.clientX - bounds.left, event.clientY - bounds.top);
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  });

  const draw = () => {
    return svgText(holder.current!.querySelector("svg")!, data.width, data.height);
  };
  const picture = useMemo(() => <Edges edges={data.edges} />, [data]);
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = 60;
    if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit();
    else if (event.key === "ArrowLeft") move(step, 0);
    else if (event.key === "ArrowRight") move(-step, 0);
    else if (event.key === "ArrowUp") move(0, step);
    else if (event.key === "ArrowDown") move(0, -step);
    else return;
    event.preventDefault();
  };
  if (data.rows.length === 0) {
    if (data.dropped === 0) {
      return <p class="empty">No samples are left. Take out some filters.</p>;
    }
    return (
      <p class="empty">
        No function is large enough to be drawn. {data.trimmed.join(". ")}. <ShowAll data={data} />
      </p>
    );
  }
  return (
    <>
      <div class="tools" role="toolbar" aria-label="Graph">
        <button type="button" title="All of it (0)" onClick={fit}>Fit</button>
        <button type="button" title="The function with the largest value" onClick={showLargest}>
          Largest
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoom(1.25)}>+</button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(0.8)}>{"\u2212"}</button>
        <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </button>
        <Menu title="Save" help="All of this picture as a file" items={saveItems("graph", draw)} />
        <span class="note">
          {[`${plural(data.rows.length, "function")}, ${plural(data.edges.length, "call")}`,
            ...data.trimmed].join(". ")}{" "}
          {data.trimmed.length > 0 && <ShowAll data={data} />}
        </span>
      </div>
      {asTable && <GraphTable data={data} />}
      <div
        class="graph"
        ref={holder}
        hidden={asTable}
        tabIndex={0}
        role="application"
        aria-label="Call graph. Arrow keys move, plus and minus zoom, 0 fits it."
        onKeyDown={onKey}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          drag.current = { x: event.clientX, y: event.clientY, moved: false };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from) return;
          const dx = event.clientX - from.x;
          const dy = event.clientY - from.y;
          if (!from.moved && Math.hypot(dx, dy) < 4) return;
          move(dx, dy);
          drag.current = { x: event.clientX, y: event.clientY, moved: true };
        }}
        onPointerUp={(event) => {
          const wasMoved = drag.current?.moved;
          drag.current = null;
          if (wasMoved) return;
          const row = (event.target as Element).closest<SVGElement>("[data-row]")?.dataset.row;
          if (row !== undefined) toggleSelected(data.rows[Number(row)].name);
        }}
        onPointerLeave={() => {
          drag.current = null;
        }}
      >
        <svg
          aria-hidden="true"
          width={size.width}
          height={size.height}
          viewBox={`${now.x} ${now.y} ${size.width / now.scale} ${size.height / now.scale}`}
        >
          {picture}
          {data.nodes.map((node, i) => (
            <Node
              key={i}
              node={node}
              isMatch={node.row !== undefined && matches[node.row]}
              isSelected={node.row !== undefined &&
                selection.value.has(data.rows[node.row].name)}
            />
          ))}
        </svg>
      </div>
    </>
  );
}

/** With those that are too small. */
function ShowAll({ data }: { data: GraphData }) {
  if (isFile || !data.may_show_all) return null;
  return <a href={urlOf("graph", { trim: "f" })} data-link>Show all</a>;
}

function Edges({ edges }: { edges: GraphEdge[] }) {
  return (
    <>
      {edges.map((edge, i) => edge.path && (
        <g key={i} class="edge">
          <title>{edge.title}</title>
          <path d={edge.path} fill="none" stroke={edge.colour} stroke-width={edge.width}
            stroke-dasharray={edge.dotted ? "1,5" : undefined} />
          <polygon points={arrowHead(edge)} fill={edge.colour} />
          {edge.lines && edge.at && (
            <Lines lines={edge.lines} size={12} x={edge.at[0]} y={edge.at[1]} />
          )}
        </g>
      ))}
    </>
  );
}

function Node({ node, isMatch, isSelected }: {
  node: GraphNode;
  isMatch: boolean;
  isSelected: boolean;
}) {
  const classes = ["node", isMatch ? "match" : "", isSelected ? "selected" : ""];
  return (
    <g class={classes.join(" ")} data-row={node.row}>
      <title>{node.title}</title>
      <rect x={node.x - node.w / 2} y={node.y - node.h / 2} width={node.w} height={node.h}
        rx={node.tag ? 6 : 0} fill={node.fill} stroke={node.line} />
      <Lines lines={node.lines} size={node.size} x={node.x} y={node.y} />
    </g>
  );
}

function GraphTable({ data }: { data: GraphData }) {
  const callees: string[][] = data.rows.map(() => []);
  for (const edge of data.edges) {
    const from = data.nodes[edge.from].row;
    const to = data.nodes[edge.to].row;
    if (from === undefined || to === undefined) continue;
    callees[from].push(`${data.rows[to].name} ${edge.lines?.join(" ").trim() ?? ""}`);
  }
  return (
    <table class="graph-table">
      <thead>
        <tr><th class="left">Function</th><th>Flat</th><th>Cum</th><th class="left">Calls</th></tr>
      </thead>
      <tbody>
        {data.rows.map((row, i) => (
          <tr key={row.name}>
            <td class="left">{row.name}</td>
            <td>{row.flat_text}</td>
            <td>{row.cum_text}</td>
            <td class="left">{callees[i].join(", ")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// SPDX-License-Identifier: Apache-2.0
// Draws one tree of boxes on a canvas, and finds boxes by their place.
//
// Boxes narrower than a pixel are not drawn, nor what lies on them; instead each pixel column that
// has some gets one grey sliver, so that nothing vanishes. Boxes are collected by colour first: the
// canvas changes its colour some dozen times a picture, however many boxes there are.

import { type ColourBy, laneColours } from "./colours";
import type { FlameTree } from "./tree";

export const ROW = 19;
const PADDING = 4;
const FONT = "12px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const LEAST_LABEL = 28;
const LEAST_HATCH = 6;
const HATCH = 7;

export interface Theme {
  background: string;
  text: string;
  sliver: string;
  match: string;
  matchText: string;
  outline: string;
  hatch: string;
  isDark: boolean;
}

/** Which part of a tree is shown where. */
export interface Frame {
  tree: FlameTree;
  /** The row that takes the whole width; those on its way to the root do, too. */
  top: number;
  /** Of row 0 of the tree, in pixels; deeper ones are below, or above if `isUp`. */
  y: number;
  isUp: boolean;
  /** Row 0 is not drawn: the same box stands in the other tree. */
  hidesRoot: boolean;
}

/** The index of the package's colour: all functions of a package look alike. */
export function packageOf(name: string): string {
  const slash = name.lastIndexOf("/", name.search(/[([<]|$/));
  const rest = name.slice(slash + 1);
  const cut = rest.search(/\.|::/);
  return name.slice(0, slash + 1) + (cut < 0 ? rest : rest.slice(0, cut));
}

function hashOf(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 16777619);
  }
  return hash >>> 0;
}

const HUES = 36;
const STEPS = 8;
// Where in the palette they begin.
const FIRST_CHANGE = 1 + HUES;
const FIRST_LANE = FIRST_CHANGE + 2 * STEPS + 1;

export class Painter {
  private readonly context: CanvasRenderingContext2D;
  private readonly colourOf: Uint8Array;
  private readonly palette: string[] = [];
  private readonly letter: number;
  private readonly matchColour: number;
  private readonly sliverColour: number;
  width = 0;
  height = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    { names, lanes }: FlameTree,
    private readonly theme: Theme,
    private readonly by: ColourBy,
  ) {
    this.context = canvas.getContext("2d", { alpha: false })!;
    this.context.font = FONT;
    this.letter = this.context.measureText("M").width;
    this.colourOf = new Uint8Array(names.length);
    for (let i = 1; i < names.length; i++) {
      this.colourOf[i] = 1 + (hashOf(packageOf(names[i])) % HUES);
    }
    this.palette.push(theme.isDark ? "#4a4f57" : "#d5d8dc");
    for (let i = 0; i < HUES; i++) {
      const hue = (i * 360) / HUES;
      this.palette.push(theme.isDark ? `hsl(${hue}, 32%, 33%)`
        : `hsl(${hue}, 58%, 80%)`);
    }
    // From shrunk a lot (blue) over unchanged to grown a lot (orange), eight steps each.
    for (let i = -STEPS; i <= STEPS; i++) {
      this.palette.push(changeColour(i / STEPS, theme.isDark));
    }
    if (lanes) this.palette.push(...laneColours(lanes, theme.isDark));
    this.matchColour = this.palette.push(theme.match) - 1;
    this.sliverColour = this.palette.push(theme.sliver) - 1;
  }

  resize(width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    this.width = width;
    this.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  clear(): void {
    this.context.fillStyle = this.theme.background;
    this.context.fillRect(0, 0, this.width, this.height);
  }

  /** Returns how many boxes were drawn. */
  draw(frame: Frame, matches: Uint8Array | null): number {
    const { tree, top } = frame;
    const boxes: number[][] = this.palette.map(() => []);
    const labels: number[] = [];
    const hatched: number[] = [];
    const origin = tree.start[top];
    const scale = this.width / (tree.size[top] || 1);
    const lastSliver = new Float64Array(tree.deepest + 1).fill(-1);
    const sliver = (row: number, x: number): void => {
      const depth = tree.depth[row];
      if (x - lastSliver[depth] < 1) return;
      lastSliver[depth] = x;
      boxes[this.sliverColour].push(x, this.rowTop(frame, depth), 1);
    };
    const box = (row: number, x: number, width: number): void => {
      const y = this.rowTop(frame, tree.depth[row]);
      boxes[this.colour(tree, row, matches)].push(x, y, width > 3 ? width - 1 : width);
      if (width > LEAST_LABEL) labels.push(row, x, y, width);
      if (width >= LEAST_HATCH && row > 0 && oneSided(tree, row) !== 0) hatched.push(x, y, width);
    };
    for (let at = tree.parent[top]; at >= 0; at = tree.parent[at]) {
      if (at > 0 || !frame.hidesRoot) box(at, 0, this.width);
    }
    let i = top;
    const end = tree.end[top];
    while (i < end) {
      const width = tree.size[i] * scale;
      const x = (tree.start[i] - origin) * scale;
      if (width < 1) {
        if (width > 0) sliver(i, x);
        i = tree.end[i];
        continue;
      }
      if (i > 0 || !frame.hidesRoot) box(i, x, width);
      i++;
    }
    this.fill(boxes);
    this.hatch(hatched);
    this.write(tree, labels, matches);
    return boxes.reduce((sum, list) => sum + list.length / 3, 0);
  }

  /** Where a box is, or null if it is not shown. */
  placeOf(frame: Frame, row: number): { x: number; y: number; width: number } | null {
    const { tree, top } = frame;
    const y = this.rowTop(frame, tree.depth[row]);
    const isAbove = row < top && tree.end[row] >= tree.end[top];
    if (isAbove) return { x: 0, y, width: this.width };
    if (row < top || row >= tree.end[top]) return null;
    const scale = this.width / (tree.size[top] || 1);
    return { x: (tree.start[row] - tree.start[top]) * scale, y, width: tree.size[row] * scale };
  }

  /** The box at a place, or -1. */
  hit(frame: Frame, x: number, y: number): number {
    const { tree, top } = frame;
    const depth = Math.floor((frame.isUp ? frame.y + ROW - y : y - frame.y) / ROW);
    if (depth < (frame.hidesRoot ? 1 : 0) || depth > tree.deepest) return -1;
    if (depth <= tree.depth[top]) {
      let at = top;
      while (tree.depth[at] > depth) at = tree.parent[at];
      return at;
    }
    const value = tree.start[top] + (x / this.width) * tree.size[top];
    let i = top;
    while (tree.depth[i] < depth) {
      let child = i + 1;
      while (child < tree.end[i] && value >= tree.start[child] + tree.size[child]) {
        child = tree.end[child];
      }
      if (child >= tree.end[i] || value < tree.start[child]) return -1;
      i = child;
    }
    return i;
  }

  private rowTop(frame: Frame, depth: number): number {
    return frame.isUp ? frame.y - depth * ROW : frame.y + depth * ROW;
  }

  private colour(tree: FlameTree, row: number, matches: Uint8Array | null): number {
    if (matches && row > 0 && matches[tree.name[row]]) return this.matchColour;
    if (tree.lanes) return FIRST_LANE + tree.lead[row];
    if (!tree.net || this.by !== "change") return this.colourOf[tree.name[row]];
    const share = tree.size[row] === 0 ? 0 : tree.net[row] / tree.size[row];
    return FIRST_CHANGE + STEPS + Math.round(Math.max(-1, Math.min(1, share)) * STEPS);
  }

  private fill(boxes: number[][]): void {
    for (let colour = 0; colour < boxes.length; colour++) {
      const list = boxes[colour];
      if (list.length === 0) continue;
      this.context.fillStyle = this.palette[colour];
      for (let k = 0; k < list.length; k += 3) {
        this.context.fillRect(list[k], list[k + 1], list[k + 2], ROW - 1);
      }
    }
  }

  /** Strokes over what is only in one of two profiles: it came, or it is gone. */
  private hatch(boxes: number[]): void {
    if (boxes.length === 0) return;
    const { context } = this;
    context.strokeStyle = this.theme.hatch;
    context.lineWidth = 1;
    context.beginPath();
    for (let k = 0; k < boxes.length; k += 3) {
      const right = boxes[k] + boxes[k + 2] - 1;
      const bottom = boxes[k + 1] + ROW - 1;
      for (let x = boxes[k] + HATCH; x - ROW < right; x += HATCH) {
        // Down to the left, cut at both sides of the box.
        const top = Math.max(0, x - right);
        const length = Math.min(ROW - 1, x - boxes[k]);
        if (length <= top) continue;
        context.moveTo(x - top, boxes[k + 1] + top);
        context.lineTo(x - length, Math.min(bottom, boxes[k + 1] + length));
      }
    }
    context.stroke();
  }

  private write(tree: FlameTree, labels: number[], matches: Uint8Array | null): void {
    this.context.font = FONT;
    this.context.textBaseline = "middle";
    for (const isMatch of [false, true]) {
      this.context.fillStyle = isMatch ? this.theme.matchText : this.theme.text;
      for (let k = 0; k < labels.length; k += 4) {
        const row = labels[k];
        if ((matches !== null && row > 0 && matches[tree.name[row]] === 1) !== isMatch) continue;
        const letters = Math.floor((labels[k + 3] - 2 * PADDING) / this.letter);
        const text = this.label(tree, row, letters);
        if (text) this.context.fillText(text, labels[k + 1] + PADDING, labels[k + 2] + ROW / 2);
      }
    }
  }

  private label(tree: FlameTree, row: number, letters: number): string {
    const mark = tree.net ? markOf(tree, row) : "";
    const name = mark + tree.names[tree.name[row]];
    // What the colour says, where there is room for it.
    const words = tree.lanes ? ` [${tree.lanes.titles[tree.lead[row]]}]` : "";
    return fitName(name + words, name.length + words.length <= letters ? letters : 0) ||
      fitName(name, letters);
  }
}

/** An arrow for what grew or shrank: colour never says it alone. */
export function changeMark(net: number): string {
  return net > 0 ? "\u25b2 " : net < 0 ? "\u25bc " : "";
}

/** Of a difference: 1 if the box is only in the new profile, -1 if it is gone from it, else 0. */
export function oneSided(tree: FlameTree, row: number): number {
  if (!tree.net || tree.size[row] === 0) return 0;
  if (tree.net[row] === tree.size[row]) return 1;
  return tree.net[row] === -tree.size[row] ? -1 : 0;
}

function markOf(tree: FlameTree, row: number): string {
  const side = row > 0 ? oneSided(tree, row) : 0;
  if (side !== 0) return side > 0 ? "\u25b2 new: " : "\u25bc gone: ";
  return changeMark(tree.net![row]);
}

function changeColour(share: number, isDark: boolean): string {
  const strength = Math.abs(share);
  const hue = share > 0 ? 28 : 210;
  if (isDark) return `hsl(${hue}, ${strength * 75}%, ${28 + strength * 8}%)`;
  return `hsl(${hue}, ${strength * 90}%, ${86 - strength * 18}%)`;
}

/** As much of a name as fits: all of it, it without its path, or its beginning. */
export function fitName(name: string, letters: number): string {
  if (name.length <= letters) return name;
  const brief = name.slice(name.lastIndexOf("/", name.search(/[([<]|$/)) + 1);
  if (brief.length <= letters) return brief;
  return letters < 3 ? "" : `${brief.slice(0, letters - 1)}\u2026`;
}

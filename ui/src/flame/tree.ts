// SPDX-License-Identifier: Apache-2.0
// The tree of a flame graph in columns, one row per box, in the order of a walk from the root. All
// work on it is loops over typed arrays, so that a million boxes are a matter of milliseconds.

import type { Answer, ViewDocument } from "../api";

export interface FlameNames {
  names: string[];
  /** Per name. */
  files: string[];
}

/** What colours tell apart, besides names: states, or classes of age. */
export interface Lanes {
  /** Per class of the data (FlameHead.mix). */
  of: Uint16Array;
  titles: string[];
  /** From young to old: what lies in the middle stands for a box, else what is most of it. */
  isOrdered: boolean;
}

export interface FlameTree extends FlameNames {
  count: number;
  name: Uint32Array;
  parent: Int32Array;
  /** One behind the last row of the box's subtree. */
  end: Uint32Array;
  depth: Uint16Array;
  inlined: Uint8Array;
  self: Float64Array;
  /** self, plus what lies on the box. */
  size: Float64Array;
  /** Where the box begins, in the unit of size. */
  start: Float64Array;
  /** Sums with signs; only of differences. */
  net: Float64Array | null;
  lanes: Lanes | null;
  /** By lane: parts of self and of size. */
  laneSelf: Float64Array[];
  laneSize: Float64Array[];
  /** Per row: the lane that it is coloured by. */
  lead: Uint16Array;
  deepest: number;
}

export interface FlameHead {
  rows: number;
  names: string[];
  files: string[];
  file_of: number[];
  columns: Record<string, number>;
  /** Boxes below this value stand in one box on their parent; null: there are none. */
  cut_below: string | null;
  /** Of goroutines. */
  mix: {
    states: string[];
    /** State and age. */
    classes: [number, number][];
    age_bounds: number[] | null;
    is_inferred: boolean;
  } | null;
}

class Varints {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  next(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.bytes[this.at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  nextSigned(): number {
    const value = this.next();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

export function emptyTree(names: FlameNames, count: number, lanes: Lanes | null): FlameTree {
  return {
    names: names.names,
    files: names.files,
    count,
    name: new Uint32Array(count),
    parent: new Int32Array(count),
    end: new Uint32Array(count),
    depth: new Uint16Array(count),
    inlined: new Uint8Array(count),
    self: new Float64Array(count),
    size: new Float64Array(count),
    start: new Float64Array(count),
    net: null,
    lanes,
    laneSelf: lanes ? lanes.titles.map(() => new Float64Array(count)) : [],
    laneSize: [],
    lead: new Uint16Array(lanes ? count : 0),
    deepest: 0,
  };
}

/** Adds up lanes, and finds the one that leads each row. */
function completeLanes(tree: FlameTree): void {
  const { count, parent, laneSelf, size, lead, lanes } = tree;
  if (!lanes) return;
  tree.laneSize = laneSelf.map((self) => {
    const sizes = Float64Array.from(self);
    for (let i = count - 1; i > 0; i--) sizes[parent[i]] += sizes[i];
    return sizes;
  });
  for (let i = 0; i < count; i++) {
    let best = 0;
    let sum = 0;
    for (let lane = 0; lane < laneSelf.length; lane++) {
      const here = tree.laneSize[lane][i];
      if (lanes.isOrdered && sum * 2 < size[i] && here > 0) best = lane;
      else if (!lanes.isOrdered && here > tree.laneSize[best][i]) best = lane;
      sum += here;
    }
    lead[i] = best;
  }
}

/** Fills end, size and start from parent, depth and self. */
export function complete(tree: FlameTree): FlameTree {
  const { count, parent, end, self, size, start, depth } = tree;
  size.set(self);
  for (let i = count - 1; i >= 0; i--) {
    if (end[i] === 0) end[i] = i + 1;
    const above = parent[i];
    if (i === 0) break;
    size[above] += size[i];
    if (end[above] < end[i]) end[above] = end[i];
  }
  // Where the next box on each box goes: behind its own value, which is the gap on its left.
  const next = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      start[i] = next[parent[i]];
      next[parent[i]] += size[i];
    }
    next[i] = start[i] + self[i];
    if (depth[i] > tree.deepest) tree.deepest = depth[i];
  }
  completeLanes(tree);
  return tree;
}

/** Reads what row `i` has of each class. */
function readMix(tree: FlameTree, i: number, column: Varints): void {
  const classes: number[] = [];
  for (let n = column.next(); n > 0; n--) classes.push(column.next());
  let rest = tree.self[i];
  classes.forEach((one, at) => {
    const size = at + 1 < classes.length ? column.next() : rest;
    rest -= size;
    if (tree.lanes) tree.laneSelf[tree.lanes.of[one]][i] += size;
  });
}

export function decode(answer: Answer, lanes: Lanes | null = null): FlameTree {
  const head = (answer.document as ViewDocument<FlameHead>).data;
  const columns: Record<string, Varints> = {};
  let at = 0;
  for (const [name, bytes] of Object.entries(head.columns)) {
    columns[name] = new Varints(answer.columns!.subarray(at, at + bytes));
    at += bytes;
  }
  const files = head.file_of.map((index) => head.files[index]);
  const tree = emptyTree({ names: head.names, files }, head.rows, lanes);
  if (columns.net) tree.net = new Float64Array(head.rows);
  for (let i = 0; i < head.rows; i++) {
    tree.name[i] = columns.name.next();
    const up = columns.up.next();
    tree.inlined[i] = up % 2;
    let above = i - 1;
    for (let climb = Math.floor(up / 2); climb > 0; climb--) above = tree.parent[above];
    tree.parent[i] = above;
    tree.depth[i] = i === 0 ? 0 : tree.depth[above] + 1;
    tree.self[i] = columns.self.next();
    if (tree.net) tree.net[i] = columns.net.nextSigned();
    if (lanes && columns.mix) readMix(tree, i, columns.mix);
  }
  return complete(tree);
}

/** Where the rows of a tree stand by their parent and name: a hash table of plain numbers. */
class RowIndex {
  private slots = new Int32Array(1 << 12).fill(-1);

  /** The row with that parent and name, or `next`, which is put there. */
  findOrAdd(parents: number[], names: number[], parent: number, name: number): number {
    const next = names.length;
    if (next * 2 >= this.slots.length) this.grow(parents, names);
    const { slots } = this;
    const mask = slots.length - 1;
    let at = this.hash(parent, name) & mask;
    for (; slots[at] >= 0; at = (at + 1) & mask) {
      const row = slots[at];
      if (names[row] === name && parents[row] === parent) return row;
    }
    slots[at] = next;
    return next;
  }

  private hash(parent: number, name: number): number {
    const mixed = Math.imul(parent + 1, 0x9e3779b1) ^ Math.imul(name + 1, 0x85ebca6b);
    return mixed ^ (mixed >>> 15);
  }

  private grow(parents: number[], names: number[]): void {
    this.slots = new Int32Array(this.slots.length * 4).fill(-1);
    const mask = this.slots.length - 1;
    for (let row = 0; row < names.length; row++) {
      let at = this.hash(parents[row], names[row]) & mask;
      while (this.slots[at] >= 0) at = (at + 1) & mask;
      this.slots[at] = row;
    }
  }
}

/** A tree that boxes are added to in any order, equal ones together. */
export class TreeBuilder {
  readonly name: number[] = [];
  readonly parent: number[] = [];
  readonly inlined: number[] = [];
  readonly self: number[] = [];
  readonly net: number[] = [];
  private readonly lanes: number[][];
  private readonly index = new RowIndex();

  constructor(private readonly from: FlameTree) {
    this.lanes = from.laneSelf.map(() => []);
    this.add(-1, 0);
  }

  /** Adds what ends at row `i` of the tree it is made from. */
  addSelf(row: number, i: number): void {
    this.self[row] += this.from.self[i];
    for (let k = 0; k < this.lanes.length; k++) this.lanes[k][row] += this.from.laneSelf[k][i];
  }

  /** Adds all that row stands for. */
  addSize(row: number, i: number): void {
    this.self[row] += this.from.size[i];
    for (let k = 0; k < this.lanes.length; k++) this.lanes[k][row] += this.from.laneSize[k][i];
  }

  /** The box of that name on `parent`. */
  add(parent: number, name: number): number {
    const row = this.index.findOrAdd(this.parent, this.name, parent, name);
    if (row < this.name.length) return row;
    this.name.push(name);
    this.parent.push(parent);
    this.inlined.push(0);
    this.self.push(0);
    this.net.push(0);
    for (const lane of this.lanes) lane.push(0);
    return row;
  }

  /** Children side by side, the lightest first: those of row i from first[i] to first[i + 1]. */
  private children(): { first: Int32Array; rows: Int32Array } {
    const count = this.name.length;
    const size = Float64Array.from(this.self);
    const first = new Int32Array(count + 2);
    for (let i = count - 1; i > 0; i--) {
      size[this.parent[i]] += size[i];
      first[this.parent[i] + 2]++;
    }
    for (let i = 2; i < first.length; i++) first[i] += first[i - 1];
    const rows = new Int32Array(Math.max(count - 1, 0));
    // Each of first[i + 1] goes from where the children of i begin to where they end.
    for (let i = 1; i < count; i++) rows[first[this.parent[i] + 1]++] = i;
    for (let i = 0; i < count; i++) {
      if (first[i + 1] - first[i] < 2) continue;
      rows.subarray(first[i], first[i + 1]).sort((a, b) => size[a] - size[b] || b - a);
    }
    return { first, rows };
  }

  /** Puts the rows in the order of a walk, the heaviest first. */
  build(): FlameTree {
    const count = this.name.length;
    const { first, rows } = this.children();
    const tree = emptyTree(this.from, count, this.from.lanes);
    if (this.from.net) tree.net = new Float64Array(count);
    const todo: number[] = [0];
    const parents: number[] = [-1];
    for (let row = 0; todo.length > 0; row++) {
      const from = todo.pop()!;
      const parent = parents.pop()!;
      tree.name[row] = this.name[from];
      tree.parent[row] = parent;
      tree.depth[row] = parent < 0 ? 0 : tree.depth[parent] + 1;
      tree.inlined[row] = this.inlined[from];
      tree.self[row] = this.self[from];
      if (tree.net) tree.net[row] = this.net[from];
      for (let k = 0; k < this.lanes.length; k++) tree.laneSelf[k][row] = this.lanes[k][from];
      for (let at = first[from]; at < first[from + 1]; at++) {
        todo.push(rows[at]);
        parents.push(row);
      }
    }
    return complete(tree);
  }
}

/** What of `tree` carries value with its sign on row `i` alone. */
function netOfSelf(tree: FlameTree, i: number): number {
  if (!tree.net) return 0;
  let net = tree.net[i];
  for (let child = i + 1; child < tree.end[i]; child = tree.end[child]) net -= tree.net[child];
  return net;
}

/** Boxes of the same name one on the other become one. */
export function collapseRecursion(tree: FlameTree): FlameTree {
  const builder = new TreeBuilder(tree);
  const to = new Int32Array(tree.count);
  for (let i = 0; i < tree.count; i++) {
    const above = i === 0 ? -1 : to[tree.parent[i]];
    const isSame = i > 0 && builder.name[above] === tree.name[i] && above > 0;
    to[i] = i === 0 ? 0 : isSame ? above : builder.add(above, tree.name[i]);
    builder.addSelf(to[i], i);
    if (!isSame && tree.inlined[i]) builder.inlined[to[i]] = 1;
    if (tree.net && !isSame) builder.net[to[i]] += tree.net[i];
  }
  return builder.build();
}

/** Leaves at the root: who is called, then by whom. */
export function invert(tree: FlameTree): FlameTree {
  const builder = new TreeBuilder(tree);
  for (let i = 0; i < tree.count; i++) {
    if (tree.self[i] === 0) continue;
    const net = netOfSelf(tree, i);
    let row = 0;
    builder.net[0] += net;
    for (let at = i; at > 0; at = tree.parent[at]) {
      row = builder.add(row, tree.name[at]);
      builder.net[row] += net;
    }
    builder.addSelf(row, i);
  }
  return builder.build();
}

export interface Pivot {
  /** The chosen functions and what they call; its root is all of them together. */
  callees: FlameTree;
  /** Who calls them, the direct callers first; its root is the same. */
  callers: FlameTree;
  /** The names that match. */
  names: number[];
}

/** All stacks through functions that match, each from its outermost one. */
export function pivot(tree: FlameTree, matches: Uint8Array): Pivot {
  const callees = new TreeBuilder(tree);
  const callers = new TreeBuilder(tree);
  const to = new Int32Array(tree.count);
  const names = new Set<number>();
  for (let i = 1; i < tree.count; ) {
    if (!matches[tree.name[i]]) {
      i++;
      continue;
    }
    names.add(tree.name[i]);
    const net = tree.net ? tree.net[i] : 0;
    callees.net[0] += net;
    for (let at = i; at < tree.end[i]; at++) {
      to[at] = callees.add(at === i ? 0 : to[tree.parent[at]], tree.name[at]);
      callees.addSelf(to[at], at);
      if (tree.net) callees.net[to[at]] += tree.net[at];
      if (tree.inlined[at]) callees.inlined[to[at]] = 1;
    }
    let row = 0;
    callers.net[0] += net;
    for (let at = tree.parent[i]; at > 0; at = tree.parent[at]) {
      row = callers.add(row, tree.name[at]);
      callers.net[row] += net;
    }
    callers.addSize(row, i);
    i = tree.end[i];
  }
  return { callees: callees.build(), callers: callers.build(), names: [...names] };
}

/** Per name: 1 if it matches. */
export function matchNames(tree: FlameNames, regexp: RegExp | null): Uint8Array {
  const matches = new Uint8Array(tree.names.length);
  if (!regexp) return matches;
  for (let i = 1; i < matches.length; i++) matches[i] = regexp.test(tree.names[i]) ? 1 : 0;
  return matches;
}

/** The value of all stacks with a match; each counts once. */
export function matchedSize(tree: FlameTree, matches: Uint8Array): number {
  let sum = 0;
  for (let i = 1; i < tree.count; ) {
    if (matches[tree.name[i]]) {
      sum += tree.size[i];
      i = tree.end[i];
    } else {
      i++;
    }
  }
  return sum;
}

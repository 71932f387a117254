// SPDX-License-Identifier: Apache-2.0
// The modules of the client that need no browser.

import assert from "node:assert/strict";
import path from "node:path";
import { before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { esbuild, temporaryDirectory } from "./harness.mjs";

let units;
let trees;
let fixes;
let regexps;

before(async () => {
  const out = temporaryDirectory("ui");
  await esbuild.build({
    entryPoints: ["ui/src/units.ts", "ui/src/flame/tree.ts", "ui/src/views/fix_diff.ts",
      "ui/src/regexp.ts"],
    outdir: out,
    outbase: "ui/src",
    bundle: true,
    format: "esm",
    outExtension: { ".js": ".mjs" },
  });
  units = await import(pathToFileURL(path.join(out, "units.mjs")));
  trees = await import(pathToFileURL(path.join(out, "flame/tree.mjs")));
  fixes = await import(pathToFileURL(path.join(out, "views/fix_diff.mjs")));
  regexps = await import(pathToFileURL(path.join(out, "regexp.mjs")));
});

describe("a regular expression of Go", () => {
  const matches = (text) => {
    const regexp = regexps.toRegexp(text);
    assert.ok(regexp, text);
    return (name) => regexp.test(name);
  };

  it("means the same in the browser", () => {
    const rows = [
      ["(?i)MAIN\\.", "main.work", "domain"],
      ["(?is)M.N", "m\nn", "mn"],
      ["(?iU)M.*?N", "main", "mai"],
      ["^\\pL+$", "gr\u00fc\u00dfe", "a1"],
      ["^\\p{Greek}+$", "\u03b1\u03b2", "ab"],
      ["^\\p{^Greek}+$", "ab", "\u03b1"],
      ["^\\PL$", "1", "a"],
      ["^[[:alpha:]_]+$", "main_x", "main2"],
      ["^[[:^alpha:]]+$", "123", "a"],
      ["^[^[:space:][:digit:]]+$", "ab", "a b"],
      ["^[]a-]+$", "a-]", "b"],
      ["^[[(]$", "[", "]"],
      ["\\Qa.b(\\E$", "xa.b(", "xaxb("],
      ["\\Amain\\z", "main", "main\n"],
      ["^\\x{3b1}\\x41\\101$", "\u03b1AA", "\u03b1AB"],
      ["struct{}", "chan struct{}", "struct"],
      ["^a{2,3}$", "aaa", "a{2,3}"],
      ["map[[]string]", "map[string]int", "map"],
      ["(?P<first>a)b", "ab", "b"],
      ["a\\-b\\_c\\/d", "a-b_c/d", "abcd"],
      ["(*T)".replace(/[(*)]/g, "\\$&"), "main.(*T).run", "main.T"],
    ];
    for (const [text, yes, no] of rows) {
      assert.ok(matches(text)(yes), `${text} on ${yes}`);
      assert.ok(!matches(text)(no), `${text} on ${no}`);
    }
  });

  it("is none where it is none there", () => {
    for (const text of ["(", ")", "[a", "a**", "\\y", "(a)\\1", "[[:foo:]]", "\\pX", "*"]) {
      assert.equal(regexps.toRegexp(text), null, text);
    }
  });
});

describe("the fix as a diff", () => {
  const FIX = "or send in a select with ctx.Done()";
  const diff = (line, state, fix = FIX) => {
    return fixes.fixAsDiff(line, state, fix).map(({ sign, text }) => sign + text).join("\n");
  };

  it("puts a plain send or receive into a select", () => {
    assert.equal(diff("\t\tch <- n", "chan send"),
      "-\t\tch <- n\n+\t\tselect {\n+\t\tcase ch <- n:\n+\t\tcase <-ctx.Done():\n" +
      "+\t\t\treturn\n+\t\t}");
    assert.match(diff("\ts.out[i] <- f(a, b) // wait", "chan send"),
      /case s\.out\[i\] <- f\(a, b\):/);
    assert.match(diff("\tc <- point{1, 2}", "chan send"), /case c <- point\{1, 2\}:/);
    assert.match(diff("<-done", "chan receive"), /case <-done:/);
    assert.match(diff("v, ok = <-in", "chan receive"), /case v, ok = <-in:/);
    assert.match(diff("errs <- <-other", "chan send"), /case errs <- <-other:/);
  });

  it("gives the channel room where the fix names its line", () => {
    const source = { first: 38, lines: ["\tfor {", "\t\tch := make(chan int)", "\t\tgo func() {"] };
    const fix = "give the channel room for the value, ch := make(chan int, 1) (main.go:39), or";
    assert.deepEqual(fixes.roomAsDiff(fix, source), {
      place: "main.go:39",
      diff: [{ sign: "-", text: "\t\tch := make(chan int)" },
        { sign: "+", text: "\t\tch := make(chan int, 1)" }],
    });
    const forAll = "room for all of them, ch := make(chan int, len(s.all)) (main.go:39)";
    const all = fixes.roomAsDiff(forAll, source);
    assert.equal(all.diff[1].text, "\t\tch := make(chan int, len(s.all))");
    assert.equal(fixes.roomAsDiff(fix, { ...source, first: 1 }), null, "not at hand");
    assert.equal(fixes.roomAsDiff("send in a select with ctx.Done()", source), null);
    assert.equal(fixes.roomAsDiff("c := make(chan *T, 1) (a.go:38)", source), null, "another line");
  });

  it("says nothing where it is not as simple as that", () => {
    for (const [line, state, fix] of [
      ["\tcase ch <- n:", "chan send"],
      ["\tfor v := range ch {", "chan receive"],
      ["\tv := <-ch", "chan receive"],
      ["\treturn <-ch", "chan receive"],
      ["\tgo func() { ch <- 1 }()", "chan send"],
      ["func send(c chan int) { c <- 1 }", "chan send"],
      ["\tdone := func() { c <- 1 }", "chan send"],
      ["\tmu.Lock()", "sync.Mutex.Lock"],
      ["\tch <- n", "chan send", "close the channel"],
      ["", "chan send"],
    ]) assert.equal(diff(line, state, fix), "", line);
  });
});

describe("units", () => {
  it("are those of the command line", () => {
    for (const [value, from, to, text] of [
      [0, "nanoseconds", "minimum", "0"],
      [1500, "nanoseconds", "minimum", "1.50us"],
      [1e9, "nanoseconds", "minimum", "1s"],
      [5400e9, "nanoseconds", "auto", "1.50hrs"],
      [1536, "bytes", "minimum", "1.50kB"],
      [-1536, "bytes", "kb", "-1.50kB"],
      [1024 ** 3, "bytes", "MB", "1024MB"],
      [9217, "count", "minimum", "9217"],
      [3, "widgets", "minimum", "3"],
      [0.4, "bytes", "minimum", "0.40B"],
    ]) assert.equal(units.formatValue(value, from, to), text);
    for (const [value, total, text] of [
      [1, 0, "0%"], [1, 1, "100%"], [99951, 100000, "100%"], [9994, 10000, "99.94%"],
      [1, 100, "1.00%"], [12345, 1000000, "1.23%"], [5, 1000, "0.5%"], [123, 100000, "0.12%"],
      [1, 1e8, "1e-06%"],
    ]) assert.equal(units.formatPercent(value, total), text);
  });
});

/** The tree of stacks: { "a;b": 1 }. */
function treeOf(stacks) {
  const names = ["root", ...new Set(Object.keys(stacks).flatMap((stack) => stack.split(";")))];
  const builder = new trees.TreeBuilder({
    names, files: [], net: null, lanes: null, laneSelf: [],
  });
  for (const [stack, value] of Object.entries(stacks)) {
    let row = 0;
    for (const name of stack.split(";")) row = builder.add(row, names.indexOf(name));
    builder.self[row] += value;
  }
  return builder.build();
}

/** Rows as "depth name size self". */
function rowsOf(tree) {
  return Array.from({ length: tree.count }, (_, i) => {
    return `${tree.depth[i]} ${tree.names[tree.name[i]]} ${tree.size[i]} ${tree.self[i]}`;
  });
}

describe("flame trees", () => {
  const stacks = { "a;b": 1, "a;b;c": 2, "a;d": 4, "e;b;c": 8, "a;b;b;c": 16 };

  it("add up, heaviest first", () => {
    assert.deepEqual(rowsOf(treeOf(stacks)), [
      "0 root 31 0", "1 a 23 0", "2 b 19 1", "3 b 16 0", "4 c 16 16", "3 c 2 2", "2 d 4 4",
      "1 e 8 0", "2 b 8 0", "3 c 8 8",
    ]);
  });

  it("turn around without losing value", () => {
    assert.deepEqual(rowsOf(trees.invert(treeOf(stacks))), [
      "0 root 31 0", "1 c 26 0", "2 b 26 0", "3 b 16 0", "4 a 16 16", "3 e 8 8", "3 a 2 2",
      "1 d 4 0", "2 a 4 4", "1 b 1 0", "2 a 1 1",
    ]);
  });

  it("collapse recursion", () => {
    assert.deepEqual(rowsOf(trees.collapseRecursion(treeOf(stacks))), [
      "0 root 31 0", "1 a 23 0", "2 b 19 1", "3 c 18 18", "2 d 4 4", "1 e 8 0", "2 b 8 0",
      "3 c 8 8",
    ]);
  });

  it("keep lanes through whatever is made of them", () => {
    const tree = treeOf(stacks);
    tree.lanes = { of: [], titles: ["x", "y"], isOrdered: false };
    // All of the lane y is in stacks that end in d.
    tree.laneSelf = [0, 1].map((lane) => tree.self.map((self, i) => {
      return (tree.names[tree.name[i]] === "d") === (lane === 1) ? self : 0;
    }));
    tree.lead = new Uint16Array(tree.count);
    trees.complete(tree);
    const pivoted = trees.pivot(tree, trees.matchNames(tree, /^a$/));
    const made = [tree, trees.invert(tree), trees.collapseRecursion(tree), pivoted.callees,
      pivoted.callers];
    for (const one of made) {
      for (let i = 0; i < one.count; i++) {
        assert.equal(one.laneSize[0][i] + one.laneSize[1][i], one.size[i]);
      }
      assert.equal(one.laneSize[1][0], 4);
      const d = one.name.findIndex((name) => one.names[name] === "d");
      if (d > 0) assert.equal(one.lead[d], 1);
      assert.equal(one.lead[0], 0);
    }
    // Of an order, what lies in the middle leads: 4 of 31 are below it.
    tree.lanes.isOrdered = true;
    trees.complete(tree);
    assert.equal(tree.lead[0], 0);
    tree.laneSelf.reverse();
    trees.complete(tree);
    assert.equal(tree.lead[0], 1);
  });

  it("pivot on the outermost of recursive calls", () => {
    const tree = treeOf(stacks);
    const matches = trees.matchNames(tree, /^b$/);
    assert.equal(trees.matchedSize(tree, matches), 27);
    const { callees, callers } = trees.pivot(tree, matches);
    assert.deepEqual(rowsOf(callees), [
      "0 root 27 0", "1 b 27 1", "2 b 16 0", "3 c 16 16", "2 c 10 10",
    ]);
    assert.deepEqual(rowsOf(callers), ["0 root 27 0", "1 a 19 19", "1 e 8 8"]);
  });
});

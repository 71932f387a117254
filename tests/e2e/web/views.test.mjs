// SPDX-License-Identifier: Apache-2.0
// Every view on real profiles: numbers, search, filters, history, keyboard.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, beforeEach, afterEach, describe, it } from "node:test";
import {
  DATA,
  drawn,
  eventually,
  HEAP,
  launch,
  leakyDump,
  openPage,
  plumb,
  screenshot,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

const GOROUTINES = `${DATA}/goroutine.debug0.pb.gz`;

let browser;
let goroutines;
let heap;
let page;

before(async () => {
  [browser, goroutines, heap] = await Promise.all([
    launch(),
    Server.start(GOROUTINES),
    Server.start(HEAP),
  ]);
});
// One page for all: what a test leaves behind is a history, as with people.
beforeEach(async () => {
  page ??= await openPage(browser);
  await page.mouse.move(0, 0);
});
afterEach(() => {
  assert.deepEqual(page.problems.splice(0), []);
});

/** The rows of `plumb top`, as [flat, flat%, sum%, cum, cum%, name]. */
function topOf(file, ...flags) {
  const text = execFileSync(plumb, ["top", ...flags, file], { encoding: "utf8" });
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.includes("flat%")) + 1;
  return lines.slice(first, -1).map((line) => {
    const [flat, flatPercent, sum, cum, cumPercent, ...name] = line.trim().split(/\s+/);
    return [flat, flatPercent, sum, cum, cumPercent, name.join(" ")];
  });
}

/** What the menu Save gives. */
async function saved(format) {
  await page.click("main >> text=Save");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.click(`[role=menuitem] >> text=${format}`),
  ]);
  return readFileSync(await download.path());
}

/** Waits until the page shows these rows of top. */
function rowsAre(expected) {
  return eventually(async () => assert.deepEqual(await tableRows(), expected));
}

/** The numbers of the box of the flame graph that the keyboard is on. */
function activeBox(pattern) {
  return eventually(async () => {
    const text = await page.textContent(".flame-active");
    assert.match(text, pattern);
    return text;
  });
}

function isPng(bytes) {
  return bytes.length > 1000 && bytes.subarray(1, 4).toString() === "PNG";
}

async function tableRows() {
  return page.$$eval("table.top tbody tr:not(.space)", (rows) => rows.map((row) => {
    const cells = [...row.cells].map((cell) => cell.textContent);
    const inlined = cells.pop();
    cells[5] += inlined ? ` ${inlined}` : "";
    return cells;
  }));
}

describe("top", () => {
  it("has the numbers of the command line", async () => {
    for (const [server, file, query, flags] of [
      [goroutines, GOROUTINES, "", []],
      [heap, HEAP, "", []],
      [heap, HEAP, "?si=alloc_objects&trim=f", ["-sample_index=alloc_objects", "-trim=false"]],
      [heap, HEAP, "?g=lines&sort=cum", ["-lines", "-cum"]],
    ]) {
      await show(page, `${server.url}/ui/top${query}`);
      const expected = topOf(file, ...flags);
      const rows = await tableRows();
      assert.ok(rows.length >= Math.min(expected.length, 30));
      assert.deepEqual(rows, expected.slice(0, rows.length), `${file} ${query}`);
    }
    await screenshot(page, "top");
  });

  it("sorts by columns, which back and reload know", async () => {
    await show(page, `${goroutines.url}/ui/top?trim=f`);
    const byFlat = await tableRows();
    await page.click("th >> text=Cum >> nth=0");
    await page.waitForURL(/[?&]o=cum/);
    await settled(page);
    const byCum = await tableRows();
    assert.notDeepEqual(byCum, byFlat);
    await page.reload();
    await settled(page);
    await rowsAre(byCum);
    await page.goBack();
    await settled(page);
    await rowsAre(byFlat);
  });

  it("filters by search, and says the share", async () => {
    await show(page, `${goroutines.url}/ui/top?trim=f`);
    await page.keyboard.press("/");
    await page.keyboard.type("^main\\.");
    // While somebody types slowly, it searches for what there is.
    await page.waitForURL((url) => url.searchParams.get("q") === "^main\\.");
    await settled(page);
    await eventually(async () => {
      assert.match(await page.textContent(".found"), /\d+ of \d+ functions, flat/);
    });
    const rows = await tableRows();
    assert.ok(rows.length > 0);
    for (const row of rows) assert.match(row[5], /^main\./);
    await page.reload();
    await settled(page);
    await rowsAre(rows);
  });

  it("refines by chosen rows with the keyboard alone", async () => {
    await show(page, `${goroutines.url}/ui/top?trim=f`);
    await page.focus("table.top tbody tr");
    const name = await page.getAttribute("table.top tbody tr", "data-name");
    await page.keyboard.press("Space");
    await page.waitForSelector("table.top tr[aria-selected=true]");
    await page.focus("text=Refine");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=menuitem]:focus");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/[?&]i=/);
    await settled(page);
    const names = (await tableRows()).map((row) => row[5]);
    assert.ok(!names.includes(name));
    await page.click("[aria-label='Take out ignore']");
    await page.waitForURL((url) => !url.searchParams.has("i"));
  });
});

describe("flame graph", () => {
  it("shows stacks, pivots on a click, and comes back", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph`);
    await page.waitForSelector("canvas[data-boxes]");
    await screenshot(page, "flamegraph");
    const name = await eventually(async () => {
      await page.mouse.move(300, 175);
      const text = await page.textContent(".strip-name");
      assert.doesNotMatch(text, /^Point at a box/);
      return text;
    });
    await page.mouse.click(300, 175);
    const pivot = `^${name.replaceAll(".", "\\.")}$`;
    await page.waitForURL((url) => url.searchParams.get("p") === pivot);
    await page.waitForSelector("text=Callers above, callees below");
    assert.ok(await page.isVisible(".chips >> text=pivot"));
    await screenshot(page, "flamegraph_pivot");
    await page.reload();
    await settled(page);
    await page.waitForSelector("text=Callers above, callees below");
    await page.goBack();
    await page.waitForSelector("text=Callers above", { state: "detached" });
  });

  it("walks by keyboard and tells what it is on", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph`);
    await page.waitForSelector("canvas[data-boxes]");
    await page.focus("[role=tree]");
    await page.waitForSelector(".flame-active[aria-level='1']");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector(".flame-active[aria-level='2'][aria-posinset='1']");
    const first = await activeBox(/\d+ \([\d.]+%\)/);
    await page.keyboard.press("ArrowRight");
    await page.waitForSelector(".flame-active[aria-posinset='2']");
    assert.notEqual(await page.textContent(".flame-active"), first);
    await page.keyboard.press("ArrowLeft");
    await page.waitForSelector(".flame-active[aria-posinset='1']");
    assert.equal(await page.textContent(".flame-active"), first);
    await page.keyboard.press("Enter");
    await page.waitForURL(/[?&]p=/);
    await page.keyboard.press("Escape");
    await page.waitForURL((url) => !url.searchParams.has("p"));
  });

  it("says what share a search matches", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph?q=chansend`);
    await page.waitForSelector("text=% matched");
    const share = await eventually(async () => {
      const [, text] = /^([\d.]+)% matched/.exec(await page.textContent(".found"));
      return Number(text);
    });
    const rows = topOf(GOROUTINES, "-trim=false");
    const chansend = rows.find((row) => row[5] === "runtime.chansend");
    assert.equal(share, parseFloat(chansend[4]));
  });

  it("says the same share in all views", async () => {
    const shares = [];
    for (const view of ["flamegraph", "top", "graph", "peek"]) {
      await show(page, `${goroutines.url}/ui/${view}?q=chansend`);
      shares.push(await eventually(async () => {
        return /([\d.]+)% matched/.exec(await page.textContent(".found"))[1];
      }));
    }
    assert.deepEqual(new Set(shares).size, 1, shares.join());
    // It is of the stacks that a filter leaves.
    await show(page, `${goroutines.url}/ui/top?q=chansend&f=chansend`);
    await eventually(async () => {
      assert.match(await page.textContent(".found"), /^100% matched; \d+ of \d+ functions/);
    });
  });

  it("has a menu for the box under the mouse", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph`);
    await page.waitForSelector("canvas[data-boxes]");
    await page.mouse.click(300, 175, { button: "right" });
    await page.click("[role=menuitem] >> text=Focus");
    await page.waitForURL(/[?&]f=/);
    await settled(page);
    assert.ok(await page.isVisible(".chips >> text=focus"));
  });

  it("turns around", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph`);
    await page.click("text=Inverted");
    await page.waitForURL(/inv=1/);
    await page.focus("[role=tree]");
    await page.waitForSelector(".flame-active[aria-level='1']");
    await page.keyboard.press("ArrowDown");
    await activeBox(/^runtime\.gopark/);
    await screenshot(page, "flamegraph_inverted");
  });

  it("is saved as a picture", async () => {
    await show(page, `${goroutines.url}/ui/flamegraph`);
    const svg = (await saved("SVG")).toString();
    assert.match(svg, /^<svg xmlns=/);
    assert.match(svg, />runtime\.gopark/, "text stays text");
    assert.ok(isPng(await saved("PNG")));
  });

  it("shows differences without colour alone", async () => {
    const server = await Server.start(`-diff_base=${DATA}/heap.gc1.pb.gz`, HEAP);
    await show(page, `${server.url}/ui/flamegraph`);
    await page.waitForSelector("text=grew");
    await screenshot(page, "flamegraph_diff");
    await server.stop();
  });

  it("keeps what vanished in sight, and says what is new", async () => {
    const directory = temporaryDirectory("diff");
    const [before, now] = ["main.old", "main.fresh"].map((name) => {
      const file = path.join(directory, `${name}.txt`);
      writeFileSync(file, leakyDump(10, name));
      return file;
    });
    const server = await Server.start(`-diff_base=${before}`, now);
    await show(page, `${server.url}/ui/flamegraph`);
    await page.waitForSelector("text=hatched: new, or gone");
    const svg = (await saved("SVG")).toString();
    assert.match(svg, />\u25b2 new: main\.fresh</);
    assert.match(svg, />\u25bc gone: main\.old</);
    await screenshot(page, "flamegraph_diff_new_and_gone");
    await server.stop();
  });
});

describe("graph", () => {
  it("opens fitted, and zooms", async () => {
    await show(page, `${heap.url}/ui/graph`);
    await eventually(async () => {
      const [frame, ...boxes] = await page.$$eval(".graph, .graph .node", (all) => {
        return all.map((element) => element.getBoundingClientRect().toJSON());
      });
      assert.ok(boxes.length > 5);
      for (const { left, top, right, bottom } of boxes) {
        assert.ok(left >= frame.left && top >= frame.top);
        assert.ok(right <= frame.right && bottom <= frame.bottom);
      }
    });
    await screenshot(page, "graph");
    const sight = () => page.getAttribute(".graph svg", "viewBox");
    const before = await sight();
    await page.focus(".graph");
    await page.keyboard.press("+");
    await eventually(async () => assert.notEqual(await sight(), before));
    await page.keyboard.press("0");
    await eventually(async () => assert.equal(await sight(), before));
  });

  it("opens on the largest box where it could not be read fitted", async () => {
    const small = await openPage(browser, { viewport: { width: 400, height: 700 } });
    await show(small, `${goroutines.url}/ui/graph`);
    const look = () => small.$$eval(".graph, .graph .node", ([frame, ...nodes]) => {
      const { left, top, right, bottom } = frame.getBoundingClientRect();
      return nodes.map((node) => {
        const box = node.getBoundingClientRect();
        return {
          area: box.width * box.height,
          isInside: box.left >= left && box.top >= top && box.right <= right &&
            box.bottom <= bottom,
        };
      }).sort((a, b) => b.area - a.area);
    });
    await eventually(async () => {
      const boxes = await look();
      assert.ok(boxes[0].isInside);
      assert.ok(boxes.some((box) => !box.isInside));
    });
    await screenshot(small, "graph_narrow");
    await small.click("main >> text=Fit");
    await eventually(async () => assert.ok((await look()).every((box) => box.isInside)));
    await small.click("main >> text=Largest");
    await eventually(async () => {
      const boxes = await look();
      assert.ok(boxes[0].isInside);
    });
    assert.deepEqual(small.problems, []);
    await small.context().close();
  });

  it("has a table with the same numbers", async () => {
    await show(page, `${heap.url}/ui/graph`);
    await page.click("main >> text=Table");
    await page.waitForSelector(".graph-table");
    const rows = await page.$$eval(".graph-table tbody tr", (all) => all.map((row) => [
      row.cells[0].textContent, row.cells[1].textContent, row.cells[2].textContent,
    ]));
    const top = new Map(topOf(HEAP, "-trim=false").map((row) => [
      row[5].replace(/ \((partial-)?inline\)$/, ""), row,
    ]));
    for (const [name, flat, cum] of rows) {
      assert.equal(flat, top.get(name)[0], name);
      assert.equal(cum, top.get(name)[3], name);
    }
  });

  it("is saved as a picture", async () => {
    await show(page, `${heap.url}/ui/graph`);
    const svg = (await saved("SVG")).toString();
    assert.match(svg, /<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    assert.match(svg, /main\.main/);
    assert.ok(isPng(await saved("PNG")));
  });

  it("chooses boxes by a click, for Refine", async () => {
    await show(page, `${heap.url}/ui/graph`);
    await page.click(".graph .node >> nth=0");
    await page.waitForSelector(".graph .node.selected");
    await page.click("text=Refine");
    await page.click("[role=menuitem] >> text=Focus");
    await page.waitForURL(/[?&]f=/);
    await settled(page);
    assert.ok((await page.$$(".graph .node")).length > 0);
  });
});

describe("text and code", () => {
  it("peek is what the command line prints", async () => {
    await show(page, `${goroutines.url}/ui/peek?f=chansend`);
    const shown = await page.$$eval(".line", (lines) => lines.map((line) => line.textContent));
    const text = execFileSync(plumb, ["peek", "-lines", "-focus=chansend", "chansend", GOROUTINES],
      { encoding: "utf8" });
    const expected = text.trimEnd().split("\n").map((line) => line || " ");
    assert.deepEqual(shown, expected.slice(0, shown.length));
    await screenshot(page, "peek");
  });

  it("n and N go through what a search found", async () => {
    await show(page, `${goroutines.url}/ui/traces?q=gopark`);
    // The current one's number among the lines of the report, once it is in sight.
    const current = () => eventually(() => page.$eval(".line.current", (line) => {
      const { top, bottom } = line.getBoundingClientRect();
      if (top < 0 || bottom > innerHeight) throw new Error("not in sight");
      const start = document.querySelector(".rows > div").getBoundingClientRect().top;
      return Math.round((top - start) / line.offsetHeight);
    }));
    const reach = (test) => eventually(async () => assert.ok(test(await current())));
    const first = await current();
    await page.keyboard.press("n");
    await reach((row) => row > first);
    const second = await current();
    // One line on and back again, drawn each time, but faster than a frame.
    await page.evaluate(async () => {
      for (const key of ["n", "N"]) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        for (let i = 0; i < 20; i++) await Promise.resolve();
      }
    });
    await drawn(page);
    await reach((row) => row === second);
    await page.keyboard.press("N");
    await reach((row) => row === first);
    await screenshot(page, "traces");
  });

  it("raw is what the command line prints", async () => {
    await show(page, `${heap.url}/ui/raw?f=main`);
    const shown = await page.$$eval(".line", (lines) => lines.map((line) => line.textContent));
    const text = execFileSync(plumb, ["raw", "-focus=main", HEAP], { encoding: "utf8" });
    const expected = text.replace(/\n$/, "").split("\n").map((line) => line || " ");
    assert.ok(shown.length > 20);
    assert.deepEqual(shown, expected.slice(0, shown.length));
    await screenshot(page, "raw");
  });

  it("source has the values of weblist", async () => {
    await show(page, `${goroutines.url}/ui/source?f=main\\.`);
    await page.waitForSelector(".code.head");
    await screenshot(page, "source");
  });

  it("tags lead to filters", async () => {
    const server = await Server.start(`${DATA}/goroutine.debug2.txt`);
    await show(page, `${server.url}/ui/tags`);
    await screenshot(page, "tags");
    await page.click(".tags button.link >> nth=0");
    await page.waitForURL(/[?&]tf=/);
    await settled(page);
    await page.waitForSelector(".tags section");
    await server.stop();
  });
});

describe("the frame around them", () => {
  it("switches sample types", async () => {
    await show(page, `${heap.url}/ui/top`);
    await page.click("header >> text=Sample");
    await page.click("[role=menuitemradio] >> text=alloc_objects");
    await page.waitForURL(/si=alloc_objects/);
    await settled(page);
    const rows = await tableRows();
    assert.deepEqual(rows[0], topOf(HEAP, "-sample_index=alloc_objects")[0]);
  });

  it("keeps filters from view to view, and options", async () => {
    await show(page, `${goroutines.url}/ui/top?f=main`);
    await page.click("nav >> text='Graph'");
    await page.waitForURL(/graph/);
    await settled(page);
    assert.equal(new URL(page.url()).search, "?f=main");
    await page.click("header >> text=Options");
    await page.fill("input[name=n]", "3");
    await page.click("text=Apply");
    await page.waitForURL((url) => url.searchParams.get("n") === "3");
    await settled(page);
    await screenshot(page, "options");
    const count = (await page.$$(".graph .node[data-row]")).length;
    assert.ok(count > 0 && count <= 3, `${count} boxes`);
  });

  it("saves what is set under a name, for pprof too", async () => {
    await show(page, `${heap.url}/ui/top?f=main&g=lines`);
    await page.click("header >> text=Config");
    await page.fill("[name=name]", "mine");
    await page.click("text=Save >> nth=-1");
    await page.waitForSelector(".configs [aria-current] >> text=mine");
    const file = path.join(process.env.XDG_CONFIG_HOME, "pprof/settings.json");
    const [config] = JSON.parse(readFileSync(file, "utf8")).configs;
    assert.equal(config.focus, "main");
    assert.equal(config.granularity, "lines");
    await screenshot(page, "configs");
    await page.click(".configs >> text=Default");
    await page.waitForURL((url) => url.search === "");
    await page.waitForSelector(".configs", { state: "detached" });
    await page.click("header >> text=Config");
    await page.click(".configs >> text=mine");
    await page.waitForURL(/f=main/);
    assert.equal(new URL(page.url()).searchParams.get("g"), "lines");
    await page.waitForSelector(".configs", { state: "detached" });
    await page.click("header >> text=Config");
    await page.click("text=Delete");
    await page.click("text=Really delete mine?");
    await page.waitForSelector(".configs >> text=mine", { state: "detached" });
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")).configs, []);
  });

  it("says what is wrong and how to get out", async () => {
    await show(page, `${heap.url}/ui/top?f=(`);
    assert.match(await page.textContent(".problem"), /parsing focus regexp/);
    await page.click("text=Take out all filters");
    await page.waitForURL((url) => url.search === "");
    await settled(page);
    await eventually(async () => assert.ok((await tableRows()).length > 0));
    await show(page, `${heap.url}/ui/top?f=nosuchfunction`);
    assert.match(await page.textContent(".notices"), /Focus expression matched no samples/);
    assert.match(await page.textContent("main"), /No samples are left/);
    await screenshot(page, "empty");
  });

  it("says that there are no samples, whatever the filters", async () => {
    const empty = path.join(temporaryDirectory("empty"), "empty.pb.gz");
    execFileSync(plumb, ["-proto", `-output=${empty}`, "-ignore=.", HEAP], { stdio: "ignore" });
    const server = await Server.start(empty);
    for (const view of ["flamegraph", "top", "graph", "peek", "source", "disasm", "traces"]) {
      await show(page, `${server.url}/ui/${view}`);
      const text = await page.textContent("main");
      assert.match(text, /This profile has no samples/, view);
      assert.doesNotMatch(text, /filters/, view);
    }
    await server.stop();
  });

  it("says when the server is gone", async () => {
    const server = await Server.start(HEAP);
    await show(page, `${server.url}/ui/top`);
    await server.stop();
    await page.click("nav >> text=Tags");
    await page.waitForSelector("text=plumb does not answer any more");
  });

  it("shows the command that prints the same", async () => {
    await show(page, `${heap.url}/ui/top?f=main&n=4`);
    const command = (await page.textContent("footer code")).slice(2);
    assert.equal(command, `plumb top -nodecount=4 -focus=main ${HEAP}`);
    const [, ...words] = command.split(" ");
    const text = execFileSync(plumb, words, { encoding: "utf8" });
    for (const row of await tableRows()) assert.ok(text.includes(row[5]));
  });

  it("is dark on dark systems, and when asked", async () => {
    const dark = await openPage(browser, { colorScheme: "dark" });
    await show(dark, `${heap.url}/ui/flamegraph`);
    await dark.waitForSelector("canvas[data-boxes]");
    const back = () => dark.$eval("body", (body) => getComputedStyle(body).backgroundColor);
    assert.equal(await back(), "rgb(22, 24, 28)");
    await screenshot(dark, "dark");
    await dark.click("header >> text=Light");
    await eventually(async () => assert.equal(await back(), "rgb(255, 255, 255)"));
    assert.deepEqual(dark.problems, []);
    await dark.context().close();
  });

  it("fits narrow screens", async () => {
    const phone = await openPage(browser, { viewport: { width: 400, height: 800 } });
    await show(phone, `${heap.url}/ui/flamegraph`);
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 400, `${width} px wide`);
    await screenshot(phone, "narrow");
    await phone.context().close();
  });

  it("end with an interrupt, as usual", async () => {
    const server = await Server.start(HEAP);
    assert.equal(await server.stop(), 0);
  });
});

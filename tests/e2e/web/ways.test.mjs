// SPDX-License-Identifier: Apache-2.0
// Ways through the pages: links that lead nowhere, searches, history.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { afterEach, before, beforeEach, describe, it } from "node:test";
import {
  eventually,
  HEAP,
  launch,
  openPage,
  plumb,
  screenshot,
  Server,
  settled,
  show,
} from "./harness.mjs";


let browser;
let heap;
let page;

before(async () => {
  [browser, heap] = await Promise.all([launch(), Server.start(HEAP)]);
});
beforeEach(async () => {
  page = await openPage(browser);
});
afterEach(async () => {
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

describe("a page that is not there", () => {
  it("says so, with ways to those that are", async () => {
    await show(page, `${heap.url}/ui/nosuchview`);
    assert.match(await page.textContent("[role=alert]"),
      /There is no page "nosuchview" of this profile/);
    await screenshot(page, "no_such_page");
    await page.click("nav >> text=Top");
    await page.waitForSelector("table.top");
    assert.equal(await page.$("[role=alert]"), null);
    await show(page, `${heap.url}/ui/leaks`);
    await page.click("[role=alert] a");
    await page.waitForURL(/flamegraph$/);
  });

  it("nor its profile, is left by any link", async () => {
    await show(page, `${heap.url}/ui/top?profile=7&f=main`);
    assert.match(await page.textContent("[role=alert]"), /This profile is not open any more/);
    await page.click("nav >> text=Peek");
    await page.waitForURL(/peek\?f=main$/);
    await settled(page);
    assert.match(await page.textContent("main"), /main\./);
    assert.equal(await page.$("[role=alert]"), null);
  });

  it("keeps the head of a page whose parameters make no sense", async () => {
    await show(page, `${heap.url}/ui/top?n=many`);
    assert.match(await page.textContent("[role=alert]"), /nodecount: parse error/);
    await page.click("text=Take out all filters and options");
    await page.waitForSelector("table.top");
  });
});

describe("functions that are too small", () => {
  it("are counted beside the graph, and shown when asked", async () => {
    await show(page, `${heap.url}/ui/graph?nf=0.2`);
    const boxes = () => page.locator(".graph .node[data-row]").count();
    const few = await boxes();
    const dot = execFileSync(plumb, ["dot", "-nodefraction=0.2", HEAP], { encoding: "utf8" });
    const dropped = /Dropped \d+ nodes \(cum <= [^)]+\)/.exec(dot)[0];
    assert.ok((await page.textContent(".tools .note")).includes(dropped));
    await screenshot(page, "graph_dropped");
    await page.click("text=Show all");
    await eventually(async () => assert.ok(await boxes() > few));
    assert.doesNotMatch(await page.textContent(".tools .note"), /Dropped/);
  });

  it("are the reason if there are no others", async () => {
    await show(page, `${heap.url}/ui/graph?nf=2`);
    const text = await page.textContent("main");
    assert.match(text, /No function is large enough to be drawn\. Dropped \d+ nodes/);
    await screenshot(page, "graph_all_dropped");
    await page.click("nav >> text=Top");
    await page.waitForSelector("table.top");
    assert.match(await page.textContent("main"), /No function is large enough to be shown/);
    await page.click("text=Show all");
    await page.waitForSelector("table.top tbody tr");
  });
});

describe("a search", () => {
  const names = () => page.$$eval("table.top tbody tr", (rows) => {
    return rows.map((row) => row.dataset.name).filter(Boolean);
  });

  it("finds with expressions that only Go knows what the filter keeps", async () => {
    const texts = ["(?i)MAIN", "^[[:lower:]]+\\.mal", "^\\pL+\\.new", "run(?i)TIME\\.M|x$"];
    for (const text of texts) {
      await show(page, `${heap.url}/ui/top?trim=f`);
      const all = await names();
      await page.fill(".search input", text);
      await eventually(async () => {
        assert.match(await page.textContent(".found"), /matched; [1-9]\d* of \d+ functions/);
      });
      const found = await names();
      assert.ok(found.length < all.length, text);
      await show(page, `${heap.url}/ui/top?trim=f&s=${encodeURIComponent(text)}`);
      assert.deepEqual((await names()).sort(), found.sort(), text);
    }
    await page.fill(".search input", "(main");
    await eventually(async () => {
      assert.match(await page.textContent(".found"), /no regular expression/);
    });
  });

  it("is in its box again after going back", async () => {
    const box = () => page.inputValue(".search input");
    for (const view of ["flamegraph", "top"]) {
      await show(page, `${heap.url}/ui/${view}`);
      await page.fill(".search input", "malg");
      await page.waitForURL(/q=malg/);
      await page.press(".search input", "Enter");
      await page.waitForURL(/[pf]=malg$/);
      assert.equal(await box(), "");
      await page.goBack();
      await page.waitForURL(/q=malg$/);
      await eventually(async () => assert.equal(await box(), "malg"));
      await eventually(async () => {
        assert.match(await page.textContent(".found"), /4.72% matched/);
      });
      await page.goForward();
      await page.waitForURL(/[pf]=malg$/);
      await eventually(async () => assert.equal(await box(), ""));
    }
  });
});

describe("options of the command line", () => {
  it("say the order of functions until the page does", async () => {
    const server = await Server.start("-cum", HEAP);
    await show(page, `${server.url}/ui/top`);
    const order = async () => {
      const sorted = page.locator("table.top th[aria-sort]");
      return [await sorted.first().textContent(), await sorted.first().getAttribute("aria-sort")];
    };
    assert.deepEqual(await order(), ["Cum \u25be", "descending"]);
    assert.equal(await page.textContent("footer code"), `$ plumb top -cum ${HEAP}`);
    await show(page, `${server.url}/ui/top?sort=flat`);
    assert.deepEqual(await order(), ["Flat \u25be", "descending"]);
    await page.click("th button:has-text('Cum') >> nth=0");
    await eventually(async () => assert.deepEqual(await order(), ["Cum \u25be", "descending"]));
    const command = () => page.textContent("footer code");
    assert.equal(await command(), `$ plumb top -cum ${HEAP}`);
    await show(page, `${server.url}/ui/top?o=flat`);
    assert.equal(await command(), `$ plumb top ${HEAP}`);
    await show(page, `${server.url}/ui/flamegraph?inv=1`);
    assert.equal(await command(), `$ plumb flamegraph -inverted ${HEAP}`);
    await server.stop();
  });
});

describe("filters that are on", () => {
  it("fit a narrow screen", async () => {
    await page.setViewportSize({ width: 360, height: 700 });
    const long = encodeURIComponent(`^(${Array(12).fill("runtime\\.newproc").join("|")})$`);
    for (const view of ["flamegraph", "top", "graph"]) {
      await show(page, `${heap.url}/ui/${view}?f=${long}&i=${long}&tf=bytes%3D64kb`);
      await page.waitForSelector(".chips button >> nth=2");
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 360, `${view}: ${width} px wide`);
      await screenshot(page, `narrow_filters_${view}`);
    }
  });
});

// SPDX-License-Identifier: Apache-2.0
// What is clicked has the effect that it says: labels, filters, errors, the clipboard.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, before, describe, it } from "node:test";
import {
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

const LABELLED = `goroutine profile: total 8
5 @ 0x11 0x21
# labels: {"tenant":"acme,2"}
#\t0x10\tmain.a+0x1\t/srv/a.go:1

3 @ 0x31 0x41
# labels: {"tenant":"acme,1"}
#\t0x30\tmain.b+0x1\t/srv/b.go:1
`;

const directory = temporaryDirectory("choices");
let browser;
let heap;
let page;

before(async () => {
  [browser, heap] = await Promise.all([launch(), Server.start(HEAP)]);
  page = await openPage(browser);
});
afterEach(() => {
  assert.deepEqual(page.problems.splice(0), []);
});

const total = (shown) => shown.textContent(".tags h2 small");

describe("a label's value", () => {
  it("is a filter also if it is a number", async () => {
    await show(page, `${heap.url}/ui/tags`);
    assert.match(await page.textContent(".tags h2"), /^bytes/);
    const weight = await page.textContent(".tags tbody td");
    await page.click(".tags button.link >> nth=0");
    await page.waitForURL(/[?&]tf=bytes/);
    await eventually(async () => {
      assert.equal((await total(page)).split(",")[0], weight);
      assert.equal(await page.$$eval(".tags button.link", (all) => all.length), 1);
    });
  });

  it("is one filter also with a comma in it", async () => {
    const file = path.join(directory, "labels.txt");
    writeFileSync(file, LABELLED);
    const server = await Server.start(file);
    await show(page, `${server.url}/ui/tags`);
    await page.click(".tags button.link >> text=acme,2");
    await page.waitForURL(/[?&]tf=tenant/);
    await eventually(async () => {
      assert.deepEqual(await page.$$eval("section:has(h2:has-text('tenant')) button.link",
        (all) => all.map((one) => one.textContent)), ["acme,2"]);
    });
    await show(page, `${server.url}/ui/tags?f=nomatch`);
    assert.doesNotMatch(await page.textContent("main"), /These samples have no labels/);
    await server.stop();
  });
});

describe("a function that a granularity made", () => {
  for (const granularity of ["lines", "addresses", "filefunctions"]) {
    it(`is a filter: ${granularity}`, async () => {
      await show(page, `${heap.url}/ui/top?g=${granularity}`);
      await page.click("table tbody tr >> nth=0");
      await page.click("header >> text=Refine");
      await page.click("text=Focus");
      await page.waitForURL(/[?&]f=/);
      await settled(page);
      await eventually(async () => {
        assert.ok((await page.$$("table tbody tr")).length > 0);
        assert.equal(await page.$(".notices"), null);
      });
    });
  }
});

describe("a wrong parameter", () => {
  for (const query of ["n=abc", "si=nope", "g=bogus", "nf=x", "sort=zz", "trim=2", "f=("]) {
    it(`is taken out by a click: ${query}`, async () => {
      await show(page, `${heap.url}/ui/top?${query}`);
      await page.click(".problem button");
      await page.waitForURL((url) => url.search === "");
      await settled(page);
      await eventually(async () => assert.ok((await page.$$("table tbody tr")).length > 0));
    });
  }

  it("is told on the page of instructions", async () => {
    await show(page, `${heap.url}/ui/disasm?i=(`);
    assert.match(await page.textContent(".problem"), /parsing ignore regexp/);
  });
});

it("options keep switches however they are spelled", async () => {
  await show(page, `${heap.url}/ui/top?trim=0&rel=T&mean=1`);
  await page.click("header >> text=Options");
  await page.fill("input[name=n]", "3");
  await page.click("text=Apply");
  await page.waitForURL((url) => url.searchParams.get("n") === "3");
  assert.match(page.url(), /trim=0&rel=T&mean=1/);
});

it("the rows of Top are reached by keys", async () => {
  await show(page, `${heap.url}/ui/top`);
  await page.focus("table tbody tr >> nth=0");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  const at = await page.evaluate(() => document.activeElement.getAttribute("aria-rowindex"));
  assert.equal(at, "4");
});

it("texts are copied also where pages have no clipboard of their own", async () => {
  const bare = await openPage(browser);
  await bare.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await show(bare, `${heap.url}/ui/top`);
  await bare.click("footer button");
  await bare.waitForSelector("footer >> text=Copied");
  assert.deepEqual(bare.problems, []);
  await bare.context().close();
});

it("filters that nothing passes are no verdict", async () => {
  const file = path.join(directory, "dump.txt");
  writeFileSync(file, leakyDump(40));
  const none = await Server.start("leaks", "-state=nomatch", file);
  await show(page, `${none.url}/ui/leaks`);
  assert.match(await page.textContent(".verdict"), /No goroutine matches the filters among 41/);
  assert.doesNotMatch(await page.textContent("main"), /No leak found|search/);
  assert.match(await page.textContent(".verdict"), /, -state=nomatch, keep 0 of 41 goroutines/);
  await none.stop();
  const words = ["-state=chan send", "-min_age=3m", file];
  const some = await Server.start("leaks", ...words);
  await show(page, `${some.url}/ui/leaks`);
  assert.match(await page.textContent(".verdict"),
    /filters of the command line, -state=chan send -min_age=3, keep 40 of 41 goroutines/);
  await screenshot(page, "leaks_filtered");
  await some.stop();
  const alone = execFileSync(plumb, ["leaks", "-html=-", "-no_script", ...words],
    { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  assert.match(alone, /Only goroutines that filters keep: -state=chan send -min_age=3</);
});

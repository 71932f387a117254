// SPDX-License-Identifier: Apache-2.0
// Who came, stayed, moved and went between two snapshots, by id; and two profiles side by side.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import {
  DATA,
  eventually,
  HEAP,
  launch,
  openPage,
  plumb,
  screenshot,
  seriousFindings,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

const directory = temporaryDirectory("moves");

function goroutine(id, place) {
  return `goroutine ${id} [chan send, 5 minutes]:
${place}(0xc000010000)
\t/srv/app/main.go:17 +0x1d
created by main.serve in goroutine 1
\t/srv/app/main.go:25 +0x3c
`;
}

/** A dump with goroutines from..to-1 at main.leak, and some elsewhere. */
function dump(name, from, to, others) {
  const ids = Array.from({ length: to - from }, (_, i) => goroutine(from + i, "main.leak"));
  for (const [id, place] of Object.entries(others)) ids.push(goroutine(id, place));
  const file = path.join(directory, name);
  writeFileSync(file, ids.join("\n"));
  return file;
}

// From the first to the last: 300 are new, 295 stay, one of them moved, 5 are gone.
const files = [
  dump("1.txt", 100, 400, { 5000: "main.here" }),
  dump("2.txt", 103, 500, { 5000: "main.here", 6000: "main.brief" }),
  dump("3.txt", 105, 700, { 5000: "main.there" }),
];

let browser;
let server;
let page;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start("leaks", ...files)]);
  page = await openPage(browser, { bypassCSP: true });
});

async function kinds() {
  const texts = await page.locator("[aria-label=Goroutines] >> button").allTextContents();
  return texts.map((text) => text.trim());
}

function kindsAre(...expected) {
  return eventually(async () => assert.deepEqual(await kinds(), expected));
}

function ids() {
  return page.$$eval("table.moved tbody tr", (rows) => rows.map((row) => {
    return Number(row.cells[0].textContent);
  }));
}

describe("between two snapshots", () => {
  it("goroutines are told apart by id, with pages of them", async () => {
    await show(page, `${server.url}/ui/leaks`);
    await page.click("text=Which goroutines came, stayed and went");
    await page.waitForURL(/moves=1/);
    await kindsAre("+ 300 new", "= 295 stayed", "~ 1 elsewhere", "\u2212 5 gone");
    assert.deepEqual(await ids(), Array.from({ length: 100 }, (_, i) => 400 + i));
    await screenshot(page, "moves");
    assert.deepEqual(await seriousFindings(page), []);
    for (const first of [500, 600]) {
      await page.click("main >> text=Next");
      await eventually(async () => assert.equal((await ids())[0], first));
    }
    assert.ok(await page.isDisabled("main >> text=Next"));
    await page.goBack();
    await eventually(async () => assert.equal((await ids())[0], 500));
    await page.click("main >> text=gone");
    await eventually(async () => assert.deepEqual(await ids(), [100, 101, 102, 103, 104]));
    await eventually(async () => {
      assert.match(await page.textContent("table.moved tbody tr"), /1\.txt.*2\.txt/);
    });
    await page.click("main >> text=elsewhere");
    await eventually(async () => assert.deepEqual(await ids(), [5000]));
    assert.match(await page.textContent("table.moved tbody"), /main\.there.*main\.here/);
  });

  it("the numbers are those of the command line", async () => {
    await show(page, `${server.url}/ui/leaks?moves=1`);
    await kindsAre("+ 300 new", "= 295 stayed", "~ 1 elsewhere", "\u2212 5 gone");
    const command = await page.textContent("main .note code");
    assert.equal(command, `$ plumb diff ${files[0]} ${files[2]}`);
    const [, ...words] = `${command.slice(2)} -json`.split(" ");
    const run = spawnSync(plumb, words, { encoding: "utf8" });
    const text = JSON.stringify(JSON.parse(run.stdout));
    for (const number of [300, 295, 5]) assert.ok(text.includes(`:${number}`), text);
  });

  it("two others are chosen, groups lead to their goroutines, links open", async () => {
    await show(page, `${server.url}/ui/leaks?moves=1`);
    await page.selectOption("main select >> nth=1", "2");
    await page.waitForURL(/to=2/);
    await kindsAre("+ 101 new", "= 298 stayed", "~ 0 elsewhere", "\u2212 3 gone");
    await page.click("[aria-label='1 new in main.brief main.go:17']");
    await eventually(async () => assert.deepEqual(await ids(), [6000]));
    await page.reload();
    await settled(page);
    await eventually(async () => assert.deepEqual(await ids(), [6000]));
    await page.click("main a >> text=main.leak");
    await page.waitForURL((url) => url.searchParams.has("group"));
    await page.waitForSelector("text=What speaks for a leak");
    await page.goBack();
    await eventually(async () => assert.deepEqual(await ids(), [6000]));
    await page.click("main >> text=All groups");
    await page.waitForSelector(".verdict");
    assert.ok(!page.url().includes("moves"));
  });

  it("without ids there are counts, and the reason", async () => {
    const counts = await Server.start("leaks", `${DATA}/goroutine.debug0.pb.gz`, files[0]);
    await show(page, `${counts.url}/ui/leaks?moves=1&from=1&to=2`);
    await page.waitForSelector("text=Counts only: snapshot 1 has no ids");
    assert.equal((await page.$$("table.moved")).length, 0);
    assert.ok((await page.$$("table.groups tbody tr")).length > 0);
    await show(page, `${counts.url}/ui/leaks?moves=1&from=2&to=1`);
    await page.waitForSelector("[role=alert] >> text=there are snapshots 1 to 2");
    await counts.stop();
    assert.deepEqual(page.problems, []);
  });

  it("narrow and dark", async () => {
    const phone = await openPage(browser, { colorScheme: "dark",
      viewport: { width: 400, height: 800 } });
    await show(phone, `${server.url}/ui/leaks?moves=1`);
    await phone.waitForSelector("table.moved");
    const width = await phone.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 400, `${width} px wide`);
    await screenshot(phone, "moves_dark_narrow");
    assert.deepEqual(phone.problems, []);
    await phone.context().close();
  });
});

describe("two profiles side by side", () => {
  it("are shown in top and flame graph, each with its own numbers", async () => {
    const heap = await Server.start(HEAP);
    await show(page, `${heap.url}/ui/top`);
    await page.click("header >> text=Profiles");
    await page.setInputFiles(".open-file input", files[0]);
    await page.waitForURL(/profile=1/);
    await settled(page);
    await page.click("nav >> text=Top");
    await settled(page);
    await page.click("header >> text=Profiles");
    await page.click("li:has-text('heap.pb.gz') >> text=Beside");
    await page.waitForURL(/beside=first/);
    await page.waitForFunction(() => document.querySelectorAll("table.top").length === 2);
    await page.waitForSelector("section[aria-label$='heap.pb.gz']");
    const [left, right] = await page.$$eval(".beside > section", (all) => {
      return all.map((one) => one.textContent);
    });
    assert.match(left, /1\.txt.*goroutine 301.*main\.leak/);
    assert.match(right, /heap\.pb\.gz.*inuse_space/);
    await screenshot(page, "beside_top");
    await page.click("nav >> text=Flame graph");
    await page.waitForFunction(() => document.querySelectorAll("canvas[data-boxes]").length === 2);
    await screenshot(page, "beside_flamegraph");
    await page.setViewportSize({ width: 400, height: 800 });
    await settled(page);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 400, `${width} px wide`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll("canvas[data-boxes]").length === 2);
    assert.deepEqual(await seriousFindings(page), []);
    await page.click("main >> text=Only 1.txt");
    await page.waitForFunction(() => document.querySelectorAll("canvas[data-boxes]").length === 1);
    await heap.stop();
    assert.deepEqual(page.problems, []);
  });
});

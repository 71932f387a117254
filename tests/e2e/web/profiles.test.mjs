// SPDX-License-Identifier: Apache-2.0
// Several profiles: opened from a file, dropped on the page, switched between, compared, closed.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import {
  eventually,
  HEAP,
  launch,
  leakyDump,
  openPage,
  screenshot,
  seriousFindings,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

const directory = temporaryDirectory("profiles");
const dumpFile = path.join(directory, "dump.txt");
writeFileSync(dumpFile, leakyDump(30));
const brokenFile = path.join(directory, "broken.pb.gz");
writeFileSync(brokenFile, readFileSync(HEAP).subarray(0, 900));

let browser;
let server;
let page;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start(HEAP)]);
  page = await openPage(browser, { bypassCSP: true });
});

async function openPanel() {
  await page.click("header >> text=Profiles");
  await page.waitForSelector(".configs li");
}

/** Drops a file on the page as a file manager does. */
async function drop(name, text) {
  const data = await page.evaluateHandle(([file, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], file));
    return transfer;
  }, [name, text]);
  await page.dispatchEvent("body", "dragover", { dataTransfer: data });
  await page.waitForSelector(".drop");
  await page.dispatchEvent("body", "drop", { dataTransfer: data });
}

describe("several profiles", () => {
  it("are opened from files, the verdict first", async () => {
    await show(page, `${server.url}/ui/top`);
    await openPanel();
    await page.setInputFiles(".open-file input", dumpFile);
    await page.waitForURL(/leaks\?profile=1/);
    await settled(page);
    assert.match(await page.textContent(".verdict"), /30 of 31 goroutines/);
    assert.equal(await page.textContent("footer code"), "$ plumb leaks dump.txt");
    await page.click("nav >> text=Top");
    await settled(page);
    assert.match(page.url(), /profile=1/);
    assert.match(await page.textContent("main"), /main\.leak/);
    const views = await page.$$eval("nav a", (links) => links.map((link) => link.textContent));
    assert.ok(!views.includes("Source"), "no files are read for it");
  });

  it("are dropped on the page, and compared", async () => {
    await show(page, `${server.url}/ui/flamegraph?profile=1`);
    await drop("later.txt", leakyDump(75));
    await page.waitForURL(/leaks\?profile=2/);
    await settled(page);
    await openPanel();
    await screenshot(page, "profiles");
    assert.deepEqual(await seriousFindings(page), []);
    await page.click("li:has-text('dump.txt') >> text=Subtract it");
    await page.waitForURL(/flamegraph\?profile=3/);
    await settled(page);
    await page.waitForSelector("text=grew");
    assert.match(await page.textContent("footer code"), /-diff_base=dump\.txt later\.txt/);
    await page.waitForSelector("canvas[data-boxes]");
    await screenshot(page, "profiles_compared");
  });

  it("are switched between and closed", async () => {
    await show(page, `${server.url}/ui/flamegraph?profile=3`);
    await openPanel();
    await page.click(".configs a >> nth=0");
    await page.waitForURL((url) => !url.search);
    await settled(page);
    assert.match(await page.textContent("footer code"), /heap\.pb\.gz/);
    await openPanel();
    await page.click("[aria-label^='Close later.txt less']");
    await page.waitForSelector("[aria-label^='Close later.txt less']", { state: "detached" });
    await eventually(async () => assert.equal((await page.$$(".configs li")).length, 3));
    await show(page, `${server.url}/ui/leaks?profile=1`);
    assert.match(await page.textContent(".verdict"), /30 of 31/);
  });

  it("that are none say so, and what is shown stays", async () => {
    await show(page, `${server.url}/ui/top`);
    const before = await page.textContent("main");
    await openPanel();
    await page.setInputFiles(".open-file input", brokenFile);
    await page.waitForSelector("[role=alert]");
    assert.match(await page.textContent("[role=alert]"), /broken\.pb\.gz: .*unexpected EOF/);
    await screenshot(page, "profiles_broken");
    await page.click("[role=alert] >> text=Close");
    await page.waitForSelector("[role=alert]", { state: "detached" });
    await drop("photo.jpg", "\u00ff\u00d8 no profile at all");
    await page.waitForSelector("[role=alert]");
    assert.match(await page.textContent("[role=alert]"), /photo\.jpg: /);
    assert.equal(await page.textContent("main"), before);
    assert.deepEqual(page.problems, []);
  });
});

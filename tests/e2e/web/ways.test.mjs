// SPDX-License-Identifier: Apache-2.0
// Ways through the pages: links that lead nowhere, searches, history.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import {
  eventually,
  launch,
  openPage,
  screenshot,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

// Settings of whoever runs the tests are none of their business.
process.env.XDG_CONFIG_HOME = temporaryDirectory("config");

const DATA = "tests/data/go-samples/go1.26dev";

let browser;
let heap;
let page;

before(async () => {
  [browser, heap] = await Promise.all([launch(), Server.start(`${DATA}/heap.pb.gz`)]);
});
after(async () => {
  await browser.close();
  await heap.stop();
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

// SPDX-License-Identifier: Apache-2.0
// Accessibility (axe), and the budgets of size and time.

import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { DATA, launch, openPage, seriousFindings, Server, show } from "./harness.mjs";

const VIEWS = {
  light: ["leaks", "flamegraph", "top", "graph", "source", "traces", "tags"],
  // What differs is colours.
  dark: ["leaks", "top", "source"],
};

let browser;
let server;

before(async () => {
  [browser, server] = await Promise.all([
    launch(),
    Server.start(`${DATA}/goroutine.debug2.txt`),
  ]);
});

describe("accessibility", () => {
  for (const [colorScheme, views] of Object.entries(VIEWS)) {
    it(`axe finds nothing serious, ${colorScheme}`, async () => {
      const page = await openPage(browser, { colorScheme, bypassCSP: true });
      for (const view of views) {
        await show(page, `${server.url}/ui/${view}?tagroot=state`);
        assert.deepEqual(await seriousFindings(page), [], view);
      }
      await page.context().close();
    });
  }

  it("menus and panels too", async () => {
    const page = await openPage(browser, { bypassCSP: true });
    await show(page, `${server.url}/ui/top?f=main&i=nothing`);
    for (const name of ["Refine", "Options"]) {
      await page.click(`header >> text=${name}`);
      assert.deepEqual(await seriousFindings(page), [], name);
      await page.keyboard.press("Escape");
    }
    await page.context().close();
  });
});

describe("a narrow screen", () => {
  it("holds every menu, and needs no scrolling sideways", async () => {
    const page = await openPage(browser, { viewport: { width: 400, height: 800 } });
    const excess = () => page.evaluate(() => {
      return document.documentElement.scrollWidth - document.documentElement.clientWidth;
    });
    for (const view of ["leaks", "flamegraph", "graph", "peek", "source", "traces", "tags"]) {
      await show(page, `${server.url}/ui/${view}`);
      assert.ok(await excess() <= 0, view);
    }
    await show(page, `${server.url}/ui/top?trim=f`);
    for (const name of ["Refine", "Options", "Config", "Profiles", "Share"]) {
      await page.click(`header >> text=${name}`);
      const box = await (await page.waitForSelector(".menu-list")).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= 400, name);
      assert.ok(await excess() <= 0, name);
      await page.keyboard.press("Escape");
      await page.waitForSelector(".menu-list", { state: "detached" });
    }
    await page.context().close();
  });
});

describe("budgets", () => {
  it("the first load is at most 60 KB", async () => {
    let bytes = 0;
    for (const path of ["/ui/flamegraph", "/ui/assets/app.js", "/ui/assets/app.css"]) {
      const response = await fetch(server.url + path, { headers: { "Accept-Encoding": "gzip" } });
      bytes += Number(response.headers.get("Content-Length"));
    }
    assert.ok(bytes <= 60 * 1024, `${bytes} bytes`);
  });
});

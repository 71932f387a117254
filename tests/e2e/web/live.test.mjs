// SPDX-License-Identifier: Apache-2.0
// The leak pages on a Go server that leaks while they are open: they follow, and end with it.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import {
  ended,
  eventually,
  HEAP,
  launch,
  openPage,
  screenshot,
  seriousFindings,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

const directory = temporaryDirectory("live");
const go = [process.env.PLUMB_GO, "/usr/local/go/bin/go", "/usr/bin/go"].find((one) => {
  return one && existsSync(one);
});

let browser;
let leaky;
let address;

/** The first group of `pattern` in what a program says. */
function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes) => {
        text += bytes;
        const found = pattern.exec(text);
        if (found) resolve(found[1]);
      });
    }
    child.on("exit", () => reject(new Error(text)));
  });
}

/** Waits until the page shows so many snapshots. */
function snapshots(page, count) {
  return page.waitForFunction((wanted) => {
    const text = document.querySelector(".live")?.textContent ?? "";
    return Number(/(\d+) snapshot/.exec(text)?.[1] ?? 0) >= wanted;
  }, count);
}

/** How many goroutines the verdict is about. */
async function stuck(page) {
  const text = await page.textContent(".verdict-line");
  return Number(/([\d,]+) of/.exec(text)?.[1].replaceAll(",", "") ?? 0);
}

/** Waits until the verdict is about more goroutines than `before`. */
function moreThan(page, before) {
  return eventually(async () => assert.ok(await stuck(page) > before));
}

describe("a live server", { skip: !go && "Go is not installed" }, () => {
  before(async () => {
    const program = path.join(directory, "leaky");
    execFileSync(go, ["build", "-buildvcs=false", "-o", program, "./leaky"], {
      cwd: "examples/go",
      env: { ...process.env, GOFLAGS: "", GOWORK: "off", GOTOOLCHAIN: "local" },
    });
    browser = await launch();
    leaky = spawn(program, ["-addr", "127.0.0.1:0"]);
    address = await said(leaky, /http:\/\/(127\.0\.0\.1:\d+)/);
  });
  after(() => ended(leaky, "SIGKILL"));

  it("gives a profile whose instructions are shown, as its program is at hand", async () => {
    process.env.PPROF_TMPDIR = directory;
    const server = await Server.start(`http://${address}/debug/pprof/goroutine`);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/disasm`);
    await eventually(async () => {
      assert.match(await page.textContent("main"), /runtime\.gopark.*leaky/);
    });
    await show(page, `${server.url}/ui/disasm?f=leakGoroutines`);
    await eventually(async () => {
      const text = await page.textContent("main");
      assert.match(text, /main\.leakGoroutines\.func1/);
      assert.match(text, /main\.go:42/);
    });
    await screenshot(page, "disassembly_live");
    await page.click("nav >> text=Source");
    await eventually(async () => {
      assert.match(await page.textContent("main"), /ch <- result/);
    });
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("is followed by the pages, which can be paused, and names the line", async () => {
    const server = await Server.start("leaks", "-every=1s", address);
    const page = await openPage(browser, { bypassCSP: true });
    await show(page, `${server.url}/`);
    assert.match(await page.textContent(".live"), /Live: \d+ snapshot/);
    await snapshots(page, 3);
    await page.waitForSelector(".chart");
    await eventually(async () => {
      assert.match(await page.textContent(".verdict-line"), /leaking/i);
    });
    await moreThan(page, await stuck(page));
    assert.match(await page.textContent("dl.tiles a"), /main\.go:\d+/);
    await screenshot(page, "live");
    // What is on the screen stays there, while snapshots go on; also if something is on its way.
    const data = "**/ui/api/leaks*";
    await page.route(data, (route) => setTimeout(() => route.continue().catch(() => {}), 3000));
    await page.waitForRequest(/api\/leaks/);
    await page.click(".live button:text('Pause')");
    await page.waitForSelector(".live.paused");
    const kept = await stuck(page);
    assert.deepEqual(await seriousFindings(page), []);
    const count = Number(/(\d+) snapshot/.exec(await page.textContent(".live"))[1]);
    await snapshots(page, count + 4);
    assert.equal(await stuck(page), kept);
    await page.unroute(data);
    await page.click(".live button:text('Follow')");
    await moreThan(page, kept);
    // A server alone would be asked for a CPU profile.
    const watched = `http://${address}`;
    assert.equal(await page.textContent("footer code"), `$ plumb leaks -every=1s ${watched}`);
    // From the landing page to the line, and to the other views of the last snapshot.
    await page.click("dl.tiles a");
    await page.waitForURL(/group=/);
    await settled(page);
    assert.match(await page.textContent("main"), /ch <- |blocked|wait here/);
    await screenshot(page, "live_group");
    await page.click("nav >> text=Top");
    await settled(page);
    assert.match(await page.textContent("main"), /main\.leakGoroutines/);
    assert.equal(await page.textContent("footer code"),
      `$ plumb top '${watched}/debug/pprof/goroutine?debug=2'`);
    assert.deepEqual(page.problems, []);
    await page.context().close();
    assert.equal(await server.stop(), 0);
  });

  it("stands still in all pages while it is paused", async () => {
    const server = await Server.start("leaks", "-every=500ms", address);
    const page = await openPage(browser);
    await show(page, `${server.url}/`);
    await page.waitForSelector("dl.tiles a");
    await page.click(".live button:text('Pause')");
    await page.waitForSelector(".live.paused");
    const kept = await stuck(page);
    const all = /of ([\d,]+) goroutines/.exec(await page.textContent(".verdict-line"))[1];
    const taken = Number(/(\d+) snapshot/.exec(await page.textContent(".live"))[1]);
    await snapshots(page, taken + 10);
    await page.click("nav >> text=Top");
    await page.waitForSelector("table.top");
    const total = `of ${all.replace(",", "")} total`;
    assert.ok((await page.textContent("main .note")).includes(total), total);
    await page.click("nav >> text=Leaks");
    await page.waitForSelector("main[data-view=leaks] dl.tiles a");
    assert.equal(await stuck(page), kept);
    await page.click("dl.tiles a");
    await page.waitForSelector("[aria-label=Goroutines] tbody tr");
    await page.goBack();
    await page.waitForSelector("dl.tiles a");
    assert.equal(await stuck(page), kept);
    await page.click(".live button:text('Follow')");
    await moreThan(page, kept);
    assert.deepEqual(page.problems, []);
    await page.context().close();
    assert.equal(await server.stop(), 0);
  });

  it("is followed beside another profile", async () => {
    const server = await Server.start("leaks", "-every=500ms", address);
    const page = await openPage(browser);
    await show(page, `${server.url}/`);
    await page.click("header >> text=Profiles");
    await page.setInputFiles(".open-file input", HEAP);
    await page.waitForURL(/profile=1/);
    await show(page, `${server.url}/ui/top?profile=1&beside=first`);
    const right = ".beside > section:nth-child(2)";
    await page.waitForSelector(`${right} table.top`);
    const title = () => page.textContent(`${right} h2`);
    const count = async () => Number(/goroutine ([\d,]+)/.exec(await title())?.[1] ?? 0);
    const before = await count();
    assert.ok(before > 0, await title());
    await eventually(async () => assert.ok(await count() > before, await title()));
    assert.match(await page.textContent(".beside > section:nth-child(1) h2"), /inuse_space/);
    await page.click(".live button:text('Pause')");
    await page.waitForSelector(".live.paused");
    const kept = await count();
    const taken = Number(/(\d+) snapshot/.exec(await page.textContent(".live"))[1]);
    await snapshots(page, taken + 3);
    assert.equal(await count(), kept);
    await page.click(".live button:text('Follow')");
    await eventually(async () => assert.ok(await count() > kept, await title()));
    await screenshot(page, "live_beside");
    assert.deepEqual(page.problems, []);
    await page.context().close();
    assert.equal(await server.stop(), 0);
  });

  it("may go away, which the page says", async () => {
    const server = await Server.start("leaks", "-every=500ms", address);
    const page = await openPage(browser);
    await show(page, `${server.url}/`);
    // Maybe in the middle of an answer: what is wrong is then not that nobody is there.
    await ended(leaky, "SIGKILL");
    await page.waitForSelector(".notices.live-problem");
    const problem = await page.textContent(".live-problem");
    assert.ok(problem.startsWith("No snapshot now: ") && problem.includes(address), problem);
    await eventually(async () => {
      assert.match(await page.textContent(".live-problem"), /refused/);
    });
    await screenshot(page, "live_gone");
    assert.ok(await page.isVisible(".verdict"), "what was found stays");
    await page.context().close();
    await server.stop();
  });
});

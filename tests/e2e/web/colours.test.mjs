// SPDX-License-Identifier: Apache-2.0
// The colours of flame graphs, and that they never say alone what they say.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import {
  DATA,
  eventually,
  HEAP,
  launch,
  leakyDump,
  openPage,
  screenshot,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";


let browser;
let dump;
let page;

before(async () => {
  const file = path.join(temporaryDirectory("colours"), "dump.txt");
  writeFileSync(file, `${leakyDump(10)}\ngoroutine 900 [select, 2000 minutes]:
main.leak(0xc000010000)
\t/srv/app/main.go:17 +0x1d
created by main.serve in goroutine 1
\t/srv/app/main.go:25 +0x3c
`);
  [browser, dump] = await Promise.all([launch(), Server.start(file)]);
  page = await openPage(browser);
});

async function legend() {
  const items = await page.locator("[aria-label=Colours] li").allTextContents();
  return items.map((text) => text.trim());
}

/** Waits until the box that the keyboard is on is told with these words. */
function activeIs(pattern) {
  return eventually(async () => assert.match(await page.textContent(".flame-active"), pattern));
}

async function open(server, query) {
  await show(page, `${server.url}/ui/flamegraph?${query}`);
  await page.waitForSelector("canvas[data-boxes]");
}

describe("colours of the flame graph", () => {
  it("tell states, in the legend, in boxes and to screen readers", async () => {
    await open(dump, "");
    await page.selectOption("main select", "state");
    await page.waitForURL(/colour=state/);
    await eventually(async () => {
      assert.deepEqual(await legend(), ["chan send 83.33%", "IO wait 8.33%", "select 8.33%"]);
    });
    await page.focus("[role=tree]");
    await activeIs(/^root, 12 \(100%\), chan send 83\.33%, IO wait 8\.33%, select 8\.33%/);
    await page.keyboard.press("ArrowDown");
    await activeIs(/^main\.leak\S*, 11 \(91\.67%\), self 11, chan send 90\.91%, select 9\.09%/);
    await screenshot(page, "flamegraph_state");
    await page.reload();
    await settled(page);
    assert.equal(await page.inputValue("main select"), "state");
  });

  it("tell states of callers, of inverted graphs and of collapsed recursion", async () => {
    for (const query of ["p=main.leak", "inv=1", "rec=1"]) {
      await open(dump, `colour=state&${query}`);
      await page.focus("[role=tree]");
      if (!query.startsWith("p")) await page.keyboard.press("ArrowDown");
      await activeIs(/^main\.leak\S*, 11 .*chan send 90\.91%, select 9\.09%/);
    }
  });

  it("tell ages, the longest first", async () => {
    await open(dump, "colour=age");
    await page.focus("[role=tree]");
    await page.keyboard.press("ArrowDown");
    await activeIs(/waits 1 d\S+ and more 9\.09%, 5 min to 15 min 90\.91%|waits 24 h and more/);
    assert.ok((await legend()).includes("5 min to 15 min 83.33%"));
    await screenshot(page, "flamegraph_age");
  });

  it("say what the data does not have", async () => {
    const heap = await Server.start(HEAP);
    await open(heap, "colour=state");
    assert.ok(await page.isVisible("text=Not coloured by state: only goroutines have states."));
    assert.equal(await page.inputValue("main select"), "package");
    const offered = await page.$$eval("main option:disabled", (all) => all.map((one) => one.text));
    assert.deepEqual(offered, ["state (only goroutines have states)",
      "age (only goroutines have ages)", "change (this is no difference)"]);
    await heap.stop();
    const counts = await Server.start(`${DATA}/goroutine.debug0.pb.gz`);
    await open(counts, "colour=age");
    assert.ok(await page.isVisible("text=Not coloured by age: no waits in this data"));
    await page.selectOption("main select", "state");
    await page.waitForSelector("text=States are inferred from the stacks");
    await counts.stop();
    assert.deepEqual(page.problems, []);
  });

  it("are different for states that stand beside each other", async () => {
    const states = ["running", "runnable", "chan send", "chan receive", "select", "IO wait",
      "sleep", "syscall", "semacquire", "sync.WaitGroup.Wait"];
    const file = path.join(temporaryDirectory("states"), "dump.txt");
    writeFileSync(file, states.map((state, i) => `goroutine ${i + 1} [${state}]:
main.work()
\t/srv/app/main.go:17 +0x1d
created by main.serve in goroutine 1
\t/srv/app/main.go:25 +0x3c
`).join("\n"));
    const server = await Server.start(file);
    await open(server, "colour=state");
    const colours = await page.$$eval("[aria-label=Colours] .swatch", (all) => {
      return all.map((one) => getComputedStyle(one).backgroundColor);
    });
    assert.equal(new Set(colours).size, states.length, colours.join());
    // The same page says what to do where there is no program to disassemble.
    await page.click("nav >> text=Disassembly");
    await page.waitForSelector("text=plumb serve PROGRAM PROFILE");
    await server.stop();
  });

  it("are of dark pages and narrow ones, too", async () => {
    const options = { colorScheme: "dark", viewport: { width: 400, height: 800 } };
    const phone = await openPage(browser, options);
    for (const by of ["state", "age"]) {
      await show(phone, `${dump.url}/ui/flamegraph?colour=${by}`);
      await phone.waitForSelector("[aria-label=Colours]");
      const width = await phone.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(width <= 400, `${width} px wide`);
      await screenshot(phone, `flamegraph_${by}_dark_narrow`);
    }
    assert.deepEqual(phone.problems, []);
  });
});

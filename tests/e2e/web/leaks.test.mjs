// SPDX-License-Identifier: Apache-2.0
// The leak pages: the verdict first, then the group, its source and its goroutines.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "node:test";
import {
  DATA,
  eventually,
  launch,
  leakyDump,
  leakyDumps,
  openPage,
  plumb,
  screenshot,
  seriousFindings,
  Server,
  settled,
  show,
  temporaryDirectory,
} from "./harness.mjs";

const LEAKY = "examples/profiles/leaky.debug2.txt.gz";
const FIXED = "examples/profiles/fixed.debug2.txt.gz";

let browser;

before(async () => {
  browser = await launch();
});

describe("the leak pages", () => {
  it("answer from the first page what the command line says", async () => {
    const server = await Server.start(LEAKY);
    const page = await openPage(browser);
    await show(page, `${server.url}/`);
    assert.equal(new URL(page.url()).pathname, "/ui/leaks");
    const report = JSON.parse(execFileSync(plumb, ["leaks", "-json", LEAKY], { encoding: "utf8" }));
    const worst = report.groups[0];
    const text = await page.textContent("main");
    assert.match(text, /Probably leaking: 9,216 of 9,221 goroutines, in one group/);
    assert.ok(text.includes(`${worst.blocked.function} main.go:${worst.blocked.line}`));
    assert.ok(text.includes(worst.reason));
    await screenshot(page, "leaks_one_snapshot");
    await page.click("dl.tiles a");
    await page.waitForURL(/group=/);
    await settled(page);
    const group = await page.textContent("main");
    for (const part of [worst.cause, worst.fix, worst.evidence[0].text, worst.next]) {
      assert.ok(group.includes(part), part);
    }
    assert.match(group, /Created by main\.leakGoroutines, 9,216 in all/);
    await screenshot(page, "leak_group");
    await page.reload();
    await settled(page);
    await eventually(async () => assert.equal(await page.textContent("main"), group));
    await page.goBack();
    await settled(page);
    await eventually(async () => assert.equal(await page.textContent("main"), text));
    await page.click("text=other groups");
    await page.waitForSelector("table.groups tbody tr >> nth=1");
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("say that nothing leaks where nothing does", async () => {
    const server = await Server.start(FIXED);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/leaks`);
    assert.match(await page.textContent(".verdict"), /No leak found|Nothing leaks for certain/);
    assert.equal(await page.$("dl.tiles"), null);
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("show growth over snapshots, and who stayed", async () => {
    const files = leakyDumps(temporaryDirectory("leaks"), [5, 40, 90]);
    const server = await Server.start("leaks", ...files);
    const page = await openPage(browser, { bypassCSP: true });
    await show(page, `${server.url}/ui/`);
    assert.match(await page.textContent("figcaption"), /Goroutines: 6 to 91/);
    await screenshot(page, "leaks_series");
    assert.deepEqual(await seriousFindings(page), []);
    // Back through the snapshots, by keyboard and by a click on the chart.
    const isShown = (count, at) => eventually(async () => {
      const shown = await page.$eval("table.groups tbody tr", (row) => row.cells[1].textContent);
      assert.equal(shown, count);
      assert.equal(new URL(page.url()).searchParams.get("at"), at);
    });
    await isShown("90", null);
    await page.focus(".scrubber input");
    await page.keyboard.press("ArrowLeft");
    await isShown("40", "2");
    await page.keyboard.press("ArrowLeft");
    await isShown("5", "1");
    assert.match(await page.textContent(".scrubber"), /Snapshot 1 of 3.*6 goroutines/);
    const chart = await page.locator(".chart svg").boundingBox();
    await page.mouse.click(chart.x + chart.width / 2, chart.y + 20);
    await isShown("40", "2");
    await page.click("[aria-label='The next snapshot']");
    await isShown("90", null);
    // Played from the first one to the last, which the page itself watches: it may be fast.
    await page.evaluate(() => {
      globalThis.played = [];
      const note = () => {
        const count = document.querySelector("table.groups tbody tr")?.cells[1].textContent;
        if (count && globalThis.played.at(-1) !== count) globalThis.played.push(count);
      };
      new MutationObserver(note).observe(document.querySelector("main"),
        { subtree: true, childList: true, characterData: true });
    });
    await page.click("text=Play");
    await eventually(async () => {
      assert.match(await page.evaluate(() => globalThis.played.join()), /(^|,)5,40,90$/);
    });
    await page.waitForSelector(".play >> text=Play");
    await isShown("90", null);
    // All 90 wait for five minutes.
    const cells = await page.$$eval(".heatmap tbody tr:first-child td", (row) => {
      return row.map((cell) => cell.textContent);
    });
    assert.deepEqual(cells.slice(0, 5), ["", "", "", "90", ""]);
    assert.match(cells.at(-1), /one age/);
    await page.click("figcaption button");
    await page.waitForSelector(".chart tbody");
    assert.deepEqual(
      await page.$$eval(".chart tbody tr:last-child td", (all) => {
        return all.slice(1).map((cell) => cell.textContent);
      }),
      ["5", "40", "90"],
    );
    await page.click("table.groups a >> nth=0");
    await page.waitForURL(/group=/);
    await settled(page);
    await eventually(async () => {
      const ids = await page.$$eval("[aria-label=Goroutines] tbody tr", (rows) => {
        return rows.map((row) => row.cells[0].textContent);
      });
      assert.equal(ids.length, 90);
      assert.equal(ids[0], "100");
    });
    await page.click("text=In the flame graph");
    await page.waitForURL(/flamegraph/);
    await settled(page);
    await eventually(async () => assert.match(await page.textContent(".strip"), /main\.leak/));
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("tell where a goroutine was in each snapshot", async () => {
    const directory = temporaryDirectory("history");
    const files = ["main.read", "main.parse", "main.leak"].map((place, i) => {
      const file = path.join(directory, `${i}.txt`);
      const moved = leakyDump(1, place).split("\n\n").pop().replace(/100/, "50");
      writeFileSync(file, `${leakyDump(9)}\n${moved}`);
      return file;
    });
    const server = await Server.start("leaks", ...files);
    const page = await openPage(browser, { bypassCSP: true });
    await show(page, `${server.url}/ui/leaks`);
    await page.click("text=other group");
    await page.click("table.groups a:text('main.leak') >> nth=0");
    await page.waitForURL(/group=/);
    await page.click("[aria-label='History of goroutine 50']");
    const lines = await page.locator(".history li").allTextContents();
    assert.deepEqual(lines, [
      "Snapshot 1: chan send at main.read main.go:17",
      "Snapshot 2: chan send at main.parse main.go:17",
      "Snapshot 3: chan send at main.leak main.go:17",
    ]);
    await page.click("[aria-label='History of goroutine 100']");
    await eventually(async () => assert.match(
      (await page.locator(".history li").allTextContents()).join("\n"),
      /Snapshots 1 to 3: chan send at main\.leak/));
    await screenshot(page, "leak_group_history");
    assert.deepEqual(await seriousFindings(page), []);
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("say of which snapshot ids and waits are where the last one has none", async () => {
    const directory = temporaryDirectory("mixed");
    const files = leakyDumps(directory, [5, 40]);
    files.push(path.join(directory, "profile.txt"));
    writeFileSync(files[2], `goroutine profile: total 90
90 @ 0x43e56e 0x40a4e7 0x40a0d7 0x4a2c3d
#\t0x43e56d\truntime.gopark+0xcd\t/go/src/runtime/proc.go:462
#\t0x40a4e6\truntime.chansend+0x3a6\t/go/src/runtime/chan.go:283
#\t0x40a0d6\truntime.chansend1+0x16\t/go/src/runtime/chan.go:161
#\t0x4a2c3c\tmain.leak+0x1c\t/srv/app/main.go:17
`);
    const server = await Server.start("leaks", ...files);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/leaks`);
    const note = "As of snapshot 2, 1.txt: the later ones tell no ids.";
    await eventually(async () => {
      assert.ok((await page.textContent("main .below")).includes(note));
    });
    await page.click("dl.tiles a");
    await page.waitForURL(/group=/);
    await page.waitForSelector("table.ages");
    for (const title of ["Waiting for", "Goroutines"]) {
      const card = await page.textContent(`section:has(> h2:text-is('${title}'))`);
      assert.ok(card.startsWith(title + note), card);
    }
    await page.click("[aria-label='History of goroutine 100']");
    assert.deepEqual(await page.locator(".history li").allTextContents(),
      ["Snapshots 1 to 2: chan send at main.leak main.go:17"]);
    await screenshot(page, "leak_group_mixed");
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("take what a baseline knows for no finding", async () => {
    const directory = temporaryDirectory("baseline");
    const files = leakyDumps(directory, [5, 40, 90]);
    const baseline = path.join(directory, "known.json");
    execFileSync(plumb, ["leaks", `-write_baseline=${baseline}`, ...files], { stdio: "pipe" });
    const server = await Server.start("leaks", `-baseline=${baseline}`, ...files);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/leaks`);
    assert.match(await page.textContent(".verdict"), /No leak found|Nothing leaks for certain/);
    assert.match(await page.textContent("main"),
      /1 group in the baseline 90 goroutines: no finding/);
    // Apart from the groups that nobody has to look at.
    await page.click("text=Show 1 other group");
    await page.waitForSelector("table.groups .level");
    assert.equal(await page.locator("table.groups .level.known").count(), 0);
    await page.click("text=Show 1 group in the baseline");
    await page.waitForSelector("table.groups .level.known");
    const command = await page.textContent("footer code");
    assert.equal(command, `$ plumb leaks -baseline=${baseline} ${files.join(" ")}`);
    await screenshot(page, "leaks_baseline");
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });

  it("tell of one goroutine as of one", async () => {
    const file = path.join(temporaryDirectory("one"), "one.txt");
    writeFileSync(file, `goroutine 7 [chan send (nil chan)]:
main.forever()
\t/srv/app/main.go:40 +0x1d
created by main.main in goroutine 1
\t/srv/app/main.go:25 +0x3c
`);
    const server = await Server.start("leaks", file);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/leaks`);
    assert.match(await page.textContent(".verdict-line"), /1 of 1 goroutine, in one group/);
    await page.click("dl.tiles a");
    await page.waitForURL(/group=/);
    await settled(page);
    await eventually(async () => assert.match(await page.textContent(".verdict-line"),
      /1 goroutine in chan send \(nil chan\)/));
    assert.doesNotMatch(await page.textContent("main"), /\b1 goroutines/);
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
    const alone = execFileSync(plumb, ["leaks", "-html=-", "-no_script", file],
      { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    assert.match(alone, /among 1 goroutine<[^]*>1 goroutine in chan send/);
  });

  it("filter by search", async () => {
    const server = await Server.start(`${DATA}/goroutine.debug2.txt`);
    const page = await openPage(browser);
    await show(page, `${server.url}/ui/leaks?q=mutex`);
    const rows = await page.$$eval("table.groups tbody tr", (all) => {
      return all.map((row) => row.textContent.toLowerCase());
    });
    assert.ok(rows.length > 0);
    await eventually(async () => {
      assert.match(await page.textContent(".found"), /groups?, \d+ goroutines/);
    });
    await page.context().close();
    await server.stop();
  });
});

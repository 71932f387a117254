// SPDX-License-Identifier: Apache-2.0
// The shared file: opened from the disk, without a network, with and without script.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  eventually,
  HEAP,
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

const directory = temporaryDirectory("share");
const dumps = leakyDumps(directory, [5, 40, 90]);

let browser;
let leaks;

before(async () => {
  browser = await launch();
  leaks = share("leaks", ...dumps);
});

let files = 0;

/** Writes a file with plumb and returns its path. */
function share(...words) {
  const file = path.join(directory, `share${files++}.html`);
  execFileSync(plumb, [...words, `-html=${file}`], { stdio: "pipe" });
  return file;
}

/** Everything that is in a file: its text, and the documents in it. */
function contentOf(file) {
  const text = readFileSync(file, "utf8");
  const packed = /<script type="text\/plain" id="plumb-documents">([^<]*)</.exec(text)[1];
  const documents = packed.trim().split("\n").map((line) => {
    const [key, base64] = line.split(" ");
    return [key, gunzipSync(Buffer.from(base64, "base64")).toString("latin1")];
  });
  return { text, documents: new Map(documents) };
}

async function openFile(file, options) {
  const page = await openPage(browser, options);
  await page.context().setOffline(true);
  await show(page, pathToFileURL(file).href);
  return page;
}

describe("a shared file", () => {
  it("has the leak pages, and all that a click leads to", async () => {
    const page = await openFile(leaks);
    assert.match(await page.textContent(".verdict"), /90 of 91 goroutines/);
    assert.match(await page.textContent("figcaption"), /Goroutines: 6 to 91/);
    await screenshot(page, "share_leaks");
    await page.click("table.groups a >> nth=0");
    await page.waitForURL(/#leaks\?group=/);
    await settled(page);
    await eventually(async () => {
      assert.equal((await page.$$("[aria-label=Goroutines] tbody tr")).length, 90);
    });
    await page.reload();
    await settled(page);
    assert.match(await page.textContent(".verdict"), /main\.leak main\.go:17/);
    await page.click("text=In the flame graph");
    await page.waitForURL(/#flamegraph/);
    await settled(page);
    await eventually(async () => assert.match(await page.textContent(".strip"), /main\.leak/));
    await page.goBack();
    await settled(page);
    assert.match(await page.textContent(".verdict"), /main\.leak main\.go:17/);
    for (const view of ["Top", "Graph", "Peek", "Traces", "Tags"]) {
      await page.click(`nav >> text='${view}'`);
      await page.waitForURL(new RegExp(`#${view.toLowerCase()}`));
      await settled(page);
      assert.equal(await page.$(".problem"), null, view);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it("tells who came, stayed and went between its first and last snapshot", async () => {
    const page = await openFile(leaks);
    await page.click("text=Which goroutines came, stayed and went");
    await page.waitForURL(/#leaks\?moves=1/);
    await page.waitForSelector("table.moved");
    const buttons = page.locator("[aria-label=Goroutines] >> button");
    assert.deepEqual(await buttons.allTextContents(),
      ["+ 85 new", "= 6 stayed", "~ 0 elsewhere", "\u2212 0 gone"]);
    assert.equal((await page.$$("table.moved tbody tr")).length, 85);
    assert.ok(await buttons.nth(1).isDisabled(), "the file has no other ids");
    await page.click("table.groups a >> nth=0");
    await page.waitForURL(/group=/);
    await page.waitForSelector("text=What speaks for a leak");
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it("shows what was asked for last", async () => {
    const page = await openFile(leaks);
    // Of two, the first takes longer.
    await page.evaluate(() => {
      const read = Response.prototype.arrayBuffer;
      let count = 0;
      Response.prototype.arrayBuffer = async function late() {
        const bytes = await read.call(this);
        if (count++ % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 200));
        return bytes;
      };
    });
    for (const [first, last] of [["flamegraph", "tags"], ["traces", "top"], ["graph", "tags"]]) {
      await page.evaluate((views) => {
        for (const view of views) document.querySelector(`nav a[href^="#${view}"]`).click();
      }, [first, last]);
      await page.waitForURL(new RegExp(`#${last}`));
      // The late one must not come after it.
      await page.waitForTimeout(300);
      await page.waitForSelector(`main[data-view=${last}][aria-busy=false]`);
    }
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it("has the numbers of the command line, of every sample type", async () => {
    const page = await openFile(share(HEAP));
    for (const type of ["inuse_space", "alloc_objects"]) {
      await page.click("nav >> text=Top");
      await page.waitForURL(/#top/);
      await settled(page);
      await page.click("header >> text=Sample");
      await page.click(`[role=menuitemradio] >> text=${type}`);
      await page.waitForURL(new RegExp(`#top.*si=${type}`));
      await settled(page);
      const rows = await page.$$eval("table.top tbody tr:not(.space)", (all) => {
        return all.slice(0, 5).map((row) => [row.cells[0].textContent, row.cells[5].textContent]);
      });
      const text = execFileSync(plumb, ["top", `-sample_index=${type}`, HEAP],
        { encoding: "utf8" });
      for (const [flat, name] of rows) {
        assert.ok(text.split("\n").some((line) => line.includes(name) &&
          line.trim().startsWith(`${flat} `)), `${type}: ${flat} ${name}`);
      }
    }
    // Of other types than the first it has not all views, which it says.
    assert.equal(await page.$(".notices"), null);
    await page.click("nav >> text=Peek");
    await page.waitForURL(/#peek.*si=alloc_objects/);
    await settled(page);
    await eventually(async () => assert.match(await page.textContent(".notices"),
      /holds this view of inuse_space, not of alloc_objects/));
    await screenshot(page, "share_other_type");
    await page.click("nav >> text=Flame graph");
    await page.waitForURL(/#flamegraph/);
    await settled(page);
    await page.waitForSelector("canvas[data-boxes]");
    await screenshot(page, "share_flamegraph");
    assert.equal(await page.$("header >> text=Refine"), null, "nobody could answer");
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });

  it("says the same without script", async () => {
    for (const file of [leaks, share("leaks", "-no_script", ...dumps)]) {
      const page = await openPage(browser, { javaScriptEnabled: false });
      await page.goto(pathToFileURL(file).href);
      const text = await page.textContent("main");
      assert.match(text, /90 goroutines in chan send at main\.leak main\.go:17/);
      assert.match(text, /Fix: /);
      assert.ok(await page.$("svg.picture rect"));
      await screenshot(page, "share_static");
      assert.deepEqual(page.problems, []);
      await page.context().close();
    }
    const alone = readFileSync(share("leaks", "-no_script", ...dumps), "utf8");
    assert.doesNotMatch(alone, /<script/);
    assert.match(alone, /script-src 'none'/);
  });

  it("is accessible, in both forms", async () => {
    const page = await openFile(leaks, { bypassCSP: true });
    assert.deepEqual(await seriousFindings(page), []);
    await page.goto(pathToFileURL(share("leaks", "-no_script", ...dumps)).href);
    assert.deepEqual(await seriousFindings(page), []);
    await page.context().close();
  });

  it("runs nothing that a name says", async () => {
    const evil = path.join(directory, "evil.txt");
    writeFileSync(evil, leakyDump(20, "main.</script><img src=x onerror=alert(1)><script>x"));
    const page = await openFile(share("leaks", evil));
    page.on("dialog", () => page.problems.push("a name was run"));
    await page.click("table.groups a >> nth=0");
    await page.waitForURL(/#leaks\?group=/);
    await settled(page);
    assert.equal(await page.$("main img"), null);
    // Nor can a script that got in somehow: the policy knows one hash.
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.isHacked = true";
      document.body.append(script);
    });
    assert.equal(await page.evaluate(() => globalThis.isHacked), undefined);
    assert.ok(page.problems.every((one) => /Content Security Policy/.test(one)), page.problems);
    await page.context().close();
  });

  it("keeps back what it is asked to", () => {
    const open = contentOf(share("leaks", ...dumps));
    assert.ok([...open.documents.values()].some((text) => text.includes("/srv/app")));
    const words = ["-redact=paths,labels,sources", "-max_ids=0", ...dumps];
    const closed = contentOf(share("leaks", ...words));
    for (const [key, text] of [...closed.documents, ["page", closed.text]]) {
      assert.ok(!text.includes("/srv/app"), key);
      assert.ok(!text.includes(directory), key);
    }
    assert.ok(!closed.documents.has("tags") && !closed.documents.has("source"));
    const pages = Object.values(JSON.parse(closed.documents.get("leaks")).data.pages);
    assert.ok(pages.every((one) => one.goroutines.length === 0 && one.source === null));
    assert.ok(!/token/.test(closed.text.replace(/<script type="module">[^]*/, "")));
  });

  it("is saved from the page of a server too", async () => {
    const server = await Server.start(HEAP);
    const page = await openPage(browser, { bypassCSP: true });
    await show(page, `${server.url}/ui/top?f=main&si=alloc_objects`);
    await page.click("header >> text=Share");
    await page.waitForSelector("form.share");
    await screenshot(page, "share_panel");
    assert.deepEqual(await seriousFindings(page), []);
    await page.check("[name=paths]");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("text=Save the file"),
    ]);
    const file = path.join(directory, "download.html");
    await download.saveAs(file);
    const { documents } = contentOf(file);
    const top = JSON.parse(documents.get("top"));
    assert.equal(top.sample_type, "alloc_objects", "what was chosen comes first, in all views");
    assert.equal(JSON.parse(documents.get("peek")).sample_type, "alloc_objects");
    assert.ok(top.legend.join().includes("focus=main"));
    assert.deepEqual(page.problems, []);
    await page.context().close();
    await server.stop();
  });
});

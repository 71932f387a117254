// SPDX-License-Identifier: Apache-2.0
// Measures the web UI against its bars: node bench/web.mjs PACKAGES PLUMB PROFILE DUMP
//
// PROFILE: of a million samples, as bench/run.py makes one; DUMP: one of a hundred thousand
// goroutines. Prints a table.
// CPU times are those of the main thread of the page and of the server: they mean something on a
// machine that is not idle, too.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [packages, plumb, profile, dump] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(packages), "package.json"));
const { chromium } = require("playwright-core");

const rows = [];
function add(name, value, unit, bar) {
  rows.push(`| ${name} | ${value} ${unit} | ${bar} |`);
}

/** Seconds of CPU that a process has used. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1024;
}

function serve(...words) {
  const child = spawn(plumb, [...words, "-http=:", "-no_browser"]);
  return new Promise((resolve) => {
    child.stderr.on("data", (bytes) => {
      const found = /on (http:\S+)/.exec(bytes);
      if (found) resolve({ child, url: found[1] });
    });
  });
}

async function timed(url) {
  const start = performance.now();
  const response = await fetch(url, { headers: { "Accept-Encoding": "gzip" } });
  const body = await response.arrayBuffer();
  const wire = Number(response.headers.get("content-length"));
  return { milliseconds: performance.now() - start, bytes: wire || body.byteLength };
}

/** The name of the widest box below the root. */
async function firstFunction(url) {
  const bytes = Buffer.from(await (await fetch(`${url}/ui/api/flamegraph`)).arrayBuffer());
  const { data } = JSON.parse(bytes.subarray(8, 8 + bytes.readUInt32LE(4)));
  return data.names[1];
}

async function measureServer() {
  const { child, url } = await serve(profile);
  let bytes = 0;
  for (const file of ["/ui/flamegraph", "/ui/assets/app.js", "/ui/assets/app.css"]) {
    bytes += (await timed(url + file)).bytes;
  }
  add("first load", (bytes / 1024).toFixed(1), "KB gz", "60");
  // Once it is there, which the server sees to by itself.
  await timed(`${url}/ui/api/flamegraph`);
  const ready = await timed(`${url}/ui/api/flamegraph`);
  add("flame data, 1,000,000 samples, ready", ready.milliseconds.toFixed(1), "ms", "200");
  add("its size", (ready.bytes / 1024).toFixed(0), "KB gz", "250");
  const first = residentMb(child.pid);
  const name = encodeURIComponent(`^${(await firstFunction(url)).replace(/\W/g, ".")}$`);
  for (const [what, query] of [
    ["the same computed anew", "x=1"],
    ["with a focus", `f=${name}`],
    ["with an ignore", `i=${name}`],
    ["by line", "g=lines"],
    ["with a hidden function", `h=${name}`],
  ]) {
    const before = cpuOf(child.pid);
    const { milliseconds } = await timed(`${url}/ui/api/flamegraph?${query}`);
    const cpu = ((cpuOf(child.pid) - before) * 1000).toFixed(0);
    add(what, `${milliseconds.toFixed(0)} (${cpu} of CPU)`, "ms", "200");
  }
  for (let i = 0; i < 10; i++) await timed(`${url}/ui/api/flamegraph?y=${i}`);
  add("memory after ten views / after the first", (residentMb(child.pid) / first).toFixed(2), "x",
    "2");
  child.kill("SIGINT");
}

/** Milliseconds of the page's main thread that `act` took. */
async function threadTime(session, act) {
  const read = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find((one) => one.name === "TaskDuration").value * 1000;
  };
  const start = await read();
  await act();
  return (await read()) - start;
}

/** Long enough for all that a click leads to. */
const SOON_MS = 500;

/** Milliseconds from the start of a page until `selector` is in it, as the page itself sees it. */
async function usableAfter(page, url, selector) {
  await page.addInitScript((wanted) => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector(wanted)) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => {
        globalThis.usableAt = performance.now();
      }));
    }).observe(document, { subtree: true, childList: true, attributes: true });
  }, selector);
  await page.goto(url);
  return page.waitForFunction(() => globalThis.usableAt).then((handle) => handle.jsonValue());
}

async function measurePages() {
  const browser = await chromium.launch({
    executablePath: process.env.PLUMB_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const page = await browser.newPage({ viewport: { width: 1380, height: 800 } });
  // It loads pages of its own when it starts.
  await page.waitForTimeout(5000);
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const flame = await serve(profile);
  await timed(`${flame.url}/ui/api/flamegraph`);
  const load = await threadTime(session, async () => {
    await page.goto(`${flame.url}/ui/flamegraph`);
    await page.waitForSelector("canvas[data-boxes]");
  });
  add("flame page, from nothing to painted", load.toFixed(0), "ms main thread", "");
  const boxes = await page.getAttribute("canvas[data-boxes]", "data-boxes");
  const draws = () => page.evaluate(() => {
    return performance.getEntriesByName("flame-draw").map((one) => one.duration);
  });
  add(`its first paint (${boxes} boxes)`, (await draws())[0].toFixed(1), "ms", "60");
  const place = await page.locator(".flame-canvas").boundingBox();
  await page.mouse.move(place.x + 100, place.y + 28);
  await page.keyboard.down("Shift");
  const zoom = await threadTime(session, async () => {
    await page.mouse.click(place.x + 100, place.y + 28);
    await page.waitForTimeout(SOON_MS);
  });
  await page.keyboard.up("Shift");
  add("a zoom, with all that the page does", zoom.toFixed(1), "ms main thread", "60");
  flame.child.kill("SIGINT");
  const leaks = await serve("leaks", dump);
  for (const [view, selector] of [["leaks", ".verdict"], ["flamegraph", "canvas[data-boxes]"]]) {
    const times = [];
    for (let i = 0; i < 9; i++) {
      const fresh = await browser.newPage({ viewport: { width: 1380, height: 800 } });
      times.push(await usableAfter(fresh, `${leaks.url}/ui/${view}`, selector));
      await fresh.close();
    }
    times.sort((a, b) => a - b);
    const [least, middle] = [times[0].toFixed(0), times[4].toFixed(0)];
    add(`the page ${view} of the dump usable, median of 9`, `${middle} (least ${least})`, "ms",
      "300");
  }
  const data = await timed(`${leaks.url}/ui/api/flamegraph`);
  add("flame data of the dump", (data.bytes / 1024).toFixed(0), "KB gz", "1024");
  leaks.child.kill("SIGINT");
  await browser.close();
}

await measureServer();
await measurePages();
console.log(`| | measured | bar |\n| --- | --- | --- |\n${rows.join("\n")}`);

// SPDX-License-Identifier: Apache-2.0
// Starts plumb and a browser for the tests of the web UI.

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";

const packages = path.resolve(process.env.PLUMB_UI_PACKAGES);
const require = createRequire(path.join(packages, "package.json"));
const { chromium } = require("playwright-core");

export const esbuild = require("esbuild");
const axeSource = require.resolve("axe-core/axe.min.js");
export const plumb = process.env.PLUMB_TOOL;
const screenshots = process.env.PLUMB_SCREENSHOTS;

/** Profiles of programs, and one of them. */
export const DATA = "tests/data/go-samples/go1.26dev";
export const HEAP = `${DATA}/heap.pb.gz`;

// Settings of whoever runs the tests are none of their business.
process.env.XDG_CONFIG_HOME = temporaryDirectory("config");

// Whatever is left when the tests of a file are over, which would keep node waiting for it.
const children = new Set();
const browsers = [];
after(async () => {
  await Promise.all(browsers.map((browser) => browser.close()));
  for (const child of children) child.kill();
});

/** How long something may take that does happen, on a machine that does much else. */
const PATIENCE = 60_000;

/**
 * Waits until `check` throws nothing, and gives what it returns. What a page shows a moment after
 * a key or a click is asked for this way.
 */
export async function eventually(check) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** plumb -http on some files, on a free port; ended at the end, if not before. */
export class Server {
  static async start(...words) {
    // The command, if there is one, comes first.
    const command = words[0] === "leaks" ? words.splice(0, 1) : [];
    const child = spawn(plumb, [...command, "-http=:", "-no_browser", ...words]);
    children.add(child);
    let said = "";
    const url = await new Promise((resolve, reject) => {
      child.stderr.on("data", (bytes) => {
        said += bytes;
        const found = /Serving web UI on (http:\S+)\n/.exec(said);
        if (found) resolve(found[1]);
      });
      child.on("exit", () => reject(new Error(`plumb ended: ${said}`)));
    });
    return new Server(child, url);
  }

  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  /** The exit status after an interrupt. */
  stop() {
    children.delete(this.child);
    return ended(this.child, "SIGINT");
  }
}

/** The exit status of a program that is sent `signal`, if it still runs. */
export function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.removeAllListeners("exit");
    child.on("exit", resolve);
    child.kill(signal);
  });
}

/** A browser, which is closed at the end. */
export async function launch() {
  const browser = await chromium.launch({
    executablePath: process.env.PLUMB_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  browsers.push(browser);
  return browser;
}

/** A page on which nothing may go wrong unnoticed: errors in the console fail the test. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (message) => {
    // The browser itself says when an answer is an error, which some tests ask for.
    const isStatus = message.text().startsWith("Failed to load resource");
    if (message.type() === "error" && !isStatus) page.problems.push(message.text());
  });
  page.on("request", (request) => {
    const isOurs = /^(http:\/\/localhost:|file:\/\/\/|blob:|data:)/.test(request.url());
    if (!isOurs) page.problems.push(request.url());
  });
  return page;
}

/** Goes to a view and waits until it shows something. */
export async function show(page, url) {
  await page.goto(url);
  await settled(page);
}

/** Waits until the page has drawn what changed so far. */
export async function drawn(page) {
  await page.evaluate(() => new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve)));
  }));
}

/** Waits until what the URL asks for is on the page. */
export async function settled(page) {
  await drawn(page);
  await page.waitForFunction(() => {
    const main = document.querySelector("main");
    // In a shared file the view stands behind "#".
    const name = location.protocol === "file:" ? location.hash.slice(1).split("?")[0]
      : location.pathname.split("/").pop();
    const view = name || main?.dataset.view;
    const isDone = main?.getAttribute("aria-busy") === "false";
    return isDone && (main.dataset.view === view || document.querySelector(".problem"));
  });
  await drawn(page);
}

/** What axe finds serious on the page; the page must have been opened with bypassCSP. */
export async function seriousFindings(page) {
  await page.addScriptTag({ path: axeSource });
  const { violations } = await page.evaluate(() => globalThis.axe.run({
    resultTypes: ["violations"],
    preload: false,
    iframes: false,
  }));
  return violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes[0].html}`);
}

/** A goroutine dump with `count` goroutines that wait at one line, from id 100 on. */
export function leakyDump(count, place = "main.leak") {
  const stuck = Array.from({ length: count }, (_, i) => `\
goroutine ${100 + i} [chan send, 5 minutes]:
${place}(0xc000010000)
\t/srv/app/main.go:17 +0x1d
created by main.serve in goroutine 1
\t/srv/app/main.go:25 +0x3c
`);
  return `goroutine 1 [IO wait]:
main.serve()
\t/srv/app/main.go:30 +0x10

${stuck.join("\n")}`;
}

/** A new directory for files of a test; gone when the process of the test ends. */
export function temporaryDirectory(name) {
  const directory = mkdtempSync(path.join(os.tmpdir(), `plumb-${name}-`));
  process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Files in `directory` with a leakyDump() of each of `counts`, in this order. */
export function leakyDumps(directory, counts) {
  return counts.map((count, i) => {
    const file = path.join(directory, `${i}.txt`);
    writeFileSync(file, leakyDump(count));
    return file;
  });
}

export async function screenshot(page, name) {
  if (!screenshots) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
}

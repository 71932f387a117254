// SPDX-License-Identifier: Apache-2.0
// What others may try: names that are not ours, other sites, paths, markup, huge requests.

import assert from "node:assert/strict";
import http from "node:http";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import { before, describe, it } from "node:test";
import { HEAP, launch, openPage, Server, show } from "./harness.mjs";

let server;

before(async () => {
  server = await Server.start(HEAP);
});

/** Asks without a browser, which would not let us say such things. */
function ask(path, options = {}) {
  return new Promise((resolve, reject) => {
    const request = http.request(server.url, { path, ...options }, (response) => {
      let body = "";
      response.on("data", (bytes) => {
        body += bytes;
      });
      response.on("end", () => resolve({ status: response.statusCode, body, ...response }));
    });
    request.on("error", reject);
    request.end(options.body);
  });
}

/** A gigabyte of zeros as gzip: a block that stands for itself, again and again. */
function gigabyteOfZeros() {
  const megabyte = Buffer.alloc(1 << 20);
  const block = deflateRawSync(megabyte, { finishFlush: constants.Z_FULL_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0));
  assert.equal(inflateRawSync(Buffer.concat([block, block, end])).length, 2 << 20);
  const head = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  const sumAndSize = Buffer.from("b0c2645b00000040", "hex");
  return Buffer.concat([head, ...Array(1024).fill(block), end, sumAndSize]);
}

describe("the server", () => {
  it("answers to its own names only", async () => {
    for (const host of ["evil.example", "evil.example:80", "127.0.0.1.evil.example"]) {
      assert.equal((await ask("/ui/download", { headers: { host } })).status, 403, host);
    }
    assert.equal((await ask("/ui/download")).status, 200);
  });

  it("refuses to be embedded by other sites", async () => {
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" };
    assert.equal((await ask("/ui/api/top", { headers })).status, 403);
  });

  it("changes nothing for anybody", async () => {
    for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      assert.equal((await ask("/ui/saveconfig?config=x", { method })).status, 405, method);
    }
    assert.equal((await ask("/ui/saveconfig?config=x", { method: "POST" })).status, 403);
    const page = await ask("/ui/top");
    const token = /token&quot;:&quot;(\w+)/.exec(page.body)[1];
    const headers = { "x-plumb-token": token, origin: "http://evil.example" };
    assert.equal((await ask("/ui/saveconfig?config=x", { method: "POST", headers })).status, 403);
  });

  it("opens, compares and closes profiles for its own pages only", async () => {
    const writes = [["POST", "/ui/open?name=x"], ["POST", "/ui/compare?profile=&base="],
      ["DELETE", "/ui/close?profile=1"]];
    const token = /token&quot;:&quot;(\w+)/.exec((await ask("/ui/top")).body)[1];
    for (const [method, path] of writes) {
      assert.equal((await ask(path)).status, 405, path);
      assert.equal((await ask(path, { method })).status, 403, path);
      for (const foreign of [{ host: "evil.example" }, { origin: "http://evil.example" },
        { origin: "null" }, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" }]) {
        const headers = { "x-plumb-token": token, ...foreign };
        assert.equal((await ask(path, { method, headers })).status, 403, path);
      }
    }
    assert.equal(JSON.parse((await ask("/ui/api/profiles")).body).length, 1, "nothing happened");
  });

  it("reads no body that nobody may send, and none that is too large", async () => {
    const token = /token&quot;:&quot;(\w+)/.exec((await ask("/ui/top")).body)[1];
    const send = (headers) => ask("/ui/open?name=x", { method: "POST", headers })
      .catch(() => ({ status: 413 }));
    assert.equal((await send({ "content-length": 100 })).status, 413, "no token");
    const size = (64 << 20) + 1;
    assert.equal((await send({ "x-plumb-token": token, "content-length": size })).status, 413);
    // A megabyte that inflates to a gigabyte is refused, or read to its harmless end.
    const bomb = gigabyteOfZeros();
    const answer = await ask("/ui/open?name=bomb", {
      method: "POST",
      headers: { "x-plumb-token": token, "content-length": bomb.length },
      body: bomb,
    });
    assert.equal(answer.status, 400);
    assert.equal((await ask("/ui/api/top")).status, 200, "and goes on");
  });

  it("has no files", async () => {
    for (const path of ["/ui/assets/../../etc/passwd", "/ui/assets/%2e%2e/%2e%2e/etc/passwd",
      "/ui/assets//etc/passwd", "/ui/..%2f..%2fetc/passwd", "/ui/assets/app.js%00.css"]) {
      const answer = await ask(path);
      assert.ok([307, 400, 404].includes(answer.status), `${path}: ${answer.status}`);
      assert.ok(!answer.body.includes("root:"));
    }
  });

  it("survives huge requests", async () => {
    const huge = await ask(`/ui/api/top?f=${"a".repeat(70_000)}`).catch(() => ({ status: 431 }));
    assert.equal(huge.status, 431);
    const large = await ask(`/ui/api/top?f=${"(a|b)*".repeat(4000)}`);
    assert.ok([200, 400].includes(large.status));
    assert.equal((await ask("/ui/top", { method: "POST", headers: { "content-length": "1e9" } })
      .catch(() => ({ status: 400 }))).status, 400);
    assert.equal((await ask("/ui/api/top?n=999999999999999999999")).status, 400);
    assert.equal((await ask("/ui/api/top")).status, 200, "and goes on");
  });

  it("runs nothing that a parameter or name says", async () => {
    const browser = await launch();
    const page = await openPage(browser);
    await page.exposeFunction("hacked", () => page.problems.push("script ran"));
    const evil = encodeURIComponent("\"><img src=x onerror=hacked()><script>hacked()</script>");
    for (const view of ["top", "flamegraph", "graph", "peek"]) {
      await show(page, `${server.url}/ui/${view}?f=${evil}&q=${evil}&p=${evil}`);
    }
    assert.deepEqual(page.problems, []);
    await browser.close();
  });
});

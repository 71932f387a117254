// SPDX-License-Identifier: Apache-2.0
// Builds the client: node build.mjs PACKAGES OUT
//
// Writes app.js.gz, app.css.gz and icon.svg.gz; the same bytes for the same sources. Fails if the
// first load grows beyond its budget.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_LOAD_BYTES = 60 * 1024;

const [packages, out] = process.argv.slice(2).map((name) => path.resolve(name));
const source = path.join(path.dirname(fileURLToPath(import.meta.url)), "src");
const esbuild = createRequire(path.join(packages, "package.json"))("esbuild");

const result = await esbuild.build({
  entryPoints: { app: path.join(source, "main.tsx"), style: path.join(source, "style.css") },
  outdir: out,
  bundle: true,
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  minify: true,
  nodePaths: [path.join(packages, "node_modules")],
  target: "es2020",
  write: false,
});

mkdirSync(out, { recursive: true });
let total = 0;
const write = (name, content) => {
  const compressed = gzipSync(content, { level: 9 });
  writeFileSync(path.join(out, `${name}.gz`), compressed);
  total += compressed.length;
};
for (const file of result.outputFiles) {
  write(file.path.endsWith(".css") ? "app.css" : "app.js", file.contents);
}
write("icon.svg", readFileSync(path.join(source, "icon.svg")));
if (total > FIRST_LOAD_BYTES) {
  console.error(`the first load is ${total} bytes, more than ${FIRST_LOAD_BYTES}`);
  process.exit(1);
}

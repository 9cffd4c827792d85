// Called by trunk after a build: makes two downloads of the program, minifies the JavaScript beside them, in place, puts
// compressed copies beside what is large, adds the worker that renders pages, and takes out the tag that trunk leaves behind
// where it injects no scripts. For a release it ends with the digests of the widget's files, for pages that pin them.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { transformSync } from "esbuild";
import { compress } from "./compress.mjs";
import { pages } from "./pages.mjs";
import { split } from "./split.mjs";

const { TRUNK_SOURCE_DIR: root, TRUNK_STAGING_DIR: dist, TRUNK_PROFILE: profile, XDG_CACHE_HOME: cache, FAX_TOOLS: tools, PATH } = process.env;
// As scripts/env has it, for those who call trunk without.
process.env.PATH = [join(root, "node_modules/.bin"), join(tools ?? join(cache ?? join(homedir(), ".cache"), "fax-widget-tools"), "bin"), PATH].join(delimiter);

const index = join(dist, "index.html");
writeFileSync(index, readFileSync(index, "utf8").replace(/<link data-trunk[^>]*>\s*/g, ""));

const folder = join(dist, "fax-widget");
split(folder, profile === "release");
if (profile === "release") {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(js|wasm)$/.test(name)).map((name) => join(folder, name));
  for (const file of files.filter((name) => name.endsWith(".js"))) {
    writeFileSync(file, transformSync(readFileSync(file, "utf8"), { minify: true, format: "esm" }).code);
  }
  // Not the page and what is beside it, which people change by hand.
  compress(files);
}
pages(root, folder, profile === "release");
if (profile === "release") execFileSync(process.execPath, [join(root, "scripts/integrity.mjs"), dist], { stdio: "inherit" });

// Called by trunk after a build: minifies the JavaScript beside the wasm, in place, and takes out the tag that trunk
// leaves behind where it injects no scripts.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transformSync } from "esbuild";

const { TRUNK_STAGING_DIR: dist, TRUNK_PROFILE: profile } = process.env;

const index = join(dist, "index.html");
writeFileSync(index, readFileSync(index, "utf8").replace(/<link data-trunk[^>]*>\s*/g, ""));

if (profile === "release") {
  const folder = join(dist, "fax-widget");
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
    const file = join(folder, name);
    writeFileSync(file, transformSync(readFileSync(file, "utf8"), { minify: true, format: "esm" }).code);
  }
}

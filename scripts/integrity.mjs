// Prints what a page may pin the widget's files to, each as `sha384-… path`: subresource integrity for the files that it
// names, and through an import map and `fetch` for those behind them. The release build ends with it (scripts/minify.mjs).
//   node scripts/integrity.mjs dist
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const [site = "dist"] = process.argv.slice(2);
const names = readdirSync(join(site, "fax-widget"), { recursive: true }).filter((name) => /\.(js|wasm)$/.test(name));
for (const name of names.map((name) => `fax-widget/${name}`).sort()) {
  console.log(`sha384-${createHash("sha384").update(readFileSync(join(site, name))).digest("base64")} ${name}`);
}

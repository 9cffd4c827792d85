// Puts the npm package together out of what cargo built and what stands in www/. scripts/package calls it.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { create, ts } from "@custom-elements-manifest/analyzer/index.js";
import { transformSync } from "esbuild";
import { pages } from "./pages.mjs";
import { FEATURES, SMALLER, shortenImports, styles } from "./split.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const built = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const program = join(built, "wasm32-unknown-unknown/release/fax-widget.wasm");
const folder = join(root, "target/npm");
const read = (path) => readFileSync(join(root, path), "utf8");
const write = (name, text) => writeFileSync(join(folder, name), text);
const run = (tool, ...options) => execFileSync(tool, options, { stdio: "inherit" });

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

// Without a path of its own: the element has the one address of the .wasm, and bundlers would put a second copy beside it.
run("wasm-bindgen", "--target", "web", "--omit-default-module-path", "--no-typescript", "--out-name", "fax-widget", "--out-dir", folder, program);
const wasm = join(folder, "fax-widget_bg.wasm");
const glue = join(folder, "fax-widget.js");
shortenImports(wasm, glue);
run("wasm-opt", ...SMALLER, ...FEATURES.map((feature) => `--enable-${feature}`), wasm, "-o", wasm);
// Nobody reads this one; the others are as they were written.
writeFileSync(glue, transformSync(readFileSync(glue, "utf8"), { minify: true, format: "esm", target: "es2022" }).code);

cpSync(join(root, "www/package"), folder, { recursive: true });
cpSync(join(root, "LICENSE"), join(folder, "LICENSE"));
pages(root, folder, true, "package");
// The two entries, and whatever they import, and so on; a set goes through what is added to it meanwhile.
write("styles.js", styles());
const scripts = new Set(["index.js", "auto.js"]);
for (const name of scripts) {
  const file = join(folder, name);
  if (!existsSync(file)) cpSync(join(root, "www", name), file);
  if (file === glue) continue;
  for (const [, path] of readFileSync(file, "utf8").matchAll(/\b(?:from|import)[\s(]*"(\.[^"]+)"/g)) scripts.add(join(dirname(name), path));
}

// By name, so that a page that replaces a sentence is told of a name that there is not.
const { default: sentences } = await import(join(folder, "languages/de.js"));
const union = Object.keys(sentences).map((name) => `\n  | ${JSON.stringify(name)}`).join("");
write("sentences.d.ts", `/** The names of all sentences. */\nexport type FaxSentenceName =${union};\n`);

const [, version] = /^\[workspace\.package\]\nversion = "([^"]+)"/m.exec(read("Cargo.toml"));
write("package.json", `${JSON.stringify({ ...JSON.parse(read("www/package/package.json")), version }, null, 2)}\n`);
write("custom-elements.json", `${JSON.stringify(manifest(), null, 2)}\n`);

console.log(`fax-widget ${version} is in ${folder}`);

/** What editors and documentation read, made of the types: one text for both. */
function manifest() {
  const types = ts.createSourceFile("index.js", read("www/package/index.d.ts"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const { schemaVersion, readme, modules } = create({ modules: [types] });
  const [{ declarations }] = modules;
  const element = declarations.find(({ customElement }) => customElement);
  for (const attribute of element.members.filter(({ attribute }) => attribute)) attribute.reflects = true;
  const declaration = { name: element.name, module: "index.js" };
  const definition = { kind: "custom-element-definition", name: element.tagName, declaration };
  modules.push({ kind: "javascript-module", path: "auto.js", declarations: [], exports: [definition] });
  return { schemaVersion, readme, modules };
}

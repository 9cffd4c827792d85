// Makes downloads of what cargo built: fax-widget_bg.wasm, which a page starts with, the rest, which src/view/rest.rs asks
// for, and what shows pages, for src/view/preview.rs. All work on one memory and one function table, and only the first meets
// wasm-bindgen.
// Trunk has run wasm-bindgen on the whole program already; that output is replaced.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync, transformSync } from "esbuild";

const NAME = "fax-widget";
/** Scripts of www/ that every form needs, and what they export. */
const WITHIN = { "element.js": "FaxWidgetElement, defineFaxWidget, start", "language.js": "cannotStart, languageOf, sentencesOf", "sign_in.js": "answer" };
/** What wasm-opt is told that the program may use. */
export const FEATURES = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];

/** How wasm-opt makes a program small: taken apart and put together anew, which with brotli is one and a half per cent less than by -Oz alone.
 * Nothing lies below the first kilobyte, where the stack would end. */
export const SMALLER = ["-q", "--low-memory-unused", "--flatten", "--rereloop", "-Os", "-Oz", "--converge", "--reorder-locals", "--strip-producers", "--strip-target-features"];

export function split(folder, release) {
  const built = process.env.CARGO_TARGET_DIR ?? "target";
  const whole = join(built, "wasm32-unknown-unknown", release ? "release" : "debug", `${NAME}.wasm`);
  const work = join(built, "split");
  // What these say is heard where they fail.
  const run = (tool, ...options) => execFileSync(tool, options, { stdio: ["ignore", "pipe", "pipe"] });

  rmSync(work, { recursive: true, force: true });
  // Its warnings count always: one says that the text of the second download stays in the first.
  execFileSync("wasm-split-cli", [whole, work, "--target", "web", "--out-name", NAME], { stdio: "inherit", env: { RUST_LOG: "warn", ...process.env } });
  // wasm-bindgen takes away the export of the function table, which the second download needs.
  run("wasm-bindgen", "--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", NAME, "--out-dir", work, join(work, `${NAME}.wasm`));

  shortenImports(join(work, `${NAME}_bg.wasm`), join(work, `${NAME}.js`));
  const glue = join(work, `${NAME}.js`);
  writeFileSync(glue, importOnce(readFileSync(glue, "utf8")));

  // What was made small before, for another folder say, is taken from there; what this build has no use for is let go.
  const store = join(built, "small");
  mkdirSync(store, { recursive: true });
  const used = new Set();
  const small = (name) => {
    const options = [...SMALLER, ...FEATURES.map((feature) => `--enable-${feature}`)];
    const kept = createHash("sha256").update(options.join()).update(readFileSync(join(work, name))).digest("hex").slice(0, 16);
    if (release && !existsSync(join(store, kept))) {
      run("wasm-opt", ...options, join(work, name), "-o", join(store, `${kept}.part`));
      renameSync(join(store, `${kept}.part`), join(store, kept));
    }
    used.add(kept);
    cpSync(release ? join(store, kept) : join(work, name), join(folder, name));
    return readFileSync(join(folder, name));
  };
  const loader = join(work, "__wasm_split.js");
  let text = readFileSync(loader, "utf8");
  const replace = (before, after) => {
    if (!text.includes(before)) throw new Error(`wasm-split-cli writes another loader than this script knows: ${loader}`);
    text = text.replaceAll(before, after);
  };
  // They belong together to the byte. Their names keep the first from meeting those of another build, where a site is brought
  // up to date while a page of it stands open: these are then not found.
  const parts = readdirSync(work).filter((name) => /^(split|chunk)_\w+\.wasm$/.test(name)).map((part) => [part, small(part)]);
  const digest = createHash("sha256").update(small(`${NAME}_bg.wasm`));
  for (const [, bytes] of parts) digest.update(bytes);
  const build = digest.digest("hex").slice(0, 8);
  for (const name of readdirSync(store)) if (!used.has(name)) rmSync(join(store, name));
  for (const [part, bytes] of parts) {
    // What the two share is a third.
    const name = `${NAME}_${part.replace(/^split_|\.wasm$/g, "").replace(/^chunk_.*/, "shared")}_${build}.wasm`;
    renameSync(join(folder, part), join(folder, name));
    // A page that pins the glue to its digest has pinned this one too (scripts/integrity.mjs).
    const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
    replace(`new URL("./${part}", import.meta.url)`, `new URL("./${name}", import.meta.url), { integrity: "${integrity}" }`);
  }
  // Not as a stream, as the first: what has a digest to match is handed over when all of it is there, nobody waits for it
  // any more, and so a server that does not know application/wasm may serve it too.
  replace("WebAssembly.instantiateStreaming(src, imports)", "src.then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.instantiate(bytes, imports))");
  // The program is there when the rest is loaded: what could start it once more, from bytes at hand, is none of a page's business.
  replace('import { initSync } from', 'import { wasm } from');
  replace("initSync(undefined, undefined)", "wasm");
  writeFileSync(loader, text);
  const program = readFileSync(glue, "utf8").replace("export { initSync,", "export { wasm,");
  if (!program.includes("export { wasm,")) throw new Error(`wasm-bindgen writes another glue than this script knows: ${glue}`);
  writeFileSync(glue, program);

  // What a page needs before its form stands is one file, and so one request: the loader and the glue, which import each other,
  // and the element. The names that pages know lead to it.
  for (const name of Object.keys(WITHIN)) cpSync(join("www", name), join(work, name));
  writeFileSync(join(work, "styles.js"), styles());
  const within = Object.entries(WITHIN).map(([name, exported]) => `export { ${exported} } from "./${name}";`);
  writeFileSync(join(work, "all.js"), `export { client, default, mount, setRenderer } from "./${NAME}.js";\n${within.join("\n")}\n`);
  buildSync({ entryPoints: [join(work, "all.js")], outfile: join(folder, `${NAME}.js`), bundle: true, format: "esm", target: "esnext", external: ["./languages/*", "./renderer.js"], allowOverwrite: true });
  for (const [name, exported] of Object.entries(WITHIN)) writeFileSync(join(folder, name), `export { ${exported} } from "./${NAME}.js";\n`);
  const auto = join(folder, "auto.js");
  writeFileSync(auto, readFileSync(auto, "utf8").replace("./element.js", `./${NAME}.js`));
}

/** The module that www/element.js has its styles from. */
export function styles() {
  const { code } = transformSync(readFileSync(new URL("../www/widget.css", import.meta.url), "utf8"), { loader: "css", minify: true });
  return `export const styles = ${JSON.stringify(code.trim())};\n`;
}

/** wasm-bindgen's glue imports the loader once for each of its functions, each time whole and under another name, and hands all of
 * them to the program under one key. They are the same object, so the first does; any other that comes twice is an error. */
export function importOnce(glue) {
  const first = new Map();
  const again = [];
  let text = glue.replace(/^import \* as (\w+) from ("[^"]+")\s*;?\n/gm, (whole, name, module) => {
    if (!first.has(module)) {
      first.set(module, name);
      return whole;
    }
    again.push([module, name]);
    return "";
  });
  for (const [module, name] of again) {
    const entry = ` ${module}: ${name},\n`;
    const uses = text.match(new RegExp(`\\b${name}\\b`, "g"))?.length;
    if (uses !== 1 || !text.includes(entry) || !text.includes(` ${module}: ${first.get(module)},\n`)) {
      throw new Error(`the glue uses ${name} for more than the program's imports: wasm-bindgen writes another glue than this script knows`);
    }
    text = text.replace(new RegExp(`^ +${module}: ${name},\\n`.replaceAll(".", "\\."), "m"), "");
  }
  return text;
}

/** Gives what the program imports from its glue names of a few letters, in both. wasm-bindgen's are long and end in 16
 * digits of chance, which do not compress: together a twentieth of what a page waits for. */
export function shortenImports(program, glue) {
  const bytes = readFileSync(program);
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  };
  const written = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...written(value >>> 7)]);
  const text = () => {
    const length = number();
    return bytes.toString("utf8", at, (at += length));
  };
  const short = new Map();
  for (let end; at < bytes.length; at = end) {
    const from = at;
    const section = bytes[at++];
    end = number() + at;
    if (section !== 2) continue;
    const count = number();
    const entries = [Buffer.from(written(count))];
    for (let n = 0; n < count; n++) {
      const [module, name] = [text(), text()];
      const what = at;
      // A function of some type; there is nothing else that the glue gives.
      if (bytes[at++] !== 0) throw new Error(`${program} imports ${name}, which is no function`);
      number();
      // The loader's own function keeps its name.
      if (module === `./${NAME}_bg.js`) short.set(name, `_${short.size.toString(36)}`);
      for (const text of [module, short.get(name) ?? name]) entries.push(Buffer.from([...written(text.length), ...Buffer.from(text)]));
      entries.push(bytes.subarray(what, at));
    }
    const body = Buffer.concat(entries);
    writeFileSync(program, Buffer.concat([bytes.subarray(0, from), Buffer.from([2, ...written(body.length)]), body, bytes.subarray(end)]));
  }
  let renamed = 0;
  const script = readFileSync(glue, "utf8").replace(/^( {8})(\w+)(?=: function)/gm, (whole, indent, name) => {
    renamed += short.has(name);
    return indent + (short.get(name) ?? name);
  });
  if (renamed !== short.size) throw new Error(`${glue} has ${renamed} of ${short.size} imports: wasm-bindgen writes another glue than this script knows`);
  writeFileSync(glue, script);
}
